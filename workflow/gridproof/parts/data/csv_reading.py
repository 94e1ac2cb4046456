"""Reading a CSV file as text, so that what is wrong with a value is told by its row and column.

Python's reader is used rather than that of pandas, which counts neither blank lines nor lines
inside of quotes, and fills up rows that are too short.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gridproof.errors import GridproofError, nearest


@dataclass(frozen=True, slots=True)
class CsvText:
    """The rows of one file: the line of each, counted from 1, and the texts of each column."""

    path: Path
    lines: list[int]
    columns: dict[str, list[str]]

    def refusal(self, row: int, column: str, expected: str) -> GridproofError:
        """Return the error of the value in a row (counted from 0) and column."""
        return GridproofError(
            f"{self.path}, row {self.lines[row]}, column {column!r}: "
            f"found {self.columns[column][row]!r}, expected {expected}"
        )


def read_text(path: Path, needed: Sequence[str], expected: str, only_needed: bool) -> CsvText:
    """Read one file; rows that are blank are skipped, blanks around a value are left out.

    Parameters
    ----------
    needed : columns that the file has to have.
    expected : these columns in words, for messages.
    only_needed : whether other columns are left out.

    Raises
    ------
    GridproofError : the file cannot be read, has no row, lacks a column, has one twice, or has a
        row with more or fewer values than the header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return read_records(path, file, needed, expected, only_needed)
    except UnicodeDecodeError as error:
        raise GridproofError(
            f"{path} is not text in UTF-8 ({error.reason}); expected a CSV file with {expected}"
        ) from error
    except OSError as error:
        raise GridproofError(f"{path} cannot be read: {error.strerror}") from error


def read_records(
    path: Path, file: Iterator[str], needed: Sequence[str], expected: str, only_needed: bool
) -> CsvText:
    """Return the rows of an open file."""
    reader = csv.reader(file)
    lines: list[int] = []
    records: list[list[str]] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if not header:
            raise GridproofError(f"{path} is empty; expected a CSV file with {expected}")
        kept = set(needed) if only_needed else {*filter(None, header)}
        check_header(path, header, needed, kept, expected)
        for record in reader:
            if len(record) == len(header):
                lines.append(reader.line_num)
                records.append(record)
            elif record:
                raise GridproofError(
                    f"{path}, row {reader.line_num}: found {len(record)} values, "
                    f"expected {len(header)} as in the header"
                )
    except csv.Error as error:
        raise GridproofError(f"{path}, row {reader.line_num}: {error}") from error
    if not records:
        raise GridproofError(f"{path}: found no rows below the header, expected at least one")
    columns = {
        name: [value.strip() for value in values]
        for name, values in zip(header, zip(*records, strict=True), strict=True)
        if name in kept
    }
    return CsvText(path, lines, columns)


def check_header(
    path: Path, header: list[str], needed: Sequence[str], kept: Collection[str], expected: str
) -> None:
    """Check that a header has all columns that are needed, and none that is kept twice."""
    for column in needed:
        if column not in header:
            raise GridproofError(
                f"{path}, row 1: found no column {column!r} in the header {','.join(header)}, "
                f"expected {expected}{nearest(column, header)}"
            )
    for column in header:
        if column in kept and header.count(column) > 1:
            raise GridproofError(
                f"{path}, row 1: found the column {column!r} {header.count(column)} times, "
                "expected once"
            )
