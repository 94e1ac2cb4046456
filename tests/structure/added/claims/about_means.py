"""What can be said of classifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridproof.part import claim

if TYPE_CHECKING:
    from gridproof.part import Condition, Tables


@claim(
    "better-than-nothing",
    experiment="counted",
    statement="No classifier is wrong about everything.",
    rule="The test accuracy of the first cell is at least 0.",
)
def better_than_nothing(tables: Tables) -> list[Condition]:
    """Bound the accuracy of the first cell."""
    member = tables.cells("counted")[0]
    return [
        tables.at_least(
            0,
            member.finals("test_accuracy"),
            unit="fraction",
            what="test accuracy",
            where="epochs.test_accuracy, last epoch",
        )
    ]
