"""Cells with made-up measurements, written and assembled as real ones are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gridproof.catalogue import catalogue
from gridproof.files.formats import write_table
from gridproof.files.layout import block_of, replicate_folder
from gridproof.part import Replicate, Value
from gridproof.plan.job_plans import SliceMember, SlicePlan
from gridproof.run.assemble import assemble
from gridproof.run.measuring import table_of_values
from gridproof.run.replicates import write_replicate

FILES = catalogue().family("mlp").files
MEASURED = catalogue().measured_tables
EPOCHS = 2
PARAMETERS = {
    "depth": 6,
    "width": 16,
    "learning_rate": 0.001,
    "batch_size": 256,
    "epochs": EPOCHS,
    "batch_norm": False,
    "residual": False,
    "implicit": False,
    "gradient_norms": True,
}
PROVENANCE = {
    "commit": None,
    "device": "cpu",
    "engine": "torch",
    "finished": "2026-01-02T03:04:05+00:00",
    "host": "machine",
    "libraries": {"numpy": "2.4.6", "torch": "2.14.1"},
    "machine": "x86_64",
    "python": "3.11.7",
    "seconds": 2.5,
    "threads": 1,
}
QUANTITIES = tuple(name for table in MEASURED.values() for name in table.quantities)
METRICS = tuple(
    f"{split}_{name}" for split in ("train", "val", "test") for name in ("loss", "accuracy")
)


def metric(cell: str, seed: int, epoch: int, name: str) -> float:
    """Return a number that no other row and column has."""
    return int(cell, 16) + seed / 10 + epoch / 100 + METRICS.index(name) / 1000


def made_up(cell: str, seed: int, diverged: bool) -> Replicate:
    """Return a replicate; if it diverged, the losses of its last epoch are NaN, accuracies 0."""
    epochs = np.arange(EPOCHS + 1)
    columns: dict[str, np.ndarray] = {"epoch": epochs, "steps": 7 * epochs}
    for name in METRICS:
        values = np.array([metric(cell, seed, epoch, name) for epoch in epochs])
        if diverged:
            values[-1] = np.nan if name.endswith("loss") else 0
        columns[name] = np.ma.array(values, mask=(epochs == 0) & name.startswith("train"))
    return Replicate(
        tables={
            "metrics": columns,
            "batches": {"step": np.arange(1, 3), "loss": np.ones(2, np.float32)},
            "gradients": {"epoch": np.ones(1, int), "layer": np.zeros(1, int), "value": np.ones(1)},
        },
        tensors={stem: {"weight.0": np.ones((1, 2))} for stem in ("final", "best", "history")},
        facts={
            "n_parameters": 100,
            "best_epoch": 1,
            "diverged_epoch": EPOCHS if diverged else None,
        },
    )


def write_cell(
    cells: Path, digest: str, seeds: Sequence[int], diverged: Sequence[int] = ()
) -> list[Path]:
    """Write and assemble replicates of a cell; return the folder of each block."""
    cell = cells / f"mlp-{digest}"
    for seed in seeds:
        write_replicate(
            replicate_folder(cell, seed), made_up(digest, seed, seed in diverged), {}, PROVENANCE
        )
    blocks = sorted({block_of(seed, 5) for seed in seeds})
    return [
        assemble(cell, digest, [s for s in seeds if block_of(s, 5) == block], FILES)
        for block in blocks
    ]


def member(
    digest: str,
    folders: Sequence[Path],
    position: int = 0,
    measured: Sequence[Path] = (),
    **parameters: object,
) -> SliceMember:
    """Return a cell as an experiment's plan has it."""
    return SliceMember(
        cell=digest,
        slug="mlp",
        label=f"cell {position}",
        group="a group",
        setting=f"setting {position}",
        position=position,
        family="mlp",
        files=FILES,
        data="countries",
        threads=1,
        engine="torch",
        parameters=PARAMETERS | parameters,
        assembled=tuple(folders),
        measured=tuple(measured),
    )


def write_measured(path: Path, digest: str, seeds: Sequence[int]) -> Path:
    """Write every quantity of a cell's seeds, no number twice; return the file."""
    values = []
    for number, quantity in enumerate(QUANTITIES):
        for seed in seeds:
            layers = (0, 1) if quantity == "dead_share" else (None,)
            values += [
                Value(seed, EPOCHS, layer, quantity, measured(digest, seed, number, layer))
                for layer in layers
            ]
    write_table(path, table_of_values(digest, values))
    return path


def measured(cell: str, seed: int, number: int, layer: int | None) -> float:
    """Return a number that no other row and quantity has."""
    return -int(cell, 16) - seed / 10 - number / 100 - (layer or 0) / 1000


def plan_of(name: str, seeds: Sequence[int], members: Sequence[SliceMember]) -> SlicePlan:
    """Return the plan of an experiment's tables."""
    return SlicePlan(experiment=name, seeds=tuple(seeds), members=tuple(members), columns=MEASURED)
