"""What a study asks for and a report cannot show, as plan and report both speak of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingData:
    """Optional data that are not there, and the experiments left out for it: names and titles."""

    name: str
    files: tuple[str, ...]
    names: tuple[str, ...]
    experiments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A cell of an experiment that a partial report leaves out, or the seeds of it that it does."""

    experiment: str
    title: str
    label: str
    seeds: tuple[int, ...]
