"""The splits that are evaluated, how far they are from the one that is trained on, and when.

The last step of an epoch is on what the batches leave of the rows, and moves the final numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gridproof.kit.unmeasured import check_measured

if TYPE_CHECKING:
    import pandas as pd

    from gridproof.part import Member

EVALUATED = (("val", "validation"), ("test", "test"))
"""What is held out, and how it is called."""


def in_eval_mode(member: Member, quantity: str) -> pd.Series:
    """Return the last loss or accuracy on the train split, measured as on the other splits."""
    column = f"train_eval_{quantity}"
    check_measured(member, column, "train_in_eval_mode")
    return member.finals(column)


def before_last_step(member: Member, column: str) -> pd.Series:
    """Return what a column of `epochs` was after the last batch that was full."""
    column = f"full_batches_{column}"
    check_measured(member, column, "full_batches")
    return member.finals(column)


def above_train(member: Member) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield each evaluated split, its name, and its last loss minus that on train, by seed."""
    train = in_eval_mode(member, "loss")
    for split, name in EVALUATED:
        yield split, name, member.finals(f"{split}_loss") - train


def above_train_before_last_step(member: Member) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield what `above_train` does, after the last full batch."""
    train = before_last_step(member, "train_loss")
    for split, name in EVALUATED:
        yield split, name, before_last_step(member, f"{split}_loss") - train
