"""In which order cells are trained: the longest first, so that none ends alone."""

from __future__ import annotations

from collections.abc import Iterable

from gridproof.plan.study import CellPlan


def training_cost(cell: CellPlan) -> float:
    """Return the cost of a cell's training, in the units in which families are compared."""
    parameters = cell.family.parameters.model_validate(cell.parameters)
    return cell.family.cost(parameters)


def training_priorities(cells: Iterable[CellPlan]) -> dict[str, float]:
    """Return the priority of each cell's training by the cell's name: its cost."""
    return {cell.name: training_cost(cell) for cell in cells}
