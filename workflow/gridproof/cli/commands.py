"""The commands of `gridproof`; each imports what it needs when it is called."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import click

PATH = click.Path(path_type=Path)
CONFIGFILE = click.option(
    "--configfile", default="config.yaml", show_default=True, type=PATH, help="The study."
)
ONLY = click.option("--only", help="Experiments, separated by commas; all by default.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Run a machine-learning study again, extend it and believe it."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )


@cli.command(context_settings={"ignore_unknown_options": True})
@CONFIGFILE
@ONLY
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(configfile: Path, only: str | None, arguments: tuple[str, ...]) -> None:
    """Run a study with Snakemake on all cores; ARGUMENTS are passed on to Snakemake."""
    from gridproof.cli.run_command import run_study

    sys.exit(run_study(configfile, only, arguments))


@cli.command()
@CONFIGFILE
@ONLY
def cells(configfile: Path, only: str | None) -> None:
    """Print the cells of a study and how far they are: done, partial or missing."""
    from gridproof.cli.listing import print_cells
    from gridproof.plan.reading import read_study

    print_cells(read_study(configfile, {"only": only} if only else None))


@cli.command()
def doctor() -> None:
    """Tell what this machine has, what a study would use of it, and what is missing."""
    from gridproof.cli.doctor import diagnose

    sys.exit(diagnose())


@cli.command()
@click.argument("job")
def data(job: str) -> None:
    """Prepare a data set; JOB is JSON from the workflow."""
    from gridproof.plan.data_sources import find_source
    from gridproof.plan.jobs import parse_data_job

    plan = parse_data_job(job)
    plan.kind.make(plan.name, find_source(plan.source), plan.options, plan.digest, plan.folder)


@cli.command()
@click.argument("job")
def features(job: str) -> None:
    """Compute a backbone's features of prepared images; JOB is JSON from the workflow."""
    from gridproof.plan.jobs import parse_data_job
    from gridproof.run.devices import leased_device
    from gridproof.run.memory import keep_freed_memory

    keep_freed_memory()
    plan = parse_data_job(job)
    images = plan.base
    assert images is not None
    images.kind.check(images.folder, images.digest)
    with leased_device():
        from gridproof.parts.kinds.featurise import write_features

        write_features(
            images.folder,
            plan.options["backbone"],
            plan.options["weights"],
            plan.digest,
            plan.name,
            plan.folder,
            plan.options["threads"],
        )


@cli.command()
@click.argument("job")
@click.option(
    "--save-seconds",
    default=5.0,
    show_default=True,
    envvar="GRIDPROOF_SAVE_SECONDS",
    show_envvar=True,
    help="How often to save what a killed training continues from.",
)
def train(job: str, save_seconds: float) -> None:
    """Train what is missing of a block of a cell; JOB is JSON from the workflow."""
    from gridproof.plan.jobs import parse_training_job
    from gridproof.run.job import run_job

    run_job(parse_training_job(job), save_seconds)


@cli.command()
@click.argument("job")
@click.argument("history", type=PATH)
@click.argument("out", type=PATH)
def measure(job: str, history: Path, out: Path) -> None:
    """Measure a finished cell from its HISTORY of weights; JOB is JSON from the workflow."""
    from gridproof.run.measuring import measure

    fields = json.loads(job)
    measure(
        fields["measurements"],
        fields["digest"],
        fields["parameters"],
        history,
        Path(fields["data"]),
        out,
    )


@cli.command("slice")
@click.argument("plan", type=PATH)
@click.argument("folder", type=PATH)
def write_slice(plan: Path, folder: Path) -> None:
    """Write the tables of one experiment, whose PLAN the workflow wrote, into FOLDER."""
    from gridproof.tables.slices import write_slice

    write_slice(plan, folder)


@cli.command()
@click.argument("folder", type=PATH)
@click.argument("tables", nargs=-1, required=True, type=PATH)
def collect(folder: Path, tables: tuple[Path, ...]) -> None:
    """Merge the TABLES of all experiments, each in a folder of its own, into FOLDER."""
    from gridproof.tables.collect import collect

    collect(list(dict.fromkeys(table.parent for table in tables)), folder)


@cli.command()
@click.argument("name")
@click.option("--tables", type=PATH, help="The slice of an experiment.")
@click.option("--data", required=True, type=PATH, help="Prepared data.")
@click.option("--checkpoint", multiple=True, type=PATH)
@click.option("--png", required=True, type=PATH)
@click.option("--svg", required=True, type=PATH)
def figure(
    name: str, tables: Path | None, data: Path, checkpoint: tuple[Path, ...], png: Path, svg: Path
) -> None:
    """Draw the figure NAME as PNG and SVG, with its text alternative beside the PNG."""
    from gridproof.draw.drawing import draw
    from gridproof.files.layout import files_by_cell

    draw(name, tables, files_by_cell(checkpoint), data, png, svg)


@cli.command()
@click.argument("name")
@click.option("--tables", required=True, type=PATH)
@click.option("--data", required=True, type=PATH, help="Prepared data.")
@click.option("--checkpoint", multiple=True, type=PATH)
@click.option("--gif", required=True, type=PATH)
def animation(name: str, tables: Path, data: Path, checkpoint: tuple[Path, ...], gif: Path) -> None:
    """Draw the animated figure NAME from the weights of every epoch."""
    from gridproof.draw.animation import animate
    from gridproof.files.layout import files_by_cell

    animate(name, tables, files_by_cell(checkpoint), data, gif)


@cli.command()
@click.option("--tables", required=True, type=PATH)
@click.option("--data", required=True, type=PATH, help="Prepared data.")
@click.option("--history", multiple=True, type=PATH)
@click.option("--out", required=True, type=PATH)
def explorer(tables: Path, data: Path, history: tuple[Path, ...], out: Path) -> None:
    """Draw small maps of an experiment's networks after some epochs, for the page's sliders."""
    from gridproof.files.layout import files_by_cell
    from gridproof.parts.figures.explorer import explore

    explore(tables, files_by_cell(history), data, out)


@cli.command()
@click.argument("plan", type=PATH)
@click.argument("out", type=PATH)
@click.option("--tables", required=True, type=PATH)
def judge(plan: Path, out: Path, tables: Path) -> None:
    """Judge the claims of a study, whose PLAN the workflow wrote, and write them to OUT."""
    from gridproof.judge.judge_study import write_claims

    write_claims(plan, tables, out)


@cli.command()
@CONFIGFILE
@ONLY
@click.argument("claim", required=False)
@click.option("--section", help="Claims of this section of the published study only.")
@click.option("--check", is_flag=True, help="Exit 1 if a verdict differs from the pinned one.")
@click.option("--pin", is_flag=True, help="Write the verdicts down as the expected ones.")
@click.option(
    "--expected",
    type=PATH,
    help="File of the pinned verdicts, instead of the study's `expected_claims`.",
)
def claims(
    configfile: Path,
    only: str | None,
    claim: str | None,
    section: str | None,
    check: bool,
    pin: bool,
    expected: Path | None,
) -> None:
    """Print the claims of a study with their verdicts, or one CLAIM with its evidence."""
    from gridproof.cli.claim_commands import claims_command
    from gridproof.plan.reading import read_study

    study = read_study(configfile, {"only": only} if only else None)
    sys.exit(
        claims_command(study, claim=claim, section=section, expected=expected, check=check, pin=pin)
    )


@cli.command()
@CONFIGFILE
@ONLY
@click.option("--check", is_flag=True, help="Exit 1 if the page is not of the study as it is now.")
@click.option("--partial", is_flag=True, help="Show what is trained, with its gaps.")
@click.argument("page", required=False, type=PATH)
def report(
    configfile: Path, only: str | None, check: bool, partial: bool, page: Path | None
) -> None:
    """Write the report of a study whose cells are trained, or check a PAGE that was written."""
    from gridproof.cli.report_command import check_report, write_report

    if page and not check:
        raise click.UsageError("PAGE goes with --check: the report's place follows from the study")
    if check and partial:
        raise click.UsageError("--check and --partial exclude each other")
    if check:
        sys.exit(check_report(configfile, only, page))
    sys.exit(write_report(configfile, only, partial))


@cli.command()
@click.argument("first", type=PATH)
@click.argument("second", type=PATH)
def compare(first: Path, second: Path) -> None:
    """Compare the cells of two folders of results, FIRST and SECOND; exit 1 if they differ."""
    from gridproof.cli.compare_command import print_comparison

    sys.exit(print_comparison(first, second))


@cli.command()
@click.argument("plan", type=PATH)
@click.option("--tables", required=True, type=PATH)
@click.option("--figures", required=True, type=PATH)
@click.option("--claims", required=True, type=PATH)
@click.option("--templates", required=True, type=PATH)
@click.argument("folder", type=PATH)
def build(
    plan: Path, tables: Path, figures: Path, claims: Path, templates: Path, folder: Path
) -> None:
    """Write index.html and report.md into FOLDER: the study's PLAN, tables, figures and claims."""
    from gridproof.report.build import build as build_report
    from gridproof.report.stamp import Sources

    sources = Sources(tables=tables, figures=figures, claims=claims, templates=templates)
    build_report(plan, sources, folder)
