"""Rows of CSV files: one file that is divided, or a file for each of train, val and test.

A file has a header. Columns without a name, such as row ids, are left out, and so are those that
hold no number where the study does not name the features.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from gridproof.errors import GridproofError
from gridproof.files.facts import SPLITS
from gridproof.part import (
    DataSource,
    FilePath,
    Number,
    Section,
    Switch,
    Text,
    conflict,
    parameter,
)
from gridproof.parts.data.divisions import Split

if TYPE_CHECKING:
    from gridproof.parts.kinds.table.table_data import TableData


class Column(Section):
    """What is known of a column."""

    name: Text = parameter(..., "Its name in the header.")
    unit: Text | None = parameter(None, "Its unit, for reports and messages.")
    min: Number | None = parameter(None, "The least value that it may have.")
    max: Number | None = parameter(None, "The greatest value that it may have.")


class Options(Section):
    """Where the rows lie, and what their columns are."""

    path: FilePath | None = parameter(None, "A file with all rows; a path from the study's folder.")
    train: FilePath | None = parameter(None, "In place of 'path': a file with rows to train on.")
    val: FilePath | None = parameter(None, "In place of 'path': a file with rows for validation.")
    test: FilePath | None = parameter(None, "In place of 'path': a file with rows for the test.")
    target: Text = parameter(..., "The column to predict.")
    features: tuple[Text, ...] = parameter(
        (), "Columns of numbers to predict it from; by default all that hold numbers."
    )
    regression: Switch = parameter(False, "Whether the target is a number instead of a class.")
    classes: tuple[Text, ...] = parameter(
        (), "The classes in the order of their labels; by default in alphabetical order."
    )
    split: Split = parameter(Split(), "How the rows of one file are divided.")
    split_column: Text | None = parameter(
        None, "In place of 'split': the column that says train, val or test."
    )
    columns: tuple[Column, ...] = parameter((), "Units of columns, and the values they may have.")

    @model_validator(mode="after")
    def check_files(self) -> Self:
        """Ask for one file or three, and for one way to divide one file."""
        given = [split for split in SPLITS if getattr(self, split) is not None]
        if self.path is not None and given:
            raise conflict(given[0], f"found both 'path' and {given[0]!r}, expected one of them")
        if self.path is None and not given:
            raise conflict("path", "the key 'path' is missing (or train, val and test)")
        if missing := [split for split in SPLITS if self.path is None and split not in given]:
            raise conflict(missing[0], f"the key {missing[0]!r} is missing")
        dividing = {"split": self.split != Split(), "split_column": self.split_column is not None}
        found = [name for name, is_given in dividing.items() if is_given]
        if self.path is None and found:
            raise conflict(
                found[0], f"found {found[0]!r} with train, val and test, which are divided already"
            )
        if len(found) > 1:
            raise conflict("split", "found both 'split' and 'split_column', expected one of them")
        return self

    @model_validator(mode="after")
    def check_columns(self) -> Self:
        """Let no column be two things."""
        for key, names in (
            ("features", self.features),
            ("classes", self.classes),
            ("columns", tuple(column.name for column in self.columns)),
        ):
            for name in names:
                if names.count(name) > 1:
                    raise conflict(key, f"found {name!r} twice in {key!r}, expected it once")
        for other in (self.target, self.split_column):
            if other in self.features:
                raise conflict(
                    "features", f"found {other!r} among the features, expected other columns"
                )
        if self.target == self.split_column:
            raise conflict("split_column", f"found {self.target!r} as target and split_column")
        if self.regression and self.classes:
            raise conflict("classes", "found 'classes' with regression true, where there are none")
        return self


SOURCE = DataSource(
    description="Rows of numbers in CSV files, one or three.",
    kind="table",
    options=Options,
    path_options=("path", *SPLITS),
    facts_options=("columns",),
    numeric="regression",
)


def named_columns(options: Options) -> str:
    """Return the columns that a study names, for messages."""
    names = [*options.features, options.target, *filter(None, [options.split_column])]
    return f"the column{'s' if len(names) > 1 else ''} {', '.join(names)}"


def source_files(options: Options) -> tuple[Path, ...]:
    """Return the one file, or those of train, val and test.

    Raises
    ------
    GridproofError : names the first that is not a file.
    """
    given = [options.path] if options.path else [options.train, options.val, options.test]
    paths = tuple(path for path in given if path is not None)
    for path in paths:
        if not path.is_file():
            found = "is a directory" if path.is_dir() else "does not exist"
            raise GridproofError(
                f"{path} {found}; expected a CSV file with {named_columns(options)}"
            )
    return paths


def load(options: Options) -> TableData:
    """Return the rows, train before val before test, each split in the order of the file.

    Raises
    ------
    GridproofError : names the file, and where there is one the row (line) and column, of the
        first thing that is wrong.
    """
    from gridproof.parts.data.csv_rows import load_rows

    return load_rows(source_files(options), options)


def origin(options: Options, data: TableData) -> str:
    """Return how the rows are divided and which columns are not used, for the report."""
    files = source_files(options)
    if options.path is None:
        told = "Rows of three CSV files that the study names, one for each of train, val and test."
    else:
        in_proportion = "" if options.regression else ", each class in proportion"
        by_column = options.split_column and f"by its column {options.split_column}"
        told = (
            "Rows of a CSV file that the study names, divided "
            f"{by_column or f'at random{in_proportion}'}."
        )
    used = {*data.features, options.target, options.split_column}
    with files[0].open(encoding="utf-8-sig", newline="") as file:
        unused = [name for name in next(csv.reader(file)) if name.strip() not in {*used, ""}]
    if unused:
        told += f" Columns that are no features: {', '.join(unused)}."
    return told
