"""Gradient-boosted trees on the pixels of an image's centre, or on a few statistics of it."""

from __future__ import annotations

from typing import Literal

from gridproof.part import Family, Parameters, Whole, parameter

TREE_COST = 600.0
"""The cost of a pixel of the crop for one tree."""


class XgboostParameters(Parameters):
    """One gradient-boosted classifier; all else as XGBClassifier has it."""

    rounds: Whole = parameter(100, "Trees, one a round.", at_least=1, at_most=100_000, slug="r")
    crop: Whole = parameter(
        64,
        "Side in pixels of the image's centre that the trees see.",
        at_least=1,
        at_most=1024,
        slug="px",
    )
    sees: Literal["pixels", "statistics"] = parameter(
        "pixels",
        "pixels: those of the crop; statistics: ten numbers about the whole image's brightness, "
        "which need no look at what it shows: a baseline.",
        slug="",
    )

    @property
    def deterministic(self) -> bool:
        """Whether the fit draws nothing at random: no subsampling is on by default."""
        return True


def cost(parameters: XgboostParameters) -> float:
    """Return the cost of boosted trees: each looks at every pixel of the crop."""
    return TREE_COST * parameters.rounds * parameters.crop**2


FAMILY = Family(
    description="gradient-boosted trees on pixels or statistics of an image",
    kind="images",
    parameters=XgboostParameters,
    trainer="boosting:XgboostTraining",
    engine="xgboost",
    libraries=("xgboost",),
    tables=("metrics", "batches", "predictions"),
    figures=("ranking",),
    cost=cost,
    seconds_per_cost=1e-6,
    train_rows=1_400,
    memory_mb=2500,
)
