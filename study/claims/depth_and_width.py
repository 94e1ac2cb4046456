"""Section 6.2.2: what depth and width do, each by itself."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pandas as pd

from gridproof.kit.trends import largest, smallest
from gridproof.part import claim
from study.claims.shape import EXPERIMENT, at, printed

if TYPE_CHECKING:
    from gridproof.part import Condition, Tables

SECTION = "6.2.2"


def accuracies(tables: Tables, shapes: tuple[tuple[int, int], ...]) -> list[pd.Series]:
    """Return the last test accuracy of some shapes."""
    return [at(tables, depth, width).finals("test_accuracy") for depth, width in shapes]


def smallest_gain(tables: Tables, shapes: tuple[tuple[int, int], ...]) -> tuple[pd.Series, float]:
    """Return the smallest gain in test accuracy from shape to shape: by seed, and in print."""
    values = accuracies(tables, shapes)
    in_print = [printed(tables, "test_accuracy", depth, width) for depth, width in shapes]
    ours = [after - before for before, after in itertools.pairwise(values)]
    theirs = [after - before for before, after in itertools.pairwise(in_print)]
    return smallest(*ours), min(theirs)


@claim(
    "shape-depth-helps",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="Accuracy grows with depth.",
    rule="From 1 to 2 and from 2 to 6 hidden layers the last test accuracy grows by at least"
    " {visible_accuracy} each.",
)
def depth_helps(tables: Tables) -> list[Condition]:
    """Measure the smaller of two steps in depth."""
    gain, in_print = smallest_gain(tables, ((1, 16), (2, 16), (6, 16)))
    return [
        tables.at_least(
            "visible_accuracy",
            gain,
            what="smaller gain in test accuracy of depth 1 to 2 and 2 to 6",
            where="epochs.test_accuracy, last epoch",
            published=in_print,
        )
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
    gain, in_print = smallest_gain(tables, ((6, 16), (10, 16)))
    return [
        tables.at_most(
            "hardly_accuracy",
            gain.abs(),
            what="distance of the test accuracies of depth 6 and 10",
            where="epochs.test_accuracy, last epoch",
            published=abs(in_print),
        )
    ]


@claim(
    "shape-very-deep",
    section=SECTION,
    experiment="very_deep",
    speculation=True,
    statement="Tens of layers bring nothing more.",
    rule="The last test accuracy of the better of 20 and 40 layers is at most {visible_accuracy}"
    " above that of 10.",
)
def tens_bring_nothing(tables: Tables) -> list[Condition]:
    """Compare twenty and forty layers with ten."""
    ten, *deeper = (
        tables.published_cell("very_deep", depth=depth).finals("test_accuracy")
        for depth in (10, 20, 40)
    )
    return [
        tables.at_most(
            "visible_accuracy",
            largest(*deeper) - ten,
            what="gain in test accuracy of the better of depth 20 and 40 over depth 10",
            where="epochs.test_accuracy, last epoch",
        )
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
    gain, in_print = smallest_gain(tables, ((6, 8), (6, 16), (6, 32)))
    last, last_in_print = smallest_gain(tables, ((6, 32), (6, 64)))
    where = "epochs.test_accuracy, last epoch"
    return [
        tables.at_least(
            "visible_accuracy",
            gain,
            what="smaller gain in test accuracy of width 8 to 16 and 16 to 32",
            where=where,
            published=in_print,
        ),
        tables.at_most(
            "hardly_accuracy",
            last.abs(),
            what="distance of the test accuracies of width 32 and 64",
            where=where,
            published=abs(last_in_print),
        ),
    ]
