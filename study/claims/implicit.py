"""Section 6.2: sines of the coordinates as inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridproof.part import claim

if TYPE_CHECKING:
    from gridproof.part import Condition, Tables

EXPERIMENT = "implicit"


@claim(
    "implicit-helps",
    section="6.2",
    experiment=EXPERIMENT,
    speculation=True,
    statement="Sine features beat raw coordinates at the same depth and width.",
    rule="Both without and with batch normalisation the last validation accuracy with sines is at"
    " least {visible_accuracy} above that with coordinates.",
)
def sines_help(tables: Tables) -> list[Condition]:
    """Compare both pairs."""
    conditions = []
    for batch_norm, words in ((False, "without"), (True, "with")):
        raw, sines = (
            tables.published_cell(EXPERIMENT, implicit=implicit, batch_norm=batch_norm)
            for implicit in (False, True)
        )
        conditions.append(
            tables.at_least(
                "visible_accuracy",
                sines.finals("val_accuracy") - raw.finals("val_accuracy"),
                what=f"gain in validation accuracy of sines {words} batch normalisation",
                where="epochs.val_accuracy, last epoch",
            )
        )
    return conditions
