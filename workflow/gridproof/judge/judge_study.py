"""Judge all claims of a study and write `claims.parquet`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from gridproof.catalogue import Catalogue, catalogue
from gridproof.files.atomic import atomic_path
from gridproof.files.formats import write_table
from gridproof.judge.claim_tables import ExperimentTables, Tables
from gridproof.judge.claims_code import judged_by
from gridproof.judge.judging import judge_all
from gridproof.judge.load_claims import claims_of
from gridproof.judge.outcomes import JUDGED_BY, LEFT_OUT, PLAN
from gridproof.judge.published import PUBLISHED_FILE, read_published
from gridproof.judge.thresholds import THRESHOLDS_FILE, read_thresholds
from gridproof.judge.verdict_table import table_of_verdicts
from gridproof.part import Claim
from gridproof.plan.job_plans import ClaimsPlan, PlannedExperiment
from gridproof.plan.wire import read_file
from gridproof.tables.members import load_slice
from gridproof.tables.planned import check_slice, read_facts


def write_claims(plan_file: Path, tables_dir: Path, out: Path) -> None:
    """Judge the claims of a study and write them, one row a claim.

    Parameters
    ----------
    plan_file : a ClaimsPlan.
    tables_dir : folder with a slice of tables for each experiment.

    Raises
    ------
    GridproofError : plan, tables, thresholds or values in print cannot be read, or two claims have
        one id. What claims themselves raise is their verdict.
    """
    plan = read_file(ClaimsPlan, plan_file)
    parts = catalogue(plan.parts)
    tables = tables_of(plan, parts, tables_dir)
    judged, left_out = claims_of(parts, plan.claims, experiments_of(plan))
    table = table_of_verdicts(judge_all(judged, tables))
    metadata = {
        PLAN: plan_file.name.encode(),
        JUDGED_BY: judged_by(parts).encode(),
        LEFT_OUT: by_experiment(left_out).encode(),
    }
    with atomic_path(out) as path:
        write_table(path, table.replace_schema_metadata(metadata))


def tables_of(plan: ClaimsPlan, parts: Catalogue, tables_dir: Path) -> Tables:
    """Return what the claims of a study may ask; tables are read when one asks."""
    return Tables(
        {item.name: partial(read_tables, plan, item, tables_dir) for item in plan.experiments},
        missing_experiments(plan),
        read_published(parts.study_files(PUBLISHED_FILE)),
        read_thresholds(parts.study_files(THRESHOLDS_FILE)),
    )


def read_tables(
    plan: ClaimsPlan, experiment: PlannedExperiment, tables_dir: Path
) -> ExperimentTables:
    """Return the tables of an experiment, checked against the plan."""
    tables = load_slice(tables_dir / experiment.name)
    check_slice(plan, experiment, tables)
    data = next(item for item in plan.data if item.name == experiment.data)
    return ExperimentTables(members=tables.members(), facts=read_facts(data))


def experiments_of(plan: ClaimsPlan) -> set[str]:
    """Return the experiments that a study has, or would have if their data were there."""
    return {item.name for item in plan.experiments} | missing_experiments(plan).keys()


def missing_experiments(plan: ClaimsPlan) -> dict[str, str]:
    """Return the experiments that were left out -> which data were not there."""
    return {
        name: f"the data {item.name!r} are not there ({', '.join(item.files)})"
        for item in plan.missing
        for name in item.names
    }


def by_experiment(claims: Sequence[Claim]) -> str:
    """Return experiment -> the ids of its claims, as JSON."""
    found: Mapping[str, list[str]] = {claim.experiment: [] for claim in claims}
    for claim in claims:
        found[claim.experiment].append(claim.id)
    return json.dumps(found)
