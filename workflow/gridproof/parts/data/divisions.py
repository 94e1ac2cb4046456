"""How rows are divided among train, val and test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from gridproof.errors import GridproofError
from gridproof.files.facts import SPLITS
from gridproof.part import Number, Section, Seed, expected, parameter

if TYPE_CHECKING:
    import numpy as np

Share = Annotated[Number, Field(gt=0, lt=1)]


class Split(Section):
    """How the rows of a source are divided, each class in proportion."""

    val: Share = parameter(0.1, "Share of the rows for validation.")
    test: Share = parameter(0.1, "Share of the rows for the test.")
    seed: Seed = parameter(0, "Seed of the division.")

    @model_validator(mode="after")
    def check_train(self) -> Self:
        """Leave rows to train on."""
        if self.val + self.test >= 1:
            raise expected("val and test that leave a share for training")
        return self


def divide(n_rows: int, split: Split, labels: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Divide rows into train, val and test, each class in proportion.

    First the test rows are drawn, then the validation rows from the rest, each with the same seed
    and as scikit-learn's `train_test_split` draws them.

    Parameters
    ----------
    labels : int array of shape (n_rows,); None where rows have no classes.

    Returns
    -------
    The ascending row numbers of each split.

    Raises
    ------
    GridproofError : a split gets fewer rows than there are classes, or a class has too few rows.
    """
    import numpy as np

    from gridproof.parts.data.stratified import draw_rows

    n_val, n_test = sizes(n_rows, split, 0 if labels is None else len(np.unique(labels)))
    try:
        rest, test = draw_rows(n_rows, n_test, split.seed, labels)
        rest_labels = None if labels is None else labels[rest]
        train, val = draw_rows(len(rest), n_val, split.seed, rest_labels)
    except ValueError as error:
        raise GridproofError(
            f"split: val {split.val} and test {split.test} of {n_rows} rows cannot have each "
            f"class in proportion: {error}"
        ) from error
    rows = (np.sort(rest[train]), np.sort(rest[val]), np.sort(test))
    return dict(zip(SPLITS, rows, strict=True))


def sizes(n_rows: int, split: Split, n_classes: int) -> tuple[int, int]:
    """Return the numbers of validation and test rows.

    Raises
    ------
    GridproofError : a split has no row, or fewer rows than there are classes.
    """
    n_val, n_test = round(n_rows * split.val), round(n_rows * split.test)
    smallest = min(n_val, n_test, n_rows - n_val - n_test)
    if smallest < max(n_classes, 1):
        each = f" for each of {n_classes} classes" if n_classes else ""
        raise GridproofError(
            f"split: val {split.val} and test {split.test} of {n_rows} rows leave a split of "
            f"{max(smallest, 0)} rows, expected at least one{each}"
        )
    return n_val, n_test
