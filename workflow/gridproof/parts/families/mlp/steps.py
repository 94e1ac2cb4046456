"""One optimizer step of a stack of networks, eager or compiled: cross-entropy and plain SGD."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from gridproof.parts.families.mlp.network import Shape, Tensors, forward


class StepResult(NamedTuple):
    """The networks after k steps, and what each step leaves behind.

    losses: (k, R) mean cross-entropy of each batch, in nats; correct: (k, R) samples whose true
    class has the largest logit; norms: (k, R, depth + 1) squared L2 norm of each layer's weight
    gradient in float64, or (k, R, 0) where it is not recorded.
    """

    parameters: Tensors
    buffers: Tensors
    losses: Tensor
    correct: Tensor
    norms: Tensor


Steps = Callable[[Tensors, Tensors, Tensor, Tensor, Tensor, Tensor], StepResult]


def score(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return cross-entropy in nats and correctness, both (R, n), of logits (R, n_classes, n).

    A sample is correct if its true class has the largest logit; NaN is never correct.
    """
    true_logit = logits.gather(1, labels.unsqueeze(1)).squeeze(1)
    losses = torch.logsumexp(logits, 1) - true_logit
    return losses, true_logit.detach() >= logits.detach().amax(1)


def batch_loss(
    parameters: Tensors, buffers: Tensors, inputs: Tensor, labels: Tensor, shape: Shape
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensors]]:
    """Return the sum over replicates of their mean loss, and (losses (R,), correct (R,), buffers).

    The sum keeps the replicates apart: the gradient of each sees its own mean only.
    """
    logits, running = forward(parameters, buffers, inputs, shape, train=True)
    sample_losses, correct = score(logits, labels)
    losses = sample_losses.mean(1)
    return losses.sum(), (losses.detach(), correct.sum(1), running)


def gradient_norms(gradients: Tensors, shape: Shape, recorded: bool) -> Tensor:
    """Return the squared L2 norm of every layer's weight gradient, (R, depth + 1), in float64."""
    weights = [gradients[f"weight.{layer}"] for layer in range(shape.depth + 1) if recorded]
    if not weights:
        return gradients["weight.0"].new_zeros((gradients["weight.0"].shape[0], 0)).double()
    return torch.stack([weight.double().square().sum((1, 2)) for weight in weights], 1)


def gather_batch(inputs: Tensor, labels: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    """Return inputs (R, n_inputs, B) and labels (R, B) of the samples at `indices` (R, B)."""
    return inputs[:, indices].transpose(0, 1), labels[indices]


def eager_steps(shape: Shape, norms_recorded: bool) -> Steps:
    """Return a function that makes as many steps as `indices` (k, R, B) has rows, one at a time."""

    def steps(
        parameters: Tensors,
        buffers: Tensors,
        inputs: Tensor,
        labels: Tensor,
        indices: Tensor,
        learning_rate: Tensor,
    ) -> StepResult:
        losses, correct, norms = [], [], []
        rate = float(learning_rate)
        for batch in indices:
            parameters = {
                name: value.detach().requires_grad_() for name, value in parameters.items()
            }
            x, y = gather_batch(inputs, labels, batch)
            loss, (step_losses, step_correct, buffers) = batch_loss(
                parameters, buffers, x, y, shape
            )
            values = torch.autograd.grad(loss, list(parameters.values()))
            gradients = dict(zip(parameters, values, strict=True))
            with torch.no_grad():
                norms.append(gradient_norms(gradients, shape, norms_recorded))
                updated = torch._foreach_add(list(parameters.values()), list(values), alpha=-rate)
            parameters = dict(zip(parameters, updated, strict=True))
            losses.append(step_losses)
            correct.append(step_correct)
        return StepResult(
            parameters, buffers, torch.stack(losses), torch.stack(correct), torch.stack(norms)
        )

    return steps


def compiled_steps(shape: Shape, norms_recorded: bool) -> Steps:
    """Return a compiled function that makes all steps of `indices` (k, R, B) in one call.

    The loop is unrolled into one graph, gradient and update included; the learning rate is a tensor
    (), so that cells that differ in it alone share the compiled code.
    """
    torch.use_deterministic_algorithms(True)
    gradient = torch.func.grad_and_value(batch_loss, has_aux=True)

    def steps(
        parameters: Tensors,
        buffers: Tensors,
        inputs: Tensor,
        labels: Tensor,
        indices: Tensor,
        learning_rate: Tensor,
    ) -> StepResult:
        losses, correct, norms = [], [], []
        for batch in indices.unbind(0):
            x, y = gather_batch(inputs, labels, batch)
            gradients, (_, (step_losses, step_correct, buffers)) = gradient(
                parameters, buffers, x, y, shape
            )
            parameters = {
                name: value - learning_rate * gradients[name] for name, value in parameters.items()
            }
            losses.append(step_losses)
            correct.append(step_correct)
            norms.append(gradient_norms(gradients, shape, norms_recorded))
        return StepResult(
            parameters, buffers, torch.stack(losses), torch.stack(correct), torch.stack(norms)
        )

    compiled: Steps = torch.compile(steps, fullgraph=True, dynamic=False)
    return compiled
