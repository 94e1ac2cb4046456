"""A finished cell as measurements see it: the weights of every epoch, and the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gridproof.errors import GridproofError
from gridproof.files.formats import read_tensors
from gridproof.parts.families.mlp.network import Shape, Tensors, features
from gridproof.parts.kinds.table.prepared_table import load_classes
from gridproof.parts.training.determinism import make_deterministic

CHUNK = 2048
"""Samples evaluated at once: a fixed number, so that the bits do not depend on memory. Activations
of so many stay in the processor's cache: width 64 takes less than half the time of 16,384."""


@dataclass(frozen=True, kw_only=True)
class TrainedCell:
    """The replicates of one block of a cell, after every epoch.

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
        depth = int(str(self.parameters["depth"]))
        weights = self.weights(self.seeds[0], 0)
        return Shape(
            depth=depth,
            width=int(str(self.parameters["width"])),
            n_inputs=weights["weight.0"].shape[1],
            n_classes=weights[f"weight.{depth}"].shape[0],
            batch_norm=bool(self.parameters["batch_norm"]),
            residual=bool(self.parameters["residual"]),
        )

    def weights(self, seed: int, epoch: int) -> dict[str, np.ndarray]:
        """Return one network's tensors after an epoch, in a checkpoint's names and shapes."""
        prefix = f"seed-{seed}/"
        return {
            name.removeprefix(prefix): rows[epoch]
            for name, rows in self.history.items()
            if name.startswith(prefix)
        }

    def stacked(self, epoch: int) -> Tensors:
        """Return the networks of all seeds after an epoch, stacked as the trainer holds them."""
        networks = [self.weights(seed, epoch) for seed in self.seeds]
        tensors = {
            name: torch.from_numpy(np.stack([network[name] for network in networks]))
            for name in networks[0]
        }
        return {
            name: value if name.startswith("weight") else value.unsqueeze(-1)
            for name, value in tensors.items()
        }

    def rows(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Return features (n, n_features), in the units of the source, and labels (n,)."""
        return load_classes(self.data, split)

    def inputs(self, split: str) -> tuple[Tensor, Tensor]:
        """Return network inputs (n_inputs, n) and labels (n,) of a split."""
        rows, labels = self.rows(split)
        inputs = features(torch.from_numpy(rows), bool(self.parameters["implicit"]))
        return inputs, torch.from_numpy(labels)


def load_trained(parameters: Mapping[str, object], history: Path, data: Path) -> TrainedCell:
    """Read a cell's `history.safetensors`; GridproofError if it is damaged or empty.

    Sets torch up to measure on one thread, so that equal weights give equal values.
    """
    make_deterministic(threads=1)
    tensors = read_tensors(history)
    if not tensors:
        raise GridproofError(f"{history} holds no weights; delete {history.parent} and run again")
    return TrainedCell(parameters=parameters, history=tensors, data=data)
