"""Lines in the plane, counted in exact arithmetic: how many regions they cut it into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

Line = tuple[Fraction, Fraction, Fraction]
"""a, b and c of the line a x + b y + c = 0, the first of a and b that is not zero being 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An axis-parallel rectangle."""

    west: float
    east: float
    south: float
    north: float

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The corners, counter-clockwise."""
        west, east, south, north = self.west, self.east, self.south, self.north
        return ((west, south), (east, south), (east, north), (west, north))

    def holds(self, x: Fraction, y: Fraction) -> bool:
        """Tell whether a point lies inside, not on the edge."""
        return self.west < x < self.east and self.south < y < self.north


def line(a: float, b: float, c: float) -> Line | None:
    """Return the line a x + b y + c = 0 in its one form, or None if there is no such line."""
    exact = tuple(map(Fraction, (a, b, c)))
    scale = exact[0] or exact[1]
    return (exact[0] / scale, exact[1] / scale, exact[2] / scale) if scale else None


def distinct_lines(coefficients: Iterable[Sequence[float]]) -> set[Line]:
    """Return the different lines among rows of a, b and c."""
    lines = (line(*map(float, row)) for row in coefficients)
    return {one for one in lines if one is not None}


def crosses(one: Line, box: Box) -> bool:
    """Tell whether a line runs through the inside of the box."""
    a, b, c = one
    sides = [a * Fraction(x) + b * Fraction(y) + c for x, y in box.corners]
    return min(sides) < 0 < max(sides)


def count_regions(lines: Iterable[Line], box: Box | None = None) -> int:
    """Return into how many regions lines cut the plane, or the inside of `box`.

    1 + the number of lines + for each point where k lines meet, k - 1 (adding lines one at a time,
    each cuts one region more than it meets points that are new to it). Exact: floats are fractions.
    """
    cutting = [one for one in lines if box is None or crosses(one, box)]
    through: dict[tuple[Fraction, Fraction], set[int]] = defaultdict(set)
    for (i, (a, b, c)), (j, (d, e, f)) in combinations(enumerate(cutting), 2):
        determinant = a * e - b * d
        if determinant:
            x, y = (b * f - c * e) / determinant, (c * d - a * f) / determinant
            if box is None or box.holds(x, y):
                through[x, y] |= {i, j}
    return 1 + len(cutting) + sum(len(meeting) - 1 for meeting in through.values())
