"""The smoke study, run from nothing to its report as a user would."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pandas as pd
import pytest

from gridproof.catalogue import catalogue
from gridproof.tables.slices import table_names
from workspace import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TOLERANCE_NATS = 0.03


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    """The finished smoke study and what its run printed."""
    root = tmp_path_factory.mktemp("smoke") / "clone"
    workspace = Workspace.create(root, "config/smoke.yaml")
    return workspace, workspace.run()


def epochs(workspace: Workspace, study: str) -> pd.DataFrame:
    """Return the epochs of all cells with the cells' parameters."""
    tables = workspace.path("results") / study / "tables"
    rows = pd.read_parquet(tables / "epochs.parquet")
    return rows.merge(pd.read_parquet(tables / "cells.parquet"), on="cell")


def facts(workspace: Workspace) -> dict[str, float]:
    """Return the facts of the data."""
    return json.loads(next(workspace.path("results/data").glob("*/facts.json")).read_text())


def test_run_ends_with_what_was_done_and_where_the_report_is(smoke: tuple[Workspace, str]) -> None:
    """The last lines count cells and replicates and give the path of the page."""
    workspace, output = smoke
    assert "15 of 15 cells trained (30 replicates), 0 reused (0 replicates)" in output
    page = workspace.path("results/smoke/report/index.html")
    assert f"report (written): {page}" in output
    assert page.stat().st_size < 10_000_000


def test_everything_a_study_makes_is_there(smoke: tuple[Workspace, str]) -> None:
    """Tables, figures in both forms with their texts, the animation, both reports."""
    out = smoke[0].path("results/smoke")
    for table in table_names(catalogue().measured_tables):
        assert (out / f"tables/{table}.parquet").is_file()
        assert (out / f"tables/learning_rate/{table}.parquet").is_file()
    stems = {file.with_suffix("") for file in out.glob("figures/*/*.png")}
    assert len(stems) == 23
    assert stems == {file.with_suffix("") for file in out.glob("figures/*/*.svg")}
    sliders = {file.parent.name: file.read_text() for file in out.glob("figures/*/explorer.json")}
    assert {name for name, text in sliders.items() if text != "null\n"} == {"shape", "epochs"}
    texts = {file.with_suffix("") for file in out.glob("figures/*/*.json")}
    assert texts == stems | {out / f"figures/{name}/explorer" for name in sliders}
    assert (out / "figures/shape/sharpening.gif").stat().st_size < 2_000_000
    assert (out / "report/report.md").is_file()


def test_report_links_to_files_that_exist(smoke: tuple[Workspace, str]) -> None:
    """The Markdown form finds its figures beside it."""
    folder = smoke[0].path("results/smoke/report")
    text = (folder / "report.md").read_text()
    links = [part.split(")")[0] for part in text.split("](")[1:]]
    files = [link for link in links if "://" not in link and not link.startswith("#")]
    assert files
    assert [link for link in files if not (folder / link).is_file()] == []


def test_learning_rate_of_1_ends_at_the_entropy_of_the_class_prior(
    smoke: tuple[Workspace, str],
) -> None:
    """With so large a rate the network forgets its input: the loss is that of a constant."""
    rows = epochs(smoke[0], "smoke").query("learning_rate == 1.0 and epoch == epochs")
    assert len(rows) == 2
    assert (rows["val_loss"] - facts(smoke[0])["prior_entropy"]).abs().max() < TOLERANCE_NATS


def test_second_run_does_nothing_and_is_quick(smoke: tuple[Workspace, str]) -> None:
    """Nothing to do takes under fifteen seconds and says that all was reused."""
    started = time.monotonic()
    output = smoke[0].run()
    assert time.monotonic() - started < 15
    assert "0 of 15 cells trained (0 replicates), 15 reused (30 replicates)" in output
    assert "report (unchanged)" in output


def test_cells_are_listed_with_their_state(smoke: tuple[Workspace, str]) -> None:
    """`gridproof cells` tells done from partial and missing."""
    workspace = smoke[0]
    lines = workspace.command("cells", "--configfile", "config/smoke.yaml").stdout.splitlines()
    assert lines[0].split() == ["experiment", "cell", "seeds", "parameters", "digest", "state"]
    assert all(line.endswith("done") for line in lines[1:-1])
    assert lines[-1] == "15 cells, 8 shared between experiments: 15 done, 0 to train"
    others = workspace.command("cells").stdout.splitlines()
    assert all(line.endswith("missing") for line in others[1:-1])


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_landmarks_of_the_recipe_on_the_default_data(tmp_path: Path) -> None:
    """Rate 1.0 ends at the prior's entropy; batch norm adds 30 points after 100 epochs."""
    workspace = Workspace.create(tmp_path / "clone", "config.yaml")
    workspace.edit("config.yaml", lambda text: text.replace("[1.0, 0.2, 1e-2,", "[1.0,"))
    workspace.run("--only", "learning_rate,batch_norm")
    rows = epochs(workspace, ".").query("epoch == epochs")
    largest = rows.query("learning_rate == 1.0")
    assert (largest["val_loss"] - facts(workspace)["prior_entropy"]).abs().max() < TOLERANCE_NATS
    long = rows.query("epochs == 100").groupby("batch_norm")["test_accuracy"].mean()
    assert long[True] - long[False] >= 0.30
