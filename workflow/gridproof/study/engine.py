"""Which engine `auto` means for a cell: decided once, when the study is read."""

from __future__ import annotations

from collections.abc import Mapping

from gridproof.training.compilation import compiler_name, has_compiler

NOMINAL_ROWS = 100_000
COMPILED_FROM_STEPS = 10_000
COMPILED_UP_TO_DEPTH = 20


def resolve_engine(engine: str, parameters: Mapping[str, object]) -> str:
    """Return `eager` or `compiled` for a cell of the study.

    `auto` compiles where it pays: from 10,000 steps on (counted for 100,000 rows, because the data
    may not be prepared yet), up to 20 layers, whose graph compiles in under a minute. It asks for a
    C++ compiler; without one everything is eager.
    """
    if engine != "auto":
        return engine
    epochs, batch_size = int(str(parameters["epochs"])), int(str(parameters["batch_size"]))
    steps = epochs * NOMINAL_ROWS / batch_size
    pays = steps >= COMPILED_FROM_STEPS and int(str(parameters["depth"])) <= COMPILED_UP_TO_DEPTH
    return "compiled" if pays and has_compiler() else "eager"


def missing_compiler_note(engines: set[str]) -> str | None:
    """Return what to tell the user when `auto` could not use a compiler, else None."""
    if "auto" not in engines or has_compiler():
        return None
    return (
        f"no C++ compiler ({compiler_name()}) was found: engine `auto` trains eagerly, which takes "
        "longer and makes other cells than a machine with one (apt install g++)"
    )
