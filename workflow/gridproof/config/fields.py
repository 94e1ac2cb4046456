"""The kinds of values a configuration holds: names, seeds, whole numbers, paths."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from gridproof.draw.figure_registry import FIGURES
from gridproof.run.measurement_registry import MEASUREMENTS

MAX_SEEDS = 1000
LAST_SEED = 2**31 - 1
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
EXPERIMENT_FIGURES = tuple(name for name, entry in FIGURES.items() if entry.level == "experiment")


class Section(BaseModel):
    """A part of the configuration: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def expected(text: str, **context: object) -> PydanticCustomError:
    """Return the error of a value; `text` completes the sentence 'found x, expected ...'."""
    return PydanticCustomError("expected", text, context)


def whole_number(value: object) -> object:
    """Turn ``6.0`` into ``6``; anything else is left for the type check."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


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


def check_figure(name: str) -> str:
    """Refuse a name that no figure of an experiment has."""
    if name not in EXPERIMENT_FIGURES:
        raise PydanticCustomError(
            "unknown_name", "figure", {"valid": EXPERIMENT_FIGURES, "kind": "figure"}
        )
    return name


def check_measurement(name: str) -> str:
    """Refuse a name that no measurement has."""
    if name not in MEASUREMENTS:
        raise PydanticCustomError(
            "unknown_name", "measurement", {"valid": tuple(MEASUREMENTS), "kind": "measurement"}
        )
    return name


def check_path(path: Path) -> Path:
    """Refuse an empty path, which would mean the working directory."""
    if path == Path():
        raise expected("the path of a file")
    return path


def whole_number_schema(minimum: int, maximum: int) -> dict[str, Any]:
    """Return the JSON Schema of a whole number in a closed range."""
    return {"type": "integer", "minimum": minimum, "maximum": maximum}


WHOLE = BeforeValidator(whole_number)
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Switch = Annotated[bool, Strict()]
Engine = Literal["auto", "eager", "compiled"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=64)]
StudyName = Annotated[Name, AfterValidator(check_study)]
ExperimentName = Annotated[Name, AfterValidator(check_experiment)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Threads = Annotated[int, Strict(), Field(ge=1, le=1024), WHOLE]
Seed = Annotated[int, Strict(), Field(ge=0, le=LAST_SEED), WHOLE]
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
FilePath = Annotated[Path, AfterValidator(check_path)]
FigureName = Annotated[
    str,
    AfterValidator(check_figure),
    WithJsonSchema({"type": "string", "enum": list(EXPERIMENT_FIGURES)}),
]
Figures = Annotated[tuple[FigureName, ...], AfterValidator(check_distinct)]
MeasurementName = Annotated[
    str,
    AfterValidator(check_measurement),
    WithJsonSchema({"type": "string", "enum": list(MEASUREMENTS)}),
]
Measurements = Annotated[tuple[MeasurementName, ...], AfterValidator(check_distinct)]
Selection = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(check_distinct)]
