"""Section 6.2.1: seven shapes of a network with batch normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridproof.kit.trends import largest, spread
from gridproof.part import claim

if TYPE_CHECKING:
    from gridproof.part import Condition, Member, Tables

SECTION = "6.2.1"
EXPERIMENT = "shape"
EARLIER = ("learning_rate", "epochs", "batch_norm", "batch_size")
SHAPES = ((1, 16), (2, 16), (6, 16), (10, 16), (6, 8), (6, 32), (6, 64))
SPLITS = ("train", "val", "test")


def at(tables: Tables, depth: int, width: int) -> Member:
    """Return the cell of a shape."""
    return tables.published_cell(EXPERIMENT, depth=depth, width=width)


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
    plain = tables.published_cell("shallow", learning_rate=1e-3).finals("val_accuracy")
    rates = (1e-2, 1e-1)
    larger = [
        tables.published_cell("shallow", learning_rate=r).finals("val_accuracy") for r in rates
    ]
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
