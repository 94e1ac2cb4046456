"""Rows are divided among train, val and test, each class in proportion."""

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from gridproof.errors import GridproofError
from gridproof.files.facts import SPLITS
from gridproof.parts.data.divisions import Split, divide
from gridproof.parts.data.stratified import draw_rows


def test_division_has_every_row_once() -> None:
    """The three splits are disjoint, ascending, cover all rows and keep each class's share."""
    labels = np.repeat([0, 1, 2], [100, 50, 10])
    rows = divide(160, Split(val=0.1, test=0.2, seed=7), labels)
    assert sorted(np.concatenate(list(rows.values()))) == list(range(160))
    assert all((np.diff(numbers) > 0).all() for numbers in rows.values())
    counts = {split: np.bincount(labels[numbers]).tolist() for split, numbers in rows.items()}
    assert counts == {"train": [70, 35, 7], "val": [10, 5, 1], "test": [20, 10, 2]}


def test_rows_without_classes_are_divided_by_number_alone() -> None:
    """Every row is in one split, and the shares are those that were asked for."""
    rows = divide(50, Split(val=0.1, test=0.2))
    assert {split: len(numbers) for split, numbers in rows.items()} == {
        "train": 35,
        "val": 5,
        "test": 10,
    }
    assert sorted(np.concatenate(list(rows.values()))) == list(range(50))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("has_classes", [True, False])
def test_rows_are_those_that_scikit_learn_draws(seed: int, has_classes: bool) -> None:
    """Also where classes have equal remainders, of which the lot decides."""
    random = np.random.default_rng(seed)
    n_rows, n_drawn = int(random.integers(200, 2000)), int(random.integers(20, 100))
    labels = random.permutation(np.arange(n_rows) % 10) if has_classes else None
    expected = train_test_split(
        np.arange(n_rows), test_size=n_drawn, random_state=seed, stratify=labels
    )
    for found, rows in zip(draw_rows(n_rows, n_drawn, seed, labels), expected, strict=True):
        assert found.tolist() == rows.tolist()


def test_division_depends_on_the_seed_alone() -> None:
    """The same seed divides in the same way, another seed in another."""
    labels = np.arange(300) % 3
    first, again, other = (divide(300, Split(seed=seed), labels) for seed in (0, 0, 1))
    assert all((first[split] == again[split]).all() for split in SPLITS)
    assert not (first["test"] == other["test"]).all()


@pytest.mark.parametrize(
    ("val", "test", "smallest"),
    [
        pytest.param(0.01, 0.1, 1, id="val too small"),
        pytest.param(0.1, 0.01, 1, id="test too small"),
        pytest.param(0.5, 0.499, 0, id="nothing left to train on"),
    ],
)
def test_split_without_every_class_is_refused(val: float, test: float, smallest: int) -> None:
    """A split that cannot hold a row of each class is refused before rows are drawn."""
    with pytest.raises(GridproofError) as caught:
        divide(100, Split(val=val, test=test), np.arange(100) % 3)
    assert str(caught.value) == (
        f"split: val {val} and test {test} of 100 rows leave a split of {smallest} rows, "
        "expected at least one for each of 3 classes"
    )


def test_class_of_one_row_is_told() -> None:
    """A class that cannot be divided gives a message, not a traceback."""
    labels = np.repeat([0, 1], [100, 1])
    with pytest.raises(
        GridproofError,
        match=r"rows cannot have each class in proportion: of class 1 there is one row only",
    ):
        divide(len(labels), Split(), labels)


def test_split_leaves_rows_to_train_on() -> None:
    """Shares of validation and test that take everything are refused when a study is read."""
    with pytest.raises(ValueError, match="val and test that leave a share for training"):
        Split(val=0.5, test=0.5)
