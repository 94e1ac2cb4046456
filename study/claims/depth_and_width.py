"""Section 6.2.2: what depth and width do, each by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridproof.part import claim
from study.claims.shape import EXPERIMENT, at, printed

if TYPE_CHECKING:
    import pandas as pd

    from gridproof.part import Condition, Tables

SECTION = "6.2.2"


WHERE = "epochs.test_accuracy, last epoch"
Shape = tuple[int, int]


def gain(tables: Tables, before: Shape, after: Shape) -> pd.Series:
    """Return the gain in the last test accuracy from one shape to another, by seed."""
    first, second = (at(tables, *shape).finals("test_accuracy") for shape in (before, after))
    return second - first


def gain_in_print(tables: Tables, before: Shape, after: Shape) -> float:
    """Return the same gain of the values in print."""
    first, second = (printed(tables, "test_accuracy", *shape) for shape in (before, after))
    return second - first


def grows(tables: Tables, before: Shape, after: Shape, what: str) -> Condition:
    """Return the condition that accuracy grows visibly from one shape to another."""
    return tables.at_least(
        "visible_accuracy",
        gain(tables, before, after),
        what=f"gain in test accuracy from {what}",
        where=WHERE,
        published=gain_in_print(tables, before, after),
    )


def hardly_moves(tables: Tables, before: Shape, after: Shape, what: str) -> Condition:
    """Return the condition that accuracy is nearly the same for two shapes."""
    return tables.near(
        0.0,
        "hardly_accuracy",
        gain(tables, before, after),
        what=f"gain in test accuracy from {what}",
        where=WHERE,
        unit="fraction",
        published=gain_in_print(tables, before, after),
    )


@claim(
    "shape-depth-helps",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="Accuracy grows with depth.",
    rule="From 1 to 2 and from 2 to 6 hidden layers the last test accuracy grows by at least"
    " {visible_accuracy} each.",
)
def depth_helps(tables: Tables) -> list[Condition]:
    """Measure two steps in depth."""
    return [
        grows(tables, (1, 16), (2, 16), "depth 1 to 2"),
        grows(tables, (2, 16), (6, 16), "depth 2 to 6"),
    ]


@claim(
    "shape-depth-saturates",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="From 6 to 10 hidden layers accuracy hardly grows.",
    rule="The last test accuracies of 6 and 10 layers are at most {hardly_accuracy} apart.",
)
def depth_saturates(tables: Tables) -> list[Condition]:
    """Measure the last step in depth."""
    return [hardly_moves(tables, (6, 16), (10, 16), "depth 6 to 10")]


@claim(
    "shape-very-deep",
    section=SECTION,
    experiment="very_deep",
    speculation=True,
    statement="Tens of layers bring nothing more.",
    rule="The last test accuracies of 20 and of 40 layers are at most {visible_accuracy} above that"
    " of 10.",
)
def tens_bring_nothing(tables: Tables) -> list[Condition]:
    """Compare twenty and forty layers with ten."""
    ten, *deeper = (tables.published_cell("very_deep", depth=depth) for depth in (10, 20, 40))
    return [
        tables.at_most(
            "visible_accuracy",
            member.finals("test_accuracy") - ten.finals("test_accuracy"),
            what=f"gain in test accuracy of depth {member.parameters['depth']} over depth 10",
            where=WHERE,
        )
        for member in deeper
    ]


@claim(
    "shape-width-helps",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="Accuracy grows with width, and saturates.",
    rule="From 8 to 16 and from 16 to 32 units the last test accuracy grows by at least"
    " {visible_accuracy} each; those of 32 and 64 are at most {hardly_accuracy} apart.",
)
def width_helps(tables: Tables) -> list[Condition]:
    """Measure the steps in width."""
    return [
        grows(tables, (6, 8), (6, 16), "width 8 to 16"),
        grows(tables, (6, 16), (6, 32), "width 16 to 32"),
        hardly_moves(tables, (6, 32), (6, 64), "width 32 to 64"),
    ]
