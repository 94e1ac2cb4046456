"""The functions of a figure's module, and the inputs that they are called with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gridproof.draw.inputs import Inputs
from gridproof.errors import GridproofError, nearest
from gridproof.parts_folder import import_part
from gridproof.plan.job_plans import FigureJob
from gridproof.tables.members import load_slice


def inputs_of(job: FigureJob) -> Inputs:
    """Return what a figure is drawn from."""
    tables = load_slice(job.tables) if job.tables else None
    return Inputs(tables=tables, weights=job.weights, data_dir=job.data)


def function_of(module: str, name: str) -> Callable[[Inputs], Any]:
    """Return a function of a figure's module; GridproofError if it has none of this name."""
    imported = import_part(module)
    found = getattr(imported, name, None)
    if not callable(found):
        known = [key for key, value in vars(imported).items() if callable(value)]
        raise GridproofError(
            f"{imported.__file__}: found no function {name!r}{nearest(name, known)}, which a figure"
            " of its kind needs (see gridproof.part.figure)"
        )
    return found
