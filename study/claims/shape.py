"""Section 6.2.1: seven shapes of a network with batch normalisation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gridproof.kit.trends import largest
from gridproof.part import claim
from study.claims.split_losses import above_train

if TYPE_CHECKING:
    from gridproof.part import Condition, Member, Tables

SECTION = "6.2.1"
EXPERIMENT = "shape"
EARLIER = ("learning_rate", "epochs", "batch_norm", "batch_size")
SHAPES = ((1, 16), (2, 16), (6, 16), (10, 16), (6, 8), (6, 32), (6, 64))


def at(tables: Tables, depth: int, width: int) -> Member:
    """Return the cell of a shape."""
    return tables.published_cell(EXPERIMENT, depth=depth, width=width)


def best_of(members: list[Member]) -> Member:
    """Return the cell with the lowest mean of the last validation loss; a diverged one is none."""
    return min(members, key=lambda member: mean_loss(member, math.inf))


def mean_loss(member: Member, diverged: float) -> float:
    """Return the mean of the last validation loss over seeds; `diverged` if one did."""
    mean = float(member.finals("val_loss").mean(skipna=False))
    return diverged if math.isnan(mean) else mean


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
    rule="Of the shape with the lowest mean of the last validation loss, the losses on validation"
    " and test are at most {visible_loss} above that on train, measured in eval mode as they are.",
)
def best_generalises(tables: Tables) -> list[Condition]:
    """Compare the splits of the best shape."""
    return [
        tables.at_most(
            "visible_loss",
            above,
            what=f"loss on {name} minus that on train, of the best shape",
            where=f"epochs.train_eval_loss, {split}_loss, last epoch",
        )
        for split, name, above in above_train(best_of(shapes(tables)))
    ]


@claim(
    "shape-best-lowest-loss",
    section=SECTION,
    experiment=EXPERIMENT,
    also=EARLIER,
    statement="The best shape reaches the lowest loss of all sections so far.",
    rule="The last validation loss of the best cell of the sections before is at least {order}"
    " above that of the best shape; the best is the one with the lowest mean.",
)
def best_is_lowest_so_far(tables: Tables) -> list[Condition]:
    """Compare with the lowest loss of the earlier experiments."""
    earlier = best_of([member for name in EARLIER for member in tables.cells(name)])
    return [
        tables.at_least(
            "order",
            earlier.finals("val_loss") - best_of(shapes(tables)).finals("val_loss"),
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
    rule="Its last validation loss is the highest, at least {order} above that of the next worst,"
    " and at least {high_loss_ratio} times that of the best; on validation and test it is that on"
    " train, measured in eval mode as they are, give or take {together_loss}.",
)
def single_layer_underfits(tables: Tables) -> list[Condition]:
    """Compare one hidden layer with the other shapes, and its splits with each other."""
    member = at(tables, 1, 16)
    loss = member.finals("val_loss")
    others = [item for item in shapes(tables) if item.cell != member.cell]
    next_worst = max(others, key=lambda other: mean_loss(other, -math.inf))
    in_print = {
        split: printed(tables, f"{split}_loss", 1, 16) for split in ("train", "val", "test")
    }
    return [
        tables.at_least(
            "high_loss_ratio",
            loss / best_of(others).finals("val_loss"),
            what="validation loss of depth 1 relative to that of the best shape",
            where="epochs.val_loss, last epoch",
            published=in_print["val"] / printed(tables, "val_loss", 6, 32),
            scale="log",
        ),
        tables.at_least(
            "order",
            loss - next_worst.finals("val_loss"),
            unit="nats",
            what="validation loss of depth 1 minus that of the next worst shape",
            where="epochs.val_loss, last epoch",
        ),
        *(
            tables.near(
                0.0,
                "together_loss",
                above,
                what=f"loss on {name} minus that on train, at depth 1",
                where=f"epochs.train_eval_loss, {split}_loss, last epoch",
                unit="nats",
                published=in_print[split] - in_print["train"],
            )
            for split, name, above in above_train(member)
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
    " larger learning rates closes at most {capacity_share}; the best have the lowest mean loss.",
)
def capacity_is_missing(tables: Tables) -> list[Condition]:
    """Ask how much of the gap better training closes."""
    plain, *larger = (
        tables.published_cell("shallow", learning_rate=rate) for rate in (1e-3, 1e-2, 1e-1)
    )
    before, after, best = (
        member.finals("val_accuracy")
        for member in (plain, best_of(larger), best_of(shapes(tables)))
    )
    return [
        # A difference, not the ratio of two noisy numbers: it is 0 where the share is the bound.
        tables.at_most(
            0.0,
            (after - before) - tables.threshold("capacity_share") * (best - before),
            what="what a larger learning rate gains at depth 1, above the share of the gap",
            where="epochs.val_accuracy, last epoch",
            unit="fraction",
        )
    ]


@claim(
    "shape-regions-bound",
    section=SECTION,
    experiment="shallow",
    statement="One hidden layer of 16 units makes at most 137 linear regions of the plane.",
    rule="The regions of the trained networks, counted exactly, are at most the bound, at every"
    " learning rate.",
    arithmetic=True,
)
def regions_are_bounded(tables: Tables) -> list[Condition]:
    """Count the regions of the trained networks."""
    excess = []
    for member in tables.cells("shallow", depth=1, width=16):
        rows = tables.rows(member, "regions", "regions").set_index("seed")
        excess.append(rows["plane_regions"].astype(float) - rows["bound"])
    return [
        tables.at_most(
            0.0,
            largest(*excess),
            what="regions minus the bound, the largest of all learning rates",
            where="regions.plane_regions, bound",
            unit="regions",
            estimand="seeds",
        )
    ]
