"""How long a cell trains, roughly: the longest jobs are started first, so that none ends alone."""

from __future__ import annotations

from collections.abc import Mapping

from gridproof.study.engine import NOMINAL_ROWS

LAYER_UNITS = 2
"""What a step costs besides its hidden layers, in layers."""
CALL_COST = 60.0
UNIT_COST = 0.01
"""A layer's cost: that of being called at all, and that of each unit for each sample."""


def training_cost(parameters: Mapping[str, object]) -> float:
    """Return the cost of a cell's training in units of its own, for comparison with other cells."""
    depth, width, batch_size, epochs = (
        int(str(parameters[name])) for name in ("depth", "width", "batch_size", "epochs")
    )
    steps = epochs * NOMINAL_ROWS / batch_size
    return steps * (depth + LAYER_UNITS) * (CALL_COST + UNIT_COST * width * batch_size)
