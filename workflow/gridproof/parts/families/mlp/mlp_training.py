"""The trainer of the `mlp` family: a block of replicates, trained together epoch by epoch.

Cross-entropy, plain SGD, a new order of the samples every epoch. Training loss and accuracy are
means over the epoch's samples, taken in train mode while the weights move; those of val and test
are taken in eval mode after the epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from gridproof.errors import GridproofError
from gridproof.part import Replicate
from gridproof.parts.families.mlp.network import Shape, Tensors, features, forward, initial_network
from gridproof.parts.families.mlp.steps import compiled_steps, eager_steps, score
from gridproof.parts.kinds.table.prepared_table import load_classes
from gridproof.parts.training.determinism import make_deterministic
from gridproof.parts.training.random_streams import generator, sample_order

if TYPE_CHECKING:
    from gridproof.parts.families.mlp import MlpParameters

SPLITS = ("train", "val", "test")
METRICS = tuple(f"{split}_{metric}" for split in SPLITS for metric in ("loss", "accuracy"))


def unrolled_steps(batch_size: int) -> int:
    """Return how many steps a compiled call makes: small batches are bound by the call itself."""
    if batch_size <= 4:
        return 8
    return 4 if batch_size <= 64 else 1


class MlpTraining:
    """A block of replicates on its way through the epochs.

    Everything that changes is in `state()`, tensors by name, so that a training restored from it
    continues with the same bits. `seeds` gives the replicate axis: seed i at position i.
    """

    def __init__(
        self,
        *,
        parameters: MlpParameters,
        data: Path,
        engine: str,
        threads: int,
        seeds: Sequence[int],
    ) -> None:
        make_deterministic(threads)
        self.parameters = parameters
        self.seeds = tuple(seeds)
        self.inputs: dict[str, Tensor] = {}
        self.labels: dict[str, Tensor] = {}
        for split in SPLITS:
            values, labels = load_classes(data, split)
            self.inputs[split] = features(torch.from_numpy(values), self.parameters.implicit)
            self.labels[split] = torch.from_numpy(labels)
        self.shape = Shape(
            depth=self.parameters.depth,
            width=self.parameters.width,
            n_inputs=self.inputs["train"].shape[0],
            n_classes=int(self.labels["train"].max()) + 1,
            batch_norm=self.parameters.batch_norm,
            residual=self.parameters.residual,
        )
        self._check_last_batch()
        norms = self.parameters.gradient_norms
        self._eager = eager_steps(self.shape, norms)
        self._steps = compiled_steps(self.shape, norms) if engine == "compiled" else self._eager
        whole = max(1, self.n_samples // self.parameters.batch_size)
        self._unroll = unrolled_steps(self.parameters.batch_size) if engine == "compiled" else whole
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

    def _check_last_batch(self) -> None:
        last = self.n_samples % self.parameters.batch_size
        if self.parameters.batch_norm and (last == 1 or self.n_samples == 1):
            raise GridproofError(
                f"batch_size {self.parameters.batch_size} leaves a last batch of 1 of "
                f"{self.n_samples} rows, and batch norm needs at least 2: choose another batch_size"
            )

    def _start(self) -> None:
        """Set the state of the untrained networks, with room for all epochs to come."""
        networks = [initial_network(self.shape, generator("weights", seed)) for seed in self.seeds]
        self.network: Tensors = {
            name: torch.stack([parameters[name] for parameters, _ in networks])
            for name in networks[0][0]
        }
        self.buffers: Tensors = {
            name: torch.stack([buffers[name] for _, buffers in networks]) for name in networks[0][1]
        }
        rows, replicates = self.parameters.epochs + 1, len(self.seeds)
        layers = self.shape.depth + 1 if self.parameters.gradient_norms else 0
        total_steps = self.steps_per_epoch * self.parameters.epochs
        self.epoch = 0
        self.metrics = torch.full((rows, replicates, len(METRICS)), torch.nan, dtype=torch.float64)
        self.batch_losses = torch.full((total_steps, replicates), torch.nan)
        self.gradients = torch.full((rows, replicates, layers), torch.nan, dtype=torch.float64)
        self.history: Tensors = {
            name: torch.full((rows, *value.shape), torch.nan)
            for name, value in (self.network | self.buffers).items()
        }
        self._record_epoch()

    def state(self) -> Tensors:
        """Return all that changes, as tensors by name."""
        return {
            "epoch": torch.tensor(self.epoch),
            "metrics": self.metrics,
            "batch_losses": self.batch_losses,
            "gradients": self.gradients,
            **{f"history/{name}": value for name, value in self.history.items()},
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from what `state()` returned, in this or another process."""
        self.epoch = int(state["epoch"])
        self.metrics = state["metrics"].clone()
        self.batch_losses = state["batch_losses"].clone()
        self.gradients = state["gradients"].clone()
        self.history = {name: state[f"history/{name}"].clone() for name in self.history}
        self.network = {name: self.history[name][self.epoch].clone() for name in self.network}
        self.buffers = {name: self.history[name][self.epoch].clone() for name in self.buffers}

    def advance(self) -> str:
        """Train one epoch; return a line that says how it went."""
        self.epoch += 1
        order = torch.stack([sample_order(self.n_samples, seed, self.epoch) for seed in self.seeds])
        losses, correct, norms = self._train_epoch(order)
        sizes = torch.full((self.steps_per_epoch, 1), self.parameters.batch_size)
        sizes[-1] = self.n_samples - (self.steps_per_epoch - 1) * self.parameters.batch_size
        first = (self.epoch - 1) * self.steps_per_epoch
        self.batch_losses[first : first + self.steps_per_epoch] = losses
        self.gradients[self.epoch] = norms.mean(0)
        row = self.metrics[self.epoch]
        row[:, 0] = (losses.double() * sizes).sum(0) / self.n_samples
        row[:, 1] = correct.sum(0).double() / self.n_samples
        self._record_epoch()
        train_loss, val_loss = row[:, 0].mean().item(), row[:, 2].mean().item()
        return (
            f"epoch {self.epoch}/{self.parameters.epochs}"
            f"  train loss {train_loss:.4f}  val loss {val_loss:.4f}"
            f"  val accuracy {row[:, 3].mean().item():.4f}"
        )

    def _train_epoch(self, order: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Train one epoch; return losses and correct (steps, R) and norms (steps, R, L)."""
        batch_size, inputs, labels = (
            self.parameters.batch_size,
            self.inputs["train"],
            self.labels["train"],
        )
        rate = torch.tensor(self.parameters.learning_rate)
        whole = self.n_samples // batch_size
        grouped = whole - whole % self._unroll
        batches = order[:, : whole * batch_size].unflatten(1, (whole, batch_size)).transpose(0, 1)
        calls = [
            (self._steps, batches[at : at + self._unroll].contiguous())
            for at in range(0, grouped, self._unroll)
        ]
        calls += [(self._eager, batches[at : at + 1]) for at in range(grouped, whole)]
        if self.n_samples % batch_size:
            calls.append((self._eager, order[:, whole * batch_size :].unsqueeze(0)))
        losses, correct, norms = [], [], []
        for steps, indices in calls:
            result = steps(self.network, self.buffers, inputs, labels, indices, rate)
            self.network = {name: value.detach() for name, value in result.parameters.items()}
            self.buffers = result.buffers
            losses.append(result.losses)
            correct.append(result.correct)
            norms.append(result.norms)
        return torch.cat(losses), torch.cat(correct), torch.cat(norms)

    def _record_epoch(self) -> None:
        """Evaluate val and test in eval mode and keep the weights as they stand."""
        for column, split in ((2, "val"), (4, "test")):
            loss, accuracy = self._evaluate(split)
            self.metrics[self.epoch, :, column] = loss
            self.metrics[self.epoch, :, column + 1] = accuracy
        for name, value in (self.network | self.buffers).items():
            self.history[name][self.epoch] = value

    def _evaluate(self, split: str) -> tuple[Tensor, Tensor]:
        """Return mean cross-entropy in nats and accuracy as a fraction, both (R,), in eval mode."""
        replicates = len(self.seeds)
        inputs = self.inputs[split].expand(replicates, -1, -1)
        labels = self.labels[split].expand(replicates, -1)
        with torch.inference_mode():
            logits, _ = forward(self.network, self.buffers, inputs, self.shape, train=False)
            losses, correct = score(logits, labels)
            return losses.double().mean(1), correct.double().mean(1)

    def replicate(self, seed: int) -> Replicate:
        """Return the finished result of `seed`."""
        at = self.seeds.index(seed)
        metrics = self.metrics[:, at].numpy()
        epochs = np.arange(len(metrics))
        measured = epochs > 0
        val_loss = metrics[:, METRICS.index("val_loss")]
        diverged = np.flatnonzero(~np.isfinite(metrics[:, [0, 2]]).all(1) & measured)
        finite = np.where(np.isfinite(val_loss), val_loss, np.inf)
        best = 1 + int(finite[1:].argmin())
        history = {name: _file_shape(name, value[:, at]) for name, value in self.history.items()}
        return Replicate(
            tables={
                "metrics": {
                    "epoch": epochs,
                    "steps": epochs * self.steps_per_epoch,
                    **{
                        name: np.ma.array(metrics[:, i], mask=~measured & name.startswith("train"))
                        for i, name in enumerate(METRICS)
                    },
                },
                "batches": self._batch_table(at),
                "gradients": self._gradient_table(at),
            },
            tensors={
                "final": {name: value[-1] for name, value in history.items()},
                "best": {name: value[best] for name, value in history.items()},
                "history": history,
            },
            facts={
                "n_parameters": sum(value[0].numel() for value in self.network.values()),
                "best_epoch": best,
                "diverged_epoch": int(diverged[0]) if diverged.size else None,
            },
        )

    def _batch_table(self, at: int) -> dict[str, np.ndarray]:
        """Return the loss of every batch of the replicate at position `at`; steps count from 1."""
        return {
            "step": np.arange(1, len(self.batch_losses) + 1),
            "loss": self.batch_losses[:, at].numpy(),
        }

    def _gradient_table(self, at: int) -> dict[str, np.ndarray]:
        """Return the squared gradient norm of each layer, a mean over each epoch's batches."""
        values = self.gradients[1:, at].numpy()
        epochs, layers = np.indices(values.shape)
        return {"epoch": epochs.ravel() + 1, "layer": layers.ravel(), "value": values.ravel()}


def _file_shape(name: str, value: Tensor) -> np.ndarray:
    """Drop the last axis of biases and batch-norm tensors, which is there for broadcasting only."""
    return (value if name.startswith("weight") else value.squeeze(-1)).numpy()
