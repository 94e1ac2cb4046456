"""The models of an image experiment as figures show them: predictions, baselines, their looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from gridproof.errors import GridproofError
from gridproof.kit.labels import mean_spread
from gridproof.kit.model_comparison import Place, accuracy_by_seed, outcomes, ranking
from gridproof.kit.style import line_styles

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

MARKERS = ("o", "s", "D", "^", "v", "P", "X")
RATE = "learning_rate"
CHANCE = 0.5
"""Accuracy of a guess between two classes."""


def predictions(member: Member, split: str = "test") -> pd.DataFrame:
    """Return a model's predictions of one split: seed, image, label (0 fake, 1 real), score.

    Raises
    ------
    GridproofError
        If it has none.
    """
    rows = member.rows("predictions")
    chosen = rows[rows["split"] == split]
    if chosen.empty:
        raise GridproofError(
            f"the table 'predictions' has no rows of {member.label} and the split {split!r};"
            " expected a model of images"
        )
    return chosen


def outcomes_by_label(members: Sequence[Member], split: str = "test") -> dict[str, pd.DataFrame]:
    """Return which images each model is right about, see `model_comparison.outcomes`."""
    return {member.label: outcomes(predictions(member, split)) for member in members}


def places_of(inputs: Inputs) -> tuple[dict[str, pd.DataFrame], list[Place]]:
    """Return the outcomes of all models on the test split, by label, and their ranking."""
    models = outcomes_by_label(inputs.members)
    return models, ranking(models)


def baselines(members: Sequence[Member]) -> dict[str, str]:
    """Return the baseline of each model, by label: the experiment that it comes from."""
    return {member.label: member.group for member in members}


def by_baseline(inputs: Inputs) -> dict[str, list[Member]]:
    """Return the models by baseline, both in the order of the config."""
    groups: dict[str, list[Member]] = {}
    for member in inputs.members:
        groups.setdefault(member.group, []).append(member)
    return groups


def looks(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return colour and marker of each baseline: they differ in both."""
    styles = line_styles(len(names))
    return {
        name: (color, MARKERS[place % len(MARKERS)])
        for place, (name, (color, _)) in enumerate(zip(names, styles, strict=True))
    }


def best_of_each(inputs: Inputs) -> dict[str, Member]:
    """Return each baseline's model with the highest mean validation accuracy, by baseline.

    The test split, which is shown, has no part in the choice. Equal ones are ordered by label.
    """
    return {name: best(group) for name, group in by_baseline(inputs).items()}


def best(members: Sequence[Member]) -> Member:
    """Return the model with the highest mean validation accuracy over seeds."""
    first = ranking(outcomes_by_label(members, "val"))[0].label
    return next(member for member in members if member.label == first)


def seeds_of(models: Mapping[str, pd.DataFrame]) -> str:
    """Return how many seeds the models have, such as `1 to 5 seeds`."""
    counts = sorted({right.shape[1] for right in models.values()})
    if counts == [1]:
        return "one seed"
    return f"{counts[0]} seeds" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} seeds"


def accuracy_text(right: pd.DataFrame) -> str:
    """Return mean and sample standard deviation over seeds of a model's accuracy."""
    return mean_spread(accuracy_by_seed(right))
