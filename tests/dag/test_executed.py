"""Edits that are really run: what trains, what is left alone, and the bytes that come out."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from workspace import Workspace, write_places

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

CONFIG = "config/small.yaml"
ROOM = "results/small"
TIMELESS = ("cells", "memberships", "epochs")
SPLITS = "workflow/gridproof/parts/figures/splits.py"
RATE = "mlp-d2-w4-lr0.1-b64-e2"


def contents(workspace: Workspace, *patterns: str) -> dict[str, bytes]:
    """Return the content of all files below results/ that match one of the patterns."""
    root = workspace.path("results")
    files = [file for pattern in patterns for file in root.glob(pattern)]
    return {str(file.relative_to(root)): file.read_bytes() for file in files}


def replicates(workspace: Workspace) -> dict[str, bytes]:
    """Return the results of every replicate, without the record of how they were made."""
    return contents(workspace, "cells/*/seed-*/*.parquet", "cells/*/seed-*/*.safetensors")


def tables(workspace: Workspace) -> dict[str, bytes]:
    """Return the tables that hold no times."""
    return contents(workspace, *(f"small/tables/**/{name}.parquet" for name in TIMELESS))


def figures(workspace: Workspace) -> dict[str, bytes]:
    """Return all figures."""
    return contents(workspace, "small/figures/*/*.png", "small/figures/*/*.svg")


def times(workspace: Workspace) -> dict[str, int]:
    """Return when each file of each replicate was last written."""
    files = workspace.path("results/cells").glob("*/seed-*/*")
    return {str(file): file.stat().st_mtime_ns for file in files}


def report_time(workspace: Workspace) -> int:
    """Return when the report was written."""
    return workspace.path(f"{ROOM}/report/index.html").stat().st_mtime_ns


def trained(output: str) -> tuple[int, int]:
    """Return how many cells and replicates the summary says were trained."""
    found = re.search(r"(\d+) of \d+ cells trained \((\d+) replicate", output)
    assert found, output
    return int(found[1]), int(found[2])


def subset_is_equal(before: dict[str, bytes], after: dict[str, bytes]) -> bool:
    """Tell whether everything that was there before is there with the same content."""
    return {name: after.get(name) for name in before} == before


def test_added_rate_trains_one_cell_and_taking_it_back_restores_every_byte(
    workspace: Workspace,
) -> None:
    """One cell trains, its experiment's figure is drawn again, the rest stays; then all is back."""
    old, old_figures, old_tables = replicates(workspace), figures(workspace), tables(workspace)
    old_times = times(workspace)
    workspace.edit(CONFIG, lambda text: text.replace("[0.1, 1e-3]", "[0.1, 1e-2, 1e-3]"))
    assert trained(workspace.run()) == (1, 2)
    assert subset_is_equal(old, replicates(workspace))
    assert old_times.items() <= times(workspace).items()
    changed = {name for name, content in figures(workspace).items() if old_figures[name] != content}
    assert {Path(name).parent.name for name in changed} == {"learning_rate"}
    workspace.edit(CONFIG, lambda text: text.replace("[0.1, 1e-2, 1e-3]", "[0.1, 1e-3]"))
    assert trained(workspace.run()) == (0, 0)
    assert tables(workspace) == old_tables
    assert figures(workspace) == old_figures


def test_deleted_cell_comes_back_with_the_same_bytes(workspace: Workspace) -> None:
    """A cell that is trained again gives every byte of the first time."""
    old, old_figures = replicates(workspace), figures(workspace)
    shutil.rmtree(workspace.cells()[RATE])
    assert trained(workspace.run()) == (1, 2)
    assert replicates(workspace) == old
    assert figures(workspace) == old_figures


def test_added_seed_trains_only_new_replicates(workspace: Workspace) -> None:
    """Seeds 0 and 1 of every cell are left alone, seed 2 is trained."""
    old_times = times(workspace)
    workspace.edit(CONFIG, lambda text: text.replace("seeds: 2", "seeds: 3"))
    assert trained(workspace.run()) == (4, 4)
    assert old_times.items() <= times(workspace).items()


def test_comment_in_the_trainer_runs_nothing(workspace: Workspace) -> None:
    """Not even the report is written again."""
    old_times, written = times(workspace), report_time(workspace)
    workspace.edit(
        "workflow/gridproof/parts/families/mlp/mlp_training.py",
        lambda text: text.replace("self.epoch += 1\n", "self.epoch += 1  # next\n"),
    )
    output = workspace.run()
    assert trained(output) == (0, 0)
    assert times(workspace) == old_times
    assert report_time(workspace) == written
    assert "report (unchanged)" in output


def test_prose_changes_the_report_alone(workspace: Workspace) -> None:
    """The new words are in the report; no figure is drawn again."""
    drawn = {path: path.stat().st_mtime_ns for path in workspace.path(ROOM).glob("figures/*/*")}
    word = "A closing word."
    template = "workflow/gridproof/report/templates/report.md.j2"
    workspace.edit(template, lambda text: f"{text}\n{word}\n")
    assert trained(workspace.run()) == (0, 0)
    assert word in workspace.path(f"{ROOM}/report/report.md").read_text()
    assert {path: path.stat().st_mtime_ns for path in drawn} == drawn


def test_plain_snakemake_gives_the_same_results(finished: Workspace, tmp_path: Path) -> None:
    """`snakemake`, on one core and without the command around it, gives the same bytes."""
    plain = Workspace.create(tmp_path / "plain", finished.study)
    shutil.copy2(finished.path(CONFIG), plain.path(CONFIG))
    write_places(plain.path("data"))
    result = plain.snakemake("--cores", "1", "--resources", "gpu=1")
    assert result.returncode == 0, result.stdout
    assert trained(result.stdout) == (4, 8)
    assert replicates(plain) == replicates(finished)
    assert tables(plain) == tables(finished)
    assert figures(plain) == figures(finished)


def test_snakemake_report_holds_the_figures_with_captions(workspace: Workspace) -> None:
    """`snakemake --report` works on a finished study."""
    result = workspace.snakemake("--report", "report.html")
    assert result.returncode == 0, result.stdout
    assert "curves.png" in workspace.path("report.html").read_text()


def test_report_is_checked_and_a_partial_one_shows_its_gaps(workspace: Workspace) -> None:
    """A page is told to be stale, some cells do not pass for all, and what is there can be seen."""
    page = workspace.path(f"{ROOM}/report/index.html")
    check = ("report", "--configfile", CONFIG, "--check")
    fresh = workspace.command(*check)
    assert (fresh.returncode, "belongs to config/small.yaml" in fresh.stdout) == (0, True)

    workspace.edit(CONFIG, lambda text: text.replace("[0.1, 1e-3]", "[0.1, 1e-2, 1e-3]"))
    stale = workspace.command(*check)
    assert stale.returncode == 1
    assert "experiment learning_rate: its words and cells: changed" in stale.stdout
    assert re.search(r"cell mlp-d2-w4-lr0.01-b64-e2-\w+: not in this report", stale.stdout)

    before, times_before = page.read_bytes(), times(workspace)
    refused = workspace.command("report", "--configfile", CONFIG)
    assert refused.returncode != 0
    assert "1 of 5 cells not trained: mlp-d2-w4-lr0.01-b64-e2-" in refused.stdout

    partial = workspace.command("report", "--configfile", CONFIG, "--partial")
    assert partial.returncode == 0, partial.stdout
    assert times(workspace) == times_before
    assert page.read_bytes() == before
    shown = workspace.path(f"{ROOM}/partial/report/report.md").read_text()
    assert "| Learning rate | learning_rate 0.01 | 0, 1 |" in shown
    assert "**Not finished**, and so not shown here: learning_rate 0.01 (seeds 0, 1)." in shown
    part = workspace.command(*check, f"{ROOM}/partial/report/index.html")
    assert (part.returncode, "is a partial report" in part.stdout) == (1, True)


def test_command_of_a_card_trains_that_cell_again_and_no_other(workspace: Workspace) -> None:
    """As it stands in the report, with its config; the cell has the same bytes."""
    before, old = times(workspace), replicates(workspace)
    report = workspace.path(f"{ROOM}/report/report.md").read_text()
    folder = workspace.cells()[RATE].name
    (commands,) = re.findall(rf"^rm -rf results/cells/{folder}\n.*", report, re.MULTILINE)
    removal, training = (shlex.split(line) for line in commands.splitlines())
    assert subprocess.run(removal, cwd=workspace.root, check=False).returncode == 0
    output = workspace.python("-m", *training)
    assert output.returncode == 0, output.stdout
    assert replicates(workspace) == old
    changed = {name for name, time in times(workspace).items() if before[name] != time}
    assert {Path(name).parents[1].name for name in changed} == {folder}


def test_report_follows_code_that_changes_no_figure(workspace: Workspace) -> None:
    """The page belongs to the code again, though the code makes the same, even after a break."""
    before = figures(workspace)
    workspace.edit(SPLITS, lambda text: text.replace("0.7 + 2.6 *", "0.70 + 2.60 * 1.0 *"))
    workspace.edit("study/claims/epochs.py", lambda text: f'{text}\n\nUNUSED = "nowhere"\n')
    check = ("report", "--configfile", CONFIG, "--check")
    stale = workspace.command(*check).stdout.splitlines()
    assert stale[:2] == ["code of the claims: changed", "code of the figure splits: changed"]
    workspace.run("--until", "figure", "claims")
    workspace.run()
    assert figures(workspace) == before
    fresh = workspace.command(*check)
    assert fresh.returncode == 0, fresh.stdout
