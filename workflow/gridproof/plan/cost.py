"""In which order cells are trained: what compiles first, then the longest, so none ends alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping

from gridproof.plan.engine import NOMINAL_ROWS
from gridproof.plan.study import CellPlan

LAYER_UNITS = 2
"""What a step costs besides its hidden layers, in layers."""
CALL_COST = 60.0
UNIT_COST = 0.01
"""A layer's cost: that of being called at all, and that of each unit for each sample."""
PIXEL_COST = 37_000.0
"""The cost of a pixel of the images, over an epoch of five seeds of a convolutional network."""
TREE_COST = 600.0
"""The cost of a pixel of the crop for one tree."""
PROBE_COST = 8e6
DRY_COST = 1e5
"""The cost of a second."""


def training_cost(cell: CellPlan) -> float:
    """Return the cost of a cell's training in units of its own, for comparison with other cells."""
    return COSTS[cell.family.name](cell.parameters)


def mlp_cost(parameters: Mapping[str, object]) -> float:
    """Return the cost of a stack of perceptrons: that of its layers, step by step."""
    depth, width, batch_size, epochs = (
        int(str(parameters[name])) for name in ("depth", "width", "batch_size", "epochs")
    )
    steps = epochs * NOMINAL_ROWS / batch_size
    return steps * (depth + LAYER_UNITS) * (CALL_COST + UNIT_COST * width * batch_size)


def cnn_cost(parameters: Mapping[str, object]) -> float:
    """Return the cost of convolutional networks: that of the pixels they see, image by image."""
    epochs, side = int(str(parameters["epochs"])), int(str(parameters["image_size"]))
    return PIXEL_COST * epochs * side**2


def probe_cost(_parameters: Mapping[str, object]) -> float:
    """Return the cost of a linear classifier, which takes seconds, whatever its parameters."""
    return PROBE_COST


def trees_cost(parameters: Mapping[str, object]) -> float:
    """Return the cost of boosted trees: each looks at every pixel of the crop."""
    return TREE_COST * int(str(parameters["rounds"])) * int(str(parameters["crop"])) ** 2


def dry_cost(parameters: Mapping[str, object]) -> float:
    """Return the cost of training nothing: that of the time it takes, and of one second more."""
    epochs, seconds = int(str(parameters["epochs"])), float(str(parameters["seconds"]))
    return DRY_COST * (1 + epochs * seconds)


COSTS: dict[str, Callable[[Mapping[str, object]], float]] = {
    "mlp": mlp_cost,
    "cnn": cnn_cost,
    "probe": probe_cost,
    "xgboost": trees_cost,
    "dry": dry_cost,
}


def training_priorities(cells: Iterable[CellPlan]) -> dict[str, float]:
    """Return the priority of each cell's training by the cell's name.

    Of the cells that share compiled code one goes ahead of all others, which then find it in the
    cache: started side by side, each would compile it. Apart from that the longest go first.
    """
    longest_first = sorted(cells, key=lambda cell: -training_cost(cell))
    ahead = training_cost(longest_first[0]) if longest_first else 0.0
    met: set[Hashable] = set()
    priorities = {}
    for cell in longest_first:
        code = compiled_code(cell)
        priorities[cell.name] = training_cost(cell) + (0 if code in met else ahead)
        met.add(code)
    return priorities


def compiled_code(cell: CellPlan) -> Hashable:
    """Return what is equal for cells that share compiled code; an eager cell shares none."""
    if cell.spec["engine"] != "compiled":
        return cell.name
    compiled = set(cell.parameters) - set(cell.family.uncompiled)
    return cell.data.digest, cell.threads, frozenset((n, cell.parameters[n]) for n in compiled)
