"""What a figure says that shows what nobody measured."""

from __future__ import annotations

from gridproof.errors import GridproofError


def unmeasured_figure(measurement: str) -> GridproofError:
    """Return the error of a figure of a measurement that no cell has."""
    return GridproofError(
        f"this figure shows what was not measured: add {measurement!r} to the experiment's"
        " `measure:`"
    )
