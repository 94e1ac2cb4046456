"""Published values beside ours, each with its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from gridproof.judge.published import Published, PublishedValue
from gridproof.kit.markdown import Markdown, table
from gridproof.kit.quantity import (
    Quantity,
    change,
    decimal,
    middle_value,
    n_zero,
    scientific,
    signed,
    thousands,
)
from gridproof.kit.section_words import PrintedNumber
from gridproof.kit.series import written
from gridproof.report.column_words import column_words
from gridproof.tables.ask import Ask
from gridproof.tables.members import Member

COMPARED = {"difference": decimal, "change": thousands, "ratio": scientific}
"""How numbers of a quantity are written, by how ours is held against the one in print."""
EPOCHS = {"last": "", "best": ", best epoch", "highest": ", highest of all epochs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBeside:
    """A published value beside ours; `ours` is None if no cell has the published configuration.

    `compared` says how, see PrintedNumber; `label` is the cell's, without what all values share.
    """

    published: PublishedValue
    parameters: Mapping[str, object] = field(repr=False)
    label: str
    compared: str
    ours: Quantity | None
    member: Member | None = field(repr=False, default=None)

    @property
    def is_count(self) -> bool:
        """Whether the value is a count, the same for every seed."""
        return self.compared == "change"

    @property
    def is_ratio(self) -> bool:
        """Whether such values lie powers of ten apart."""
        return self.compared == "ratio"

    @property
    def write(self) -> Callable[[float], str]:
        """How numbers of this quantity are written."""
        return COMPARED[self.compared]

    @property
    def name(self) -> str:
        """What the value is of, in words."""
        value = self.published
        layer = "" if value.layer is None else f" of layer {value.layer}"
        epoch = EPOCHS.get(str(value.epoch), f", epoch {value.epoch}")
        return f"{column_words(value.quantity)}{layer}{epoch}: {self.label}"

    @property
    def printed(self) -> str:
        """The value with the digits that it has in print."""
        if self.is_ratio or self.is_count:
            return self.write(self.published.value)
        digits = len(repr(self.published.value).partition(".")[2])
        return decimal(self.published.value, max(2, digits))

    @property
    def remark(self) -> str:
        """What is to be said of the value in print: its prose, where that differs, and the note."""
        value = self.published
        prose = f"the prose says {value.prose}" if value.contradicts_prose else ""
        return ", ".join(part for part in (prose, value.note) if part)

    @property
    def shown(self) -> str:
        """Ours: mean and spread; the median of what lies powers of ten apart."""
        if self.ours is None:
            return "no such cell in this study"
        if self.is_ratio and self.ours.is_finite:
            zeros = f"{n_zero(self.ours)} of {self.ours.n_seeds} exactly 0"
            return f"median {middle_value(self.ours)}; {zeros}"
        return self.ours.span(thousands) if self.is_count else str(self.ours)

    @property
    def difference(self) -> str:
        """Ours against the published value: minus it, relative to it in per cent, or over it."""
        if self.ours is None or not self.ours.is_finite:
            return ""
        printed = self.published.value
        if self.is_ratio:
            middle = median(self.ours.values)
            return f"{scientific(middle / printed)} times" if middle > 0 and printed > 0 else ""
        if self.is_count:
            return change(self.ours.mean / printed - 1)
        return signed(self.ours.mean - printed)

    @property
    def span(self) -> str:
        """Lowest to highest of our seeds; empty where all seeds are bound to agree."""
        if self.ours is None or not self.ours.is_finite or self.is_count:
            return ""
        return self.ours.span(self.write)

    @property
    def is_inside(self) -> bool:
        """Whether the value in print lies within our seeds, to half of its last digit."""
        if self.ours is None:
            return False
        last_digit = 0.0 if self.is_ratio else 10.0 ** -len(self.printed.split(".")[-1])
        return self.ours.holds(self.published.value, tolerance=last_digit / 2)


def compare(
    published: Published, ask: Ask, numbers: Mapping[str, PrintedNumber]
) -> list[PrintedBeside]:
    """Lay the values in print of one experiment beside its cells, in the order of the file.

    `numbers` are what values may be of besides columns of `epochs`. Labels leave out the
    parameters that all of these values share, unless that is all of them.
    """
    values = [value for value in published.values if value.experiment == ask.name]
    shared = set.intersection(*(set(value.match.items()) for value in values)) if values else set()
    varied = {name for value in values for name, _ in set(value.match.items()) - shared}
    data = published.data.get(ask.kind)
    shared_by_all = data.configuration if data else {}
    return [
        _compare(value, {**shared_by_all, **value.match}, ask, varied, numbers) for value in values
    ]


def published_table(comparisons: list[PrintedBeside]) -> Markdown:
    """Return a row a published value: what it is of, the value, ours, the difference."""
    headers = ("quantity", "published", "ours", "our seeds", "difference", "section", "note")
    rows = [
        (
            item.name,
            item.printed,
            item.shown,
            item.span,
            item.difference,
            item.published.section,
            item.remark,
        )
        for item in comparisons
    ]
    return table(headers, rows)


def _compare(
    value: PublishedValue,
    parameters: dict[str, Any],
    ask: Ask,
    varied: set[str],
    numbers: Mapping[str, PrintedNumber],
) -> PrintedBeside:
    known = set().union(*(member.parameters for member in ask.members))
    members = ask.find(**parameters) if known >= parameters.keys() else []
    shown = {name: given for name, given in value.match.items() if not varied or name in varied}
    found = members[0] if len(members) == 1 else None
    number = numbers.get(value.quantity)
    return PrintedBeside(
        published=value,
        parameters=parameters,
        label=", ".join(f"{name} {written(given)}" for name, given in shown.items()),
        compared=number.compared if number else "difference",
        ours=None if found is None else _ours(value, ask, found, number),
        member=found,
    )


def _ours(
    value: PublishedValue, ask: Ask, member: Member, number: PrintedNumber | None
) -> Quantity:
    when: Any = value.epoch
    if number is not None:
        return number.ask(member, when, value.layer)
    return ask.mean(value.quantity, member, epoch=when)
