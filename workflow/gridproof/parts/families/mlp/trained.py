"""A finished cell as measurements see it: the weights of every epoch, and the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from gridproof.errors import GridproofError
from gridproof.files.formats import read_tensors
from gridproof.parts.families.mlp.mlp_training import load_split
from gridproof.parts.families.mlp.network import Shape, shape_of
from gridproof.parts.kinds.table.prepared_table import load_classes


@dataclass(frozen=True, kw_only=True)
class TrainedCell:
    """The replicates of one job of a cell, after every epoch.

    Parameters
    ----------
    parameters : the cell's parameters.
    history : tensors by name, `seed-<n>/<tensor>`, with a row for each epoch from 0 on.
    data : folder of the prepared data.
    """

    parameters: Mapping[str, object]
    history: Mapping[str, np.ndarray]
    data: Path

    @cached_property
    def seeds(self) -> tuple[int, ...]:
        """The seeds whose weights the history holds, ascending."""
        return tuple(
            sorted({int(name.split("/")[0].removeprefix("seed-")) for name in self.history})
        )

    @cached_property
    def epochs(self) -> range:
        """All epochs, 0 (untrained) to the last."""
        return range(len(next(iter(self.history.values()))))

    @cached_property
    def shape(self) -> Shape:
        """The shape of the networks."""
        return shape_of(self.weights(self.seeds[0], 0), self.parameters)

    def weights(self, seed: int, epoch: int) -> dict[str, np.ndarray]:
        """Return one network's tensors after an epoch, in a checkpoint's names and shapes."""
        prefix = f"seed-{seed}/"
        return {
            name.removeprefix(prefix): rows[epoch]
            for name, rows in self.history.items()
            if name.startswith(prefix)
        }

    def numbers(self, seed: int, epoch: int) -> np.ndarray:
        """Return one network's vector (n_numbers,) after an epoch."""
        return self.shape.vector(self.weights(seed, epoch))

    def rows(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Return features (n, n_features), in the units of the source, and labels (n,)."""
        return load_classes(self.data, split)

    def inputs(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Return network inputs (n, n_inputs) and labels (n,) of a split."""
        return load_split(self.data, split, bool(self.parameters["implicit"]))


def load_trained(parameters: Mapping[str, object], history: Path, data: Path) -> TrainedCell:
    """Read a cell's `history.safetensors`; GridproofError if it is damaged or empty."""
    tensors = read_tensors(history)
    if not tensors:
        raise GridproofError(f"{history} holds no weights; delete {history.parent} and run again")
    return TrainedCell(parameters=parameters, history=tensors, data=data)
