"""The table of a study's cells, as text."""

from __future__ import annotations

import click

from gridproof.files.layout import state_file
from gridproof.plan.study import CellPlan, Study
from gridproof.run.manifest import intact_seeds


def cell_state(cell: CellPlan) -> str:
    """Return `done` (all replicates intact), `missing` (nothing yet) or `partial`."""
    finished = len(intact_seeds(cell.folder, cell.seeds))
    if finished == len(cell.seeds):
        return "done"
    started = any(state_file(cell.folder, seed).exists() for seed in cell.seeds)
    return f"partial ({finished}/{len(cell.seeds)} seeds)" if finished or started else "missing"


def print_cells(study: Study) -> None:
    """Print experiment, parameters, seeds, digest and state of every cell, and the totals."""
    states = {name: cell_state(cell) for name, cell in study.cells.items()}
    rows = [
        (
            experiment.name,
            member.label,
            seeds_text(study.cells[member.cell].seeds),
            study.cells[member.cell].slug,
            study.cells[member.cell].digest,
            states[member.cell],
        )
        for experiment in study.experiments.values()
        for member in experiment.members
    ]
    header = ("experiment", "cell", "seeds", "parameters", "digest", "state")
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        click.echo(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        )
    done = sum(state == "done" for state in states.values())
    shared = len(rows) - len(states)
    note = f", {shared} shared between experiments" if shared else ""
    click.echo(f"{len(states)} cells{note}: {done} done, {len(states) - done} to train")
    if study.note:
        click.echo(study.note)


def seeds_text(seeds: tuple[int, ...]) -> str:
    """Return `0-4` for a run of seeds, else the list."""
    if len(seeds) > 1 and seeds == tuple(range(seeds[0], seeds[-1] + 1)):
        return f"{seeds[0]}-{seeds[-1]}"
    return ",".join(map(str, seeds))
