"""PyTorch Lightning: a module and a `Trainer` with everything off that is not training."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import lightning
import torch
from plain_network import initial_network, loader
from protocol import Given, Job, Losses, read_given, serve
from torch import Tensor, nn


class Module(lightning.LightningModule):
    """The network, its loss and its optimizer."""

    def __init__(self, network: nn.Sequential, learning_rate: float) -> None:
        super().__init__()
        self.network, self.learning_rate = network, learning_rate
        self.losses: list[Tensor] = []

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        """Return the loss of a batch, in nats."""
        x, y = batch
        loss = nn.functional.cross_entropy(self.network(x), y)
        self.losses.append(loss.detach())
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return plain SGD."""
        return torch.optim.SGD(self.parameters(), lr=self.learning_rate)


class LightningTrainer:
    """The seeds one after the other, each with a trainer of its own."""

    def __init__(self, job: Job, given: Given) -> None:
        self.job, self.given = job, given
        self.runs: list[tuple[Any, Module]] = []

    def reset(self) -> None:
        """Make modules and trainers of all seeds."""
        self.runs = []
        for at in range(len(self.job.seeds)):
            trainer = lightning.Trainer(
                max_epochs=1,
                accelerator="cpu",
                devices=1,
                logger=False,
                enable_checkpointing=False,
                enable_progress_bar=False,
                enable_model_summary=False,
            )
            network = initial_network(self.job, self.given, at)
            self.runs.append((trainer, Module(network, self.job.learning_rate)))

    def epoch(self) -> Losses:
        """Train an epoch of each seed; return the losses of their steps."""
        for at, (trainer, module) in enumerate(self.runs):
            trainer.fit(module, loader(self.job, self.given, at))
        return [torch.stack(module.losses).tolist() for _, module in self.runs]


def prepare(job: Job) -> LightningTrainer:
    """Return the trainers for a job, on one thread and without advice."""
    torch.set_num_threads(job.threads)
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")
    return LightningTrainer(job, read_given(job))


if __name__ == "__main__":
    serve(prepare)
