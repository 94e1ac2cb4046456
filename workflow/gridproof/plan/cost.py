"""In which order cells are trained: what compiles first, then the longest, so none ends alone."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from gridproof.plan.study import CellPlan


def training_cost(cell: CellPlan) -> float:
    """Return the cost of a cell's training, in the units in which families are compared."""
    parameters = cell.family.parameters.model_validate(cell.parameters)
    return cell.family.cost(parameters)


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
    if cell.engine != "compiled":
        return cell.name
    compiled = set(cell.parameters) - set(cell.family.uncompiled)
    return cell.data.digest, cell.threads, frozenset((n, cell.parameters[n]) for n in compiled)
