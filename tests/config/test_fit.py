"""Figures that fit the cells they are asked of, and those of a comparison that says none."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridproof.catalogue import catalogue
from gridproof.config.fit import common_figures, figure_misfit
from gridproof.config.loading import load_config
from gridproof.errors import GridproofError
from gridproof.plan.reading import read_study
from workspace import write_places

from .conftest import RATES, SOURCE, Load

PARTS = catalogue()
IMAGES = f"{SOURCE}\n  pictures: {{source: folder, path: pictures}}"
STUDY = """\
  trees: {family: xgboost, figures: []}
  network: {family: cnn, figures: []}
  nothing: {family: dry, figures: []}
"""


@pytest.mark.parametrize(
    ("experiment", "message"),
    [
        pytest.param(
            "{family: cnn, figures: [roc, dead_units]}",
            "experiments.other.figures[1]: found 'dead_units' in an experiment of the family "
            "'cnn', expected one of the family mlp",
            id="family",
        ),
        pytest.param(
            "{family: cnn, figures: [gradient_norms]}",
            "experiments.other.figures[0]: found 'gradient_norms' in an experiment of the family "
            "'cnn', which has no table 'gradients', expected a figure that needs none",
            id="table",
        ),
        pytest.param(
            "{figures: [roc]}",
            "experiments.other.figures[0]: found 'roc' in an experiment of the family 'mlp', "
            "which has no table 'predictions', expected a figure that needs none",
            id="table that tells images",
        ),
        pytest.param(
            "{figures: [dead_units]}",
            "experiments.other.figures[0]: found 'dead_units', which shows a measurement, "
            "expected `measure: [dead_relus]` with it",
            id="measurement that nobody asks for",
        ),
        pytest.param(
            "{sweep: {depth: [1, 2]}, figures: [curves, heatmap]}",
            "experiments.other.figures[1]: found 'heatmap' with cells that differ in depth, "
            "expected cells that differ in 2 parameters",
            id="map of one parameter",
        ),
        pytest.param(
            "{rows: [{depth: 1, width: 8}, {depth: 2, width: 4}], figures: [depth]}",
            "experiments.other.figures[0]: found 'depth' without two cells that differ in depth "
            "alone, expected some",
            id="comparison of what differs in more",
        ),
    ],
)
def test_figure_that_cannot_show_an_experiment_is_refused(
    load: Load, experiment: str, message: str
) -> None:
    """Before anything is trained: file, line, item, and what would fit."""
    data = IMAGES if "cnn" in experiment else SOURCE
    shift = data.count("\n")
    with pytest.raises(GridproofError) as error:
        load(
            f"{SOURCE}\nseeds: 2\nexperiments:\n",
            f"{data}\nseeds: 2\nexperiments:\n  other: {experiment}\n",
        )
    assert str(error.value) == f"config.yaml, line {6 + shift}: {message}"


def test_figure_of_images_is_refused_for_rows_of_a_table(load: Load) -> None:
    """A family that has the tables, but was trained on another kind of data."""
    assert figure_misfit(PARTS, "contact_sheet", "mlp") == (
        "found 'contact_sheet' in an experiment of the family 'mlp', trained on table, expected "
        "data of the kind images"
    )


def test_figure_fits_a_family_whose_data_are_made_of_its_kind() -> None:
    """A probe is trained on features, which are made of images."""
    assert figure_misfit(PARTS, "roc", "probe") == ""


def load_comparison(load: Load, of: str, more: str = "") -> tuple[object, ...]:
    """Return the families' comparison in a small study with images."""
    comparison = f"comparisons:\n  both: {{of: [{of}]{more}}}\n"
    config, _ = load(
        f"{SOURCE}\nseeds: 2\nexperiments:\n",
        f"{IMAGES}\nseeds: 2\n{comparison}experiments:\n{STUDY}",
    )
    return (config.comparisons["both"],)


def test_figure_that_cannot_show_a_part_of_a_comparison_is_refused(load: Load) -> None:
    """A comparison of perceptrons and networks has no figure of images."""
    with pytest.raises(GridproofError) as error:
        load_comparison(load, "network, rates", ", figures: [curves, roc]")
    assert str(error.value) == (
        "config.yaml, line 7: comparisons.both.figures[1]: found 'roc' in an experiment of the "
        "family 'mlp', which has no table 'predictions', expected a figure that needs none"
    )


def test_figure_of_a_measurement_that_no_part_of_a_comparison_asks_for_is_refused(
    load: Load,
) -> None:
    """It would have nothing to show; one experiment that is measured is enough."""
    comparison = "comparisons: {both: {of: [rates, deep], figures: [dead_units]}}\n"
    deep = "  deep: {set: {depth: 9}}\n"
    with pytest.raises(GridproofError) as error:
        load("", f"{deep}{comparison}")
    assert str(error.value) == (
        "config.yaml, line 10: comparisons.both.figures[0]: found 'dead_units', which shows a "
        "measurement, expected `measure: [dead_relus]` with it"
    )
    config, _ = load("", f"{deep.replace('}}', '}, measure: [dead_relus]}')}{comparison}")
    assert config.comparisons["both"].figures == ("dead_units",)


COMPARED = """\
title: Test
data:
  towns: {source: csv, train: train.csv, val: validation.csv, test: test.csv, target: country}
experiments: {shallow: {set: {depth: 1}}, deep: {set: {depth: 2}}, nothing: {family: dry}}
comparisons: {alike: {of: [shallow, deep]}, unlike: {of: [deep, nothing]}}
"""


def test_comparison_is_planned_with_figures_that_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with those of models of images, which perceptrons would fail on after all training."""
    monkeypatch.chdir(tmp_path)
    write_places(tmp_path, rows=30)
    (tmp_path / "config.yaml").write_text(COMPARED)
    plans = read_study(Path("config.yaml")).experiments
    assert plans["alike"].figures == plans["shallow"].figures == ("curves",)
    assert all(not figure_misfit(PARTS, name, "dry") for name in plans["unlike"].figures)


def test_comparison_of_perceptrons_shows_figures_of_perceptrons() -> None:
    """It says none itself, and what it shows by default can be drawn."""
    figures = common_figures(PARTS, ["mlp", "mlp"])
    assert figures == ("curves",)
    assert not any(figure_misfit(PARTS, figure, "mlp") for figure in figures)


def test_comparison_of_models_of_images_shows_their_ranking() -> None:
    """The figure that each of the families shows by default."""
    assert common_figures(PARTS, ["cnn", "probe", "xgboost"]) == ("ranking",)


def test_comparison_of_what_has_nothing_in_common_shows_nothing(load: Load) -> None:
    """Neither the figure of one family nor that of the other."""
    load_comparison(load, "nothing, trees")
    assert common_figures(PARTS, ["dry", "xgboost"]) == ()


def test_measurement_of_another_family_is_refused(load: Load) -> None:
    """Trees have no hidden units that may die."""
    with pytest.raises(GridproofError) as error:
        load(
            f"{SOURCE}\nseeds: 2\nexperiments:\n",
            f"{IMAGES}\nseeds: 2\nexperiments:\n"
            "  trees: {family: xgboost, measure: [dead_relus], figures: []}\n",
        )
    assert str(error.value) == (
        "config.yaml, line 7: experiments.trees.measure[0]: found 'dead_relus' in an experiment "
        "of the family 'xgboost', expected one of the family mlp"
    )


def test_figure_of_a_data_set_is_none_of_an_experiment(load: Load) -> None:
    """It shows the data, once, whatever is trained on them."""
    with pytest.raises(GridproofError, match=r"unknown figure 'contact_sheet'\. Expected one of"):
        load(RATES, f"{RATES}    figures: [contact_sheet]\n")


def images_of(divisions: int, seeds: str) -> str:
    """Return a study of images that are divided in so many ways."""
    return (
        "title: Test\nparts: [study/data]\ndata:\n"
        f"  images: {{source: patches, divisions: {divisions}}}\n"
        "seeds: 2\nexperiments:\n"
        f"  trees:\n    family: xgboost\n    seeds: {seeds}\n    figures: []\n"
    )


@pytest.mark.parametrize(("divisions", "seeds"), [(3, "4"), (2, "[1, 3]"), (5, "20")])
def test_seeds_that_would_share_a_division_are_refused(
    divisions: int, seeds: str, tmp_path: Path
) -> None:
    """Two of them would be told from one another by nothing but the seed."""
    (tmp_path / "config.yaml").write_text(images_of(divisions, seeds))
    with pytest.raises(GridproofError) as caught:
        load_config(tmp_path / "config.yaml")
    assert "line 9: experiments.trees.seeds: found" in str(caught.value)
    assert f"divided in {divisions} ways (divisions)" in str(caught.value)


@pytest.mark.parametrize(("divisions", "seeds"), [(3, "3"), (1, "20"), (2, "[7, 8]")])
def test_seeds_with_divisions_of_their_own_are_accepted(
    divisions: int, seeds: str, tmp_path: Path
) -> None:
    """As many ways as seeds, or one that all share."""
    (tmp_path / "config.yaml").write_text(images_of(divisions, seeds))
    load_config(tmp_path / "config.yaml")
