"""What a job is told and how it checks that it still is what it was planned to be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from gridproof.errors import GridproofError
from gridproof.families import family_of
from gridproof.files.layout import CELLS
from gridproof.plan.cell_identity import canonical_json, cell_code, cell_digest, library_versions
from gridproof.plan.data_plan import DataPlan, current_data_digest
from gridproof.plan.study import CellPlan
from gridproof.run.job import TrainingJob

AGAIN = "nothing is lost: run the same command again, finished cells are kept"


def describe_data(data: DataPlan) -> str:
    """Return the argument of a data job: JSON with all that it needs to know."""
    return canonical_json(_data_fields(data))


def describe_training(cell: CellPlan, seeds: Sequence[int]) -> str:
    """Return the argument of a training job: JSON with its whole spec and what it stands on."""
    return canonical_json(
        {
            "cell": cell.name,
            "code": cell.code,
            "data": _data_fields(cell.data),
            "digest": cell.digest,
            "libraries": cell.libraries,
            "seeds": list(seeds),
            "spec": cell.spec,
        }
    )


def describe_measurements(cell: CellPlan) -> str:
    """Return the argument of a measuring job: JSON with what to measure, and of which cell."""
    return canonical_json(
        {
            "data": str(cell.data.folder),
            "digest": cell.digest,
            "measurements": list(cell.measurements),
            "parameters": cell.parameters,
        }
    )


def _data_fields(data: DataPlan) -> dict[str, object]:
    return {
        "digest": data.digest,
        "name": data.name,
        "options": data.options,
        "source": data.source,
    }


def parse_data_job(text: str) -> DataPlan:
    """Return the plan of a data job after checking that source and code are as planned."""
    plan = DataPlan(**json.loads(text))
    check_data(plan)
    return plan


def check_data(plan: DataPlan) -> None:
    """Raise GridproofError if the source's files or the code that reads them were edited."""
    if current_data_digest(plan.source, plan.options) != plan.digest:
        raise GridproofError(
            f"the data {plan.name!r} changed after this job was planned "
            f"(its source {plan.source!r}, or the code that reads it, was edited); {AGAIN}"
        )


def parse_training_job(text: str) -> TrainingJob:
    """Return a training job after checking code, libraries and data against what was planned."""
    plan = json.loads(text)
    check_code(plan)
    data = DataPlan(**plan["data"])
    check_data(data)
    data.kind.check(data.folder, data.digest)
    return TrainingJob(
        cell=CELLS / plan["cell"],
        digest=plan["digest"],
        spec=plan["spec"],
        data=data.folder,
        seeds=tuple(plan["seeds"]),
    )


def check_code(plan: Mapping[str, object]) -> None:
    """Raise GridproofError if the cell has another digest than its job was planned with."""
    spec, name = plan["spec"], plan["cell"]
    assert isinstance(spec, Mapping)
    family = family_of(str(spec["family"]))
    code = cell_code(family, spec["parameters"])
    libraries = library_versions(family.libraries)
    if code != plan["code"]:
        raise GridproofError(
            f"the code that trains {family.name!r} cells was edited after the job of {name} "
            f"was planned; {AGAIN}"
        )
    if libraries != plan["libraries"]:
        raise GridproofError(
            f"the job of {name} was planned with {plan['libraries']} and runs with {libraries}; "
            "run it in the environment that the study was planned in"
        )
    if cell_digest(spec, code, libraries) != plan["digest"]:
        raise GridproofError(f"the spec of the job of {name} does not have the digest in its name")
