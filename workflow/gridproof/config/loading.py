"""The one way in for a configuration: read, override, validate, and tell every mistake at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gridproof.catalogue import Catalogue, catalogue
from gridproof.config.claim_checks import claim_complaints
from gridproof.config.complaints import Complaint, complaint_of, complaints_of
from gridproof.config.cross_checks import reference_complaints
from gridproof.config.expand import candidates, fitting_data, n_candidates
from gridproof.config.fit import figure_misfit, measurement_misfits, spread_misfit, unmeasured
from gridproof.config.prose_checks import prose_complaints
from gridproof.config.schema import schema_of
from gridproof.config.study_config import Experiment, StudyConfig
from gridproof.config.yaml_reader import Document, KeyPath, format_path, read_yaml
from gridproof.errors import GridproofError

MAX_CELLS = 10_000
OVERRIDE = "--config"


def load_config(
    path: Path, overrides: Mapping[str, object] | None = None
) -> tuple[StudyConfig, Catalogue]:
    """Read and validate a study; return it with the parts that it may name.

    Parameters
    ----------
    path : the YAML file.
    overrides : top-level keys that replace the file's, as from ``--config only=a,b seeds=3``.

    Raises
    ------
    GridproofError
        Lists all that is wrong, one mistake a line: file, line, key, what was found and expected.
    """
    replaced = {key: override(key, value) for key, value in (overrides or {}).items()}
    document = read_yaml(path)
    document = replace(document, data=document.data | replaced)
    parts = parts_of(document, replaced)
    schema = schema_of(parts)
    complaints = list(reference_complaints(document.data, schema))
    try:
        config = schema.study.model_validate(document.data)
    except ValidationError as error:
        complaints += complaints_of(error, schema)
    else:
        complaints += cell_complaints(config, parts, document)
        if not complaints:
            complaints += claim_complaints(config, parts)
            complaints += prose_complaints(config, parts)
        if not complaints:
            return config, parts
    raise GridproofError(listed_complaints(complaints, document, replaced.keys()))


def parts_of(document: Document, replaced: Collection[str]) -> Catalogue:
    """Return the parts of the folders that a study lists; of a list of other things, none."""
    listed = document.data.get("parts", [])
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        return catalogue()
    for count in range(1, len(listed) + 1):
        try:
            catalogue(tuple(listed[:count]))
        except GridproofError as error:
            complaint = Complaint(("parts", count - 1), str(error))
            raise GridproofError(complaint_line(complaint, document, replaced)) from None
    return catalogue(tuple(listed))


def selection(only: str | None) -> dict[str, object]:
    """Return the overrides of an option `--only`: none where it is not given; '' is refused."""
    return {} if only is None else {"only": only}


def override(key: str, value: object) -> object:
    """Return the value of a ``--config`` item; ``only=a,b`` and ``seeds=0,1`` are lists."""
    if not isinstance(value, str):
        return value
    items = [item.strip() for item in value.split(",") if item.strip()]
    if key == "only":
        return items
    if key == "seeds" and items and all(map(str.isdecimal, items)):
        return [int(item) for item in items] if "," in value else int(value)
    return value


def cell_complaints(
    config: StudyConfig, parts: Catalogue, document: Document
) -> Iterator[Complaint]:
    """Yield what is wrong with single cells: parameters that are valid alone but not together."""
    for name, experiment in config.experiments.items():
        path = ("experiments", name)
        if (count := n_candidates(experiment)) > MAX_CELLS:
            yield Complaint((*path, "sweep"), f"{count} cells, expected at most {MAX_CELLS}")
        else:
            yield from conflicts(config, parts, experiment, path, document)
            yield from unfit_measurements(config, parts, experiment, path)
            for index, figure in enumerate(experiment.figures):
                misfit = figure_misfit(parts, figure, experiment.family)
                misfit = misfit or unmeasured(parts, figure, experiment.measure)
                misfit = misfit or ill_spread(config, parts, figure, [experiment])
                if misfit:
                    yield Complaint((*path, "figures", index), misfit)
            yield from unfit_target(config, parts, experiment, path)
            yield from shared_divisions(config, parts, experiment, path)
    yield from unfit_comparisons(config, parts)


def unfit_comparisons(config: StudyConfig, parts: Catalogue) -> Iterator[Complaint]:
    """Yield the figures of comparisons that do not fit all cells; unknown parts are told before."""
    for name, comparison in config.comparisons.items():
        known = [part for part in comparison.of if part in config.experiments]
        families = [config.experiments[part].family for part in known]
        asked = [item for part in known for item in config.experiments[part].measure]
        for index, figure in enumerate(comparison.figures or ()):
            misfits = [m for family in families if (m := figure_misfit(parts, figure, family))]
            text = next(iter(misfits), "") or unmeasured(parts, figure, asked)
            compared = [config.experiments[part] for part in known]
            if text := text or ill_spread(config, parts, figure, compared):
                yield Complaint(("comparisons", name, "figures", index), text)


def unfit_target(
    config: StudyConfig, parts: Catalogue, experiment: Experiment, path: KeyPath
) -> Iterator[Complaint]:
    """Yield that an experiment's family does not predict what its data hold."""
    family = parts.family(experiment.family)
    name, section = data_of(config, parts, experiment)
    numeric = parts.source(section.source).numeric if section is not None else ""
    if family.predicts == "classes" and numeric and getattr(section, numeric):
        yield Complaint(
            (*path, "data"),
            f"found {name!r}, whose target is a number ({numeric}: true), "
            f"expected classes for the family {family.name!r}",
        )


def data_of(
    config: StudyConfig, parts: Catalogue, experiment: Experiment
) -> tuple[str | None, Any]:
    """Return name and options of an experiment's data; None for what is not there."""
    name = experiment.data or next(iter(fitting_data(config, parts, experiment)), None)
    return name, config.data.get(name) if name else None


def shared_divisions(
    config: StudyConfig, parts: Catalogue, experiment: Experiment, path: KeyPath
) -> Iterator[Complaint]:
    """Yield that seeds would share rows that each is to have of its own, and count as several."""
    name, section = data_of(config, parts, experiment)
    option = parts.source(section.source).divisions if section is not None else ""
    ways = int(getattr(section, option)) if option else 1
    seeds = experiment.seeds or config.seeds
    if ways > 1 and len({seed % ways for seed in seeds}) < len(seeds):
        yield Complaint(
            (*path, "seeds") if experiment.seeds else ("seeds",),
            f"found {len(seeds)} seeds for {name!r}, which are divided in {ways} ways ({option}), "
            f"expected as many ways as seeds, or one: two seeds of a division are not two samples",
        )


def conflicts(
    config: StudyConfig,
    parts: Catalogue,
    experiment: Experiment,
    path: KeyPath,
    document: Document,
) -> Iterator[Complaint]:
    """Yield the conflicts of an experiment's cells, at the key where the parameter is given."""
    schema = schema_of(parts)
    for origin, values in candidates(config, experiment):
        try:
            schema.parameters[experiment.family](**values)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                parameter = details["ctx"]["parameter"]
                places = (
                    (*path, *origin, parameter),
                    (*path, "set", parameter),
                    ("defaults", experiment.family, parameter),
                )
                place = next((place for place in places if place in document.lines), path)
                yield Complaint(place, complaint_of(details, schema).text)


def ill_spread(
    config: StudyConfig, parts: Catalogue, figure: str, experiments: Sequence[Experiment]
) -> str:
    """Return why a figure cannot show how the cells of experiments differ; empty if it can.

    Cells whose parameters are in conflict are told elsewhere.
    """
    if not (parts.figure(figure).varies or parts.figure(figure).compares):
        return ""
    cells = {}
    for experiment in experiments:
        model = schema_of(parts).parameters[experiment.family]
        for _, values in candidates(config, experiment):
            with suppress(ValidationError):
                cell = model(**values).model_dump()
                cells[repr(cell)] = cell
    return spread_misfit(parts, figure, list(cells.values()))


def unfit_measurements(
    config: StudyConfig, parts: Catalogue, experiment: Experiment, path: KeyPath
) -> Iterator[Complaint]:
    """Yield the measurements that have no meaning for one of the experiment's cells."""
    cells = [values for _, values in candidates(config, experiment)]
    for index, name in enumerate(experiment.measure):
        for misfit in measurement_misfits(parts, name, experiment.family, cells):
            yield Complaint((*path, "measure", index), misfit)


def listed_complaints(
    complaints: Collection[Complaint], document: Document, replaced: Collection[str]
) -> str:
    """Return the complaints in the order of the file, one a line, the first for each key."""
    first: dict[KeyPath, Complaint] = {}
    for complaint in complaints:
        first.setdefault(complaint.path, complaint)
    ordered = sorted(first.values(), key=lambda complaint: document.line(complaint.path))
    return "\n".join(complaint_line(complaint, document, replaced) for complaint in ordered)


def complaint_line(complaint: Complaint, document: Document, replaced: Collection[str]) -> str:
    """Return ``config.yaml, line 14: experiments.shape.sweep: ...``."""
    path = complaint.path
    where = OVERRIDE if path and path[0] in replaced else document.location(path)
    return ": ".join(part for part in (where, format_path(path), complaint.text) if part)
