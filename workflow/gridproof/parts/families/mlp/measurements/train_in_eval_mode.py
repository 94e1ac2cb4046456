"""The train split as val and test are measured: in eval mode, after an epoch."""

from __future__ import annotations

from gridproof.part import Value, measurement
from gridproof.parts.families.mlp.kernel import native
from gridproof.parts.families.mlp.trained import TrainedCell

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
    values, arithmetic = [], native()
    for epoch in measured_epochs(cell.epochs[-1]):
        for seed in cell.seeds:
            numbers = cell.numbers(seed, epoch)
            loss, right = arithmetic.evaluate(cell.shape, numbers, inputs, labels)
            values.append(Value(seed, epoch, None, "train_eval_loss", loss))
            values.append(Value(seed, epoch, None, "train_eval_accuracy", right / len(labels)))
    return values
