"""The plan as files under results/, for the jobs that are too many-celled for a command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from gridproof.files.atomic import write_text
from gridproof.plan.cell_identity import short_digest
from gridproof.plan.study import CellPlan, ExperimentPlan, Study


def experiment_content(study: Study, experiment: ExperimentPlan) -> dict[str, object]:
    """Return what the slice of an experiment follows from: its seeds and its cells."""
    members = []
    for member in experiment.members:
        cell = study.cells[member.cell]
        members.append(
            {
                "cell": cell.digest,
                "name": cell.name,
                "slug": cell.slug,
                "label": member.label,
                "position": member.position,
                "family": cell.family.name,
                "files": cell.family.files,
                "data": cell.data.name,
                "threads": cell.threads,
                "engine": cell.spec["engine"],
                "parameters": cell.parameters,
                "assembled": [str(folder) for folder in cell.assembled()],
                "measured": [str(file) for file in cell.measured()],
            }
        )
    return {"experiment": experiment.name, "seeds": list(experiment.seeds), "members": members}


def experiment_file(study: Study, experiment: ExperimentPlan) -> Path:
    """Return the path of an experiment's plan; its content is in its name."""
    return _file(study, experiment.name, experiment_content(study, experiment))


def study_content(study: Study) -> dict[str, object]:
    """Return what the report follows from besides the tables: words, figures, cells and data."""
    return {
        "study": study.name,
        "title": study.title,
        "config": str(study.path),
        "data": {
            name: {
                "digest": data.digest,
                "directory": str(data.folder),
                "source": data.source,
                "kind": data.kind_name,
            }
            for name, data in study.data.items()
        },
        "missing": [
            {
                "name": item.name,
                "files": item.files,
                "names": item.names,
                "experiments": item.experiments,
            }
            for item in study.missing
        ],
        "gaps": None if study.gaps is None else [asdict(gap) for gap in study.gaps],
        "experiments": [_experiment_words(study, item) for item in study.experiments.values()],
    }


def study_file(study: Study) -> Path:
    """Return the path of the study's plan, for the report."""
    return _file(study, "study", study_content(study))


def claims_content(study: Study) -> dict[str, object]:
    """Return what claims follow from besides tables: the study without its words, own claims."""
    content = study_content(study)
    wordless = {"title": "", "question": "", "figures": []}
    experiments = [_experiment_words(study, item) | wordless for item in study.experiments.values()]
    return {
        "study": content | {"title": "", "experiments": experiments},
        "claims": {
            name: claim.model_dump(mode="json", exclude_none=True)
            for name, claim in study.claims.items()
        },
        "file": str(study.claims_file) if study.claims_file else None,
    }


def claims_file(study: Study) -> Path:
    """Return the path of the plan of the study's claims."""
    return _file(study, "claims", claims_content(study))


def write_plans(study: Study) -> None:
    """Write the plans that are not there yet."""
    contents = {study_file(study): study_content(study), claims_file(study): claims_content(study)}
    for experiment in study.experiments.values():
        contents[experiment_file(study, experiment)] = experiment_content(study, experiment)
    for path, content in contents.items():
        if not path.exists():
            write_text(path, json.dumps(content, indent=1) + "\n")


def _file(study: Study, name: str, content: Mapping[str, object]) -> Path:
    return study.folder / "plan" / f"{name}-{short_digest(content)}.json"


def _spec(cell: CellPlan) -> dict[str, object]:
    return {
        "family": cell.family.name,
        "threads": cell.threads,
        "engine": cell.spec["engine"],
        "parameters": cell.parameters,
        "data": cell.data.folder.name,
        "libraries": cell.libraries,
    }


def _experiment_words(study: Study, experiment: ExperimentPlan) -> dict[str, object]:
    return {
        "name": experiment.name,
        "title": experiment.title,
        "question": experiment.question,
        "figures": list(experiment.figures),
        "data": experiment.data.name,
        "digest": short_digest(experiment_content(study, experiment)),
        "cells": [
            {
                "cell": study.cells[member.cell].digest,
                "slug": study.cells[member.cell].slug,
                "label": member.label,
                "deterministic": study.cells[member.cell].deterministic,
                "measurements": study.cells[member.cell].measurements,
                "spec": _spec(study.cells[member.cell]),
                "seeds": [s for s in experiment.seeds if s in study.cells[member.cell].seeds],
            }
            for member in experiment.members
        ],
    }
