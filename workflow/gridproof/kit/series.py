"""Which parameters cells differ in, and which cells differ in one alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gridproof.part import Member


LEFT_OUT = {"cell", "slug"}


def varied(members: Sequence[Member]) -> dict[str, list[Any]]:
    """Return the parameters that cells differ in, each with its values in rising order.

    A value that a cell does not have, as its family has no such parameter, is none.
    """
    found: dict[str, list[Any]] = {}
    for name in dict.fromkeys(name for member in members for name in member.parameters):
        values = {member.parameters.get(name) for member in members} if name not in LEFT_OUT else {}
        known = [value for value in values if value is not None and value == value]  # no NaN
        if len(known) > 1:
            found[name] = sorted(known, key=lambda value: (isinstance(value, str), value))
    return found


def part_in_words(part: Sequence[Member], members: Sequence[Member]) -> str:
    """Return which of the cells a part of them is, such as `3 of 12 cells, those of width 16`."""
    if len(part) == len(members):
        return ""
    shared = [
        f"{name} {written(values.pop())}"
        for name in varied(members)
        if len(values := {member.parameters.get(name) for member in part}) == 1
    ]
    return f"{len(part)} of {len(members)} cells" + (
        f", those of {', '.join(shared)}" if shared else ""
    )


def written(value: object) -> str:
    """Return a parameter's value as figures write it."""
    if isinstance(value, bool | np.bool_):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def series(members: Iterable[Member], name: str) -> list[list[Member]]:
    """Return the groups of cells that differ in the parameter `name` only, rising in it."""
    groups: dict[tuple[object, ...], list[Member]] = {}
    left_out = {name, *LEFT_OUT}
    for member in members:
        if name in member.parameters:
            others = tuple(v for key, v in member.parameters.items() if key not in left_out)
            groups.setdefault(others, []).append(member)
    return [
        sorted(group, key=lambda member: member.parameters[name])
        for group in groups.values()
        if len(group) > 1
    ]
