"""The kinds of values a configuration holds: names, seeds, lists of names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

from gridproof.parameter import LAST_SEED, expected, unknown_name, whole_number

MAX_SEEDS = 1000
RESERVED_STUDIES = frozenset(
    {
        "benchmarks",
        "cache",
        "cells",
        "claims",
        "data",
        "figures",
        "logs",
        "partial",
        "plan",
        "report",
        "tables",
    }
)
RESERVED_EXPERIMENTS = frozenset({"data"})


def check_seeds(value: object) -> tuple[int, ...]:
    """Return sorted seeds from a count (``5`` is seeds 0 to 4) or from a list of distinct seeds."""
    count = whole_number(value)
    if type(count) is int and 1 <= count <= MAX_SEEDS:
        return tuple(range(count))
    if (
        isinstance(value, list | tuple)
        and 1 <= len(value) <= MAX_SEEDS
        and all(type(seed) is int and 0 <= seed <= LAST_SEED for seed in value)
        and len(set(value)) == len(value)
    ):
        return tuple(sorted(value))
    raise expected(
        f"a count from 1 to {MAX_SEEDS} or a list of distinct whole numbers from 0 to {LAST_SEED}"
    )


def check_distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a list that names something twice."""
    for index, value in enumerate(values):
        if value in values[:index]:
            raise expected("each name once, {name} comes twice", name=repr(value))
    return values


def check_study(name: str) -> str:
    """Keep a study from writing over what lies in results/ itself."""
    if name in RESERVED_STUDIES:
        raise expected("another name, this one is a folder of every study")
    return name


def check_experiment(name: str) -> str:
    """Keep an experiment's figures apart from those of the data."""
    if name in RESERVED_EXPERIMENTS:
        raise expected("another name, this one holds the figures of the data")
    return name


def list_of_names(kind: str, valid: Sequence[str]) -> Any:
    """Return the type of a list of distinct names of parts; `kind` is what they name, in words."""
    one: Any = one_of_names(kind, valid)
    return Annotated[tuple[one, ...], AfterValidator(check_distinct)]


def one_of_names(kind: str, valid: Sequence[str]) -> Any:
    """Return the type of one of some names; `kind` is what they name, in words."""

    def check(name: str) -> str:
        if name not in valid:
            raise unknown_name(kind, valid)
        return name

    schema = WithJsonSchema({"type": "string", "enum": list(valid)})
    return Annotated[str, AfterValidator(check), schema]


def whole_number_schema(minimum: int, maximum: int) -> dict[str, Any]:
    """Return the JSON Schema of a whole number in a closed range."""
    return {"type": "integer", "minimum": minimum, "maximum": maximum}


AUTO = "auto"
"""The engine that a family has first."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=64)]
StudyName = Annotated[Name, AfterValidator(check_study)]
ExperimentName = Annotated[Name, AfterValidator(check_experiment)]
Threads = Annotated[int, Strict(), Field(ge=1, le=1024), BeforeValidator(whole_number)]
Seeds = Annotated[
    tuple[int, ...],
    BeforeValidator(check_seeds),
    WithJsonSchema(
        {
            "anyOf": [
                whole_number_schema(1, MAX_SEEDS),
                {
                    "type": "array",
                    "items": whole_number_schema(0, LAST_SEED),
                    "minItems": 1,
                    "maxItems": MAX_SEEDS,
                    "uniqueItems": True,
                },
            ]
        }
    ),
]
Names = Annotated[tuple[str, ...], AfterValidator(check_distinct)]
Selection = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(check_distinct)]
