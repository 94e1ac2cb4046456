"""Section 6.2: depth and width, with batch normalisation."""

from __future__ import annotations

import itertools

import pandas as pd

from gridproof.draw.inputs import Member
from gridproof.judge.claim_registry import claim
from gridproof.judge.claim_tables import Tables
from gridproof.judge.condition import Condition
from gridproof.kit.trends import largest, smallest, spread

SECTION = "6.2.1"
EFFECTS = "6.2.2"
EXPERIMENT = "shape"
EARLIER = ("learning_rate", "epochs", "batch_norm", "batch_size")
SHAPES = ((1, 16), (2, 16), (6, 16), (10, 16), (6, 8), (6, 32), (6, 64))
SPLITS = ("train", "val", "test")


def at(tables: Tables, depth: int, width: int) -> Member:
    """Return the cell of a shape."""
    return tables.cell(EXPERIMENT, depth=depth, width=width)


def finals(members: list[Member], column: str) -> pd.DataFrame:
    """Return a column after the last epoch: a row a cell, by place, and a column a seed."""
    return pd.DataFrame([member.finals(column) for member in members]).reset_index(drop=True)


def of_best(members: list[Member], column: str) -> pd.Series:
    """Return a column of the cell with the lowest validation loss, which each seed has its own."""
    best = finals(members, "val_loss").fillna(float("inf")).idxmin()
    values = finals(members, column)
    seeds = best.index.tolist()
    return pd.Series([values.loc[best[seed], seed] for seed in seeds], index=seeds)


def shapes(tables: Tables) -> list[Member]:
    """Return the cells of all shapes."""
    return [at(tables, depth, width) for depth, width in SHAPES]


def printed(tables: Tables, quantity: str, depth: int, width: int) -> float:
    """Return a value in print of a shape."""
    return tables.printed(EXPERIMENT, quantity, depth=depth, width=width)


@claim(
    "shape-best-generalises",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="The best shape generalises: validation and test loss are at or below that of train.",
    rule="Of the shape with the lowest last validation loss, the losses on validation and test are"
    " at most {visible_loss} above that on train.",
)
def best_generalises(tables: Tables) -> list[Condition]:
    """Compare the splits of the best shape."""
    members = shapes(tables)
    train = of_best(members, "train_loss")
    return [
        tables.at_most(
            "visible_loss",
            largest(*(of_best(members, f"{split}_loss") - train for split in ("val", "test"))),
            what="how far the loss of the best shape is above that of train, the larger of"
            " validation and test",
            where="epochs.train_loss, val_loss, test_loss, last epoch",
        )
    ]


@claim(
    "shape-best-lowest-loss",
    section=SECTION,
    experiment=EXPERIMENT,
    also=EARLIER,
    statement="The best shape reaches the lowest loss of all sections so far.",
    rule="The lowest last validation loss of the sections before is at least {order} above that of"
    " the best shape.",
)
def best_is_lowest_so_far(tables: Tables) -> list[Condition]:
    """Compare with the lowest loss of the earlier experiments."""
    earlier = [member for name in EARLIER for member in tables.cells(name)]
    before = finals(earlier, "val_loss").min()
    return [
        tables.at_least(
            "order",
            before - finals(shapes(tables), "val_loss").min(),
            unit="nats",
            what="lowest validation loss of the sections before minus that of the best shape",
            where="epochs.val_loss, last epoch",
            published=tables.printed("batch_norm", "val_loss", batch_norm=True)
            - printed(tables, "val_loss", 6, 32),
        )
    ]


@claim(
    "shape-worst-underfits",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="The worst shape is the one of depth 1, and it underfits: its loss is high, and equal"
    " on every split.",
    rule="Its last validation loss is the highest, at least {order} above the next, and at least"
    " {high_loss_ratio} times the lowest; its three losses are at most {together_loss} apart.",
)
def single_layer_underfits(tables: Tables) -> list[Condition]:
    """Compare one hidden layer with the other shapes, and its splits with each other."""
    member = at(tables, 1, 16)
    loss = member.finals("val_loss")
    others = finals([item for item in shapes(tables) if item.cell != member.cell], "val_loss")
    in_print = [printed(tables, f"{split}_loss", 1, 16) for split in SPLITS]
    return [
        tables.at_least(
            "high_loss_ratio",
            loss / others.min(),
            what="validation loss of depth 1 relative to that of the best shape",
            where="epochs.val_loss, last epoch",
            published=in_print[1] / printed(tables, "val_loss", 6, 32),
        ),
        tables.at_least(
            "order",
            loss - others.max(),
            unit="nats",
            what="validation loss of depth 1 minus the highest of the other shapes",
            where="epochs.val_loss, last epoch",
        ),
        tables.at_most(
            "together_loss",
            spread(*(member.finals(f"{split}_loss") for split in SPLITS)),
            what="distance between the highest and the lowest loss of the splits at depth 1",
            where="epochs.train_loss, val_loss, test_loss, last epoch",
            published=max(in_print) - min(in_print),
        ),
    ]


@claim(
    "shape-worst-capacity",
    section=SECTION,
    experiment="shallow",
    also=(EXPERIMENT,),
    speculation=True,
    statement="Depth 1 fails for lack of capacity.",
    rule="Of the gap in validation accuracy between depth 1 and the best shape, the best of the"
    " larger learning rates closes at most {capacity_share}.",
)
def capacity_is_missing(tables: Tables) -> list[Condition]:
    """Ask how much of the gap better training closes."""
    plain = tables.cell("shallow", learning_rate=1e-3).finals("val_accuracy")
    rates = (1e-2, 1e-1)
    larger = [tables.cell("shallow", learning_rate=r).finals("val_accuracy") for r in rates]
    best = of_best(shapes(tables), "val_accuracy")
    return [
        tables.at_most(
            "capacity_share",
            (largest(*larger) - plain) / (best - plain),
            what="share of the gap to the best shape that a larger learning rate closes at depth 1",
            where="epochs.val_accuracy, last epoch",
        )
    ]


@claim(
    "shape-regions-bound",
    section=SECTION,
    experiment="shallow",
    statement="One hidden layer of 16 units makes at most 137 linear regions of the plane.",
    rule="The regions of every trained network, counted exactly, exceed the bound by at most"
    " {regions_bound_met}.",
)
def regions_are_bounded(tables: Tables) -> list[Condition]:
    """Count the regions of the trained networks."""
    excess = []
    for member in tables.cells("shallow", depth=1, width=16):
        rows = tables.rows(member, "regions", "regions").set_index("seed")
        excess.append(rows["plane_regions"].astype(float) - rows["bound"])
    return [
        tables.at_most(
            "regions_bound_met",
            largest(*excess),
            what="regions minus the bound, the largest of all learning rates",
            where="regions.plane_regions, bound",
        )
    ]


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
    section=EFFECTS,
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
    section=EFFECTS,
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
    section=EFFECTS,
    experiment="very_deep",
    speculation=True,
    statement="Tens of layers bring nothing more.",
    rule="The last test accuracy of the better of 20 and 40 layers is at most {visible_accuracy}"
    " above that of 10.",
)
def tens_bring_nothing(tables: Tables) -> list[Condition]:
    """Compare twenty and forty layers with ten."""
    ten, *deeper = (
        tables.cell("very_deep", depth=depth).finals("test_accuracy") for depth in (10, 20, 40)
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
    section=EFFECTS,
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
