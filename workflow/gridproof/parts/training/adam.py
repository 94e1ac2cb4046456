"""Adam with torch's defaults, by the function behind `torch.optim.Adam`.

The class itself would import torch's compiler when it is made, two seconds of each job.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor
from torch.optim.adam import adam

BETAS, EPSILON = (0.9, 0.999), 1e-8


class Adam:
    """The moments of the gradients of some parameters, and the step that follows from them.

    They are laid out in memory as the parameters are: the rounding of a step depends on it.
    """

    def __init__(self, parameters: Iterable[Tensor], learning_rate: float) -> None:
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.steps = [torch.zeros((), device=value.device) for value in self.parameters]
        self.means = [torch.zeros_like(value.detach()) for value in self.parameters]
        self.squares = [torch.zeros_like(value.detach()) for value in self.parameters]

    def forget_gradients(self) -> None:
        """Let the next gradients be new ones."""
        for value in self.parameters:
            value.grad = None

    def step(self) -> None:
        """Update the parameters by their gradients."""
        gradients = [value.grad for value in self.parameters if value.grad is not None]
        assert len(gradients) == len(self.parameters)
        with torch.no_grad():
            adam(
                self.parameters,
                gradients,
                self.means,
                self.squares,
                [],
                self.steps,
                fused=True,
                amsgrad=False,
                beta1=BETAS[0],
                beta2=BETAS[1],
                lr=self.learning_rate,
                weight_decay=0.0,
                eps=EPSILON,
                maximize=False,
            )

    def state(self) -> dict[str, Tensor]:
        """Return all that changes, by name."""
        named = {"steps": self.steps, "means": self.means, "squares": self.squares}
        return {
            f"{name}/{number}": value
            for name, values in named.items()
            for number, value in enumerate(values)
        }

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from what `state()` returned, in this or another process."""
        for name, value in self.state().items():
            value.copy_(state[name])
