"""Experiments to cells: products, rows, shared cells, labels."""

from __future__ import annotations

import pytest

from gridproof.config.expand import ResolvedExperiment, expand
from gridproof.parts.families.mlp import MlpParameters

from .conftest import Load

SWEEP = "    sweep:\n      learning_rate: [0.2, 1e-3]\n"


def only_experiment(load: Load, body: str) -> ResolvedExperiment:
    """Return the small study's experiment with another body."""
    (experiment,) = expand(*load(SWEEP, body))
    return experiment


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        pytest.param(SWEEP, ["learning_rate 0.2", "learning_rate 0.001"], id="one list"),
        pytest.param(
            "    sweep: {learning_rate: [1, 1e-5]}\n",
            ["learning_rate 1.0", "learning_rate 1e-05"],
            id="short numbers",
        ),
        pytest.param(
            "    sweep: {learning_rate: [1e-3, 0.001, 0.0010], depth: [6.0, 6]}\n    rows: [{}]\n",
            ["depth 6, learning_rate 0.001"],
            id="equal cells are one",
        ),
        pytest.param(
            "    sweep: {width: [8, 4], depth: [2, 1]}\n",
            ["depth 2, width 8", "depth 2, width 4", "depth 1, width 8", "depth 1, width 4"],
            id="product",
        ),
        pytest.param(
            "    sweep: {depth: [2, 1], width: [8, 4]}\n",
            ["depth 2, width 8", "depth 2, width 4", "depth 1, width 8", "depth 1, width 4"],
            id="product, keys in another order",
        ),
        pytest.param(
            "    sweep: {batch_norm: [false, true]}\n", ["no batch_norm", "batch_norm"], id="switch"
        ),
        pytest.param(
            "    rows: [{depth: 1}, {width: 32, depth: 6}]\n",
            ["depth 1, width 16", "depth 6, width 32"],
            id="rows",
        ),
        pytest.param(
            "    sweep: {depth: [1, 2]}\n    rows: [{depth: 3}, {depth: 2}]\n",
            ["depth 1", "depth 2", "depth 3"],
            id="sweep, then rows",
        ),
        pytest.param("    set: {epochs: 100}\n", ["epochs 100"], id="one cell with a set"),
        pytest.param("    set: {}\n", ["default"], id="default cell"),
        pytest.param("    {}\n", ["default"], id="nothing at all"),
        pytest.param(
            "    set: {epochs: 9}\n    rows: [{batch_norm: true, depth: 2}]\n",
            ["depth 2, epochs 9, batch_norm"],
            id="one row",
        ),
    ],
)
def test_members_are_the_distinct_cells_with_their_labels(
    load: Load, body: str, labels: list[str]
) -> None:
    """Labels name what differs; positions count from 0."""
    members = only_experiment(load, body).members
    assert [member.label for member in members] == labels
    assert [member.position for member in members] == list(range(len(labels)))


def test_parameters_come_from_row_then_set_then_defaults_then_recipe(load: Load) -> None:
    """The nearest word wins, the family's own default comes last."""
    study = load(
        "seeds: 2\nexperiments:\n  rates:\n" + SWEEP,
        "defaults: {mlp: {depth: 3, width: 5, epochs: 7}}\n"
        "experiments:\n  rates:\n    set: {epochs: 8, batch_norm: true}\n    rows: [{depth: 4}]\n",
    )
    (experiment,) = expand(*study)
    assert experiment.members[0].parameters == MlpParameters(
        depth=4, width=5, epochs=8, batch_norm=True
    )


def test_parameters_have_the_order_and_types_of_the_family(load: Load) -> None:
    """Neither the order of keys nor the way a number is written shows."""
    first = only_experiment(load, "    set: {epochs: 8, depth: 4.0, learning_rate: 1}\n")
    second = only_experiment(load, "    set: {learning_rate: 1.0, depth: 4, epochs: 8}\n")
    assert first == second
    assert repr(first.members[0].parameters) == repr(second.members[0].parameters)


def test_experiments_that_need_the_same_cell_have_equal_parameters(load: Load) -> None:
    """Sharing is equality of parameters; titles and labels play no part."""
    study = load("", "  long: {sweep: {epochs: [50, 100]}}\n  base: {set: {learning_rate: 0.2}}\n")
    rates, long, base = expand(*study)
    assert rates.members[0].parameters == base.members[0].parameters
    assert rates.members[1].parameters == long.members[0].parameters


def test_study_settings_hold_unless_the_experiment_has_its_own(load: Load) -> None:
    """Seeds, threads, engine, data and title."""
    study = load(
        "",
        "  own: {seeds: [7, 3], threads: 2, engine: torch, data: countries, title: Mine,\n"
        "    question: 'Why?', figures: []}\n",
    )
    plain, own = expand(*study)
    assert (plain.seeds, plain.threads, plain.engine) == ((0, 1), 1, "native")
    assert (plain.title, plain.question, plain.data) == ("Rates", "", "countries")
    assert (plain.family, plain.figures) == ("mlp", ("curves",))
    assert (own.seeds, own.threads, own.engine) == ((3, 7), 2, "torch")
    assert (own.title, own.question, own.data, own.figures) == ("Mine", "Why?", "countries", ())


def test_engine_of_the_study_holds_where_a_family_has_it(load: Load) -> None:
    """Other families keep their own, and an experiment may ask for what its family has first."""
    study = load("", "  nothing: {family: dry}\n  first: {engine: auto}\nengine: torch\n")
    engines = {experiment.name: experiment.engine for experiment in expand(*study)}
    assert engines == {"rates": "torch", "nothing": "python", "first": "native"}


def test_only_selects_experiments_in_the_order_of_the_file(load: Load) -> None:
    """The order of `only` does not matter."""
    study = load("", "  b: {}\n  a: {}\nonly: [a, rates]\n")
    assert [experiment.name for experiment in expand(*study)] == ["rates", "a"]
