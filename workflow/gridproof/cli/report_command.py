"""The report as a command: write it, also of a part of the study; check that one is not stale."""

from __future__ import annotations

from pathlib import Path

import click

from gridproof.cli.claim_commands import read_claims
from gridproof.cli.run_command import run_study
from gridproof.config.loading import selection
from gridproof.errors import GridproofError
from gridproof.files.layout import CLAIMS
from gridproof.plan.plan_files import study_plan
from gridproof.plan.study import Study
from gridproof.report.made_of import Sources, make_stamp
from gridproof.report.phrases import REFUSED, phrases_in
from gridproof.report.stage_code import code_of_stages
from gridproof.report.stamp import changes, read_stamp
from gridproof.report.template_files import files_in
from gridproof.run.finished import finished_seeds
from gridproof.run.opening import plan_study
from gridproof.words import plural

SHOWN_CELLS = 5


def write_report(config: Path, only: str | None, partial: bool) -> int:
    """Bring the report up to date without training anything; return Snakemake's exit code.

    Raises
    ------
    GridproofError
        If cells are not trained and `partial` is not asked for: a report of some cells must not
        pass for one of all.
    """
    if not partial:
        study = plan_study([config], selection(only))
        refuse_unfinished(study)
    return run_study(config, only, [], partial=partial)


def refuse_unfinished(study: Study) -> None:
    """Raise GridproofError if a cell of the study lacks replicates, naming the first of them."""
    finished = finished_seeds(study)
    waiting = [name for name, cell in study.cells.items() if len(finished[name]) < len(cell.seeds)]
    if not waiting:
        return
    named = ", ".join(waiting[:SHOWN_CELLS]) + (", ..." if len(waiting) > SHOWN_CELLS else "")
    raise GridproofError(
        f"{study.path}: {len(waiting)} of {plural(len(study.cells), 'cell')} not trained: {named}. "
        f"Train: gridproof run --configfile {study.path}. To see what is there, with its gaps: "
        f"gridproof report --partial --configfile {study.path}"
    )


def check_report(config: Path, only: str | None, page: Path | None, *, strict: bool = False) -> int:
    """Tell whether a page is of the study as it is now; return 0 if so, else 1.

    Parameters
    ----------
    page : the study's own report by default.
    strict : whether a phrase of the prose that its claim contradicts fails the check, too.
    """
    study = plan_study([config], selection(only))
    page = page or study.folder / "report" / "index.html"
    sources = Sources(
        tables=study.folder / "tables",
        figures=study.folder / "figures",
        claims=study.folder / CLAIMS,
    )
    plan = study_plan(study)
    now = make_stamp(plan, sources, dict(code_of_stages(plan)))
    changed = changes(read_stamp(page), now)
    for line in changed:
        click.echo(line)
    if changed:
        click.echo(
            f"{page} is not of {study.path}, its code and its results as they are now. "
            f"Bring it up to date: gridproof run --configfile {study.path}"
        )
        return 1
    click.echo(f"{page} belongs to {study.path}, its code and its results")
    return tell_contradicted(study) if strict else 0


def tell_contradicted(study: Study) -> int:
    """Print each phrase of the prose that its claim contradicts; return 1 if there is one."""
    if study.words is None:
        return 0
    verdicts = {row["id"]: row["verdict"] for row in read_claims(study).rows}
    found = [
        f"{path}: {phrase!r} is {verdicts[claim]} by the claim {claim}"
        for path in files_in(study.words)
        for phrase, claim in phrases_in(path.read_text(encoding="utf-8"))
        if verdicts.get(claim) in REFUSED
    ]
    for line in found:
        click.echo(line)
    return int(bool(found))
