"""Values in print as marks of the page's charts, beside what they are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gridproof.kit.chart_panels import Panel, exact, rounded
from gridproof.report.against_print import PrintedBeside

LAST = "last"
Values = Mapping[tuple[str, str], float]
"""Numbers in print by the cell that has their configuration, and by quantity."""


def values_in_print(comparisons: Iterable[PrintedBeside]) -> dict[tuple[str, str], float]:
    """Return the values after the last epoch that have a cell of ours beside them."""
    return {
        (item.member.cell, item.published.quantity): item.published.value
        for item in comparisons
        if item.member is not None and item.published.epoch == LAST
    }


def with_print(panel: Panel, values: Values) -> Panel:
    """Return a panel whose series say which values in print stand where they end.

    A series of a cell has one at its last place; one of points has them where their cells stand.
    """
    series = [
        one | {"printed": [[exact(x), rounded(y)] for x, y in _places(panel, one, values)]}
        for one in panel["series"]
    ]
    return panel | {"series": series}


def _places(
    panel: Panel, series: Mapping[str, Any], values: Values
) -> Iterable[tuple[float, float]]:
    """Yield place and value of what is in print of the cells of a series."""
    filled = [place for place, mean in enumerate(series["mean"]) if mean is not None]
    if series.get("cell"):
        cells = dict.fromkeys(filled[-1:], series["cell"])
    else:
        cells = {place: panel["cells"][place] for place in filled} if "cells" in panel else {}
    for place, cell in cells.items():
        if (value := values.get((cell, panel["quantity"]))) is not None:
            yield panel["xs"][place], value
