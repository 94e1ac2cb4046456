"""Which cells differ in one parameter alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridproof.part import Member


def series(members: Iterable[Member], name: str) -> list[list[Member]]:
    """Return the groups of cells that differ in the parameter `name` only, rising in it."""
    groups: dict[tuple[object, ...], list[Member]] = {}
    left_out = {name, "cell", "slug"}
    for member in members:
        if name in member.parameters:
            others = tuple(v for key, v in member.parameters.items() if key not in left_out)
            groups.setdefault(others, []).append(member)
    return [
        sorted(group, key=lambda member: member.parameters[name])
        for group in groups.values()
        if len(group) > 1
    ]
