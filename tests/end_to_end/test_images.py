"""The image half of the default study, made small and run as a user would."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from workspace import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

N_CELLS = 8
N_REPLICATES = 16

Interval = tuple[datetime, datetime]


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, str]:
    """The finished study and what its run printed; one slot for what needs a GPU, many cores."""
    root = tmp_path_factory.mktemp("images") / "clone"
    workspace = Workspace.create(root, "config/smoke_images.yaml")
    return workspace, workspace.run("--cores", "4", "--resources", "gpu=1")


def intervals(workspace: Workspace) -> dict[str, list[Interval]]:
    """Return when each replicate was trained, by family."""
    found: dict[str, list[Interval]] = {}
    for file in workspace.path("results/cells").glob("*/seed-*/replicate.json"):
        manifest = json.loads(file.read_text())
        end = datetime.fromisoformat(manifest["provenance"]["finished"])
        begin = end - timedelta(seconds=manifest["provenance"]["seconds"])
        found.setdefault(manifest["spec"]["family"], []).append((begin, end))
    return found


def overlap(first: Interval, second: Interval) -> bool:
    """Tell whether two intervals share a moment."""
    return max(first[0], second[0]) < min(first[1], second[1])


def test_all_models_are_trained_and_the_report_is_written(smoke: tuple[Workspace, str]) -> None:
    """Two replicates each, also of fits that draw nothing: each seed has images of its own."""
    workspace, output = smoke
    assert f"{N_CELLS} of {N_CELLS} cells trained ({N_REPLICATES} replicates)" in output
    page = workspace.path("results/smoke_images/report/index.html")
    assert page.stat().st_size < 10_000_000


def test_one_job_at_a_time_uses_the_gpu_and_others_run_beside_it(
    smoke: tuple[Workspace, str],
) -> None:
    """With one slot no two networks train at once, while a fit without a GPU does."""
    found = intervals(smoke[0])
    networks = sorted(found["cnn"])
    assert len(networks) == 6
    assert not any(map(overlap, networks, networks[1:]))
    first, last = networks[0][0], networks[-1][1]
    others = found["probe"] + found["xgboost"]
    assert any(overlap(other, (first, last)) for other in others)


def test_predictions_cover_each_test_image_of_each_replicate_once(
    smoke: tuple[Workspace, str],
) -> None:
    """The comparison's table holds what every model says of every image."""
    tables = smoke[0].path("results/smoke_images/tables/real_or_fake")
    rows = pd.read_parquet(tables / "predictions.parquet").query("split == 'test'")
    assert (rows.groupby(["cell", "seed"])["image"].nunique() == 24).all()
    assert len(rows) == 24 * N_REPLICATES
    assert rows["score"].between(0, 1).all()


def test_report_links_to_files_that_exist(smoke: tuple[Workspace, str]) -> None:
    """The Markdown form finds its figures beside it."""
    folder: Path = smoke[0].path("results/smoke_images/report")
    text = (folder / "report.md").read_text()
    links = [part.split(")")[0] for part in text.split("](")[1:]]
    files = [link for link in links if "://" not in link and not link.startswith("#")]
    assert files
    assert [link for link in files if not (folder / link).is_file()] == []


def test_nothing_runs_again(smoke: tuple[Workspace, str]) -> None:
    """A finished study has no job to do."""
    outcome = smoke[0].dry_run()
    assert not outcome.trained
    assert not outcome.jobs
