"""PyTorch's `torch.compile` of a step of all seeds, which `torch.vmap` makes from that of one.

As in PyTorch's tutorial on model ensembling: `stack_module_state`, `functional_call`, `vmap`.
"""

from __future__ import annotations

import copy

import torch
from plain_network import initial_network
from protocol import Given, Job, Losses, read_given, serve
from torch import Tensor
from torch.func import functional_call, grad_and_value, stack_module_state

Tensors = dict[str, Tensor]


class CompiledStep:
    """All seeds in one compiled call a step."""

    def __init__(self, job: Job, given: Given) -> None:
        self.job, self.given = job, given
        self.features = torch.from_numpy(given.features)
        self.labels = torch.from_numpy(given.labels)
        orders = torch.from_numpy(given.orders).unflatten(1, (-1, job.batch_size))
        self.batches = [batch.contiguous() for batch in orders.transpose(0, 1)]
        models = [initial_network(job, given, at) for at in range(len(job.seeds))]
        parameters, buffers = stack_module_state(models)
        self.initial = {name: value.detach() for name, value in parameters.items()}, buffers
        self.base = copy.deepcopy(models[0]).to("meta")
        self.step = torch.compile(self._step)
        self.parameters: Tensors = {}
        self.buffers: Tensors = {}

    def reset(self) -> None:
        """Set the initial weights of all seeds."""
        self.parameters, self.buffers = copy.deepcopy(self.initial)

    def _loss(self, parameters: Tensors, buffers: Tensors, x: Tensor, y: Tensor) -> Tensor:
        logits = functional_call(self.base, (parameters, buffers), (x,))
        return torch.nn.functional.cross_entropy(logits, y)

    def _step(
        self, parameters: Tensors, buffers: Tensors, features: Tensor, labels: Tensor, batch: Tensor
    ) -> tuple[Tensors, Tensor]:
        gradient = torch.vmap(grad_and_value(self._loss))
        slopes, losses = gradient(parameters, buffers, features[batch], labels[batch])
        rate = self.job.learning_rate
        return {name: parameters[name] - rate * slopes[name] for name in slopes}, losses

    def epoch(self) -> Losses:
        """Train an epoch of all seeds; return the losses of their steps."""
        losses = []
        with torch.no_grad():
            for batch in self.batches:
                self.parameters, loss = self.step(
                    self.parameters, self.buffers, self.features, self.labels, batch
                )
                losses.append(loss)
        return torch.stack(losses, 1).tolist()


def prepare(job: Job) -> CompiledStep:
    """Return the compiled step for a job, on one thread."""
    torch.set_num_threads(job.threads)
    torch.compiler.reset()
    return CompiledStep(job, read_given(job))


if __name__ == "__main__":
    serve(prepare)
