"""What rules measure against: values with their reasons, in the files of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from gridproof.errors import GridproofError, nearest

THRESHOLDS_FILE = "thresholds.yaml"
"""Name of the file in a folder of parts."""
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
    """Thresholds by name; a name that is not there is a GridproofError with the nearest one.

    Parameters
    ----------
    values : name -> threshold.
    files : where they were read from.
    """

    def __init__(self, values: Mapping[str, Threshold], files: Sequence[Path] = ()) -> None:
        self._values = dict(values)
        self._files = tuple(files)

    def __getitem__(self, name: str) -> Threshold:
        if name not in self._values:
            raise GridproofError(f"no threshold {name!r} {self._place()}{nearest(name, self)}")
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        # Mapping's own asks __getitem__ for a KeyError, which this class does not raise
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def _place(self) -> str:
        if not self._files:
            return f"as the study has no {THRESHOLDS_FILE}; a bound may also be a number"
        return f"in {' or '.join(map(str, self._files))}"


def read_thresholds(paths: Sequence[Path]) -> Thresholds:
    """Read the thresholds of a study; no file, no thresholds.

    Raises
    ------
    GridproofError : a file cannot be read, or two of them have one name.
    """
    origin: dict[str, Path] = {}
    values: dict[str, Threshold] = {}
    for path in paths:
        for name, threshold in _read(path).items():
            if name in origin:
                raise GridproofError(f"{path}: the threshold {name!r} is in {origin[name]} as well")
            origin[name], values[name] = path, threshold
    return Thresholds(values, paths)


def _read(path: Path) -> dict[str, Threshold]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return TypeAdapter(dict[str, Threshold]).validate_python(content or {})
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise GridproofError(f"{path}: {error}") from error
