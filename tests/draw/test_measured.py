"""The figures of steps, batches, gradients, dead units, regions, AUROC, depth and width."""

import numpy as np
import pytest

from draw.synthetic import STEPS_PER_EPOCH, ZERO_BELOW, synthetic_cell, write_checkpoint
from gridproof.draw.inputs import Inputs
from gridproof.errors import GridproofError
from gridproof.kit.batch_variance import batch_variance
from gridproof.kit.style import figure_style
from gridproof.parts.figures import accuracy_by_step as steps
from gridproof.parts.figures import (
    auroc_by_epoch,
    batch_loss,
    dead_units,
    depth,
    gradient_norms,
    region_counts,
    splits,
    width,
)
from gridproof.tables.members import load_slice
from study.figures import extremes

DEEP = {"depth": 12, "width": 4, "epochs": 3, "gradient_norms": True}


@pytest.fixture
def given(make_slice, data_dir):
    """A function that returns what a figure of some cells is drawn from."""
    return lambda *cells: Inputs(tables=load_slice(make_slice(*cells)), data_dir=data_dir)


def test_accuracy_is_drawn_by_epoch_and_by_step(given):
    """The same values twice; the right axis is logarithmic and leaves out step 0."""
    inputs = given(
        synthetic_cell("batch_size 16", batch_size=16, epochs=4),
        synthetic_cell("batch_size 64", position=1, batch_size=64, epochs=8),
    )
    with figure_style():
        by_epoch, by_step = steps.accuracy_by_step(inputs).axes
    assert by_step.get_xscale() == "log"
    accuracy = inputs.members[1].by_seed("val_accuracy").mean(axis=1)
    lines = {
        axes: [line for line in axes.lines if len(line.get_xdata()) > 1]
        for axes in (by_epoch, by_step)
    }
    np.testing.assert_allclose(lines[by_epoch][1].get_ydata(), accuracy)
    np.testing.assert_allclose(lines[by_step][1].get_ydata(), accuracy.loc[1:])
    assert lines[by_step][1].get_xdata().tolist() == [10, 20, 30, 40, 50, 60, 70, 80]
    assert "after epoch 8 and 80 steps" in steps.describe(inputs)


def test_batch_losses_are_medians_and_variances(given):
    """A panel a cell, and a dot a seed in the chart of variances, which is that of the table."""
    cells = [
        synthetic_cell(f"batch_size {size}", position=at, batch_size=size, epochs=40)
        for at, size in enumerate((1, 16, 256))
    ]
    inputs = given(*cells)
    with figure_style():
        *panels, lower = batch_loss.loss_by_batch(inputs).axes
    assert len(panels) == 3
    assert "400 batches a seed" in panels[0].get_title()
    table = inputs.members[0].rows("batches")
    first_part = table[table["step"] <= 4]["loss"]
    assert panels[0].lines[0].get_ydata()[0] == pytest.approx(first_part.median(), rel=1e-6)
    dots = [line.get_ydata() for line in lower.lines if line.get_marker() == "o"]
    assert [len(dot) for dot in dots] == [3, 3, 3]
    np.testing.assert_allclose(dots[1], batch_variance(inputs.members[1].rows("batches"), 10))
    assert (lower.get_xscale(), lower.get_yscale()) == ("log", "log")


def test_batch_losses_of_diverged_replicates_are_left_out(given):
    """Neither their huge losses nor NaN reach the axis; a cell without others says so."""
    cell = synthetic_cell("some", epochs=8, diverged={1: 3})
    batches = cell["batches"]
    batches.loc[(batches["seed"] == 1) & (batches["step"] == 21), "loss"] = 1e28
    every = {0: 1, 1: 1, 2: 1}
    inputs = given(cell, synthetic_cell("none", position=1, epochs=8, diverged=every))
    with figure_style():
        some, none, lower = batch_loss.loss_by_batch(inputs).axes
    assert some.get_ylim()[1] < 10
    assert [text.get_text() for text in none.texts] == ["no finite epoch"]
    assert "diverged at epoch 1" in none.get_title()
    assert lower.get_legend() is None
    assert "median loss in the last part not finite" in batch_loss.describe(inputs)


@pytest.mark.parametrize("size", [1, 16, 256])
def test_variance_of_the_batch_loss_is_that_of_the_noise(size):
    """Noise of +-sqrt(1 / 2B) from batch to batch has the successive variance 1 / B.

    The loss falls over the last epoch by less than 1e-2, which adds as little.
    """
    frame = synthetic_cell("a", batch_size=size, epochs=40)["batches"]
    found = batch_variance(frame, STEPS_PER_EPOCH)
    np.testing.assert_allclose(found, 1 / size, rtol=0.05, atol=1e-5)
    assert found.index.tolist() == [0, 1, 2]


def test_variance_needs_two_whole_batches():
    """With one batch an epoch besides the last there is nothing to compare."""
    frame = synthetic_cell("a", epochs=1)["batches"].query("step <= 2")
    assert np.isnan(batch_variance(frame, 2)).all()


def test_exact_zeros_stand_in_a_row_of_their_own(given):
    """Below the axis's lowest power of ten, labelled 0, each line at a place of its own."""
    inputs = given(synthetic_cell("deep", **DEEP))
    with figure_style():
        by_layer, by_epoch = gradient_norms.norms_by_layer(inputs).axes
    scale = gradient_norms.scale_of(inputs.members[0].rows("gradients")["value"])
    assert by_layer.get_yticklabels()[0].get_text() == "0"
    zero_layers = DEEP["depth"] - ZERO_BELOW + 1
    for line in by_layer.lines[:3]:
        heights = line.get_ydata()
        below = [height for height in heights if height < scale.first - 0.4 * scale.half]
        assert len(below) == zero_layers
        powers = np.log10(inputs.members[0].rows("gradients").query("value > 0")["value"])
        assert heights[zero_layers:].min() >= powers.min()
    lowest = {round(float(line.get_ydata()[0]), 6) for line in by_layer.lines[:3]}
    assert len(lowest) == 3
    assert [text.get_text() for text in by_epoch.get_legend().get_texts()] == [
        f"layer {layer}" for layer in (0, 4, 7, 11, 12)
    ]
    assert "layer 0: 0 (3 of 3 seeds exactly 0)" in gradient_norms.describe(inputs)


def test_layers_of_a_hundred_are_those_of_the_recipe(given):
    """0, 30, 60, 90, 95 and 99 are followed over the epochs."""
    inputs = given(synthetic_cell("deep", **(DEEP | {"depth": 100})))
    assert gradient_norms.shown_layers(inputs.members[0]) == [0, 30, 60, 90, 95, 99]


def test_gradients_of_a_diverged_cell_are_not_drawn(given):
    """The panel says so, and so do the title and the words."""
    inputs = given(synthetic_cell("deep", diverged={0: 1, 1: 1, 2: 1}, **DEEP))
    with figure_style():
        figure = gradient_norms.norms_by_layer(inputs)
    assert [text.get_text() for text in figure.axes[0].texts] == ["no finite gradient"]
    assert "layer 0: not finite" in gradient_norms.describe(inputs)
    assert "diverged at epoch 1" in gradient_norms.describe(inputs)


def test_dead_units_are_boxes_by_layer(given):
    """Two rows a cell, before and after; a layer without finite weights is masked and named."""
    measure = ("dead_relus",)
    inputs = given(
        synthetic_cell("fine", depth=4, epochs=3, measure=measure),
        synthetic_cell(
            "lost", position=1, depth=4, epochs=3, measure=measure, diverged={0: 2, 1: 2, 2: 2}
        ),
    )
    with figure_style():
        fine, lost, _ = dead_units.dead_share_by_layer(inputs).axes
    np.testing.assert_allclose(fine.images[0].get_array()[1], [1 / 8, 2 / 8, 3 / 8, 4 / 8])
    assert lost.images[0].get_array().mask[1].all()
    assert "hatched" in lost.get_title(loc="left")
    assert [label.get_text() for label in fine.get_yticklabels()] == ["before", "after"]
    text = dead_units.describe(inputs)
    assert "after it 0.312 on average and 0.500 in layer 3, the highest" in text
    assert "unknown, weights are not finite" in text


def test_regions_are_dots_beside_the_bound(given):
    """A dot a seed; the plane and the bound only where they are known."""
    measure = ("regions",)
    inputs = given(
        synthetic_cell("shallow", depth=1, epochs=3, measure=measure),
        synthetic_cell("deep", position=1, depth=3, epochs=3, measure=measure),
    )
    with figure_style():
        (axes,) = region_counts.regions_by_cell(inputs).axes
    in_box = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "o"]
    assert in_box == [[135, 134, 133], [300, 301, 302]]
    assert [line.get_marker() for line in axes.lines].count("D") == 1
    text = region_counts.describe(inputs)
    assert (
        "shallow: 133 to 135 regions in the box of the data, 136 regions in the whole plane" in text
    )
    assert "where there can be at most 137" in text
    assert "deep: 300 to 302 regions in the box of the data." in text


def test_auroc_is_drawn_for_each_seed(given):
    """Accuracy and AUROC side by side, with the movement from epoch to epoch in the panel."""
    inputs = given(
        synthetic_cell("measured", epochs=10, measure=("auroc",)),
        synthetic_cell("not measured", position=1, epochs=10),
    )
    with figure_style():
        accuracy, area = auroc_by_epoch.auroc_by_epoch(inputs).axes
    assert (len(accuracy.lines), len(area.lines)) == (3, 3)
    values = inputs.members[0].by_seed("val_auroc")
    np.testing.assert_allclose(area.lines[2].get_ydata(), values[2])
    moved = values.loc[6:].diff().abs().mean()
    np.testing.assert_allclose(inputs.members[0].jitter("val_auroc", "second"), moved)
    assert f"{moved.mean():.4f}" in area.texts[0].get_text()
    assert "not measured" not in auroc_by_epoch.describe(inputs)


def test_extremes_are_the_lowest_and_the_highest_loss(make_slice, data_dir, tmp_path):
    """A cell that diverged altogether is neither; the map is of a seed that did not diverge."""
    shape = {"depth": 1, "width": 4, "epochs": 3}
    folder = make_slice(
        synthetic_cell("middle", final=0.5, **shape),
        synthetic_cell("high", position=1, final=0.9, diverged={0: 2}, **shape),
        synthetic_cell("low", position=2, final=0.1, **shape),
        synthetic_cell("lost", position=3, diverged={0: 1, 1: 1, 2: 1}, **shape),
    )
    tables = load_slice(folder)
    seeds = {"low": 0, "high": 1}
    weights = {
        member.cell: write_checkpoint(
            tmp_path / f"{member.label}.safetensors", seed=seeds[member.label]
        )
        for member in tables.members()
        if member.label in seeds
    }
    inputs = Inputs(tables=tables, weights=weights, data_dir=data_dir)
    with figure_style():
        best, best_map, worst, worst_map = extremes.best_and_worst(inputs).axes
    assert best.get_title(loc="left") == "best: low"
    assert worst.get_title(loc="left").replace("\n", " ") == (
        "worst: high (1 of 3 seeds diverged at epoch 2)"
    )
    assert best_map.get_title().endswith("(seed 0)")
    assert worst_map.get_title().endswith("(seed 1)")
    high = inputs.members[1].finals("val_loss")
    assert f"val loss {high.mean():.3f} ± {high.std():.3f}" in extremes.describe(inputs)


def test_depth_and_width_compare_cells_that_differ_in_nothing_else(given):
    """Of cells in both directions each figure takes its own, by rising value."""
    cells = [
        synthetic_cell(f"cell {at}", position=at, depth=layers, width=units, epochs=3)
        for at, (layers, units) in enumerate([(6, 16), (1, 16), (2, 16), (6, 64), (6, 8)])
    ]
    inputs = given(*cells)
    for draw, expected in (
        (depth.accuracy_by_depth, [1, 2, 6]),
        (width.accuracy_by_width, [8, 16, 64]),
    ):
        with figure_style():
            (axes,) = draw(inputs).axes
        np.testing.assert_allclose(axes.lines[4].get_xdata(), expected)
        assert axes.get_xticks().tolist() == expected
    assert "by width of 3 of 5 cells, those of depth 6, mean of 3 seeds" in width.describe(inputs)


def test_train_split_in_eval_mode_is_marked_where_it_was_measured(given):
    """Circles beside the lines, and the words; nothing where nothing was measured."""
    measured = synthetic_cell("measured", epochs=4, measure=("train_in_eval_mode",))
    inputs = given(measured, synthetic_cell("other", position=1, epochs=4))
    with figure_style():
        first, _, other, _ = splits.splits_by_epoch(inputs).axes
    circles = [line for line in first.lines if line.get_label() == "train, eval mode"]
    assert len(circles) == 1
    assert not [line for line in other.lines if line.get_label() == "train, eval mode"]
    assert splits.describe(inputs).count("eval mode") == 1


@pytest.mark.parametrize(
    ("module", "draw", "message"),
    [
        (auroc_by_epoch, "auroc_by_epoch", "add 'auroc' to the experiment's `measure:`"),
        (dead_units, "dead_share_by_layer", "add 'dead_relus' to the experiment's `measure:`"),
        (region_counts, "regions_by_cell", "add 'regions' to the experiment's `measure:`"),
        (gradient_norms, "norms_by_layer", "its cells need `gradient_norms: true`"),
        (depth, "accuracy_by_depth", "no two of them"),
        (extremes, "best_and_worst", "needs two cells with a finite validation loss"),
    ],
    ids=["auroc", "dead_relus", "regions", "gradient_norms", "depth", "extremes"],
)
def test_figure_of_what_is_not_there_says_what_to_add(given, module, draw, message):
    """The message names the key of the config that brings it."""
    with pytest.raises(GridproofError, match=message):
        getattr(module, draw)(given(synthetic_cell("one", epochs=2)))
