"""Charts on the page, with hover and zoom: the numbers that their script reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from gridproof.kit.bands import Line
from gridproof.kit.style import REFERENCE_COLOR

DIGITS = 5
DASHES: Mapping[str, list[int]] = {"-": [], "--": [7, 4], "-.": [8, 3, 2, 3], ":": [2, 3]}
"""Dash patterns in pixels, by the name that figures give them."""

AUTOMATIC = (None, None)
"""Ends of an axis that follow from what is shown."""

Panel = dict[str, Any]
Mark = tuple[str, float, float | None]


def panel(
    x: str,
    y: str,
    xs: Sequence[float],
    *,
    whole: tuple[float | None, float | None],
    quantity: str = "",
) -> Panel:
    """Return a panel on linear axes that has no series yet.

    Parameters
    ----------
    x, y : what the axes show.
    xs : the places at which series have numbers, rising. In a panel that is `sparse` each series
        has numbers at places of its own, and null at those of the others.
    whole : the ends of the vertical axis while all places are shown; None: automatic.
    quantity : the column of `epochs` whose last values series end with; values in print of it are
        marked where series name their cells.
    """
    return {
        "title": None,
        "x": x,
        "y": y,
        "quantity": quantity,
        "xs": [exact(value) for value in xs],
        "names": None,
        "whole": whole,
        "log": {"x": False, "y": False},
        "sparse": False,
        "reference": None,
    }


def series_of(line: Line, xs: list[float]) -> dict[str, Any]:
    """Return a line through the means of its values, with numbers or null at the places `xs`.

    Its band goes from the lowest to the highest seed; `seeds` counts the finite ones. `ends` are
    those of several seeds where the line ends.
    """
    values = line.values.reindex(xs)
    known = line.values.dropna(how="all")
    ends = known.iloc[-1].dropna().tolist() if len(known) else []
    return {
        "label": line.label,
        "cell": line.cell,
        "color": line.color,
        "dash": DASHES[line.dash],
        "mean": numbers(values.mean(axis=1)),
        "low": numbers(values.min(axis=1)),
        "high": numbers(values.max(axis=1)),
        "seeds": [int(count) for count in values.notna().sum(axis=1)],
        "ends": [rounded(end) for end in ends] if len(ends) > 1 else [],
    }


def end_of(values: pd.DataFrame) -> list[Mark]:
    """Return the mark where a line ends that is finite to its end, which may be its one point."""
    end = values.mean(axis=1).iloc[-1:].dropna()
    return [mark("o", x, mean) for x, mean in zip(end.index.tolist(), end.tolist(), strict=True)]


def mark(marker: str, x: float, y: float) -> Mark:
    """Return a mark, named as figures name it, at a place of a panel."""
    return marker, exact(x), rounded(y)


def reference(label: str, value: float) -> dict[str, object]:
    """Return a horizontal line that a panel shows besides its series."""
    return {"label": label, "value": rounded(value), "color": REFERENCE_COLOR}


def places_of_lines(lines: Iterable[Line]) -> list[float]:
    """Return the places of all values, rising."""
    return sorted({float(place) for line in lines for place in line.values.index})


def numbers(values: Iterable[float]) -> list[float | None]:
    """Return numbers as JSON holds them."""
    return [rounded(value) for value in values]


def exact(value: float) -> float:
    """Return whole numbers as integers, others to five digits."""
    return int(value) if float(value).is_integer() else float(f"{value:.{DIGITS}g}")


def rounded(value: float) -> float | None:
    """Return a number to five digits; None if it is not finite."""
    return exact(float(f"{value:.{DIGITS}g}")) if math.isfinite(value) else None
