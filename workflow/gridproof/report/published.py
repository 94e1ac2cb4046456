"""Values in print, and the cells of a study that they can be laid beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from gridproof.errors import GridproofError
from gridproof.report.ask import Ask
from gridproof.report.quantity import Quantity, signed


class PublishedData(BaseModel):
    """What is known of the data behind the published values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: dict[str, int]
    n_classes: int


class PublishedValue(BaseModel):
    """One number in print: the experiment and the parameters it belongs to, and where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: str
    experiment: str
    quantity: str
    epoch: int | str = "last"
    match: dict[str, bool | int | float]
    value: float
    note: str = ""


class Published(BaseModel):
    """All values in print; `configuration` holds the parameters that `match` leaves out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: PublishedData
    configuration: dict[str, bool | int | float]
    values: tuple[PublishedValue, ...]

    def is_own_data(self, facts: Mapping[str, Any]) -> bool:
        """Tell whether data are the published study's: from files, with its rows and classes."""
        return (
            facts["source"] == "csv"
            and dict(facts["rows"]) == self.data.rows
            and int(facts["n_classes"]) == self.data.n_classes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A published value beside ours; `ours` is None if no cell has the published configuration."""

    published: PublishedValue
    parameters: Mapping[str, object] = field(repr=False)
    label: str
    ours: Quantity | None

    @property
    def difference(self) -> str:
        """Ours minus the published value, with its sign; empty where there is none to state."""
        if self.ours is None or not self.ours.is_finite:
            return ""
        return signed(self.ours.mean - self.published.value)


def read_published(path: Path) -> Published:
    """Read and check `published.yaml`."""
    try:
        return Published.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise GridproofError(f"{path}: {error}") from error


def compare(published: Published, ask: Ask) -> list[Comparison]:
    """Lay the values in print of one experiment beside its cells, in the order of the file."""
    return [
        _compare(value, {**published.configuration, **value.match}, ask)
        for value in published.values
        if value.experiment == ask.name
    ]


def _compare(value: PublishedValue, parameters: dict[str, Any], ask: Ask) -> Comparison:
    known = set().union(*(member.parameters for member in ask.members))
    members = ask.find(**parameters) if known >= parameters.keys() else []
    shown = ", ".join(f"{name} {_written(given)}" for name, given in value.match.items())
    if len(members) != 1:
        return Comparison(published=value, parameters=parameters, label=shown, ours=None)
    epoch: Any = value.epoch
    ours = ask.mean(value.quantity, label=members[0].label, epoch=epoch)
    return Comparison(published=value, parameters=parameters, label=shown, ours=ours)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
