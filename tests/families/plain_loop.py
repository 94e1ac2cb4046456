"""The recipe once more, as anyone would write it in PyTorch: one network, one batch at a time."""

from collections import defaultdict
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from families.reference import copy_into, linear_layers, plain_network, tensors_of
from gridproof.parts.families.mlp.mlp_training import MlpTraining
from gridproof.parts.training.random_streams import generator


@dataclass
class Record:
    """What a plain training saw: metrics by name and epoch, losses of all batches, gradients.

    `gradients` has for each epoch and layer the mean over batches of the squared L2 norm.
    """

    network: nn.Module
    metrics: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    batch_losses: list[float] = field(default_factory=list)
    gradients: list[list[float]] = field(default_factory=list)


def train_plainly(training: MlpTraining) -> Record:
    """Train what `training`, which has not begun, is about to train, in its precision."""
    tensors = tensors_of(training.shape, training.numbers)
    network = plain_network(training.shape).to(tensors["weight.0"].dtype)
    record = Record(copy_into(network, tensors))
    parameters = training.parameters
    samples = {
        split: TensorDataset(
            torch.from_numpy(training.inputs[split]), torch.from_numpy(labels).long()
        )
        for split, labels in training.labels.items()
    }
    optimizer = torch.optim.SGD(record.network.parameters(), lr=parameters.learning_rate)
    _evaluate(record, samples)
    for epoch in range(1, parameters.epochs + 1):
        stream = generator("sample order", training.seed, epoch)
        order = torch.randperm(len(samples["train"]), generator=stream).tolist()
        loader = DataLoader(samples["train"], batch_size=parameters.batch_size, sampler=order)
        _train_epoch(record, loader, optimizer)
        _evaluate(record, samples)
    return record


def _train_epoch(
    record: Record, loader: "DataLoader[tuple[Tensor, ...]]", optimizer: torch.optim.Optimizer
) -> None:
    """Train one epoch; the loss and accuracy of the train split are those of its batches."""
    loss_sum, correct, seen, norms = 0.0, 0, 0, []
    record.network.train()
    for x, y in loader:
        optimizer.zero_grad()
        logits = record.network(x)
        loss = nn.CrossEntropyLoss()(logits, y)
        loss.backward()
        norms.append([_squared_norm(layer) for layer in linear_layers(record.network)])
        optimizer.step()
        record.batch_losses.append(loss.item())
        loss_sum += loss.item() * len(y)
        correct += int((logits.argmax(1) == y).sum())
        seen += len(y)
    record.metrics["train_loss"].append(loss_sum / seen)
    record.metrics["train_accuracy"].append(correct / seen)
    record.gradients.append(torch.tensor(norms, dtype=torch.float64).mean(0).tolist())


def _squared_norm(layer: nn.Linear) -> float:
    assert layer.weight.grad is not None
    return float(layer.weight.grad.double().square().sum())


def _evaluate(record: Record, samples: dict[str, TensorDataset]) -> None:
    record.network.eval()
    for split in ("val", "test"):
        x, y = samples[split].tensors
        with torch.no_grad():
            logits = record.network(x)
        record.metrics[f"{split}_loss"].append(nn.CrossEntropyLoss()(logits, y).item())
        record.metrics[f"{split}_accuracy"].append(float((logits.argmax(1) == y).double().mean()))
