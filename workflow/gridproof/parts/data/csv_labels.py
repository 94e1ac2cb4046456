"""The classes in a column of CSV files: names of any kind, or integers that count from 0."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from gridproof.errors import GridproofError, nearest
from gridproof.parts.data.csv_reading import CsvText

Labels = tuple[list[np.ndarray], tuple[str, ...]]


def labels_of(files: Sequence[CsvText], column: str, classes: Sequence[str]) -> Labels:
    """Return the int64 labels of each file's rows, and the names of the classes in their order.

    The first file decides what the classes are. If it holds names, these are the classes, in
    alphabetical order or in that of `classes`. If it holds integers, they are the labels
    themselves, and `classes` names them.

    Raises
    ------
    GridproofError : a value is no label, a class has no row in one of the files, or there is only
        one class.
    """
    text = files[0].columns[column][0]
    if text not in classes and is_integer(text):
        return integer_labels(files, column, classes)
    return named_labels(files, column, classes)


def integer_labels(files: Sequence[CsvText], column: str, classes: Sequence[str]) -> Labels:
    """Return integers as labels; classes that the study does not name are called by their label."""
    first, found = files[0], [integers_in(file, column) for file in files]
    n_classes = check_first_integers(first, column, found[0])
    if classes and len(classes) != n_classes:
        raise GridproofError(
            f"{first.path}, column {column!r}: found {n_classes} classes, expected "
            f"{len(classes)}, as many as 'classes' names"
        )
    for file, labels in zip(files[1:], found[1:], strict=True):
        for row, label in enumerate(labels):
            if label >= n_classes:
                raise file.refusal(
                    row, column, f"a label from 0 to {n_classes - 1} as in {first.path}"
                )
        for label in sorted(set(range(n_classes)) - set(labels)):
            raise GridproofError(
                f"{file.path}, column {column!r}: found no row with label {label}, expected at "
                f"least one row of each class in {first.path}"
            )
    names = tuple(classes) or tuple(f"{column} {label}" for label in range(n_classes))
    return [np.array(labels, dtype=np.int64) for labels in found], names


def integers_in(file: CsvText, column: str) -> list[int]:
    """Return the values of a column, each an integer from 0."""
    for row, text in enumerate(file.columns[column]):
        if not is_integer(text) or int(text) < 0:
            raise file.refusal(row, column, "an integer from 0")
    return [int(text) for text in file.columns[column]]


def check_first_integers(file: CsvText, column: str, labels: Sequence[int]) -> int:
    """Check that labels are 0 .. n_classes - 1 and return n_classes, at least 2."""
    present = set(labels)
    largest = max(present)
    missing = next(label for label in itertools.count() if label not in present)
    if missing < largest:
        raise GridproofError(
            f"{file.path}, column {column!r}: found no row with label {missing}, expected every "
            f"label from 0 to {largest}, the largest (row {file.lines[labels.index(largest)]})"
        )
    check_two(file, column, len(present))
    return len(present)


def named_labels(files: Sequence[CsvText], column: str, classes: Sequence[str]) -> Labels:
    """Return the position of each name among the classes."""
    first = files[0]
    names = tuple(classes) or names_in(first, column)
    check_two(first, column, len(names))
    known = {name: label for label, name in enumerate(names)}
    told = f"one of 'classes' ({', '.join(classes)})" if classes else f"a class of {first.path}"
    return [labels_in(file, column, known, told) for file in files], names


def names_in(file: CsvText, column: str) -> tuple[str, ...]:
    """Return the different values of a column, sorted; a number among names is a mistake."""
    texts = file.columns[column]
    if is_number(texts[0]):
        raise file.refusal(
            0, column, "an integer from 0, or the name of a class (or set regression: true)"
        )
    for row, text in enumerate(texts):
        if not text or is_number(text):
            raise file.refusal(
                row, column, "the name of a class (numbers as names: list 'classes')"
            )
    return tuple(sorted(set(texts)))


def labels_in(file: CsvText, column: str, known: Mapping[str, int], told: str) -> np.ndarray:
    """Return the labels of a file's rows; every class has to be there, and no other.

    `told` says what a value has to be.
    """
    texts = file.columns[column]
    for row, text in enumerate(texts):
        if text not in known:
            raise file.refusal(row, column, f"{told}{nearest(text, known)}")
    for name in sorted(known.keys() - set(texts)):
        raise GridproofError(
            f"{file.path}, column {column!r}: found no row of class {name!r}, expected at least "
            "one row of each class"
        )
    return np.array([known[text] for text in texts], dtype=np.int64)


def check_two(file: CsvText, column: str, n_classes: int) -> None:
    """Check that there is something to tell apart."""
    if n_classes < 2:
        raise GridproofError(
            f"{file.path}, column {column!r}: found only one class, expected at least 2"
        )


def is_integer(text: str) -> bool:
    """Tell whether a text is an integer."""
    try:
        int(text)
    except ValueError:
        return False
    return True


def is_number(text: str) -> bool:
    """Tell whether a text is a number, or the text of one that is missing, such as nan."""
    try:
        return not math.isinf(float(text))
    except ValueError:
        return False
