"""What a figure or a claim says that needs what nobody measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridproof.errors import GridproofError
from gridproof.part import UntestableError

if TYPE_CHECKING:
    from gridproof.part import Member


def unmeasured_figure(measurement: str) -> GridproofError:
    """Return the error of a figure of a measurement that no cell has."""
    return GridproofError(
        f"this figure shows what was not measured: add {measurement!r} to the experiment's"
        " `measure:`"
    )


def unmeasured_claim(label: str, measurement: str) -> UntestableError:
    """Return the error of a claim about a measurement that a cell does not have."""
    return UntestableError(f"{label}: not measured (`measure: [{measurement}]`)")


def check_measured(member: Member, column: str, measurement: str) -> None:
    """Raise UntestableError if a column of `epochs` was not measured of a cell."""
    if column not in member.epochs or member.epochs[column].isna().all():
        raise unmeasured_claim(member.label, measurement)
