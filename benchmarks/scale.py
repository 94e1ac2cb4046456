"""Measure how a study grows with its cells, of the family `dry`, which trains nothing.

    python benchmarks/scale.py                   # 100, 1,000 and 10,000 cells
    python benchmarks/scale.py 100 200           # other numbers

Cells are written by the function that a job calls, in two processes, because Python starting ten
thousand times would be measured instead; everything else is what a user types. Prints a table of
seconds and of the memory of the largest process, and growth exponents: 1 is linear.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pandas as pd
import yaml
from measuring.workspace import copy_repository

from gridproof.plan.jobs import training_job
from gridproof.plan.reading import read_study
from gridproof.run.job import run_job

SIZES = (100, 1_000, 10_000)
CELLS_OF_AN_EXPERIMENT = 100
CONFIG = "config/dry.yaml"
NEVER_SAVED = 1e9
Row = tuple[float, float]
"""Seconds, and megabytes of the largest process."""


def study_text(n_cells: int) -> str:
    """Return a study of so many cells, a hundred in each experiment."""
    experiments = {
        f"part_{first}": {
            "family": "dry",
            "question": "How long does it take to train nothing?",
            "sweep": {"task": list(range(first, min(first + CELLS_OF_AN_EXPERIMENT, n_cells)))},
        }
        for first in range(0, n_cells, CELLS_OF_AN_EXPERIMENT)
    }
    study = {
        "title": f"{n_cells} cells that train nothing",
        "study": "dry",
        "seeds": 1,
        "data": {"countries": {"source": "geonames"}},
        "experiments": experiments,
    }
    return yaml.safe_dump(study, sort_keys=False)


def measured(command: Sequence[str], environment: dict[str, str], log: Path) -> Row:
    """Run a command to its end; return its seconds, and megabytes of its largest process."""
    started = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{log.read_text()[-3000:]}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def benchmark_of(rule: str) -> Row:
    """Return seconds and megabytes of a job of a rule, all its instances together."""
    folder = Path("results/dry/benchmarks")
    files = [*folder.glob(f"{rule}.tsv"), *folder.glob(f"{rule}/*.tsv")]
    rows = pd.concat(pd.read_csv(file, sep="\t") for file in files)
    return rows["s"].sum(), rows["max_rss"].max()


def write_cells() -> Row:
    """Write all cells of the study; return seconds, and megabytes on disk."""
    study = read_study(Path(CONFIG))
    jobs = [training_job(cell, seeds, study.catalogue) for cell, seeds in study.jobs()]
    started = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(partial(run_job, save_seconds=NEVER_SAVED), jobs, chunksize=10)
    seconds = time.perf_counter() - started
    files = [file for file in Path("results/cells").rglob("*") if file.is_file()]
    megabytes = sum(file.stat().st_blocks for file in files) * 512 / 1e6
    print(f"{len(jobs)} cells: {len(files)} files, {megabytes:.0f} MB on disk", flush=True)
    return seconds, megabytes


def measure(n_cells: int) -> dict[str, Row]:
    """Return what each step of a study of so many cells takes; the working folder is the study."""
    folder = Path.cwd()
    environment = copy_repository(folder)
    (folder / CONFIG).write_text(study_text(n_cells))

    def run(*command: str) -> Row:
        whole = [sys.executable, "-m", *command, "--configfile", CONFIG]
        return measured(whole, environment, folder / "log")

    snakemake = ("snakemake", "--cores", "2", "--quiet", "all")
    rows = {"read the study, `gridproof cells`": run("gridproof", "cells")}
    rows["dry run of everything, `snakemake -n`"] = run(*snakemake, "-n")
    run(*snakemake, "--until", "data")
    rows["write the cells, two processes (MB on disk)"] = write_cells()
    rows["tables, claims and report, `snakemake`"] = run(*snakemake)
    for rule in ("slice", "collect", "claims", "report"):
        rows[f"of which {rule}"] = benchmark_of(rule)
    rows["run with nothing to do, `snakemake`"] = run(*snakemake)
    page = folder / "results/dry/report/index.html"
    rows["size of the page"] = (0.0, page.stat().st_size / 1e6)
    return rows


def exponent(smaller: float, larger: float, ratio: float) -> str:
    """Return the power of the number of cells with which a value grew."""
    if smaller <= 0 or larger <= 0:
        return ""
    return f"{math.log(larger / smaller) / math.log(ratio):.2f}"


def table(sizes: Sequence[int], results: Sequence[dict[str, Row]]) -> str:
    """Return seconds and megabytes of each step as a Markdown table."""
    heads = [f"{size:,} cells" for size in sizes]
    lines = ["| step | " + " | ".join(heads) + " | exponents |", "|---" * (len(sizes) + 2) + "|"]
    for step in results[0]:
        values = [result[step] for result in results]
        cells = [
            f"{seconds:.1f} s, {megabytes:,.0f} MB" if seconds else f"{megabytes:.1f} MB"
            for seconds, megabytes in values
        ]
        powers = [
            exponent(values[i][0], values[i + 1][0], sizes[i + 1] / sizes[i])
            for i in range(len(sizes) - 1)
        ]
        lines.append(f"| {step} | {' | '.join(cells)} | {', '.join(powers)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure the sizes that the command line asks for, in fresh folders."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, help="numbers of cells")
    sizes = parser.parse_args().sizes
    results = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            os.chdir(name)
            results.append(measure(size))
            os.chdir("/")
        print(table(sizes[: len(results)], results), flush=True)


if __name__ == "__main__":
    main()
