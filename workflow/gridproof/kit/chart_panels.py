"""Charts on the page, with hover and zoom: the numbers that their script reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from gridproof.kit.bands import Line
from gridproof.kit.style import REFERENCE_COLOR

DIGITS, EXACT_DIGITS, DECIMALS = 5, 17, 3
"""Significant digits of a number, at least and at most, and decimals that are written of it."""
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
    """Return a number to five digits, or as many as the page needs to write it as texts do.

    The page rounds to three decimals what it is given, which must not be a second rounding: 3.34849
    is 3.348 in a text, and 3.3485 would be 3.349. None if the number is not finite.
    """
    if not math.isfinite(value):
        return None
    written = f"{value:.{DECIMALS}f}"
    for digits in range(DIGITS, EXACT_DIGITS + 1):
        shorter = float(f"{value:.{digits}g}")
        if written_by_page(shorter) == written:
            return int(shorter) if shorter.is_integer() else shorter
    return float(written)


def written_by_page(value: float) -> str:
    """Return a number with three decimals as JavaScript's `toFixed` writes it: halves go up."""
    up = Decimal(value).quantize(Decimal(1).scaleb(-DECIMALS), ROUND_HALF_UP)
    return f"{float(up):.{DECIMALS}f}"
