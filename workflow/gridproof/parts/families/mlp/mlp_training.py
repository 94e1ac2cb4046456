"""The training of one perceptron: epoch by epoch, with its metrics and the weights of each.

Cross-entropy, plain SGD, a new order of the samples every epoch. Training loss and accuracy are
means over the epoch's samples, taken in train mode while the weights move; those of val and test
are taken in eval mode after the epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gridproof.errors import GridproofError
from gridproof.part import Replicate
from gridproof.parts.families.mlp.arithmetic import Arithmetic, Batches
from gridproof.parts.families.mlp.network import Shape, initial_numbers, network_inputs
from gridproof.parts.kinds.table.prepared_table import load_classes
from gridproof.parts.training.random_streams import order_draws

if TYPE_CHECKING:
    from gridproof.parts.families.mlp import MlpParameters

SPLITS = ("train", "val", "test")
METRICS = tuple(f"{split}_{metric}" for split in SPLITS for metric in ("loss", "accuracy"))


def load_split(data: Path, split: str, implicit: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return a network's inputs (n, n_inputs) float32 and the labels (n,) int32 of a split."""
    values, labels = load_classes(data, split)
    return network_inputs(values, implicit), labels.astype(np.int32)


class MlpTraining:
    """One network on its way through the epochs.

    Everything that changes is in `state()`, arrays by name, so that a training restored from it
    continues with the same bits.
    """

    def __init__(
        self, *, parameters: MlpParameters, data: Path, seeds: Sequence[int], arithmetic: Arithmetic
    ) -> None:
        (self.seed,) = seeds
        self.parameters = parameters
        self._arithmetic = arithmetic
        self.inputs: dict[str, np.ndarray] = {}
        self.labels: dict[str, np.ndarray] = {}
        for split in SPLITS:
            self.inputs[split], self.labels[split] = load_split(data, split, parameters.implicit)
        self.shape = Shape(
            depth=parameters.depth,
            width=parameters.width,
            n_inputs=self.inputs["train"].shape[1],
            n_classes=int(self.labels["train"].max()) + 1,
            batch_norm=parameters.batch_norm,
            residual=parameters.residual,
        )
        self._check_classes()
        self._check_last_batch()
        self._start()

    @property
    def n_samples(self) -> int:
        """Rows of the train split."""
        return len(self.labels["train"])

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer updates in an epoch: ceil(n_samples / batch_size)."""
        return -(-self.n_samples // self.parameters.batch_size)

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self.epoch == self.parameters.epochs

    def _check_classes(self) -> None:
        for split, labels in self.labels.items():
            if labels.min() < 0 or labels.max() >= self.shape.n_classes:
                raise GridproofError(
                    f"the split {split!r} has classes {labels.min()} to {labels.max()}, expected 0"
                    f" to {self.shape.n_classes - 1}, those of the train split"
                )

    def _check_last_batch(self) -> None:
        last = self.n_samples % self.parameters.batch_size
        if self.parameters.batch_norm and (last == 1 or self.n_samples == 1):
            raise GridproofError(
                f"batch_size {self.parameters.batch_size} leaves a last batch of 1 of "
                f"{self.n_samples} rows, and batch norm needs at least 2: choose another batch_size"
            )

    def _start(self) -> None:
        """Set the state of the untrained network, with room for all epochs to come."""
        rows, layers = self.parameters.epochs + 1, self.shape.depth + 1
        self.epoch = 0
        self.numbers = initial_numbers(self.shape, self.seed)
        self.metrics = np.full((rows, len(METRICS)), np.nan)
        self.batch_losses = np.full(
            self.steps_per_epoch * self.parameters.epochs, np.nan, np.float32
        )
        self.gradients = np.full((rows, layers if self.parameters.gradient_norms else 0), np.nan)
        self.history = np.full((rows, self.shape.n_numbers), np.nan, np.float32)
        self._record_epoch()

    def state(self) -> dict[str, np.ndarray]:
        """Return all that changes, as arrays by name."""
        return {
            "epoch": np.array(self.epoch),
            "metrics": self.metrics,
            "batch_losses": self.batch_losses,
            "gradients": self.gradients,
            "history": self.history,
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from what `state()` returned, in this or another process."""
        self.epoch = int(state["epoch"])
        self.metrics = state["metrics"].copy()
        self.batch_losses = state["batch_losses"].copy()
        self.gradients = state["gradients"].copy()
        self.history = state["history"].copy()
        self.numbers = self.history[self.epoch].copy()

    def advance(self) -> str:
        """Train one epoch; return a line that says how it went."""
        self.epoch += 1
        size, steps = self.parameters.batch_size, self.steps_per_epoch
        found = self._arithmetic.train_epoch(
            self.shape,
            self.numbers,
            Batches(
                inputs=self.inputs["train"],
                labels=self.labels["train"],
                order=self._arithmetic.shuffle(order_draws(self.n_samples, self.seed, self.epoch)),
                size=size,
            ),
            self.parameters.learning_rate,
            self.parameters.gradient_norms,
        )
        one_nan(self.numbers)
        one_nan(found.losses)
        self.batch_losses[(self.epoch - 1) * steps : self.epoch * steps] = found.losses
        if found.norms is not None:
            self.gradients[self.epoch] = found.norms / steps
        sizes = np.full(steps, float(size))
        sizes[-1] = self.n_samples - (steps - 1) * size
        row = self.metrics[self.epoch]
        # one term after another: the order of numpy's own sum depends on the processor
        row[0] = np.add.accumulate(found.losses * sizes)[-1] / self.n_samples
        row[1] = found.right / self.n_samples
        self._record_epoch()
        return (
            f"epoch {self.epoch}/{self.parameters.epochs}"
            f"  train loss {row[0]:.4f}  val loss {row[2]:.4f}  val accuracy {row[3]:.4f}"
        )

    def _record_epoch(self) -> None:
        """Keep the weights and evaluate val and test in eval mode."""
        self.history[self.epoch] = self.numbers
        row = self.metrics[self.epoch]
        for at, split in enumerate(SPLITS[1:], start=1):
            loss, right = self._arithmetic.evaluate(
                self.shape, self.numbers, self.inputs[split], self.labels[split]
            )
            row[2 * at : 2 * at + 2] = loss, right / len(self.labels[split])
        one_nan(self.metrics)
        one_nan(self.gradients)

    def replicate(self, seed: int) -> Replicate:
        """Return the finished result; `seed` is the one that was trained."""
        assert seed == self.seed
        epochs = np.arange(len(self.metrics))
        measured = epochs > 0
        val_loss = self.metrics[:, METRICS.index("val_loss")]
        diverged = np.flatnonzero(~np.isfinite(self.metrics[:, [0, 2]]).all(1) & measured)
        best = 1 + int(np.where(np.isfinite(val_loss), val_loss, np.inf)[1:].argmin())
        return Replicate(
            tables={
                "metrics": {
                    "epoch": epochs,
                    "steps": epochs * self.steps_per_epoch,
                    **{
                        name: np.ma.array(
                            self.metrics[:, i], mask=~measured & name.startswith("train")
                        )
                        for i, name in enumerate(METRICS)
                    },
                },
                "batches": self._batch_table(),
                "gradients": self._gradient_table(),
            },
            tensors={
                "final": self.shape.tensors(self.history[-1]),
                "best": self.shape.tensors(self.history[best]),
                "history": self.shape.tensors(self.history),
            },
            facts={
                "n_parameters": self.shape.n_parameters,
                "best_epoch": best,
                "diverged_epoch": int(diverged[0]) if diverged.size else None,
            },
        )

    def _batch_table(self) -> dict[str, np.ndarray]:
        """Return the loss of every batch; steps count from 1."""
        return {"step": np.arange(1, len(self.batch_losses) + 1), "loss": self.batch_losses}

    def _gradient_table(self) -> dict[str, np.ndarray]:
        """Return the squared gradient norm of each layer, a mean over each epoch's batches."""
        values = self.gradients[1:]
        epochs, layers = np.indices(values.shape)
        return {"epoch": epochs.ravel() + 1, "layer": layers.ravel(), "value": values.ravel()}


def one_nan(values: np.ndarray) -> None:
    """Write every NaN in place as the same one: which bits a NaN has depends on the processor."""
    values[np.isnan(values)] = np.nan
