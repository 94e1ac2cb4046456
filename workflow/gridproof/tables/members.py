"""The tables of an experiment as figures, claims and the report read them, cell by cell."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from gridproof.errors import GridproofError


@dataclass(frozen=True, kw_only=True)
class Member:
    """A cell as an experiment names it; `epochs` is sorted by seed and epoch.

    `label` is for people. Of a comparison `group` is the experiment that the cell comes from and
    `setting` its label there; elsewhere they are the experiment itself and the label.
    """

    label: str
    group: str
    setting: str
    cell: str
    slug: str
    parameters: dict[str, Any]
    epochs: pd.DataFrame = field(repr=False)
    replicates: pd.DataFrame = field(repr=False)
    directory: Path = field(repr=False)

    def rows(self, table: str) -> pd.DataFrame:
        """Return the cell's rows of one of the large tables, such as `batches`; read when asked."""
        path = self.directory / f"{table}.parquet"
        return read_frame(path, filters=[("cell", "==", self.cell)])

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
                group=str(membership.group),
                setting=str(membership.setting),
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
    frames = {name: read_frame(directory / f"{name}.parquet") for name in names}
    return Slice(**frames, directory=directory)


def read_frame(path: Path, filters: list[tuple[str, str, str]] | None = None) -> pd.DataFrame:
    """Return the rows of a Parquet file that pass `filters`; GridproofError if it is damaged."""
    try:
        return pd.read_parquet(path, filters=filters)
    except (OSError, ValueError) as error:
        raise GridproofError(f"{path}: cannot be read as Parquet ({error})") from error
