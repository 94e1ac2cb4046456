"""The notebook's loop: a DataLoader, and the loss asked for at every step; seed after seed."""

from __future__ import annotations

import torch
from plain_network import initial_network, loader
from protocol import Given, Job, Losses, read_given, serve
from torch import nn


class NotebookLoop:
    """The seeds one after the other."""

    def __init__(self, job: Job, given: Given) -> None:
        self.job, self.given = job, given
        self.models: list[nn.Sequential] = []

    def reset(self) -> None:
        """Set the initial weights of all seeds."""
        self.models = [initial_network(self.job, self.given, at) for at in self.positions]

    @property
    def positions(self) -> range:
        """The seeds by position."""
        return range(len(self.job.seeds))

    def epoch(self) -> Losses:
        """Train an epoch of each seed; return the losses of their steps."""
        return [self._epoch_of(at) for at in self.positions]

    def _epoch_of(self, at: int) -> list[float]:
        model, criterion, losses = self.models[at], nn.CrossEntropyLoss(), []
        optimizer = torch.optim.SGD(model.parameters(), lr=self.job.learning_rate)
        for x, y in loader(self.job, self.given, at):
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses


def prepare(job: Job) -> NotebookLoop:
    """Return the loop for a job, on one thread."""
    torch.set_num_threads(job.threads)
    return NotebookLoop(job, read_given(job))


if __name__ == "__main__":
    serve(prepare)
