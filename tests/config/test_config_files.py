"""The files that are shipped: the studies, their schema, their reference."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from gridproof.catalogue import catalogue
from gridproof.config.expand import ResolvedExperiment, expand
from gridproof.config.fit import figure_misfit
from gridproof.config.json_schema import json_schema, schema_text
from gridproof.config.loading import load_config
from gridproof.config.pages import DEFAULT_PARTS, REFERENCE_FILE, SCHEMA_FILE, reference_page
from gridproof.config.yaml_reader import read_yaml
from gridproof.parts.families.mlp import MlpParameters

ROOT = Path(__file__).parents[2]
STUDIES = [
    "config.yaml",
    "config/demo.yaml",
    "config/smoke.yaml",
    "config/published.yaml",
    "config/smoke_images.yaml",
    "config/dry.yaml",
]


@pytest.fixture(autouse=True)
def in_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where the studies are run, from which their parts are looked for."""
    monkeypatch.chdir(ROOT)


def figures_of_perceptrons() -> tuple[set[str], set[str]]:
    """Return the default study's figures that can show perceptrons, and those that cannot."""
    config, parts = load_config(ROOT / STUDIES[0])
    shown = [*config.experiments.values(), *config.comparisons.values()]
    names = {name for item in shown for name in item.figures or ()}
    fitting = {name for name in names if not figure_misfit(parts, name, "mlp")}
    return fitting, names - fitting


def experiments_of(study: str) -> dict[str, ResolvedExperiment]:
    """Return the experiments of a shipped study by name."""
    return {experiment.name: experiment for experiment in expand(*load_config(ROOT / study))}


def cells_of(study: str) -> set[object]:
    """Return the distinct parameters of a shipped study."""
    return {
        member.parameters
        for experiment in experiments_of(study).values()
        for member in experiment.members
    }


def test_every_study_under_config_is_tested() -> None:
    """A new file joins the list above."""
    files = [ROOT / "config.yaml", *(ROOT / "config").glob("*.yaml")]
    assert {str(path.relative_to(ROOT)) for path in files} == set(STUDIES)


@pytest.mark.parametrize("study", STUDIES)
def test_study_names_its_schema_for_editors(study: str) -> None:
    """The first line points at the schema, relative to the file."""
    first = (ROOT / study).read_text().splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert ((ROOT / study).parent / first.partition("=")[2]).resolve() == ROOT / SCHEMA_FILE


@pytest.mark.parametrize("study", STUDIES)
def test_study_fits_the_json_schema(study: str) -> None:
    """What Gridproof accepts, an editor accepts."""
    validator = jsonschema.Draft202012Validator(json_schema(catalogue(DEFAULT_PARTS)))
    assert list(validator.iter_errors(read_yaml(ROOT / study).data)) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"colour": "red"}, id="unknown key"),
        pytest.param({"seeds": 0}, id="no seeds"),
        pytest.param({"experiments": {"Bad Name": {}}}, id="name"),
        pytest.param({"experiments": {"a": {"sweep": {}}}}, id="empty sweep"),
        pytest.param({"experiments": {"a": {"sweep": {"lerning_rate": [1]}}}}, id="parameter"),
        pytest.param({"experiments": {"a": {"sweep": {"depth": [0]}}}}, id="range"),
        pytest.param({"experiments": {"a": {"rows": [{"depth": True}]}}}, id="type"),
        pytest.param({"experiments": {"a": {"family": "cnm"}}}, id="family"),
        pytest.param({"data": {"a": {"source": "csv"}}}, id="source without files"),
    ],
)
def test_json_schema_refuses_what_an_editor_should_underline(change: dict[str, object]) -> None:
    """The schema is closed and knows parameters and ranges."""
    study = read_yaml(ROOT / "config.yaml").data | change
    assert not jsonschema.Draft202012Validator(json_schema(catalogue(DEFAULT_PARTS))).is_valid(
        study
    )


def test_schema_file_is_the_generated_one() -> None:
    """`make docs` was run."""
    written = (ROOT / SCHEMA_FILE).read_text()
    assert written == schema_text(catalogue(DEFAULT_PARTS))
    jsonschema.Draft202012Validator.check_schema(json.loads(written))


def test_reference_is_the_generated_one() -> None:
    """`make docs` was run."""
    assert (ROOT / REFERENCE_FILE).read_text() == reference_page(catalogue(DEFAULT_PARTS))


@pytest.mark.parametrize("study", ["config.yaml", "config/published.yaml"])
def test_study_is_the_published_recipe(study: str) -> None:
    """Six learning rates, one longer run, and the same with batch norm."""
    experiments = experiments_of(study)
    rates = [member.parameters for member in experiments["learning_rate"].members]
    assert [rate.model_dump()["learning_rate"] for rate in rates] == [
        1,
        0.2,
        1e-2,
        1e-3,
        5e-4,
        1e-5,
    ]
    recipe = {"depth": 6, "width": 16, "batch_size": 256, "epochs": 50}
    assert all(recipe.items() <= rate.model_dump().items() for rate in rates)
    (long,) = (member.parameters.model_dump() for member in experiments["epochs"].members)
    assert long == rates[3].model_dump() | {"epochs": 100}
    plain, normed = (member.parameters.model_dump() for member in experiments["batch_norm"].members)
    assert plain == long
    assert normed == long | {"batch_norm": True}
    assert sum(isinstance(cell, MlpParameters) for cell in cells_of(study)) == 31


@pytest.mark.parametrize("study", ["config.yaml", "config/published.yaml"])
def test_image_models_are_those_of_the_published_recipe(study: str) -> None:
    """Three baselines at five learning rates, logistic regression and trees: 17, and a baseline."""
    experiments = experiments_of(study)
    compared = load_config(ROOT / study)[0].comparisons["real_or_fake"].of
    models = [m.parameters.model_dump() for name in compared for m in experiments[name].members]
    assert len(models) == 17 + 1
    assert [model.get("sees") for model in models[-2:]] == ["pixels", "statistics"]
    for name in ("scratch", "finetune", "linear_probe"):
        cells = [member.parameters.model_dump() for member in experiments[name].members]
        assert [cell["learning_rate"] for cell in cells] == [1e-1, 1e-2, 1e-3, 1e-4, 1e-5]
        assert {(cell["batch_size"], cell["epochs"]) for cell in cells} == {(32, 1)}
    (trees,) = (member.parameters.model_dump() for member in experiments["xgboost"].members)
    assert {"crop": 64, "rounds": 100}.items() <= trees.items()


RECIPE = MlpParameters().model_dump() | {
    "depth": 6,
    "width": 16,
    "learning_rate": 1e-3,
    "batch_size": 256,
    "epochs": 50,
    "batch_norm": False,
    "residual": False,
    "implicit": False,
    "gradient_norms": False,
}
NORMED = {"batch_norm": True, "batch_size": 128}
DEEP = {"depth": 100, "width": 4, "epochs": 10, "gradient_norms": True}
CELLS: dict[str, list[dict[str, object]]] = {
    "batch_size": [
        {"batch_size": 1, "epochs": 1},
        {"batch_size": 16, "epochs": 10},
        {"batch_size": 128},
        {"batch_size": 1024},
    ],
    "batch_scaling": [
        {"batch_size": 16, "epochs": 10},
        {"batch_size": 16, "epochs": 10, "learning_rate": 8e-3},
        {"batch_size": 128},
        {"batch_size": 128, "learning_rate": 1e-3 * 128 / 16},
        {"batch_size": 1024},
        {"batch_size": 1024, "learning_rate": 1e-3 * 1024 / 16},
    ],
    "shape": [
        NORMED | {"depth": depth, "width": width}
        for depth, width in ((1, 16), (2, 16), (6, 16), (10, 16), (6, 8), (6, 32), (6, 64))
    ],
    "shallow": [NORMED | {"depth": 1, "learning_rate": rate} for rate in (1e-3, 1e-2, 1e-1)],
    "very_deep": [NORMED | {"depth": depth} for depth in (6, 10, 20, 40)],
    "gradients": [DEEP],
    "residual": [DEEP, DEEP | {"residual": True}, DEEP | {"residual": True, "batch_norm": True}],
    "implicit": [{}, {"implicit": True}, NORMED, NORMED | {"implicit": True}],
}


@pytest.mark.parametrize("study", ["config.yaml", "config/published.yaml"])
@pytest.mark.parametrize("name", CELLS)
def test_experiment_has_the_cells_of_the_recipe(study: str, name: str) -> None:
    """Each cell differs from the recipe's defaults in just these parameters."""
    members = [m.parameters.model_dump() for m in experiments_of(study)[name].members]
    assert members == [RECIPE | changed for changed in CELLS[name]]


@pytest.mark.parametrize("study", ["config.yaml", "config/published.yaml"])
def test_auroc_is_measured_in_the_experiment_on_epochs_alone(study: str) -> None:
    """It is the one measurement that takes long."""
    measured = {name for name, entry in experiments_of(study).items() if "auroc" in entry.measure}
    assert measured == {"epochs"}


def test_published_study_has_the_experiments_of_the_default() -> None:
    """The two differ in their data alone."""
    default, published = (read_yaml(ROOT / name).data for name in (STUDIES[0], STUDIES[3]))
    for name, experiment in default["experiments"].items():
        seeds = experiment.get("seeds")
        assert seeds == (None if experiment.get("family", "mlp") == "mlp" else 5), name
    assert default["experiments"] == published["experiments"]
    assert default["comparisons"] == published["comparisons"]
    assert default["defaults"]["mlp"] == published["defaults"]["mlp"]
    for study in (STUDIES[0], STUDIES[3]):
        assert experiments_of(study)["epochs"].seeds == tuple(range(20))
        assert experiments_of(study)["scratch"].seeds == tuple(range(5))


def test_smoke_study_is_small() -> None:
    """At most 16 cells, 2 seeds; experiments, figures, measurements of the default."""
    experiments = experiments_of("config/smoke.yaml")
    default = experiments_of("config.yaml")
    places = {name for name, experiment in default.items() if experiment.family == "mlp"}
    assert experiments.keys() == places
    assert len(cells_of("config/smoke.yaml")) <= 16
    shown, _ = figures_of_perceptrons()
    assert {name for e in experiments.values() for name in e.figures} == shown
    measured = {name for e in experiments.values() for name in e.measure}
    assert measured == {name for e in default.values() for name in e.measure}
    assert {(e.seeds, e.engine) for e in experiments.values()} == {((0, 1), "native")}


def test_smoke_study_of_images_shows_every_figure_of_images() -> None:
    """All that the default study shows of images, in a few cells of few images."""
    config, _ = load_config(ROOT / "config/smoke_images.yaml")
    parts = [*config.experiments.values(), *config.comparisons.values()]
    _, shown = figures_of_perceptrons()
    assert {name for part in parts for name in part.figures} == shown
    assert {item.family for item in config.experiments.values()} == {"cnn", "probe", "xgboost"}


def test_demo_study_compares_four_shapes() -> None:
    """Batch norm, learning rate 0.1, batch 512, 12 epochs, 2 seeds."""
    (shape,) = experiments_of("config/demo.yaml").values()
    assert (shape.seeds, shape.engine) == ((0, 1), "native")
    assert [member.label for member in shape.members] == [
        "depth 1, width 16",
        "depth 2, width 16",
        "depth 6, width 16",
        "depth 6, width 32",
    ]
    shared = {"batch_norm": True, "learning_rate": 0.1, "batch_size": 512, "epochs": 12}
    assert all(shared.items() <= member.parameters.model_dump().items() for member in shape.members)
