"""Published values beside ours, and what can be said about the difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from gridproof.judge.published import Published, PublishedValue
from gridproof.report.gradient_words import Gradients, middle_value, n_zero
from gridproof.report.region_words import Regions
from gridproof.report.step_words import Steps, steps_per_epoch
from gridproof.tables.ask import Ask
from gridproof.tables.members import Member
from gridproof.kit.quantity import (
    Quantity,
    change,
    decimal,
    scientific,
    signed,
    summarise,
    thousands,
)

GRADIENT = "gradient_norm"
WORDS = {"train": "train", "val": "validation", "test": "test"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A published value beside ours; `ours` is None if no cell has the published configuration."""

    published: PublishedValue
    parameters: Mapping[str, object] = field(repr=False)
    label: str
    ours: Quantity | None
    member: Member | None = field(repr=False, default=None)

    @property
    def is_count(self) -> bool:
        """Whether the value is a count, the same for every seed."""
        return self.published.quantity in COUNTS

    @property
    def write(self) -> Callable[[float], str]:
        """How numbers of this quantity are written."""
        if self.published.quantity == GRADIENT:
            return scientific
        return thousands if self.is_count else decimal

    @property
    def name(self) -> str:
        """What the value is of, in words."""
        value = self.published
        split, _, rest = value.quantity.partition("_")
        words = f"{WORDS[split]} {rest}" if split in WORDS else value.quantity.replace("_", " ")
        layer = "" if value.layer is None else f" of layer {value.layer}"
        when = {"last": "", "best": ", best epoch", "highest": ", highest of all epochs"}
        epoch = when.get(str(value.epoch), f", epoch {value.epoch}")
        return f"{words}{layer}{epoch}: {self.label}"

    @property
    def printed(self) -> str:
        """The value with the digits that it has in print."""
        if self.published.quantity == GRADIENT or self.is_count:
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
        """Ours: mean and spread; the median for gradients, which lie powers of ten apart."""
        if self.ours is None:
            return "no such cell in this study"
        if self.published.quantity == GRADIENT and self.ours.is_finite:
            zeros = f"{n_zero(self.ours)} of {self.ours.n_seeds} exactly 0"
            return f"median {middle_value(self.ours)}; {zeros}"
        return self.ours.span(thousands) if self.is_count else str(self.ours)

    @property
    def difference(self) -> str:
        """Ours minus the published value; per cent for counts, a ratio for gradients."""
        if self.ours is None or not self.ours.is_finite:
            return ""
        printed = self.published.value
        if self.published.quantity == GRADIENT:
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
        last_digit = 0.0 if self.write is scientific else 10.0 ** -len(self.printed.split(".")[-1])
        return self.ours.holds(self.published.value, tolerance=last_digit / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What two studies differ in, as far as data and the compared cells tell."""

    own_data: bool
    rows: tuple[int, int]
    n_classes: tuple[int, int]
    prior_entropy: tuple[float, float]
    steps: tuple[tuple[str, int, int], ...]
    n_seeds: tuple[int, ...]
    inside: tuple[str, ...]
    outside: tuple[str, ...]

    @property
    def rows_change(self) -> float:
        """Our train rows relative to the published ones, minus one."""
        return self.rows[0] / self.rows[1] - 1

    @property
    def steps_changes(self) -> tuple[float, ...]:
        """Our steps of each compared cell relative to the published ones, minus one, rising."""
        return tuple(sorted({ours / printed - 1 for _, ours, printed in self.steps}))


def compare(published: Published, ask: Ask) -> list[Comparison]:
    """Lay the values in print of one experiment beside its cells, in the order of the file.

    Labels leave out the parameters that all of these values share, unless that is all of them.
    """
    values = [value for value in published.values if value.experiment == ask.name]
    shared = set.intersection(*(set(value.match.items()) for value in values)) if values else set()
    varied = {name for value in values for name, _ in set(value.match.items()) - shared}
    shared_by_all = published.data[ask.kind].configuration
    return [_compare(value, {**shared_by_all, **value.match}, ask, varied) for value in values]


def difference(published: Published, ask: Ask, comparisons: list[Comparison]) -> Difference:
    """Return what this study and the published one differ in, for the compared cells."""
    members = {item.member.cell: item.member for item in comparisons if item.member is not None}
    data = published.data[ask.kind]
    printed_rows = data.rows["train"]
    steps = Steps(ask=ask)
    varied = [item for item in comparisons if item.span]
    return Difference(
        own_data=data.is_own(ask.facts),
        rows=(int(ask.facts["rows"]["train"]), printed_rows),
        n_classes=(int(ask.facts["n_classes"]), data.n_classes),
        prior_entropy=(float(ask.facts["prior_entropy"]), data.prior_entropy),
        steps=tuple(
            (
                member.label,
                steps.per_epoch(member) * member.last_epoch,
                steps_per_epoch(printed_rows, member) * member.last_epoch,
            )
            for member in members.values()
            if "batch_size" in member.parameters
        ),
        n_seeds=tuple(sorted({len(member.seeds) for member in members.values()})),
        inside=tuple(item.name for item in varied if item.is_inside),
        outside=tuple(item.name for item in varied if not item.is_inside),
    )


def _compare(
    value: PublishedValue, parameters: dict[str, Any], ask: Ask, varied: set[str]
) -> Comparison:
    known = set().union(*(member.parameters for member in ask.members))
    members = ask.find(**parameters) if known >= parameters.keys() else []
    told = {name: given for name, given in value.match.items() if not varied or name in varied}
    shown = ", ".join(f"{name} {_written(given)}" for name, given in told.items())
    found = members[0] if len(members) == 1 else None
    ours = None if found is None else _ours(value, ask, found)
    return Comparison(published=value, parameters=parameters, label=shown, ours=ours, member=found)


def _ours(value: PublishedValue, ask: Ask, member: Member) -> Quantity:
    if value.quantity in COUNTS:
        return COUNTS[value.quantity](ask, member)
    if value.quantity == GRADIENT:
        if value.layer is None:
            raise ValueError(f"a published {GRADIENT} needs a layer")
        epoch = None if value.epoch == "last" else int(value.epoch)
        return Gradients(ask=ask).at(member, layer=value.layer, epoch=epoch)
    when: Any = value.epoch
    return ask.mean(value.quantity, label=member.label, epoch=when)


def _steps_per_epoch(ask: Ask, member: Member) -> Quantity:
    return summarise([Steps(ask=ask).per_epoch(member)])


def _total_steps(ask: Ask, member: Member) -> Quantity:
    return summarise([Steps(ask=ask).total(member)])


def _region_bound(ask: Ask, member: Member) -> Quantity:
    return Regions(ask=ask).value(member, "bound")


COUNTS: Mapping[str, Callable[[Ask, Member], Quantity]] = {
    "steps_per_epoch": _steps_per_epoch,
    "total_steps": _total_steps,
    "bound_on_linear_regions": _region_bound,
}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
