"""The commands that people call; each imports what it needs when it is called."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click

from gridproof.cli.job_commands import JOB_COMMANDS, PATH

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
    from gridproof.config.loading import selection
    from gridproof.plan.reading import read_study

    print_cells(read_study(configfile, selection(only)))


@cli.command("compile")
def compile_kernels() -> None:
    """Compile what families compile for this machine; `make setup` does it."""
    from gridproof.catalogue import catalogue

    parts = catalogue()
    for family in map(parts.family, parts.names("families")):
        for line in family.build() if family.build else ():
            click.echo(line)


@cli.command()
@CONFIGFILE
@click.argument("cell")
def why(configfile: Path, cell: str) -> None:
    """Print what the identity of a CELL is made of, and what of its code cannot be told."""
    from gridproof.cli.why_command import print_why
    from gridproof.plan.reading import read_study

    print_why(read_study(configfile), cell)


@cli.command()
def doctor() -> None:
    """Tell what this machine has, what a study would use of it, and what is missing."""
    from gridproof.cli.doctor import diagnose

    sys.exit(diagnose())


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
    from gridproof.config.loading import selection
    from gridproof.plan.reading import read_study

    study = read_study(configfile, selection(only))
    sys.exit(
        claims_command(study, claim=claim, section=section, expected=expected, check=check, pin=pin)
    )


@cli.command()
@CONFIGFILE
@ONLY
@click.option("--check", is_flag=True, help="Exit 1 if the page is not of the study as it is now.")
@click.option("--partial", is_flag=True, help="Show what is trained, with its gaps.")
@click.option(
    "--strict", is_flag=True, help="With --check: exit 1 if a claim contradicts a phrase as well."
)
@click.argument("page", required=False, type=PATH)
def report(
    configfile: Path,
    only: str | None,
    check: bool,
    partial: bool,
    strict: bool,
    page: Path | None,
) -> None:
    """Write the report of a study whose cells are trained, or check a PAGE that was written."""
    from gridproof.cli.report_command import check_report, write_report

    if page and not check:
        raise click.UsageError("PAGE goes with --check: the report's place follows from the study")
    if check and partial:
        raise click.UsageError("--check and --partial exclude each other")
    if strict and not check:
        raise click.UsageError("--strict goes with --check")
    if check:
        sys.exit(check_report(configfile, only, page, strict=strict))
    sys.exit(write_report(configfile, only, partial))


@cli.command()
@click.argument("first", type=PATH)
@click.argument("second", type=PATH)
def compare(first: Path, second: Path) -> None:
    """Compare the cells of two folders of results, FIRST and SECOND; exit 1 if they differ."""
    from gridproof.cli.compare_command import print_comparison

    sys.exit(print_comparison(first, second))


for command in JOB_COMMANDS:
    cli.add_command(command)
