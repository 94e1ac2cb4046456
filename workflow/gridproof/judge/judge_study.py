"""Judge all claims of a study and write `claims.parquet`."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from gridproof.errors import GridproofError
from gridproof.files.atomic import atomic_path
from gridproof.files.formats import write_table
from gridproof.judge.claim_registry import Claim, Registry, published_claims
from gridproof.judge.claim_tables import Tables
from gridproof.judge.forms import claim_from_yaml
from gridproof.judge.judging import claims_table, judge_all
from gridproof.judge.published import read_published
from gridproof.judge.thresholds import read_thresholds
from gridproof.report.report_plan import (
    PlannedExperiment,
    StudyPlan,
    check_slice,
    parse_plan,
    read_facts,
)
from gridproof.tables.ask import Ask
from gridproof.tables.members import load_slice

PLAN = b"gridproof_plan"
"""Key of the file's metadata that names the plan that the claims were judged for."""


def write_claims(plan_file: Path, tables_dir: Path, templates_dir: Path, out: Path) -> None:
    """Judge the claims of a study and write them, one row a claim.

    Parameters
    ----------
    plan_file : the plan of the study's claims as JSON.
    tables_dir : folder with a slice of tables for each experiment.
    templates_dir : folder with `published.yaml` and `thresholds.yaml`.
    """
    content = json.loads(plan_file.read_text(encoding="utf-8"))
    plan = parse_plan(content["study"])
    thresholds = read_thresholds(templates_dir / "thresholds.yaml")
    tables = Tables(
        {item.name: partial(read_ask, plan, item, tables_dir) for item in plan.experiments},
        missing_experiments(plan),
        read_published(templates_dir / "published.yaml"),
        thresholds,
    )
    claims = claims_of(plan, content["claims"], content["file"])
    table = claims_table(judge_all(claims.values(), tables), thresholds)
    with atomic_path(out) as path:
        write_table(path, table.replace_schema_metadata({PLAN: plan_file.name.encode()}))


def claims_of(
    plan: StudyPlan, own: Mapping[str, Mapping[str, Any]], file: str | None
) -> dict[str, Claim]:
    """Return the claims about a study: those of the published study, then the user's own.

    Of the former, those about an experiment that the study has, or would have if its data were
    there. Of the user's, those about an experiment that was run.
    """
    absent = missing_experiments(plan)
    there = {item.name for item in plan.experiments}
    registry = Registry()
    for claim in published_claims().values():
        if claim.experiment in there | absent.keys():
            registry.add(claim)
    for name, content in own.items():
        claim = claim_from_yaml(name, content)
        if claim.experiment in there | absent.keys():
            registry.add(claim)
    if file is not None:
        for claim in claims_in_file(Path(file)):
            registry.add(claim)
    return registry.claims


def claims_in_file(path: Path) -> list[Claim]:
    """Run a user's file and return the claims of its `registry`.

    Raises
    ------
    GridproofError : the file fails, or has no registry.
    """
    spec = importlib.util.spec_from_file_location("gridproof_user_claims", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except GridproofError as error:
        raise GridproofError(f"{path}: {error}") from error
    except Exception as error:
        raise GridproofError(f"{path}: {type(error).__name__}: {error}") from error
    registry = getattr(module, "registry", None)
    if not isinstance(registry, Registry):
        raise GridproofError(
            f"{path}: found no `registry`, expected `registry = Registry()` of "
            "gridproof.judge.claim_registry, as docs/claims.md shows"
        )
    return list(registry.claims.values())


def read_ask(plan: StudyPlan, experiment: PlannedExperiment, tables_dir: Path) -> Ask:
    """Return the tables of an experiment, checked against the plan."""
    tables = load_slice(tables_dir / experiment.name)
    check_slice(plan, experiment, tables)
    data = next(item for item in plan.data if item.name == experiment.data)
    return Ask(experiment.name, tables, read_facts(data))


def missing_experiments(plan: StudyPlan) -> dict[str, str]:
    """Return the experiments that were left out -> which data were not there."""
    return {
        name: f"the data {item.name!r} are not there ({', '.join(item.files)})"
        for item in plan.missing
        for name in item.names
    }
