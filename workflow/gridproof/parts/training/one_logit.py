"""Training a network of one logit by Adam on the binary cross-entropy, step by step.

Training loss and accuracy are means over the epoch's samples, taken while the weights move; those
of val and test are taken in eval mode after the epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gridproof.part import Replicate
from gridproof.parts.training.adam import Adam
from gridproof.parts.training.random_streams import generator, sample_order
from gridproof.parts.training.two_classes import (
    METRICS,
    PREDICTED,
    Labelled,
    batches_table,
    evaluate,
    is_right,
    metrics_table,
    predictions_table,
    training_facts,
)

STEPS_AT_ONCE = 4
EVALUATED_AT_ONCE = 100
COUNTER = "num_batches_tracked"
NETWORK, ADAM = "network/", "adam/"


@contextmanager
def drawing(purpose: str, seed: int) -> Iterator[None]:
    """Let torch's global stream depend on `purpose` and `seed` alone, and be as before after it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(generator(purpose, seed).initial_seed())
        yield


def new_last_layer(n_features: int, seed: int) -> nn.Linear:
    """Return a linear layer from features (n, n_features) to one logit, as torch initialises it."""
    with drawing("last layer", seed):
        return nn.Linear(n_features, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a network is trained: Adam with torch's defaults, a new order of samples every epoch."""

    learning_rate: float
    batch_size: int
    epochs: int


class AdamTraining:
    """One network on its way through the steps.

    Everything that changes is in `state()`, tensors by name, so that a training restored from it
    after any step continues with the same bits.

    Parameters
    ----------
    network : gives logits (n, 1) of what `inputs` gives; parameters that need no gradient stay.
    set_train_mode : puts the network into the mode in which it is trained.
    inputs : for each split, a function of sample numbers (n,) that gives the network's inputs.
    truth : for each split, the labels and names of its samples.
    evaluated_at_once : samples of val and test that the network sees together.
    """

    def __init__(
        self,
        *,
        network: nn.Module,
        set_train_mode: Callable[[], object],
        inputs: Mapping[str, Callable[[Tensor], Tensor]],
        truth: Mapping[str, Labelled],
        recipe: Recipe,
        seed: int,
        device: torch.device,
        evaluated_at_once: int = EVALUATED_AT_ONCE,
    ) -> None:
        self.network = network.to(device)
        self._evaluated_at_once = evaluated_at_once
        self._set_train_mode = set_train_mode
        self._inputs = inputs
        self._truth = truth
        self._labels = torch.from_numpy(truth["train"].labels).float().to(device)
        self.recipe = recipe
        self.seed = seed
        learning = [value for value in network.parameters() if value.requires_grad]
        self._optimizer = Adam(learning, recipe.learning_rate)
        self.step = 0
        self.metrics = np.full((recipe.epochs + 1, len(METRICS)), np.nan)
        self.batch_losses = np.full(self.total_steps, np.nan, dtype=np.float32)
        self._epoch_correct = 0
        self._record_epoch()

    @property
    def n_samples(self) -> int:
        """Samples of the train split."""
        return len(self._labels)

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer updates in an epoch: ceil(n_samples / batch_size)."""
        return -(-self.n_samples // self.recipe.batch_size)

    @property
    def total_steps(self) -> int:
        """Optimizer updates of the whole training."""
        return self.steps_per_epoch * self.recipe.epochs

    @property
    def finished(self) -> bool:
        """Whether all steps are done."""
        return self.step == self.total_steps

    def advance(self) -> str:
        """Train a few steps, up to the end of the epoch; return a line that says how they went."""
        epoch, done = divmod(self.step, self.steps_per_epoch)
        order = torch.from_numpy(sample_order(self.n_samples, self.seed, epoch + 1)).long()
        batches = order.split(self.recipe.batch_size)[done : done + STEPS_AT_ONCE]
        self._set_train_mode()
        for batch in batches:
            self._train_step(batch)
        line = f"step {self.step}/{self.total_steps}  loss {self.batch_losses[self.step - 1]:.4f}"
        if self.step % self.steps_per_epoch:
            return line
        self._finish_epoch(epoch + 1)
        row = dict(zip(METRICS, self.metrics[epoch + 1], strict=True))
        return (
            f"epoch {epoch + 1}/{self.recipe.epochs}  train loss {row['train_loss']:.4f}"
            f"  val loss {row['val_loss']:.4f}  val accuracy {row['val_accuracy']:.4f}"
        )

    def _train_step(self, batch: Tensor) -> None:
        """Update the weights once, on the samples of the numbers `batch` (n,)."""
        labels = self._labels[batch.to(self._labels.device)]
        logits = self.network(self._inputs["train"](batch)).squeeze(1)
        loss = nn.functional.binary_cross_entropy_with_logits(logits, labels)
        self._optimizer.forget_gradients()
        loss.backward()
        self._optimizer.step()
        self.batch_losses[self.step] = loss.item()
        right = is_right(logits.detach().cpu().numpy(), labels.cpu().numpy())
        self._epoch_correct += int(right.sum())
        self.step += 1

    def _finish_epoch(self, epoch: int) -> None:
        """Fill in the epoch's row of metrics."""
        losses = self.batch_losses[self.step - self.steps_per_epoch : self.step].astype(np.float64)
        sizes = np.full(self.steps_per_epoch, self.recipe.batch_size)
        sizes[-1] = self.n_samples - sizes[:-1].sum()
        self.metrics[epoch, 0] = (losses * sizes).sum() / self.n_samples
        self.metrics[epoch, 1] = self._epoch_correct / self.n_samples
        self._epoch_correct = 0
        self._record_epoch()

    def _record_epoch(self) -> None:
        """Evaluate val and test in eval mode."""
        self.logits = {split: self._predict(split) for split in PREDICTED}
        row = self.metrics[self.step // self.steps_per_epoch]
        for split, logits in self.logits.items():
            first = METRICS.index(f"{split}_loss")
            row[first : first + 2] = evaluate(logits, self._truth[split].labels)

    def _predict(self, split: str) -> np.ndarray:
        """Return the logits (n,) of a split in eval mode."""
        self.network.eval()
        numbers = torch.arange(len(self._truth[split].labels)).split(self._evaluated_at_once)
        with torch.inference_mode():
            logits = [self.network(self._inputs[split](part)).squeeze(1) for part in numbers]
            return torch.cat(logits).cpu().numpy()

    def state(self) -> dict[str, np.ndarray]:
        """Return all that changes, as arrays by name."""
        return {
            "step": np.array(self.step),
            "epoch_correct": np.array(self._epoch_correct),
            "metrics": self.metrics.copy(),
            "batch_losses": self.batch_losses.copy(),
            **{f"logits/{split}": values.copy() for split, values in self.logits.items()},
            **{
                f"{NETWORK}{name}": value.cpu().numpy()
                for name, value in self.network.state_dict().items()
            },
            **{
                f"{ADAM}{name}": value.cpu().numpy()
                for name, value in self._optimizer.state().items()
            },
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from what `state()` returned, in this or another process."""
        self.step = int(state["step"])
        self._epoch_correct = int(state["epoch_correct"])
        self.metrics = state["metrics"].copy()
        self.batch_losses = state["batch_losses"].copy()
        self.logits = {split: state[f"logits/{split}"].copy() for split in PREDICTED}
        self.network.load_state_dict(
            {
                name: torch.from_numpy(state[f"{NETWORK}{name}"])
                for name in self.network.state_dict()
            }
        )
        moments = {
            name: torch.from_numpy(state[f"{ADAM}{name}"]) for name in self._optimizer.state()
        }
        self._optimizer.restore(moments)

    def replicate(self, seed: int) -> Replicate:
        """Return the finished result; `seed` is the one that was trained."""
        assert seed == self.seed
        epochs = range(self.recipe.epochs + 1)
        steps = [epoch * self.steps_per_epoch for epoch in epochs]
        return Replicate(
            tables={
                "metrics": metrics_table(epochs, steps, self.metrics),
                "batches": batches_table(self.batch_losses),
                "predictions": predictions_table(self.logits, self._truth),
            },
            tensors={"final": self._final()},
            facts=training_facts(
                epochs, self.metrics, sum(value.numel() for value in self.network.parameters())
            ),
        )

    def _final(self) -> dict[str, np.ndarray]:
        """Return the network's tensors by name; batch norm's counters compute nothing."""
        return {
            name: value.cpu().numpy()
            for name, value in self.network.state_dict().items()
            if not name.endswith(COUNTER)
        }
