"""What a figure is drawn from: the slice of an experiment, its cells' checkpoints, the data."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from gridproof.errors import GridproofError


@dataclass(frozen=True, kw_only=True)
class Member:
    """A cell as an experiment names it; `epochs` is sorted by seed and epoch."""

    label: str
    cell: str
    slug: str
    parameters: dict[str, Any]
    epochs: pd.DataFrame = field(repr=False)
    replicates: pd.DataFrame = field(repr=False)
    directory: Path = field(repr=False)

    def rows(self, table: str) -> pd.DataFrame:
        """Return the cell's rows of one of the large tables, such as `batches`; read when asked."""
        path = self.directory / f"{table}.parquet"
        return _read_parquet(path, filters=[("cell", "==", self.cell)])

    @property
    def seeds(self) -> list[int]:
        """The seeds of the replicates, ascending."""
        return sorted(int(seed) for seed in self.replicates["seed"])

    @cached_property
    def diverged(self) -> dict[int, int]:
        """Seed -> first epoch whose loss is not finite, of the replicates that have one."""
        return self._epochs_by_seed("diverged_epoch")

    @property
    def best_epochs(self) -> dict[int, int]:
        """Seed -> epoch with the lowest validation loss."""
        return self._epochs_by_seed("best_epoch")

    @property
    def last_epoch(self) -> int:
        """The last epoch that was trained."""
        return int(self.epochs["epoch"].max())

    def by_seed(self, column: str) -> pd.DataFrame:
        """Return `column` with a row for each epoch and a column for each seed.

        From the epoch on in which a replicate diverged its values are NaN, accuracies too.
        """
        values = self.epochs.pivot(index="epoch", columns="seed", values=column).astype(float)
        for seed, epoch in self.diverged.items():
            values.loc[values.index >= epoch, seed] = math.nan
        return values.replace([math.inf, -math.inf], math.nan)

    def value(self, column: str, *, seed: int, epoch: int) -> float:
        """Return `column` of one seed after one epoch."""
        return float(self.by_seed(column)[seed].loc[epoch])

    def finals(self, column: str) -> pd.Series:
        """Return `column` after the last epoch, indexed by seed (NaN where diverged)."""
        values = self._last_rows[column].astype(float)
        return values.where(np.isfinite(values) & ~values.index.isin(list(self.diverged)))

    @cached_property
    def _last_rows(self) -> pd.DataFrame:
        """The rows of the last epoch by seed; of a seed that has none, NaN."""
        last = self.epochs[self.epochs["epoch"] == self.epochs["epoch"].max()]
        return last.set_index("seed").reindex(self.epochs["seed"].unique())

    def jitter(self, column: str, half: Literal["first", "second"]) -> pd.Series:
        """Return the mean size of the change between successive epochs in one half of a training.

        Indexed by seed. The untrained network does not count; seeds that diverge in this half, and
        halves of fewer than two epochs, have NaN.
        """
        values = self.by_seed(column).iloc[1:]
        middle = len(values) // 2
        part = values.iloc[: middle + 1] if half == "first" else values.iloc[middle:]
        return part.diff().abs().mean().where(part.notna().all())[self.seeds]

    def _epochs_by_seed(self, column: str) -> dict[int, int]:
        pairs = zip(self.replicates["seed"].tolist(), self.replicates[column].tolist(), strict=True)
        return {int(seed): int(epoch) for seed, epoch in sorted(pairs) if not pd.isna(epoch)}


def series(members: Iterable[Member], name: str) -> list[list[Member]]:
    """Return the groups of cells that differ in the parameter `name` only, rising in it."""
    groups: dict[tuple[object, ...], list[Member]] = {}
    left_out = {name, "cell", "slug"}
    for member in members:
        if name in member.parameters:
            others = tuple(v for key, v in member.parameters.items() if key not in left_out)
            groups.setdefault(others, []).append(member)
    return [
        sorted(group, key=lambda member: member.parameters[name])
        for group in groups.values()
        if len(group) > 1
    ]


@dataclass(frozen=True, kw_only=True)
class Slice:
    """The tables of one experiment, as described in docs/tables.md.

    The large ones stay on disk in `directory`; `Member.rows` reads what is asked for.
    """

    cells: pd.DataFrame
    memberships: pd.DataFrame
    epochs: pd.DataFrame
    replicates: pd.DataFrame
    directory: Path

    def members(self) -> list[Member]:
        """Return the experiment's cells in the order of the config."""
        return list(self._members)

    @cached_property
    def _members(self) -> list[Member]:
        rows = self.cells.set_index("cell", drop=False).to_dict("index")
        epochs = by_cell(self.epochs.sort_values(["seed", "epoch"]))
        replicates = by_cell(self.replicates)
        return [
            Member(
                label=str(membership.label),
                cell=str(membership.cell),
                slug=str(rows[membership.cell]["slug"]),
                parameters={str(key): value for key, value in rows[membership.cell].items()},
                epochs=epochs.get(str(membership.cell), self.epochs.iloc[:0]),
                replicates=replicates.get(str(membership.cell), self.replicates.iloc[:0]),
                directory=self.directory,
            )
            for membership in self.memberships.sort_values("position").itertuples()
        ]


def by_cell(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of each cell, in their order."""
    return {str(cell): part for cell, part in rows.groupby("cell", sort=False)}


def load_slice(directory: Path) -> Slice:
    """Read an experiment's tables from `directory`, but for those that are read when asked for."""
    names = ("cells", "memberships", "epochs", "replicates")
    frames = {name: _read_parquet(directory / f"{name}.parquet") for name in names}
    return Slice(**frames, directory=directory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything a figure may look at; figures of the study have no slice and no checkpoints."""

    data_dir: Path
    tables: Slice | None = None
    checkpoints: Mapping[str, Path] = field(default_factory=dict)

    @property
    def members(self) -> list[Member]:
        """The cells of the experiment, in the order of the config."""
        if self.tables is None:
            raise GridproofError("this figure shows an experiment: name the folder of its tables")
        return self.tables.members()

    def facts(self) -> dict[str, Any]:
        """Return the facts of the prepared data (see facts.json)."""
        path = self.data_dir / "facts.json"
        try:
            return dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise GridproofError(f"{path}: cannot be read as JSON ({error})") from error

    def places(self) -> pd.DataFrame:
        """Return the prepared data: split, longitude and latitude in degrees, label."""
        return _read_parquet(self.data_dir / "data.parquet")

    def measured(self, measurement: str, table: str) -> tuple[list[Member], list[pd.DataFrame]]:
        """Return the cells that have rows in a large table, and the rows of each by seed.

        Raises GridproofError, naming the measurement to ask for, if there are none.
        """
        found = [(member, member.rows(table)) for member in self.members]
        filled = [(member, rows.sort_values("seed")) for member, rows in found if not rows.empty]
        if not filled:
            raise unmeasured_figure(measurement)
        return [member for member, _ in filled], [rows for _, rows in filled]

    def checkpoint(self, cell: str) -> Path:
        """Return the checkpoint file of a cell."""
        if cell not in self.checkpoints:
            raise GridproofError(f"no checkpoint of cell {cell} was given to this figure")
        return self.checkpoints[cell]


def unmeasured_figure(measurement: str) -> GridproofError:
    """Return the error of the figure that has the name of a measurement that no cell has."""
    return GridproofError(
        f"the figure {measurement!r} shows what was not measured: add {measurement!r} to the"
        " experiment's `measure:`"
    )


def _read_parquet(path: Path, filters: list[tuple[str, str, str]] | None = None) -> pd.DataFrame:
    try:
        return pd.read_parquet(path, filters=filters)
    except (OSError, ValueError) as error:
        raise GridproofError(f"{path}: cannot be read as Parquet ({error})") from error
