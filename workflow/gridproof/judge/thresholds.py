"""What rules measure against: values with their reasons, all in one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from gridproof.errors import GridproofError, nearest

ANY = "any"
UNWRITTEN = {ANY, "fraction", "ratio", "rank"}
"""Units that say nothing beside a number."""


class Threshold(BaseModel):
    """A value that a rule measures against, and why it is this one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    unit: str
    reason: str

    @property
    def written(self) -> str:
        """The value with its unit, where it has one that says something."""
        return f"{self.value:g}" if self.unit in UNWRITTEN else f"{self.value:g} {self.unit}"


class Thresholds(Mapping[str, Threshold]):
    """Thresholds by name; a name that is not there is a GridproofError with the nearest one."""

    def __init__(self, values: Mapping[str, Threshold], origin: str) -> None:
        self._values = dict(values)
        self._origin = origin

    def __getitem__(self, name: str) -> Threshold:
        if name not in self._values:
            raise GridproofError(
                f"{self._origin} has no threshold {name!r}{nearest(name, self._values)}"
            )
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def read_thresholds(path: Path) -> Thresholds:
    """Read and check `thresholds.yaml`; GridproofError if it cannot be read."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        values = TypeAdapter(dict[str, Threshold]).validate_python(content)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise GridproofError(f"{path}: {error}") from error
    return Thresholds(values, str(path))
