"""The train split as val and test are measured: in eval mode, after an epoch."""

from __future__ import annotations

import torch

from gridproof.part import Value, measurement
from gridproof.parts.families.mlp.network import forward
from gridproof.parts.families.mlp.steps import score
from gridproof.parts.families.mlp.trained import CHUNK, TrainedCell

PARTS = 10
"""The training is divided into this many parts; the split is measured after each."""


def measured_epochs(last: int) -> list[int]:
    """Return epoch 0, every tenth part of the training, and the last epoch."""
    return sorted({*range(0, last, max(1, last // PARTS)), last})


@measurement(
    description="loss and accuracy of the train split in eval mode, at about ten epochs",
    table="epochs",
    quantities=["train_eval_loss", "train_eval_accuracy"],
    families=["mlp"],
)
def measure(cell: TrainedCell) -> list[Value]:
    """Return mean cross-entropy in nats and accuracy as a fraction, as the trainer has them."""
    inputs, labels = cell.inputs("train")
    values = []
    for epoch in measured_epochs(cell.epochs[-1]):
        network = cell.stacked(epoch)
        losses, accuracies = evaluate(cell, network, inputs, labels)
        for at, seed in enumerate(cell.seeds):
            values.append(Value(seed, epoch, None, "train_eval_loss", losses[at]))
            values.append(Value(seed, epoch, None, "train_eval_accuracy", accuracies[at]))
    return values


def evaluate(
    cell: TrainedCell, network: dict[str, torch.Tensor], inputs: torch.Tensor, labels: torch.Tensor
) -> tuple[list[float], list[float]]:
    """Return loss and accuracy of each replicate over inputs (n_inputs, n) and labels (n,)."""
    replicates = len(cell.seeds)
    loss = torch.zeros(replicates, dtype=torch.float64)
    right = torch.zeros(replicates, dtype=torch.float64)
    with torch.inference_mode():
        for x, y in zip(inputs.split(CHUNK, 1), labels.split(CHUNK), strict=True):
            logits, _ = forward(
                network, network, x.expand(replicates, -1, -1), cell.shape, train=False
            )
            losses, correct = score(logits, y.expand(replicates, -1))
            loss += losses.double().sum(1)
            right += correct.double().sum(1)
    return (loss / len(labels)).tolist(), (right / len(labels)).tolist()
