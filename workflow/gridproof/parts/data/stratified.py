"""Drawing rows with each class in proportion: the draws of scikit-learn's `train_test_split`.

The same rows as by scikit-learn 1.x with an integer `random_state`, whose import takes longer than
all else in preparing a table.
"""

from __future__ import annotations

import numpy as np


def draw_rows(
    n_rows: int, n_drawn: int, seed: int, labels: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of the rows that stay, and of those that are drawn, in random order.

    Parameters
    ----------
    labels : int array of shape (n_rows,) where each class is to be in proportion.

    Raises
    ------
    ValueError : a class has one row only.
    """
    random = np.random.RandomState(seed)
    if labels is None:
        order = random.permutation(n_rows)
        return order[n_drawn:], order[:n_drawn]
    classes, members, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if counts.min() < 2:
        single = ", ".join(map(str, classes[counts < 2]))
        raise ValueError(f"of class {single} there is one row only")
    stay = _shares(counts, n_rows - n_drawn, random)
    drawn = _shares(counts - stay, n_drawn, random)
    rows_of = np.split(np.argsort(members, kind="stable"), np.cumsum(counts)[:-1])
    shuffled = [rows[random.permutation(len(rows))] for rows in rows_of]
    parts = list(zip(shuffled, stay, drawn, strict=True))
    return (
        random.permutation(np.concatenate([rows[:first] for rows, first, _ in parts])),
        random.permutation(np.concatenate([rows[first : first + n] for rows, first, n in parts])),
    )


def _shares(counts: np.ndarray, n_drawn: int, random: np.random.RandomState) -> np.ndarray:
    """Return how many rows of each class are drawn: rounded shares, equal remainders by lot."""
    exact = counts / counts.sum() * n_drawn
    shares = np.floor(exact)
    missing = int(n_drawn - shares.sum())
    remainders = exact - shares
    for remainder in np.unique(remainders)[::-1]:
        if missing <= 0:
            break
        alike = np.flatnonzero(remainders == remainder)
        chosen = random.choice(alike, size=min(len(alike), missing), replace=False)
        shares[chosen] += 1
        missing -= len(chosen)
    return shares.astype(int)
