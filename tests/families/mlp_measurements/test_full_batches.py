"""The last epoch without its last small step, against a plain loop that drops it."""

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from families.mlp_measurements.conftest import Train
from families.reference import copy_into, plain_network, tensors_of
from families.tiny import ROWS
from gridproof.parts.families.mlp.measurements.full_batches import measure
from gridproof.parts.families.mlp.trained import TrainedCell
from gridproof.parts.training.random_streams import generator

LAST = 4
RATE = 0.01
each_network = pytest.mark.parametrize(
    "changed",
    [{}, {"batch_norm": True}, {"residual": True}, {"implicit": True}],
    ids=["plain", "batch norm", "residual", "implicit"],
)


def measured(cell: TrainedCell) -> dict[tuple[int, str], float]:
    """Return the values by seed and quantity; all are of the last epoch."""
    values = measure(cell)
    assert {value.epoch for value in values} == {LAST}
    return {
        (value.seed, value.quantity.removeprefix("full_batches_")): value.value for value in values
    }


@each_network
def test_where_every_batch_is_full_it_is_what_the_trainer_recorded(
    changed: dict[str, object], train: Train
) -> None:
    """The epoch that is trained again has the bits of the first time."""
    assert ROWS["train"] % 29 == 0
    trainings, cell = train(batch_size=29, **changed)
    values = measured(cell)
    for seed, training in trainings.items():
        metrics = training.replicate(seed).tables["metrics"]
        for name in ("val_loss", "val_accuracy", "test_loss", "test_accuracy"):
            assert values[seed, name] == metrics[name][-1]


@each_network
def test_values_equal_a_plain_loop_that_drops_the_last_batch(
    changed: dict[str, object], train: Train
) -> None:
    """PyTorch's loader leaves out the 11 samples that six batches of 32 leave of 203."""
    trainings, cell = train(**changed)
    values = measured(cell)
    for seed, training in trainings.items():
        network = copy_into(
            plain_network(cell.shape), tensors_of(cell.shape, cell.numbers(seed, LAST - 1).copy())
        )
        inputs, labels = (torch.from_numpy(array) for array in cell.inputs("train"))
        order = torch.randperm(
            len(labels), generator=generator("sample order", seed, LAST)
        ).tolist()
        loader = DataLoader(
            TensorDataset(inputs, labels.long()), batch_size=32, sampler=order, drop_last=True
        )
        optimizer = torch.optim.SGD(network.parameters(), lr=RATE)
        for x, y in loader:
            optimizer.zero_grad()
            nn.CrossEntropyLoss()(network(x), y).backward()
            optimizer.step()
        network.eval()
        for split in ("train", "val", "test"):
            rows, classes = (torch.from_numpy(array) for array in cell.inputs(split))
            with torch.no_grad():
                loss = float(nn.CrossEntropyLoss()(network(rows), classes.long()))
            assert values[seed, f"{split}_loss"] == pytest.approx(loss, rel=1e-5)
        recorded = training.replicate(seed).tables["metrics"]["val_loss"][-1]
        assert values[seed, "val_loss"] != recorded


def test_without_a_full_batch_there_is_no_value(train: Train) -> None:
    """A batch larger than the split is never full."""
    _, cell = train(batch_size=ROWS["train"] + 1)
    assert measure(cell) == []
