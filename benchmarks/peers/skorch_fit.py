"""skorch: a `NeuralNetClassifier` that is fitted for an epoch, without validation and printing."""

from __future__ import annotations

import torch
from plain_network import network, set_weights
from protocol import Given, Job, Losses, read_given, serve
from skorch import NeuralNetClassifier
from torch import nn


class SkorchFit:
    """The seeds one after the other, each a classifier of its own."""

    def __init__(self, job: Job, given: Given) -> None:
        self.job, self.given = job, given
        self.classifiers: list[NeuralNetClassifier] = []

    def reset(self) -> None:
        """Make the classifiers of all seeds, and give them the initial weights."""
        self.classifiers = [self._classifier(at) for at in range(len(self.job.seeds))]

    def _classifier(self, at: int) -> NeuralNetClassifier:
        given = self.given
        classifier = NeuralNetClassifier(
            network(self.job, given.features.shape[1], given.n_classes),
            criterion=nn.CrossEntropyLoss,
            optimizer=torch.optim.SGD,
            lr=self.job.learning_rate,
            max_epochs=1,
            batch_size=self.job.batch_size,
            iterator_train__sampler=given.orders[at].tolist(),
            train_split=None,
            callbacks__print_log=None,
            classes=list(range(given.n_classes)),
        ).initialize()
        set_weights(classifier.module_, {name: value[at] for name, value in given.weights.items()})
        return classifier

    def epoch(self) -> Losses:
        """Train an epoch of each seed; return the losses of their steps."""
        for classifier in self.classifiers:
            classifier.partial_fit(self.given.features, self.given.labels)
        return [c.history[-1, "batches", :, "train_loss"] for c in self.classifiers]


def prepare(job: Job) -> SkorchFit:
    """Return the classifiers for a job, on one thread."""
    torch.set_num_threads(job.threads)
    return SkorchFit(job, read_given(job))


if __name__ == "__main__":
    serve(prepare)
