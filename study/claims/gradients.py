"""Section on gradients: a hundred layers, and the proposed residual connections."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from gridproof.kit.trends import log10
from gridproof.part import claim

if TYPE_CHECKING:
    from gridproof.part import Condition, Member, Tables

SECTION = "gradients"
EXPERIMENT = "gradients"
LAST = "gradients.value, last epoch"
TEN_BELOW = 10
SILENT_UP_TO = 60
"""Layers of the statement: so many below the output, and those up to this one."""


def norms(tables: Tables, member: Member) -> pd.DataFrame:
    """Return the squared norms after the last epoch: a row a layer, a column a seed."""
    rows = tables.rows(member, "gradients", "gradient_norms")
    rows = rows[rows["epoch"] == rows["epoch"].max()]
    values = rows.pivot(index="layer", columns="seed", values="value").astype(float)
    return values.replace([math.inf, -math.inf], math.nan)


@claim(
    "gradients-vanish",
    section=SECTION,
    experiment=EXPERIMENT,
    statement="Ten layers below the output gradients are about 1e-13, and from layer 60 down"
    " exactly 0.",
    rule="In most seeds, after the last epoch, the logarithm to the base of ten of the squared norm"
    " ten layers below the output is at most {vanished_log10}, and the largest squared norm of"
    " layers 0 to 60 is {exactly_zero}: a smaller gradient is more of the same.",
)
def gradients_vanish(tables: Tables) -> list[Condition]:
    """Look ten layers below the output, and at the lower sixty."""
    member = tables.published_cell(EXPERIMENT, depth=100, width=4)
    values = norms(tables, member)
    layer = int(member.parameters["depth"]) - TEN_BELOW
    printed = {
        name: tables.printed(EXPERIMENT, "gradient_norm", layer=name, epoch=10)
        for name in (layer, SILENT_UP_TO)
    }
    return [
        tables.at_most(
            "vanished_log10",
            log10(pd.Series(values.loc[layer])),
            what=f"logarithm of the squared norm of layer {layer}",
            where=LAST,
            published=math.log10(printed[layer]) if printed[layer] > 0 else math.nan,
            estimand="seeds",
        ),
        tables.at_most(
            "exactly_zero",
            values.loc[:SILENT_UP_TO].max(skipna=False),
            what=f"largest squared norm of layers 0 to {SILENT_UP_TO}",
            where=LAST,
            published=printed[SILENT_UP_TO],
            estimand="seeds",
        ),
    ]


@claim(
    "gradients-residual",
    section=SECTION,
    experiment="residual",
    speculation=True,
    statement="Residual connections cure it: they keep every layer's gradient above 1.",
    rule="With residual connections and no batch normalisation, in most seeds after the last epoch"
    " the smallest squared norm of all layers is at least {residual_bound}, and its logarithm to"
    " the base of ten at most {residual_evenness} below that of the output layer's.",
)
def residual_cures(tables: Tables) -> list[Condition]:
    """Look at the layer with the smallest gradient."""
    values = norms(tables, tables.published_cell("residual", residual=True, batch_norm=False))
    lowest = values.min(skipna=False)
    return [
        tables.at_least(
            "residual_bound",
            lowest,
            what="smallest squared norm of all layers with residual connections",
            where=LAST,
            estimand="seeds",
        ),
        tables.at_least(
            "residual_evenness",
            log10(lowest) - log10(values.iloc[-1]),
            what="logarithm of the smallest squared norm relative to the output layer's",
            where=LAST,
            estimand="seeds",
        ),
    ]
