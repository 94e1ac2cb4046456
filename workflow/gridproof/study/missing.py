"""What a study asks for that is not there: optional data, and cells that are not trained yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gridproof.data.sources import find_source
from gridproof.study.expand import ResolvedExperiment
from gridproof.study.schema import StudyConfig


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


def missing_data(
    config: StudyConfig, experiments: Sequence[ResolvedExperiment]
) -> Iterator[MissingData]:
    """Yield the optional data of which no file is there."""
    for name in dict.fromkeys(experiment.data for experiment in experiments):
        source = config.data[name]
        options = find_source(source.source).path_options
        files = [Path(getattr(source, option)) for option in options]
        if getattr(source, "optional", False) and not any(file.exists() for file in files):
            yield MissingData(
                name=name,
                files=tuple(map(str, files)),
                names=tuple(item.name for item in experiments if item.data == name),
                experiments=tuple(item.title for item in experiments if item.data == name),
            )
