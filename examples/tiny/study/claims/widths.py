"""What a wider hidden layer brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridproof.part import claim

if TYPE_CHECKING:
    from gridproof.part import Condition, Tables


@claim(
    "one-unit-is-too-few",
    experiment="width",
    statement="One unit is not enough to tell three species apart.",
    rule="The last test accuracy of four units is at least {visible_gain} above that of one.",
)
def one_is_too_few(tables: Tables) -> list[Condition]:
    """Compare one unit with four, seed by seed."""
    narrow, wider = (tables.cell("width", width=width) for width in (1, 4))
    return [
        tables.at_least(
            "visible_gain",
            wider.finals("test_accuracy") - narrow.finals("test_accuracy"),
            what="test accuracy of four units minus that of one",
            where="epochs.test_accuracy, last epoch",
        )
    ]
