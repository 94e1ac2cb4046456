"""What makes a cell the same cell: parameters that count, and those that mean what was before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gridproof.config.expand import expand
from gridproof.config.loading import load_config
from gridproof.part import Engine, Family, Number, Parameters, Switch, Text, Whole, parameter
from gridproof.plan.cell_identity import (
    canonical_json,
    cell_digest,
    cell_slug,
    identifying_spec,
    short_digest,
)


class Before(Parameters):
    """The parameters of a family as it was."""

    depth: Whole = parameter(6, "Layers.", slug="d")
    learning_rate: Number = parameter(1e-3, "Step length.", slug="lr")


class Off(Before):
    """The same with parameters that are off by default."""

    dropout: Number = parameter(0.0, "Share of units left out.", slug="p")
    momentum: Whole = parameter(0, "Steps that are remembered.", slug="m")
    nesterov: Switch = parameter(False, "Look ahead.", slug="n")
    schedule: str = parameter("", "Name of a schedule.", slug="")


class NeutralByName(Before):
    """The same with parameters whose defaults say what was done before."""

    activation: Text = parameter("relu", "Of each unit.", neutral="relu", slug="")
    scale: Number = parameter(1.0, "Factor of the inputs.", neutral=1.0, slug="x")


class OtherDefault(Before):
    """The same with a default that means something else."""

    depth: Whole = parameter(8, "Layers.", slug="d")


class Unsaid(Before):
    """The same with a parameter whose default nobody declared to be what was done before."""

    activation: Text = parameter("relu", "Of each unit.")


def name(
    parameters: Parameters, engine: str = "exactly", threads: int = 1, *, exact: bool = False
) -> str:
    """Return the name of the folder of a cell with these parameters."""
    family = Family(
        description="a family of the test",
        kind="table",
        parameters=type(parameters),
        trainer=":start",
        libraries=(),
        engine="exactly",
        engines={"otherwise": Engine(trainer=":other", libraries=())},
        exact=exact,
        name="family",
    )
    spec = identifying_spec(family, parameters, "data", engine, threads)
    return f"{cell_slug(family, parameters)}-{cell_digest(spec, 'code', {'torch': '1.0'})}"


@pytest.mark.parametrize("parameters", [Off, NeutralByName], ids=["off", "declared"])
def test_new_parameter_that_means_what_was_done_leaves_cells_as_they_are(
    parameters: type[Parameters],
) -> None:
    """False, 0, empty text, and the value that the declaration calls neutral: digest and name."""
    assert name(parameters()) == name(Before())
    assert name(parameters(depth=2)) == name(Before(depth=2))  # type: ignore[call-arg]


CHANGED: list[tuple[type[Parameters], dict[str, Any]]] = [
    (Off, {"dropout": 0.5}),
    (Off, {"momentum": 1}),
    (Off, {"nesterov": True}),
    (Off, {"schedule": "cosine"}),
    (NeutralByName, {"activation": "tanh"}),
    (NeutralByName, {"scale": 0.5}),
]


@pytest.mark.parametrize(("parameters", "values"), CHANGED, ids=str)
def test_new_parameter_that_is_used_makes_another_cell(
    parameters: type[Parameters], values: dict[str, Any]
) -> None:
    """With another name and another digest."""
    used, before = name(parameters(**values)), name(Before())
    assert used.rpartition("-")[2] != before.rpartition("-")[2]
    assert used.rpartition("-")[0] != before.rpartition("-")[0]


def test_changed_default_makes_another_cell() -> None:
    """What a study does not say is no reason to take one result for another."""
    assert name(OtherDefault()) != name(Before())
    assert name(OtherDefault(depth=6)) == name(Before())


def test_new_parameter_with_a_default_that_was_not_declared_neutral_makes_another_cell() -> None:
    """Too much is trained rather than too little."""
    assert name(Unsaid()) != name(Before())


def test_neutral_is_a_value_of_its_own_parameter_alone() -> None:
    """Another parameter with the same value counts."""
    assert name(NeutralByName(learning_rate=1.0)) != name(NeutralByName())


STUDY = """\
title: Test
data: {{towns: {{source: csv, path: towns.csv, target: country}}}}
experiments: {{one: {{sweep: {{learning_rate: [{values}]}}}}}}
"""


@pytest.mark.parametrize("other", ["0.001", "1.0e-3", "0.0010", "1E-03"])
def test_number_is_the_same_however_it_is_written(tmp_path: Path, other: str) -> None:
    """1e-3 and 0.001 are one cell, in one experiment and in two studies."""
    path = tmp_path / "config.yaml"
    path.write_text(STUDY.format(values=f"1e-3, {other}"))
    ((only,),) = (experiment.members for experiment in expand(*load_config(path)))
    assert canonical_json(only.parameters.model_dump()["learning_rate"]) == "0.001"


def test_whole_number_for_a_number_is_the_same_cell() -> None:
    """`learning_rate: 1` and `learning_rate: 1.0`."""
    assert name(Before(learning_rate=1)) == name(Before(learning_rate=1.0))


def test_order_of_names_does_not_count() -> None:
    """Of parameters as a study writes them, and of what a digest is taken of."""
    assert name(Before(depth=2, learning_rate=0.1)) == name(Before(learning_rate=0.1, depth=2))
    assert short_digest({"a": 1, "b": 2}) == short_digest({"b": 2, "a": 1})


def test_threads_make_another_cell_but_where_no_bit_depends_on_them() -> None:
    """Of a family that says so, computed by its first engine."""
    assert name(Before(), threads=2) != name(Before())
    assert name(Before(), threads=2, exact=True) == name(Before(), exact=True)
    others = {name(Before(), "otherwise", threads, exact=True) for threads in (1, 2)}
    assert len(others) == 2


def test_another_engine_makes_another_cell() -> None:
    """Of the first one a cell says nothing, so a family may name it later, or call it otherwise."""
    family = Family(
        description="the same before it had a choice",
        kind="table",
        parameters=Before,
        trainer=":start",
        libraries=(),
    )
    assert name(Before(), "otherwise") != name(Before())
    assert "engine" not in identifying_spec(family, Before(), "data", family.engine, 1)
    assert family.engine_names == ("python",)


def test_value_that_is_no_number_has_no_digest() -> None:
    """NaN is equal to nothing, itself included."""
    with pytest.raises(ValueError, match="Out of range float values"):
        canonical_json({"learning_rate": float("nan")})
