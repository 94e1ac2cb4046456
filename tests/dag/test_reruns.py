"""What an edit of a study runs again: exactly these replicates and these jobs, and no others."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from workspace import Outcome, Workspace, write_places

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

CONFIG = "config/small.yaml"
NETWORK = "workflow/gridproof/parts/families/mlp/network.py"
TRAINER = "workflow/gridproof/parts/families/mlp/mlp_training.py"
SPLITS = "workflow/gridproof/parts/figures/splits.py"
MEASUREMENTS = "workflow/gridproof/parts/families/mlp/measurements"
TEMPLATES = "workflow/gridproof/report/templates/sections"
RATES = ("mlp-d2-w4-lr0.1-b64-e2", "mlp-d2-w4-lr0.001-b64-e2")
LONG = "mlp-d2-w4-lr0.05-b64-e3"
NORMED = f"{LONG}-bn"
CELLS = (*RATES, LONG, NORMED)
FIGURES = {
    "figure/learning_rate/curves",
    "figure/epochs/splits",
    "figure/batch_norm/curves",
    "figure/batch_norm/boundaries",
}
SLIDERS = {"sliders/batch_norm"}
SLICES = {"slice/learning_rate", "slice/epochs", "slice/batch_norm"}
MEASURED = {f"measure/{cell}/0-1" for cell in (LONG, NORMED)}
AFTER_MEASURES = SLICES - {"slice/learning_rate"} | FIGURES - {"figure/learning_rate/curves"}
AFTER_MEASURES |= SLIDERS | {"collect", "claims", "report"}
AFTER_CELLS = SLICES | FIGURES | SLIDERS | MEASURED | {"collect", "claims", "report"}
RATE_JOBS = {"slice/learning_rate", "figure/learning_rate/curves", "collect", "claims", "report"}

CLAIM = """
claims:
  longer-is-better:
    statement: More epochs, less loss.
    experiment: learning_rate
    column: val_loss
    because: the order alone is stated
    compare: {more: {learning_rate: 1e-3}, less: {learning_rate: 0.1}}
"""

Edit = Callable[[Workspace], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An edit, the (cell, seed) that it trains, and the other jobs that it runs."""

    edit: Edit
    trains: set[tuple[str, int]]
    jobs: set[str]


def replaced(name: str, old: str, new: str) -> Edit:
    """Return an edit that replaces a text in a file."""
    return lambda workspace: workspace.edit(name, lambda text: text.replace(old, new))


def both_seeds(*cells: str) -> set[tuple[str, int]]:
    """Return the replicates of seeds 0 and 1 of cells."""
    return {(cell, seed) for cell in cells for seed in (0, 1)}


def delete_cell(workspace: Workspace) -> None:
    """Delete everything that is kept of one cell."""
    shutil.rmtree(workspace.cells()[RATES[0]])


def reorder_keys(workspace: Workspace) -> None:
    """Move the last experiment to the front of a mapping and turn the defaults around."""
    workspace.edit(
        CONFIG,
        lambda text: text.replace(
            "{depth: 2, width: 4, learning_rate: 0.05, batch_size: 64, epochs: 2}",
            "{epochs: 2, batch_size: 64, learning_rate: 0.05, width: 4, depth: 2}",
        ).replace("study: small\nparts: [study]\n", "parts: [study]\nstudy: small\n"),
    )


def touch_data(workspace: Workspace) -> None:
    """Give a data file another time."""
    later = time.time() + 10
    os.utime(workspace.path("data/train.csv"), (later, later))


ROWS: Mapping[str, Row] = {
    "nothing changed": Row(edit=lambda _: None, trains=set(), jobs=set()),
    "a learning rate added": Row(
        edit=replaced(CONFIG, "[0.1, 1e-3]", "[0.1, 1e-2, 1e-3]"),
        trains=both_seeds("mlp-d2-w4-lr0.01-b64-e2"),
        jobs=RATE_JOBS,
    ),
    "a learning rate removed": Row(
        edit=replaced(CONFIG, "[0.1, 1e-3]", "[0.1]"), trains=set(), jobs=RATE_JOBS
    ),
    "1e-3 written 0.001": Row(edit=replaced(CONFIG, "1e-3", "0.001"), trains=set(), jobs=set()),
    "epochs of one experiment changed": Row(
        edit=replaced(
            CONFIG,
            "set: {epochs: 3}\n    figures: [splits]",
            "set: {epochs: 4}\n    figures: [splits]",
        ),
        trains=both_seeds("mlp-d2-w4-lr0.05-b64-e4"),
        jobs={"slice/epochs", "figure/epochs/splits", "collect", "claims", "report"},
    ),
    "a seed added": Row(
        edit=replaced(CONFIG, "seeds: 2", "seeds: 3"),
        trains={(cell, 2) for cell in CELLS},
        jobs=AFTER_CELLS - MEASURED | {f"measure/{cell}/0-1-2" for cell in (LONG, NORMED)},
    ),
    "keys reordered": Row(edit=reorder_keys, trains=set(), jobs=set()),
    "a comment in the config": Row(
        edit=replaced(CONFIG, "seeds: 2", "# how often?\nseeds: 2"), trains=set(), jobs=set()
    ),
    "a comment in the trainer": Row(
        edit=replaced(
            TRAINER, "        self.epoch += 1\n", "        # next\n        self.epoch += 1\n"
        ),
        trains=set(),
        jobs=set(),
    ),
    "a docstring in the trainer": Row(
        edit=replaced(
            TRAINER, "Train one epoch; return a line", "Train an epoch and return a line"
        ),
        trains=set(),
        jobs=set(),
    ),
    "a rule's text reformatted": Row(
        edit=replaced(
            "workflow/rules/train.smk",
            'gridproof train {params.job:q} &> {log:q}"',
            'gridproof train"\n            "  {params.job:q}   &> {log:q}"',
        ),
        trains=set(),
        jobs=set(),
    ),
    "a line of the trainer's code": Row(
        edit=replaced(TRAINER, "self.epoch += 1", "self.epoch = self.epoch + 1"),
        trains=both_seeds(*CELLS),
        jobs=AFTER_CELLS,
    ),
    "a line of the network's code": Row(
        edit=replaced(
            "workflow/gridproof/parts/families/mlp/network.py",
            "BATCH_NORM_EPS = 1e-5",
            "BATCH_NORM_EPS = 2e-5",
        ),
        trains=both_seeds(*CELLS),
        jobs=AFTER_CELLS,
    ),
    "a figure's code": Row(
        edit=replaced(SPLITS, "train, eval mode", "train, in eval mode"),
        trains=set(),
        jobs={"figure/epochs/splits", "report"},
    ),
    "what a figure does not use": Row(
        edit=lambda workspace: workspace.edit(SPLITS, lambda text: f"{text}\n\nUNUSED = 1\n"),
        trains=set(),
        jobs=set(),
    ),
    "a measurement's code": Row(
        edit=replaced(f"{MEASUREMENTS}/dead_relus.py", "(largest <= 0)", "(largest <= 0.0)"),
        trains=set(),
        jobs=MEASURED | AFTER_MEASURES,
    ),
    "a comment in a measurement": Row(
        edit=lambda workspace: workspace.edit(
            f"{MEASUREMENTS}/dead_relus.py", lambda text: f"# why\n{text}"
        ),
        trains=set(),
        jobs=set(),
    ),
    "another measurement's code": Row(
        edit=replaced(f"{MEASUREMENTS}/auroc.py", 'float("nan")', "np.nan"),
        trains=set(),
        jobs=set(),
    ),
    "a measurement added": Row(
        edit=replaced(
            CONFIG, "    figures: [splits]", "    measure: [auroc]\n    figures: [splits]"
        ),
        trains=set(),
        jobs={f"measure/{LONG}/0-1"} | AFTER_MEASURES,
    ),
    "a claim of the user's": Row(
        edit=lambda workspace: workspace.edit(CONFIG, lambda text: text + CLAIM),
        trains=set(),
        jobs={"claims", "report"},
    ),
    "a threshold of the claims": Row(
        edit=replaced("study/thresholds.yaml", "  value: 0.02", "  value: 0.03"),
        trains=set(),
        jobs={"claims", "report"},
    ),
    "a published claim's code": Row(
        edit=replaced("study/claims/epochs.py", "epochs=100", "epochs=99"),
        trains=set(),
        jobs={"claims", "report"},
    ),
    "prose of the report": Row(
        edit=lambda workspace: workspace.edit(
            f"{TEMPLATES}/_experiment.md.j2", lambda text: f"{text}\nA closing word.\n"
        ),
        trains=set(),
        jobs={"report"},
    ),
    "a title in the config": Row(
        edit=replaced(CONFIG, "title: Learning rate", "title: How fast?"),
        trains=set(),
        jobs={"report"},
    ),
    "a cell's folder deleted": Row(edit=delete_cell, trains=both_seeds(RATES[0]), jobs=RATE_JOBS),
    "data rows changed": Row(
        edit=lambda workspace: write_places(workspace.path("data"), seed=1),
        trains=both_seeds(*CELLS),
        jobs=AFTER_CELLS | {"prepare_table/towns", "picture/towns"},
    ),
    "a fact about the data": Row(
        edit=replaced(
            "workflow/gridproof/parts/kinds/class_facts.py",
            '"n_classes": len',
            '"n": 0, "n_classes": len',
        ),
        trains=set(),
        jobs={"prepare_table/towns", "picture/towns", "claims", "report"} | FIGURES | SLIDERS,
    ),
    "a data file touched": Row(edit=touch_data, trains=set(), jobs=set()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a row's edit would run, and what would run after taking the edit back."""

    edited: Outcome
    reverted: Outcome


@pytest.fixture(scope="module")
def results(copy_of: Callable[[], Workspace]) -> dict[str, Result]:
    """The outcome of every row, two rows at a time."""

    def try_row(row: Row) -> Result:
        workspace = copy_of()
        before = {path: path.read_bytes() for path in source_files(workspace)}
        saved = workspace.root.with_name("saved")
        shutil.copytree(workspace.path("results/cells"), saved)
        row.edit(workspace)
        edited = workspace.dry_run()
        for path, content in before.items():
            if path.read_bytes() != content:
                path.write_bytes(content)
        shutil.copytree(saved, workspace.path("results/cells"), dirs_exist_ok=True)
        outcome = Result(edited=edited, reverted=workspace.dry_run())
        shutil.rmtree(workspace.root.parent)
        return outcome

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(ROWS, pool.map(try_row, ROWS.values()), strict=True))


def source_files(workspace: Workspace) -> list[Path]:
    """Return the files of a workspace that a user edits."""
    folders = ("config", "data", "workflow", "report", "study")
    found = [path for folder in folders for path in workspace.path(folder).rglob("*")]
    return [path for path in found if path.is_file()]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ROWS)
def test_edit_trains_exactly_what_it_changes(results: dict[str, Result], name: str) -> None:
    """After an edit, these replicates train, these jobs run, and none besides."""
    row, edited = ROWS[name], results[name].edited
    assert set(edited.trained) == row.trains
    assert set(edited.jobs) == row.jobs


@pytest.mark.parametrize("name", ROWS)
def test_edit_taken_back_trains_nothing(results: dict[str, Result], name: str) -> None:
    """Back in the first state, the finished cells are found again."""
    reverted = results[name].reverted
    assert (set(reverted.trained), set(reverted.jobs)) == (set(), set())
