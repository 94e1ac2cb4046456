"""Studies of images: which data fit which family, comparisons, and who a cell is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gridproof.errors import GridproofError
from gridproof.plan.cost import training_priorities
from gridproof.plan.reading import read_study
from gridproof.plan.study import Study

BASE = """\
title: Test
parts: [study/data]
data:
  countries: {source: geonames}
  images: {source: patches, size: 64, counts: {train: 16, val: 8, test: 8}}
seeds: 3
experiments:
  rates:
    sweep:
      learning_rate: [0.2, 1e-3]
  finetune:
    family: cnn
    sweep:
      learning_rate: [1e-2, 1e-4]
    figures: []
  probe:
    family: probe
    rows:
      - {learning_rate: 0.1}
      - {solver: lbfgs}
    figures: []
  xgboost:
    family: xgboost
    figures: []
comparisons:
  all:
    of: [finetune, probe, xgboost]
    figures: []
"""

Read = Callable[..., Study]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads the study with one passage replaced by another."""

    def read_changed(old: str = "", new: str = "", **overrides: object) -> Study:
        assert old in BASE
        path = tmp_path / "config.yaml"
        path.write_text(BASE.replace(old, new, 1) if old else BASE)
        return read_study(path, overrides)

    return read_changed


def message(read: Read, old: str, new: str) -> str:
    """Return the message that the changed study is refused with."""
    with pytest.raises(GridproofError) as error:
        read(old, new)
    return str(error.value)


@pytest.mark.parametrize("family", ["cnn", "probe", "xgboost"])
def test_image_experiment_that_names_no_figures_is_ranked(read: Read, family: str) -> None:
    """Curves by epoch suit the MLP alone; every image model has a test accuracy."""
    study = read("comparisons:", f"  plain: {{family: {family}}}\ncomparisons:")
    assert study.experiments["plain"].figures == ("ranking",)
    assert study.experiments["rates"].figures == ("curves",)


def test_each_family_gets_the_data_of_its_kind(read: Read) -> None:
    """Places for perceptrons, images for networks and trees, features of them for probes."""
    study = read()
    kinds = {cell.family.name: cell.data.kind for cell in study.cells.values()}
    assert kinds == {"mlp": "table", "cnn": "images", "probe": "features", "xgboost": "images"}
    assert {plan.base.name for plan in study.derived.values() if plan.base} == {"images"}


def test_all_probes_of_a_backbone_share_their_features(read: Read) -> None:
    """The backbone sees each image once, however many probes learn from it."""
    assert len(read().derived) == 1


def test_fit_that_draws_nothing_has_one_replicate(read: Read) -> None:
    """Trees and scikit-learn's solver are fitted once on images that all seeds share."""
    seeds = {
        cell.slug: cell.seeds for cell in read("size: 64", "size: 64, divisions: 1").cells.values()
    }
    single = {slug for slug, found in seeds.items() if found == (0,)}
    assert {slug.split("-")[0] for slug in single} == {"probe", "xgboost"}
    assert len(single) == 2


def test_fit_that_draws_nothing_is_repeated_on_images_that_each_seed_has_of_its_own(
    read: Read,
) -> None:
    """Another division of the photographs gives another fit, of features too."""
    assert {cell.seeds for cell in read().cells.values()} == {(0, 1, 2)}


def test_comparison_has_the_cells_of_its_experiments_under_their_names(read: Read) -> None:
    """Cells that an experiment has several of keep their labels behind its name."""
    study = read()
    labels = [member.label for member in study.experiments["all"].members]
    assert labels == [
        "finetune learning_rate 0.01",
        "finetune learning_rate 0.0001",
        "probe solver adam, learning_rate 0.1",
        "probe solver lbfgs, learning_rate 0.01",
        "xgboost",
    ]
    assert len(study.cells) == 7


def test_selected_comparison_trains_its_experiments_and_shows_itself_alone(read: Read) -> None:
    """`only` a comparison: its cells are needed, the sections of their experiments are not."""
    study = read(only=["all"])
    assert list(study.experiments) == ["all"]
    assert {cell.family.name for cell in study.cells.values()} == {"cnn", "probe", "xgboost"}


def test_comparison_of_what_is_not_there_is_refused(read: Read) -> None:
    """The message names the nearest experiment."""
    told = message(read, "of: [finetune,", "of: [finetun,")
    assert "comparisons.all.of[0]: unknown experiment 'finetun'" in told
    assert "'finetune'" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("family: cnn", "family: cnn\n    data: countries", "found 'countries', of the kind table"),
        ("source: patches, size: 64, counts: {train: 16, val: 8, test: 8}", "source: geonames",
         "found no images under 'data'"),
        ("{learning_rate: 0.1}", "{backbone: resnet81}", "unknown backbone 'resnet81'"),
        ("family: xgboost\n    figures: []", "family: xgboost\n    figures: [gradient_norms]",
         "found 'gradient_norms' in an experiment of the family 'xgboost'"),
        ("family: xgboost", "family: xgboost\n    measure: [auroc]",
         "found 'auroc' in an experiment of the family 'xgboost'"),
        ("family: cnn\n", "family: cnn\n    set: {frozen: true, pretrained: false}\n",
         "found frozen true with pretrained false"),
        ("family: cnn\n", "family: cnn\n    set: {frozen_batch_norm: train}\n",
         "found frozen_batch_norm 'train' with frozen false"),
        ("comparisons:\n  all", "comparisons:\n  probe", "an experiment has this name"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(read: Read, old: str, new: str, told: str) -> None:
    """Data, backbones, figures and measurements of another family, and settings that clash."""
    assert told in message(read, old, new)


def test_missing_weights_are_told_before_anything_runs(read: Read) -> None:
    """A backbone without a package of its weights needs a file."""
    told = message(read, "{learning_rate: 0.1}", "{backbone: resnet18}")
    assert "weights of resnet18" in told


CSV = """{source: csv, train: no/a.csv, val: no/b.csv, test: no/c.csv, target: country,
    optional: true}"""


def test_study_runs_without_optional_data_and_says_what_is_left_out(read: Read) -> None:
    """The other half is planned; the study knows which experiments are missing."""
    study = read("{source: geonames}", CSV)
    assert "rates" not in study.experiments
    assert "finetune" in study.experiments
    assert [(item.name, item.experiments) for item in study.missing] == [("countries", ("Rates",))]


def test_data_that_are_not_optional_must_be_there(read: Read) -> None:
    """Without the key a missing file stays a mistake."""
    told = message(read, "{source: geonames}", CSV.replace("optional: true", "optional: false"))
    assert "no/a.csv" in told


def test_only_optional_data_and_none_there_is_refused(read: Read, tmp_path: Path) -> None:
    """A study of nothing is a mistake."""
    path = tmp_path / "nothing.yaml"
    path.write_text(f"title: T\ndata:\n  countries: {CSV}\nexperiments:\n  a: {{}}\n")
    with pytest.raises(GridproofError, match="the data of no experiment are there"):
        read_study(path)


def test_trees_and_networks_start_before_what_takes_seconds(read: Read) -> None:
    """The trees, on one thread, take longest; probes wait for nothing else."""
    study = read()
    priorities = training_priorities(study.cells.values())
    slowest = max(study.cells.values(), key=lambda cell: priorities[cell.name])
    probes = [priorities[c.name] for c in study.cells.values() if c.family.name == "probe"]
    networks = [priorities[c.name] for c in study.cells.values() if c.family.name == "cnn"]
    assert slowest.family.name in {"xgboost", "cnn"}
    assert max(probes) < min(networks)
