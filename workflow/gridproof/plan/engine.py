"""Which engine `auto` means for a cell: decided once, when the study is read."""

from __future__ import annotations

from collections.abc import Mapping

from gridproof.parts.families.mlp.compilation import missing_for_compilation

EAGER = "eager"
NOMINAL_ROWS = 100_000
COMPILED_FROM_STEPS = 10_000
COMPILED_UP_TO_DEPTH = 50


def resolve_engine(engine: str, parameters: Mapping[str, object]) -> str:
    """Return `eager` or `compiled` for a cell of the study.

    `auto` compiles where it pays: from 10,000 steps on (counted for 100,000 rows, because the data
    may not be prepared yet), up to 50 layers, whose graph compiles in two minutes. Without a
    C++ compiler and Python's headers everything is eager.
    """
    if engine != "auto":
        return engine
    epochs, batch_size = int(str(parameters["epochs"])), int(str(parameters["batch_size"]))
    steps = epochs * NOMINAL_ROWS / batch_size
    pays = steps >= COMPILED_FROM_STEPS and int(str(parameters["depth"])) <= COMPILED_UP_TO_DEPTH
    return "compiled" if pays and not missing_for_compilation() else "eager"


def missing_compiler_note(engines: set[str]) -> str | None:
    """Return what to tell the user when `auto` could not use a compiler, else None."""
    missing = missing_for_compilation()
    if "auto" not in engines or missing is None:
        return None
    return (
        f"engine `auto` trains eagerly because {missing} was not found: it takes longer, "
        "and makes other cells than a machine that compiles"
    )
