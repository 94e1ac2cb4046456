"""The figures of image models, of a comparison of seventeen."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from draw.conftest import PARTS, job_of
from draw.synthetic import synthetic_cell
from draw.synthetic_images import CROP, RATES, SEEDS, STEPS, Model, accuracy, two
from gridproof.draw.drawing import draw
from gridproof.draw.inputs import Inputs
from gridproof.errors import GridproofError
from gridproof.kit.baselines import baselines, best_of_each, by_baseline, predictions
from gridproof.kit.style import figure_style
from gridproof.parts.figures import accuracy_by_rate, calibration, loss_by_step, ranking, roc
from gridproof.tables.members import load_slice

BASELINES = ["scratch", "finetune", "linear_probe", "sklearn_probe", "xgboost"]
OF_IMAGES = [
    name
    for name in PARTS.names("figures")
    if PARTS.figure(name).shows == "experiment"
    and (
        "images" in PARTS.figure(name).kinds or {"cnn", "xgboost"} & {*PARTS.figure(name).families}
    )
]


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_IMAGES)
def test_draw_writes_equal_bytes_twice(name, compared, tmp_path):
    """PNG, SVG and text alternative of every figure of images do not depend on the time."""
    tables = compared.tables.directory
    files = []
    for turn in ("first", "second"):
        png, svg = tmp_path / turn / f"{name}.png", tmp_path / turn / f"{name}.svg"
        draw(job_of(name, compared.data_dir, tables, compared.weights), png, svg)
        files.append([file.read_bytes() for file in (png, svg, png.with_suffix(".json"))])
    assert files[0] == files[1]
    assert set(json.loads(files[0][2])) == {"figure", "alt"}


def test_baselines_are_the_experiments_of_a_comparison(compared, given_models):
    """In a plain experiment all cells are of one baseline."""
    assert list(by_baseline(compared)) == BASELINES
    assert [len(members) for members in by_baseline(compared).values()] == [5, 5, 5, 1, 1]
    plain = given_models(two(), experiment="finetune")
    assert set(baselines(plain.members).values()) == {"finetune"}


def test_experiment_named_like_a_parameter_is_a_baseline_of_its_own(given_models):
    """Ranking, ROC and the others tell its models from those of other experiments."""
    models = [
        Model(
            label=f"{part} epochs {epochs}", part=part, skill=skill, parameters={"epochs": epochs}
        )
        for part, skill in (("epochs", 2.0), ("learning_rate", 0.5))
        for epochs in (1, 2)
    ]
    inputs = given_models(models)
    assert {name: len(cells) for name, cells in by_baseline(inputs).items()} == {
        "epochs": 2,
        "learning_rate": 2,
    }
    with figure_style():
        (panel,) = ranking.chart(inputs)
        legend = ranking.accuracy_by_model(inputs).legends[0]
    assert [series["label"] for series in panel["series"]] == ["epochs", "learning_rate"]
    assert [text.get_text() for text in legend.get_texts()][:2] == ["epochs", "learning_rate"]
    assert list(loss_by_step.trained_by_step(inputs)["epochs"]) == ["epochs 1", "epochs 2"]


def test_best_of_each_is_chosen_by_validation(compared):
    """The model that is shown for a baseline has its highest validation accuracy."""
    for name, chosen in best_of_each(compared).items():
        others = by_baseline(compared)[name]
        assert accuracy(chosen, "val") == max(accuracy(member, "val") for member in others)


def test_ranking_has_a_row_a_model_from_the_best_to_the_worst(compared):
    """Labels and means fall from the top; each seed of a model with several is a dot."""
    with figure_style():
        (axes,) = ranking.accuracy_by_model(compared).axes
    by_label = {member.label: accuracy(member) for member in compared.members}
    shown = [text.get_text() for text in axes.get_yticklabels()]
    assert sorted(shown) == sorted(by_label)
    assert [float(text.get_text()) for text in axes.texts] == pytest.approx(
        sorted(by_label.values(), reverse=True), abs=5e-4
    )
    assert axes.yaxis_inverted()
    seeds = [line for line in axes.lines if line.get_marker() == "."]
    assert len(seeds) == 15
    assert all(len(line.get_xdata()) == len(SEEDS) for line in seeds)
    assert axes.get_xlabel() == "test accuracy (fraction)"


def test_ranking_draws_a_line_at_a_significant_gap(given_models):
    """Of three models two are alike: one line, and the description names its neighbours."""
    models = [
        Model(label="good", skill=3.0),
        Model(label="also_good", skill=3.0),
        Model(label="bad", skill=0.0),
    ]
    inputs = given_models(models)
    with figure_style():
        (axes,) = ranking.accuracy_by_model(inputs).axes
    lines = [line for line in axes.lines if list(line.get_xdata()) == [0, 1]]
    assert [set(line.get_ydata()) for line in lines] == [{1.5}]
    text = ranking.describe(inputs)
    assert "significant between" in text
    assert "and bad (p = " in text
    assert "3. bad: " in text


def test_accuracy_by_rate_has_a_line_a_baseline(compared):
    """Rates rise from left to right; models without one, solvers too, are horizontal."""
    with figure_style():
        figure = accuracy_by_rate.accuracy_by_rate(compared)
    (axes,) = figure.axes
    lines = {line.get_label(): line for line in axes.lines}
    assert axes.get_xscale() == "log"
    for name in BASELINES[:3]:
        members = by_baseline(compared)[name]
        rates = np.array(lines[name].get_xdata())
        np.testing.assert_allclose(rates, RATES[::-1], rtol=0.2)
        expected = [accuracy(member) for member in members[::-1]]
        np.testing.assert_allclose(lines[name].get_ydata(), expected)
    for member in compared.members[15:]:
        assert list(lines[member.label].get_ydata()) == pytest.approx([accuracy(member)] * 2)
    assert "sklearn_probe, without a rate" in accuracy_by_rate.describe(compared)


def test_accuracy_by_rate_needs_a_rate(given_models):
    """An experiment of trees alone is told so."""
    trees = Model(label="default", skill=1.0, seeds=(0,), parameters={"crop": CROP})
    with figure_style(), pytest.raises(GridproofError, match="no cell of this experiment has one"):
        accuracy_by_rate.accuracy_by_rate(given_models([trees]))


def test_roc_states_the_area_of_each_seed(compared):
    """The area is the share of pairs of a real and a fake image whose scores are in order."""
    member = best_of_each(compared)["finetune"]
    rows = predictions(member)
    for seed, area in zip(SEEDS, roc.areas(member), strict=True):
        of_seed = rows[rows["seed"] == seed]
        real = of_seed.loc[of_seed["label"] == 1, "score"].to_numpy()
        fake = of_seed.loc[of_seed["label"] == 0, "score"].to_numpy()
        assert area == pytest.approx((real[:, None] > fake[None, :]).mean())
    with figure_style():
        figure = roc.roc_of_best(compared)
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(texts) == 6
    assert f"{member.label}: {np.mean(roc.areas(member)):.3f} ± " in texts[2]


def test_mean_roc_curve_keeps_the_mean_area(compared):
    """Averaged at equal false positive rates, curves have the mean of their areas."""
    member = best_of_each(compared)["scratch"]
    false, true = roc.mean_curve(roc.curves(member))
    area = np.sum(np.diff(false) * (true[1:] + true[:-1]) / 2)
    assert area == pytest.approx(np.mean(roc.areas(member)))
    assert np.all(np.diff(false) >= 0)
    assert np.all(np.diff(true) >= 0)


def test_roc_leaves_out_seeds_without_scores(given_models):
    """A diverged seed has no curve; a model of such seeds alone says so."""
    models = [
        Model(label="some", part="some", skill=1.0, diverged=(1,)),
        Model(label="none", part="none", skill=1.0, diverged=SEEDS),
    ]
    inputs = given_models(models)
    assert len(roc.areas(inputs.members[0])) == len(SEEDS) - 1
    with figure_style():
        roc.roc_of_best(inputs)
    assert "none: not finite" in roc.describe(inputs)


def test_calibration_counts_images_by_score(compared):
    """Counts a seed add up to the test split; 0.5 lies below the middle, 0 in the first bin."""
    member = compared.members[0]
    bins = calibration.bins_of(member)
    rows = predictions(member)
    assert bins["images"].sum() == pytest.approx(len(rows) / len(SEEDS))
    inside = rows[(rows["score"] > 0.2) & (rows["score"] <= 0.3)]
    assert bins.loc[2, "images"] * len(SEEDS) == pytest.approx(len(inside))
    assert bins.loc[2, "real"] == pytest.approx(inside["label"].mean())
    with figure_style():
        figure = calibration.reliability_of_best(compared)
    assert len(figure.axes) == 2 * len(BASELINES)


def test_calibration_error_is_the_worked_case():
    """Three images at 0.2 of which none is real, one at 0.9 that is: (3 x 0.2 + 0.1) / 4."""
    bins = pd.DataFrame({"score": [0.2, 0.9], "real": [0.0, 1.0], "images": [3, 1]})
    assert calibration.expected_error(bins) == pytest.approx(0.175)


def test_wilson_interval_is_scipys():
    """The interval of 7 in 20 is that of SciPy."""
    low, high = calibration.wilson_interval(pd.Series([0.35, 0.0]), pd.Series([20.0, 4.0]))
    for row, (hits, count) in enumerate(((7, 20), (0, 4))):
        expected = binomtest(hits, count).proportion_ci(method="wilson")
        assert (low[row], high[row]) == (
            pytest.approx(expected.low, abs=1e-6),
            pytest.approx(expected.high, abs=1e-6),
        )


def test_loss_by_step_has_a_panel_a_baseline_that_takes_steps(compared):
    """Fitted models are left out; equal rates have equal colours in all panels."""
    with figure_style():
        figure = loss_by_step.loss_by_step(compared)
    assert [axes.get_title(loc="left") for axes in figure.axes] == BASELINES[:3]
    colors = [
        {line.get_label(): line.get_color() for line in axes.lines if line.get_label()[0] != "_"}
        for axes in figure.axes
    ]
    assert colors[0] == colors[1] == colors[2]
    member = compared.members[5]
    (mean,) = [x for x in figure.axes[1].lines if x.get_label() == "learning_rate 0.1"]
    losses = member.rows("batches").groupby("step")["loss"].mean()
    np.testing.assert_allclose(mean.get_ydata(), losses, rtol=1e-5)
    assert f"{STEPS} steps" in loss_by_step.describe(compared)


def test_loss_by_step_of_one_experiment_has_one_panel(given_models):
    """A diverged seed is left out from where its losses end, and long trainings are thinned."""
    models = [Model(label="learning_rate 0.1", skill=1.0, steps=1000, diverged=(0,))]
    inputs = given_models([*models, *two()[1:]], experiment="finetune")
    with figure_style():
        (axes,) = loss_by_step.loss_by_step(inputs).axes
    (line,) = [x for x in axes.lines if x.get_label() == "learning_rate 0.1"]
    assert len(line.get_xdata()) == loss_by_step.POINTS
    assert np.isfinite(line.get_ydata()).all()


def test_loss_by_step_needs_batches(given_models):
    """Models that are fitted at once have no steps to show."""
    fitted = Model(label="sklearn_probe", skill=1.0, seeds=(0,), steps=0)
    with figure_style(), pytest.raises(GridproofError, match="'batches' has no rows"):
        loss_by_step.loss_by_step(given_models([fitted]))


def test_figures_of_images_refuse_models_without_predictions(make_slice, data_dir):
    """A network on coordinates has no scores of images."""
    folder = make_slice(synthetic_cell("learning_rate 0.1", epochs=2))
    columns = ("cell", "split")
    pd.DataFrame({name: pd.Series(dtype="str") for name in columns}).to_parquet(
        folder / "predictions.parquet"
    )
    inputs = Inputs(tables=load_slice(folder), data_dir=data_dir)
    with figure_style(), pytest.raises(GridproofError, match="'predictions' has no rows of learn"):
        ranking.accuracy_by_model(inputs)
