"""From the text of CSV files to rows of numbers with their targets."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridproof.errors import GridproofError, nearest
from gridproof.files.facts import SPLITS
from gridproof.parts.data.csv import Column, named_columns
from gridproof.parts.data.csv_labels import labels_of
from gridproof.parts.data.csv_reading import CsvText, read_text
from gridproof.parts.data.divisions import divide
from gridproof.parts.kinds.table.table_data import SPLIT, TARGET, TableData

if TYPE_CHECKING:
    from gridproof.parts.data.csv import Options

LARGEST = float(np.finfo(np.float32).max)
RESERVED = (SPLIT, TARGET)


def load_rows(paths: Sequence[Path], options: Options) -> TableData:
    """Return the rows of one file, divided, or of three; see `gridproof.parts.data.csv.load`."""
    files = read_files(paths, options)
    features = feature_columns(files[0], options)
    known = {column.name: column for column in options.columns}
    check_known(files[0].path, known, [*features, options.target])
    numbers = {
        name: np.concatenate([column_numbers(file, name, known.get(name)) for file in files])
        for name in features
    }
    targets, class_names = file_targets(files, options, known)
    target = np.concatenate(targets)
    splits, order = division(files, options, target if class_names else None)
    frame = pd.DataFrame(
        {
            SPLIT: splits,
            **{name: values.astype(np.float32)[order] for name, values in numbers.items()},
            TARGET: target[order],
        }
    )
    return TableData(
        frame=frame,
        target=options.target,
        class_names=class_names,
        units={name: column.unit for name, column in known.items() if column.unit},
    )


def read_files(paths: Sequence[Path], options: Options) -> list[CsvText]:
    """Return the text of each file: the columns that the study names, or all of the first file."""
    target = [options.target, *filter(None, [options.split_column])]
    if options.features:
        needed = [*options.features, *target]
        return [read_text(path, needed, named_columns(options), True) for path in paths]
    first = read_text(paths[0], target, named_columns(options), False)
    needed, told = [*feature_columns(first, options), *target], f"the columns of {paths[0]}"
    return [first, *(read_text(path, needed, told, True) for path in paths[1:])]


def feature_columns(file: CsvText, options: Options) -> list[str]:
    """Return the columns that are features: those that the study names, or all with numbers.

    A column with some numbers is a feature: what else it holds is told as a mistake, so that no
    feature is lost by one bad value.
    """
    no_features = {options.target, options.split_column}
    chosen = list(options.features) or [
        name
        for name, texts in file.columns.items()
        if name not in no_features and any(map(is_number, texts))
    ]
    if not chosen:
        raise GridproofError(
            f"{file.path}: found no column of numbers besides {options.target!r}, expected at "
            "least one to predict it from"
        )
    for column in chosen:
        if column in RESERVED:
            raise GridproofError(
                f"{file.path}, row 1: found a feature called {column!r}, which prepared tables "
                "call a column of their own; expected another name"
            )
    return chosen


def is_number(text: str) -> bool:
    """Tell whether a text is a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def check_known(path: Path, known: Mapping[str, Column], used: Sequence[str]) -> None:
    """Check that what the study says about columns is about columns that are used."""
    for name in known:
        if name not in used:
            raise GridproofError(
                f"{path}: found {name!r} under 'columns', expected features or the target: "
                f"{', '.join(used)}{nearest(name, used)}"
            )


def column_numbers(file: CsvText, name: str, known: Column | None) -> np.ndarray:
    """Return the float64 values of a column; each is finite and in its range, also as float32."""
    texts = file.columns[name]
    low = -LARGEST if known is None or known.min is None else known.min
    high = LARGEST if known is None or known.max is None else known.max
    for row, text in enumerate(texts):
        try:
            fits = low <= float(text) <= high
        except ValueError:
            fits = False
        if not fits:
            raise file.refusal(row, name, number_in_words(known))
    return np.array([float(text) for text in texts])


def number_in_words(known: Column | None) -> str:
    """Return what a value of a column has to be."""
    if known is None:
        return "a finite number"
    unit = f" of {known.unit}" if known.unit else ""
    low = "" if known.min is None else f" from {known.min:g}"
    high = "" if known.max is None else f" to {known.max:g}"
    return f"a number{unit}{low}{high}" if low or high else f"a finite number{unit}"


def file_targets(
    files: Sequence[CsvText], options: Options, known: Mapping[str, Column]
) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Return the targets of each file, and the names of the classes, none for a number."""
    if not options.regression:
        return labels_of(files, options.target, options.classes)
    column = known.get(options.target)
    return [column_numbers(file, options.target, column) for file in files], ()


def division(
    files: Sequence[CsvText], options: Options, labels: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the split of each row in the final order, and the rows in this order."""
    counts = [len(file.lines) for file in files]
    if len(files) == len(SPLITS):
        return np.repeat(SPLITS, counts), np.arange(sum(counts))
    if options.split_column:
        found = np.array(list(splits_in(files[0], options.split_column)))
        rows = {split: np.flatnonzero(found == split) for split in SPLITS}
    else:
        rows = divide(counts[0], options.split, labels)
    order = np.concatenate([rows[split] for split in SPLITS])
    return np.repeat(SPLITS, [len(rows[split]) for split in SPLITS]), order


def splits_in(file: CsvText, column: str) -> Iterator[str]:
    """Yield the split of each row, as a column says it."""
    for row, text in enumerate(file.columns[column]):
        if text not in SPLITS:
            raise file.refusal(row, column, f"one of {', '.join(SPLITS)}{nearest(text, SPLITS)}")
        yield text
