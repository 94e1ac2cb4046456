"""Section 6.1.2.1: what the learning rate does in fifty epochs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from gridproof.kit.trends import (
    TENTH,
    last_fall,
    roughness,
    share_of_rises,
    trained,
)
from gridproof.part import claim

if TYPE_CHECKING:
    from gridproof.part import Condition, Member, Tables

SECTION = "6.1.2.1"
EXPERIMENT = "learning_rate"
LOSS = "epochs.val_loss"
LAST = f"{LOSS}, last epoch"
SHARE, DISTANCE = (0.0, 1.0), (0.0, math.inf)
"""What shares and distances can be."""
RATES = (1.0, 0.2, 1e-2, 1e-3, 5e-4, 1e-5)


def at(tables: Tables, rate: float) -> Member:
    """Return the cell with a learning rate."""
    return tables.published_cell(EXPERIMENT, learning_rate=rate)


def final(tables: Tables, rate: float) -> pd.Series:
    """Return the validation loss after the last epoch, by seed."""
    return at(tables, rate).finals("val_loss")


def printed(tables: Tables, rate: float, epoch: str = "last") -> float:
    """Return the validation loss in print."""
    return tables.printed(EXPERIMENT, "val_loss", epoch=epoch, learning_rate=rate)


def prior_entropy(tables: Tables) -> float:
    """Return the loss of the best constant predictor, in nats."""
    return float(tables.facts(EXPERIMENT)["prior_entropy"])


@claim(
    "lr-1e-3-smooth",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="At 1e-3 the validation loss falls smoothly, epoch after epoch.",
    rule="The share of epochs in which the loss rises by more than {smooth_rise} of its whole fall"
    " is at most {smooth_share}.",
)
def falls_smoothly(tables: Tables) -> list[Condition]:
    """Count the epochs that go up visibly."""
    losses = at(tables, 1e-3).by_seed("val_loss")
    return [
        tables.at_most(
            "smooth_share",
            share_of_rises(losses, tables.threshold("smooth_rise")),
            what="share of epochs at 1e-3 in which the validation loss visibly rises",
            where=f"{LOSS}, all epochs",
            possible=SHARE,
        )
    ]


@claim(
    "lr-1e-3-unfinished",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="At 1e-3 the loss is still falling at the last epoch.",
    rule="Over the last tenth of the epochs the lowest validation loss so far falls by at least"
    " {still_falling} of itself.",
)
def is_unfinished(tables: Tables) -> list[Condition]:
    """Measure the fall at the end."""
    return [
        tables.at_least(
            "still_falling",
            last_fall(at(tables, 1e-3).by_seed("val_loss")),
            what="fall of the lowest validation loss at 1e-3 over the last tenth, as a share",
            where=f"{LOSS}, last tenth of the epochs",
        )
    ]


@claim(
    "lr-1e-2-fast-then-noisy",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="1e-2 falls fast at first and overshoots late: its curve ends rough.",
    rule="After a tenth of the epochs the validation loss at 1e-2 is at least {visible_loss} below"
    " that at 1e-3, the next smaller rate; in the second half its scatter from epoch to epoch is at"
    " least {rough_ratio} times that at 1e-3; over the last tenth of the epochs it is on average at"
    " least {visible_loss} above its lowest value.",
)
def is_fast_then_noisy(tables: Tables) -> list[Condition]:
    """Compare the start and the scatter with the smooth rate, the end with its own best."""
    fast, smooth = (at(tables, rate).by_seed("val_loss") for rate in (1e-2, 1e-3))
    tenth = round(TENTH * fast.index.max())
    return [
        tables.at_least(
            "visible_loss",
            smooth.loc[tenth] - fast.loc[tenth],
            what="lead of 1e-2 over 1e-3 after a tenth of the epochs",
            where=f"{LOSS}, epoch {tenth}",
        ),
        tables.at_least(
            "rough_ratio",
            roughness(fast, "second") / roughness(smooth, "second"),
            what="scatter at 1e-2 relative to that at 1e-3, second half",
            where=f"{LOSS}, second half of the epochs",
            scale="log",
        ),
        tables.at_least(
            "visible_loss",
            fast.iloc[-tenth:].mean(skipna=False) - trained(fast).min(),
            what="distance of the loss at 1e-2 over the last tenth from its lowest",
            where=f"{LOSS}, last tenth of the epochs",
            published=printed(tables, 1e-2) - printed(tables, 1e-2, "best"),
        ),
    ]


def saturates(tables: Tables, rate: float) -> pd.Series:
    """Return 1 for each seed that ends below the constant predictor and falls no more, else 0."""
    losses = at(tables, rate).by_seed("val_loss")
    below = prior_entropy(tables) - losses.iloc[-1] >= tables.threshold("apart_loss")
    return (below & (last_fall(losses) < tables.threshold("still_falling"))).astype(float)


@claim(
    "lr-1e-2-saturates",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="1e-2 is the only rate that saturates below the loss of a constant predictor.",
    rule="A rate saturates if its last validation loss is at least {apart_loss} below the entropy"
    " of the class prior and the lowest one falls by less than {still_falling} of itself over the"
    " last tenth of the epochs; in most seeds 1e-2 does, and no other rate.",
)
def alone_saturates(tables: Tables) -> list[Condition]:
    """Look for an end of the fall at each rate."""
    others = pd.concat([saturates(tables, rate) for rate in RATES if rate != 1e-2], axis=1)
    return [
        tables.certain(
            saturates(tables, 1e-2),
            what="whether 1e-2 saturates",
            where=f"{LOSS}, all epochs",
        ),
        tables.certain(
            others.sum(axis=1) == 0,
            what="whether no other rate saturates",
            where=f"{LOSS}, all epochs",
        ),
    ]


@claim(
    "lr-extremes-flat",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="1e-5 and 1.0 are flat, at different levels.",
    rule="From the first epoch on the validation losses of each stay within {flat_loss}, and the"
    " two end at least {apart_loss} apart.",
)
def extremes_are_flat(tables: Tables) -> list[Condition]:
    """Measure the range of both curves, and their distance."""
    rows = {rate: trained(at(tables, rate).by_seed("val_loss")) for rate in (1.0, 1e-5)}
    return [
        tables.at_least(
            "apart_loss",
            (rows[1e-5].iloc[-1] - rows[1.0].iloc[-1]).abs(),
            what="distance of the last losses at 1e-5 and 1.0",
            where=LAST,
            published=abs(printed(tables, 1e-5) - printed(tables, 1.0)),
        ),
        *(
            tables.at_most(
                "flat_loss",
                loss.max(skipna=False) - loss.min(skipna=False),
                what=f"range of the validation loss at {rate:g} from the first epoch on",
                where=f"{LOSS}, epochs from 1",
                possible=DISTANCE,
            )
            for rate, loss in rows.items()
        ),
    ]


@claim(
    "lr-0.2-collapses",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="0.2 moves for some epochs, then flatlines where 1.0 does.",
    rule="In most seeds the lowest validation loss at 0.2 is at least {apart_loss} below the"
    " entropy of the class prior, and its last one within {flat_loss} of the last one at 1.0.",
)
def collapses(tables: Tables) -> list[Condition]:
    """Look for progress at first, and for the level of 1.0 at the end."""
    losses = trained(at(tables, 0.2).by_seed("val_loss"))
    return [
        tables.at_least(
            "apart_loss",
            prior_entropy(tables) - losses.min(),
            what="how far the lowest loss at 0.2 is below the entropy of the class prior",
            where=f"{LOSS}, all epochs",
            estimand="seeds",
        ),
        tables.at_most(
            "flat_loss",
            (losses.iloc[-1] - final(tables, 1.0)).abs(),
            what="distance of the last losses at 0.2 and 1.0",
            where=LAST,
            published=abs(printed(tables, 0.2) - printed(tables, 1.0)),
            estimand="seeds",
        ),
    ]


@claim(
    "lr-large-dead-relus",
    section=SECTION,
    experiment=EXPERIMENT,
    speculation=True,
    statement="The flatline of 0.2 and 1.0 is one of dead ReLUs.",
    rule="In most seeds this is true of both rates: if the last loss is within {flat_loss} of the"
    " entropy of the class prior, then some layer has a share of at least {dead_share} of units"
    " that are zero on the whole train split, and if not, then none has.",
)
def large_rates_kill(tables: Tables) -> list[Condition]:
    """Ask of each rate whether flat runs, and only they, have a dead layer."""
    explained = []
    for member in (at(tables, rate) for rate in (0.2, 1.0)):
        rows = tables.rows(member, "activations", "dead_relus")
        ended = rows[rows["epoch"] == rows["epoch"].max()]
        dead = ended.groupby("seed")["dead_share"].max() >= tables.threshold("dead_share")
        distance = (member.finals("val_loss") - prior_entropy(tables)).abs()
        # A diverged run, of which there is no loss, counts as one that is not flat.
        explained.append(dead == (distance <= tables.threshold("flat_loss")))
    return [
        tables.certain(
            explained[0] & explained[1],
            what="whether flat runs at 0.2 and 1.0, and only they, have a dead layer",
            where=f"activations.dead_share, {LAST}",
        )
    ]


@claim(
    "lr-1e-5-initial",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="1e-5 stays at the loss of the untrained network.",
    rule="The last validation loss is within {flat_loss} of that before the first step.",
)
def smallest_stays(tables: Tables) -> list[Condition]:
    """Compare the end with the start."""
    losses = at(tables, 1e-5).by_seed("val_loss")
    return [
        tables.at_most(
            "flat_loss",
            (pd.Series(losses.loc[0]) - losses.iloc[-1]).abs(),
            what="distance of the last loss at 1e-5 from the untrained one",
            where=f"{LOSS}, epoch 0 and last",
            possible=DISTANCE,
        )
    ]


@claim(
    "lr-5e-4-between",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="5e-4 lies between 1e-3 and 1e-5.",
    rule="The last validation loss at 5e-4 is at least {visible_loss} above that at 1e-3 and at"
    " least {visible_loss} below that at 1e-5.",
)
def lies_between(tables: Tables) -> list[Condition]:
    """Measure the distance to both neighbours."""
    return [
        tables.at_least(
            "visible_loss",
            final(tables, high) - final(tables, low),
            what=f"last loss at {high:g} minus that at {low:g}",
            where=LAST,
            published=printed(tables, high) - printed(tables, low),
        )
        for low, high in ((1e-3, 5e-4), (5e-4, 1e-5))
    ]
