"""What is trained: kinds of perceptrons, and how many steps of each a round takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

SEEDS = (0, 1, 2, 3, 4)
LEARNING_RATE = 0.1
QUICK_STEPS = 20
QUICK_STEPS_OF_ONE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A perceptron of `depth` hidden layers of `width` units and how it is trained.

    A round takes `n_steps` optimizer updates of each seed, so that its training split has
    `n_steps` times `batch_size` rows. `tolerance` is the largest relative difference of a mean
    training loss in float32 from that in float64 that is no failure.
    """

    depth: int = 6
    width: int = 16
    batch_size: int
    batch_norm: bool = False
    n_steps: int
    tolerance: float = 1e-5

    @property
    def name(self) -> str:
        """The case as tables and pictures call it."""
        norm = ", batch norm" if self.batch_norm else ""
        return f"{self.depth} x {self.width}, batch {self.batch_size}{norm}"

    @property
    def n_rows(self) -> int:
        """Rows of the training split."""
        return self.n_steps * self.batch_size


ROUNDED = 5e-3
"""With batch norm some unit is always within float32's rounding of zero, where the slope of the
ReLU is another; the weights depart from there."""
CHAOTIC = 5e-2
"""Gradients explode in 40 layers with batch norm: float32 and float64 part in the first update, and
what can be compared closely is the loss before it."""

CASES = (
    Case(batch_size=256, n_steps=60),
    Case(batch_size=128, batch_norm=True, n_steps=60, tolerance=ROUNDED),
    Case(batch_size=1, n_steps=1000),
    Case(batch_size=16, n_steps=300),
    Case(batch_size=1024, n_steps=30),
    Case(width=64, batch_size=128, batch_norm=True, n_steps=30, tolerance=ROUNDED),
    Case(depth=40, batch_size=128, batch_norm=True, n_steps=10, tolerance=CHAOTIC),
    Case(depth=100, width=4, batch_size=256, n_steps=10),
)


def quick(case: Case) -> Case:
    """Return the same case with fewer steps."""
    steps = QUICK_STEPS_OF_ONE if case.batch_size <= 16 else QUICK_STEPS
    return replace(case, n_steps=min(case.n_steps, steps))
