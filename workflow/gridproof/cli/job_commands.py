"""The commands that jobs of the workflow run; each imports what it needs when it is called.

A JOB or PLAN is what the workflow planned (see gridproof.plan.job_plans): JSON, or a file of it.
"""

from __future__ import annotations

from pathlib import Path

import click

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("job")
def data(job: str) -> None:
    """Prepare a data set, from its source or from other data."""
    from gridproof.catalogue import catalogue
    from gridproof.plan.job_plans import DataJob
    from gridproof.plan.jobs import check_data_job, read_job
    from gridproof.run.preparing import prepare

    planned = read_job(DataJob, job)
    check_data_job(planned)
    prepare(planned.data, catalogue(planned.parts).roots)


@click.command()
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
    """Train what is missing of a block of a cell."""
    from gridproof.plan.job_plans import TrainingJob
    from gridproof.plan.jobs import check_training_job, read_job
    from gridproof.run.job import run_job

    planned = read_job(TrainingJob, job)
    check_training_job(planned)
    run_job(planned, save_seconds)


@click.command()
@click.argument("job")
@click.argument("weights", type=PATH)
@click.argument("out", type=PATH)
def measure(job: str, weights: Path, out: Path) -> None:
    """Measure a finished cell from its WEIGHTS."""
    from gridproof.plan.job_plans import MeasuringJob
    from gridproof.plan.jobs import read_job
    from gridproof.run.measuring import measure as measure_cell

    measure_cell(read_job(MeasuringJob, job), weights, out)


@click.command("slice")
@click.argument("plan")
@click.argument("folder", type=PATH)
def write_slice(plan: str, folder: Path) -> None:
    """Write the tables of one experiment into FOLDER."""
    from gridproof.plan.job_plans import SlicePlan
    from gridproof.plan.wire import read
    from gridproof.tables.slices import write_slice as write_tables

    write_tables(read(SlicePlan, plan), folder)


@click.command()
@click.argument("folder", type=PATH)
@click.argument("tables", nargs=-1, required=True, type=PATH)
def collect(folder: Path, tables: tuple[Path, ...]) -> None:
    """Merge the TABLES of all experiments, each in a folder of its own, into FOLDER."""
    from gridproof.tables.collect import collect as merge_tables

    merge_tables(tables, folder)


@click.command()
@click.argument("job")
@click.option("--png", required=True, type=PATH)
@click.option("--svg", required=True, type=PATH)
def figure(job: str, png: Path, svg: Path) -> None:
    """Draw a figure as PNG and SVG, with its text alternative beside the PNG."""
    from gridproof.draw.drawing import draw
    from gridproof.plan.job_plans import FigureJob
    from gridproof.plan.jobs import read_job

    draw(read_job(FigureJob, job), png, svg)


@click.command()
@click.argument("job")
@click.option("--gif", required=True, type=PATH)
def animation(job: str, gif: Path) -> None:
    """Draw an animated figure from the weights of every epoch."""
    from gridproof.draw.animation import animate
    from gridproof.plan.job_plans import FigureJob
    from gridproof.plan.jobs import read_job

    animate(read_job(FigureJob, job), gif)


@click.command()
@click.argument("job")
@click.argument("out", type=PATH)
def sliders(job: str, out: Path) -> None:
    """Write what the page shows of an experiment's networks after any epoch."""
    from gridproof.draw.sliders import write_sliders
    from gridproof.plan.job_plans import FigureJob
    from gridproof.plan.jobs import read_job

    write_sliders(read_job(FigureJob, job), out)


@click.command()
@click.argument("plan", type=PATH)
@click.argument("out", type=PATH)
@click.option("--tables", required=True, type=PATH)
def judge(plan: Path, out: Path, tables: Path) -> None:
    """Judge the claims of a study and write them to OUT."""
    from gridproof.judge.judge_study import write_claims

    write_claims(plan, tables, out)


@click.command()
@click.argument("plan", type=PATH)
@click.option("--tables", required=True, type=PATH)
@click.option("--figures", required=True, type=PATH)
@click.option("--claims", required=True, type=PATH)
@click.option("--code", required=True, help="JSON: the code of each stage -> its digest.")
@click.argument("folder", type=PATH)
def build(plan: Path, tables: Path, figures: Path, claims: Path, code: str, folder: Path) -> None:
    """Write index.html and report.md into FOLDER: the study's tables, figures and claims."""
    import json

    from gridproof.report.build import build as build_report
    from gridproof.report.made_of import Sources

    sources = Sources(tables=tables, figures=figures, claims=claims)
    build_report(plan, sources, folder, json.loads(code))


JOB_COMMANDS = (
    data,
    train,
    measure,
    write_slice,
    collect,
    figure,
    animation,
    sliders,
    judge,
    build,
)
