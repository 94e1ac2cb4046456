"""The last epoch without its last step, where that one had fewer samples than the others.

A step on few samples is a noisy one, and at a constant rate the network is evaluated right after
it. The epoch is trained again from the weights kept before it: the same order, the same bits.
"""

from __future__ import annotations

from gridproof.part import Value, measurement
from gridproof.parts.families.mlp.arithmetic import Batches
from gridproof.parts.families.mlp.kernel import native
from gridproof.parts.families.mlp.mlp_training import SPLITS
from gridproof.parts.families.mlp.trained import TrainedCell
from gridproof.parts.training.random_streams import order_draws


@measurement(
    description="loss and accuracy after the last full batch, before the step on what is left",
    table="epochs",
    quantities=[
        "full_batches_train_loss",
        "full_batches_train_accuracy",
        "full_batches_val_loss",
        "full_batches_val_accuracy",
        "full_batches_test_loss",
        "full_batches_test_accuracy",
    ],
    families=["mlp"],
)
def measure(cell: TrainedCell) -> list[Value]:
    """Return mean cross-entropy in nats and accuracy as a fraction, in eval mode.

    Where every batch is full they are, of val and test, what the trainer recorded; where none
    is, there are none.
    """
    inputs, labels = cell.inputs("train")
    size = int(str(cell.parameters["batch_size"]))
    rate = float(str(cell.parameters["learning_rate"]))
    full = len(labels) // size * size
    if not full:
        return []
    last, arithmetic = cell.epochs[-1], native()
    evaluated = {split: cell.inputs(split) for split in SPLITS}
    values = []
    for seed in cell.seeds:
        numbers = cell.numbers(seed, last - 1)
        order = arithmetic.shuffle(order_draws(len(labels), seed, last))[:full]
        batches = Batches(inputs=inputs, labels=labels, order=order, size=size)
        arithmetic.train_epoch(cell.shape, numbers, batches, rate, False)
        for split, (rows, classes) in evaluated.items():
            loss, right = arithmetic.evaluate(cell.shape, numbers, rows, classes)
            values.append(Value(seed, last, None, f"full_batches_{split}_loss", loss))
            values.append(
                Value(seed, last, None, f"full_batches_{split}_accuracy", right / len(classes))
            )
    return values
