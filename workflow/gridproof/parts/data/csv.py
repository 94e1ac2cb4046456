"""Data from three CSV files in the format of the published study.

The header is `,long,lat,country`: a row id without a name, longitude and latitude in degrees, and
the class as an integer from 0. Other columns are ignored. Every class of the training file must
have a row in each of the three files, and no file may have a class beyond those.
"""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from gridproof.errors import GridproofError, nearest
from gridproof.parts.kinds.source import SPLITS, SourceData

HEADER = ",long,lat,country"
COLUMNS = ("long", "lat", "country")


@dataclass(slots=True)
class _Rows:
    """The rows of one file; `lines` are their line numbers, counted from 1."""

    path: Path
    lines: list[int] = field(default_factory=list)
    longitudes: list[float] = field(default_factory=list)
    latitudes: list[float] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)


def source_files(options: Mapping[str, Any]) -> tuple[Path, ...]:
    """Return the train, val and test files; GridproofError names the first that is not a file."""
    paths = tuple(Path(options[split]) for split in SPLITS)
    for path in paths:
        if path.is_dir():
            raise GridproofError(
                f"{path} is a directory; expected a CSV file with the header {HEADER}"
            )
        if not path.is_file():
            raise GridproofError(
                f"{path} does not exist; expected a CSV file with the header {HEADER}"
            )
    return paths


def load(options: Mapping[str, Any]) -> SourceData:
    """Return the rows of the three files, train before val before test, in the files' order.

    Parameters
    ----------
    options : `{"train": path, "val": path, "test": path}`.

    Raises
    ------
    GridproofError : names the file, and where there is one the row (line) and column, of the
        first thing that is wrong.
    """
    import numpy as np
    import pandas as pd

    paths = source_files(options)
    files = [_read(path) for path in paths]
    train = files[0]
    n_classes = _check_training_labels(train)
    for other in files[1:]:
        _check_labels(other, n_classes, train.path)
    frame = pd.DataFrame(
        {
            "split": np.repeat(SPLITS, [len(file.lines) for file in files]),
            "longitude": np.concatenate(
                [np.array(file.longitudes, dtype=np.float32) for file in files]
            ),
            "latitude": np.concatenate(
                [np.array(file.latitudes, dtype=np.float32) for file in files]
            ),
            "label": np.concatenate([np.array(file.labels, dtype=np.int64) for file in files]),
        }
    )
    return SourceData(frame=frame, classes=tuple(f"country {i}" for i in range(n_classes)))


def _read(path: Path) -> _Rows:
    """Read one file, each value checked for itself."""
    rows = _Rows(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line, (longitude, latitude, label) in _records(path, file):
                rows.lines.append(line)
                rows.longitudes.append(_coordinate(path, line, "long", longitude, 180))
                rows.latitudes.append(_coordinate(path, line, "lat", latitude, 90))
                rows.labels.append(_label(path, line, label))
    except UnicodeDecodeError as error:
        raise GridproofError(
            f"{path} is not text in UTF-8 ({error.reason}); expected a CSV file with the header "
            f"{HEADER}"
        ) from error
    except OSError as error:
        raise GridproofError(f"{path} cannot be read: {error.strerror}") from error
    if not rows.lines:
        raise GridproofError(f"{path}: found no rows below the header, expected at least one")
    return rows


def _records(path: Path, file: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the texts of COLUMNS of each row that is not blank."""
    reader = csv.reader(file)
    try:
        header = next(reader, None)
        if header is None:
            raise GridproofError(f"{path} is empty; expected a CSV file with the header {HEADER}")
        positions = _check_header(path, header)
        for record in reader:
            if len(record) == len(header):
                yield reader.line_num, [record[position] for position in positions]
            elif record:
                raise GridproofError(
                    f"{path}, row {reader.line_num}: found {len(record)} values, "
                    f"expected {len(header)} as in the header"
                )
    except csv.Error as error:
        raise GridproofError(f"{path}, row {reader.line_num}: {error}") from error


def _check_header(path: Path, header: Sequence[str]) -> list[int]:
    """Return the positions of COLUMNS."""
    for column in COLUMNS:
        if header.count(column) > 1:
            raise GridproofError(
                f"{path}, row 1: found the column {column!r} {header.count(column)} times, "
                "expected once"
            )
        if column not in header:
            raise GridproofError(
                f"{path}, row 1: found no column {column!r} in the header {','.join(header)}, "
                f"expected {HEADER}{nearest(column, header)}"
            )
    return [header.index(column) for column in COLUMNS]


def _coordinate(path: Path, line: int, column: str, text: str, limit: int) -> float:
    """Return degrees, checked to lie in [-limit, limit]."""
    try:
        degrees = float(text)
    except ValueError:
        degrees = math.nan
    if not abs(degrees) <= limit:
        _refuse(path, line, column, text, f"a number of degrees from {-limit} to {limit}")
    return degrees


def _label(path: Path, line: int, text: str) -> int:
    """Return the class, checked to be an integer and not negative."""
    try:
        label = int(text)
    except ValueError:
        label = -1
    if label < 0:
        _refuse(path, line, "country", text, "an integer from 0")
    return label


def _refuse(path: Path, line: int, column: str, found: str, expected: str) -> NoReturn:
    raise GridproofError(
        f"{path}, row {line}, column {column!r}: found {found!r}, expected {expected}"
    )


def _check_training_labels(train: _Rows) -> int:
    """Check that the labels are 0 .. n_classes - 1 and return n_classes, at least 2."""
    present = set(train.labels)
    largest = max(present)
    missing = next(label for label in itertools.count() if label not in present)
    if missing < largest:
        line = train.lines[train.labels.index(largest)]
        raise GridproofError(
            f"{train.path}, column 'country': found no row with label {missing}, expected every "
            f"label from 0 to {largest}, the largest (row {line})"
        )
    if len(present) < 2:
        raise GridproofError(
            f"{train.path}, column 'country': found only one class, expected at least 2"
        )
    return len(present)


def _check_labels(rows: _Rows, n_classes: int, train_path: Path) -> None:
    """Check that `rows` has every class of the training file and no other."""
    for line, label in zip(rows.lines, rows.labels, strict=True):
        if label >= n_classes:
            _refuse(
                rows.path,
                line,
                "country",
                str(label),
                f"a label from 0 to {n_classes - 1} as in {train_path}",
            )
    for label in sorted(set(range(n_classes)) - set(rows.labels)):
        raise GridproofError(
            f"{rows.path}, column 'country': found no row with label {label}, expected at least "
            f"one row of each class in {train_path}"
        )
