"""What the labels of prepared data say about their classes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gridproof.errors import GridproofError
from gridproof.files.facts import SPLITS

if TYPE_CHECKING:
    import pandas as pd


def class_counts(splits: pd.Series, labels: pd.Series, n_classes: int) -> dict[str, list[int]]:
    """Return how many rows of each class each split has, of the split and label of each row."""
    return {
        split: np.bincount(labels[splits == split].to_numpy(), minlength=n_classes).tolist()
        for split in SPLITS
    }


def check_class_counts(
    name: str, counts: Mapping[str, Sequence[int]], class_names: Sequence[str], noun: str = "row"
) -> None:
    """Check that there are two classes at least, and that each has a row in every split."""
    if len(class_names) < 2:
        raise GridproofError(f"data {name}: found only one class, expected at least 2")
    for split, numbers in counts.items():
        for class_name, number in zip(class_names, numbers, strict=True):
            if not number:
                raise GridproofError(
                    f"data {name}: found no {split} {noun} of class {class_name}, "
                    f"expected at least one {noun} of each class in every split"
                )


def class_facts(counts: Mapping[str, Sequence[int]], class_names: Sequence[str]) -> dict[str, Any]:
    """Return the facts that follow from the number of rows of each class.

    `prior_entropy` (in nats) and `largest_class_share` are those of the train split.
    """
    train = counts["train"]
    shares = [count / sum(train) for count in train]
    return {
        "rows": {split: sum(counts[split]) for split in SPLITS},
        "n_classes": len(class_names),
        "classes": list(class_names),
        "class_counts": dict(counts),
        "prior_entropy": -math.fsum(share * math.log(share) for share in shares if share),
        "largest_class_share": max(shares),
    }
