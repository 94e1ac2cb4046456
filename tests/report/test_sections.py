import numpy as np
import pytest

from draw.synthetic import MEASUREMENTS, synthetic_cell
from report.conftest import PIXEL
from report.test_build import prose

DEEP = {"depth": 20, "width": 4, "epochs": 4, "gradient_norms": True}


def test_steps_variance_and_peaks_are_told(study):
    """Iterations follow from rows and batch size; the variance falls as the batch grows."""
    cells = [
        synthetic_cell(f"batch_size {size}", position=i, batch_size=size)
        for i, size in enumerate((16, 128))
    ]
    study.add("batch_size", cells)
    markdown, _ = study.build()
    assert "| batch_size 16 | 16 | 40 | 6,682 | 50 | 500 |" in markdown
    assert "| batch_size 128 | 128 | 5 | 836 | 50 | 500 |" in markdown
    assert "The larger the batch, the smaller the variance." in markdown
    assert "[von Neumann et al. (1941)]" in markdown
    assert "## References" in markdown
    assert "Serra" not in markdown


def test_variance_that_does_not_fall_is_not_said_to(study):
    """The sentence follows the numbers."""
    small = synthetic_cell("batch_size 16", batch_size=16)
    large = synthetic_cell("batch_size 128", position=1, batch_size=128)
    batches = large["batches"]
    batches["loss"] = (5 * np.where(batches["step"] % 2, 1, -1)).astype(np.float32)
    study.add("batch_size", [small, large])
    markdown, _ = study.build()
    assert "The variance does not fall with every step up in batch size." in markdown


def test_zeros_below_a_dead_layer_are_explained(study):
    """Where the gradient ends two layers above a wholly dead layer, the section says why."""
    cell = synthetic_cell("deep", measure=MEASUREMENTS, **DEEP)
    lowest = cell["gradients"].query("value > 0")["layer"].min()
    for name in ("gradients", "residual"):
        study.add(name, [cell])
    assert "wholly dead layer ends it" not in study.build()[0]
    activations = cell["activations"]
    activations.loc[activations["layer"] == lowest - 2, "dead_share"] = 1.0
    activations.loc[activations["layer"] > lowest - 2, "dead_share"] = 0.5
    study.plan["experiments"].clear()
    study.add("gradients", [cell])
    text = prose(study.build()[0])
    assert "For 3 of these 3 seeds that is exactly where a wholly dead layer ends it" in text
    assert "cut off before the first step" in text


def test_gradients_that_were_not_recorded_are_asked_for(study):
    """The section says which parameter records them."""
    study.add("gradients", [synthetic_cell("deep")])
    assert "the cells lack `gradient_norms: true`" in study.build()[0]


def test_bound_on_regions_is_a_formula(study):
    """The bound stands as formula, as number and beside what was counted."""
    cell = synthetic_cell("depth 1", depth=1, batch_norm=True, measure=MEASUREMENTS)
    study.add("shallow", [cell])
    markdown, page = study.build()
    assert "$$R \\le \\sum_{k=0}" in markdown
    assert "= 1 + 16 + 120 = 137$$" in markdown
    assert page.count("<math") >= 4
    assert "[Serra et al. (2018)]" in markdown


@pytest.mark.parametrize(("measure", "told"), [((), False), (MEASUREMENTS, True)])
def test_dead_units_and_eval_mode_are_told_where_measured(study, measure, told):
    """What was not measured is not mentioned."""
    study.add("batch_norm", [synthetic_cell("one", measure=measure)])
    markdown, _ = study.build()
    assert ("A unit counts as dead" in markdown) == told
    assert ("train, in eval mode" in markdown) == told
    assert ("linear regions" in markdown) == told


def test_shape_tells_rises_and_falls(study):
    """The direction is chosen by the numbers, and by the spread over the seeds."""
    cells = [
        synthetic_cell(f"depth {depth}", position=i, depth=depth, final=final)
        for i, (depth, final) in enumerate([(1, 1.5), (2, 0.5), (6, 0.5), (10, 2.0)])
    ]
    study.add("shape", cells)
    text = prose(study.build()[0])
    assert "From 1 to 2 it rises (+" in text
    assert "From 2 to 6 it changes by less than the spread over the seeds (0.000)" in text
    assert "From 6 to 10 it falls (-" in text


def test_proposals_without_numbers_say_so(study):
    """Nothing in print is laid beside what the published study only suggests."""
    study.add("implicit", [synthetic_cell("one")])
    text = prose(study.build()[0])
    assert "of the published study suggests sines of the coordinates as inputs" in text


def test_animation_is_shown_where_there_is_one(study):
    """An animated figure is the GIF in both forms; without it the still is."""
    study.add("shape", [synthetic_cell("one")], figures=("curves", "sharpening"))
    assert "sharpening.png)" in study.build()[0]
    (study.root / "figures" / "shape" / "sharpening.gif").write_bytes(PIXEL)
    markdown, page = study.build()
    assert "sharpening.gif)" in markdown
    assert page.count('<img class="moving"') == 1
