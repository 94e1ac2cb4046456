"""The optional data of a study that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gridproof.catalogue import Catalogue
from gridproof.config.expand import ResolvedExperiment
from gridproof.config.study_config import StudyConfig
from gridproof.plan.absent import MissingData


def missing_data(
    config: StudyConfig, catalogue: Catalogue, experiments: Sequence[ResolvedExperiment]
) -> Iterator[MissingData]:
    """Yield the optional data of which no file is there."""
    for name in dict.fromkeys(experiment.data for experiment in experiments):
        section = config.data[name]
        given = [getattr(section, key) for key in catalogue.source(section.source).path_options]
        files = [Path(path) for path in given if path is not None]
        if getattr(section, "optional", False) and not any(file.exists() for file in files):
            yield MissingData(
                name=name,
                files=tuple(map(str, files)),
                names=tuple(item.name for item in experiments if item.data == name),
                experiments=tuple(item.title for item in experiments if item.data == name),
            )
