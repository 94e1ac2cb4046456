"""Columns of the table `epochs` in words."""

from __future__ import annotations

SPLITS = {"train": "train", "val": "validation", "test": "test"}
"""The splits as columns begin, and as a sentence calls them."""
ABBREVIATED = {"auroc": "AUROC"}


def column_words(column: str) -> str:
    """Return what a column holds: `validation loss` for `val_loss`."""
    split, _, rest = column.partition("_")
    if split not in SPLITS:
        return column.replace("_", " ")
    return f"{SPLITS[split]} {ABBREVIATED.get(rest, rest.replace('_', ' '))}"
