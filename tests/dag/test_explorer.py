"""The sliders' frames are a job of their own, and train nothing."""

from __future__ import annotations

import json

import pytest

from workspace import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

CONFIG = "config/small.yaml"
OUT = "results/small"
PLAIN = "set: {epochs: 3}\n    figures: [splits]"
MAPPED = "set: {epochs: 3}\n    figures: [splits, boundaries]"
NEW = {"figure/epochs/boundaries", "sliders/epochs", "report"}


def test_map_of_one_cell_gets_sliders_and_trains_nothing(workspace: Workspace) -> None:
    """A map asked for of finished cells draws figure, frames and page; the next run does nothing.

    Cells of one depth and width, as those of `batch_norm`, are not told apart by sliders: it has
    none.
    Then an edit of the frames' code draws them alone again, and without the map they are not made.
    """
    (without,) = workspace.path(OUT).glob("figures/*/explorer.json")
    assert (without.parent.name, without.read_text()) == ("batch_norm", "null\n")
    workspace.edit(CONFIG, lambda text: text.replace(PLAIN, MAPPED))
    planned = workspace.dry_run()
    assert not planned.trained
    assert planned.jobs >= NEW
    assert not {job for job in planned.jobs if job.startswith("measure/")}
    workspace.run()
    content = json.loads(workspace.path(f"{OUT}/figures/epochs/explorer.json").read_text())
    assert [cell["epochs"] for cell in content["cells"]] == [[0, 1, 2, 3]]
    page = workspace.path(f"{OUT}/report/index.html").read_text()
    assert 'data-enhancement="explorer-epochs"' in page
    assert workspace.dry_run().jobs == set()
    workspace.edit(
        "study/figures/shape_sliders.py",
        lambda text: text.replace("WIDTH_PX = 360", "WIDTH_PX = 300"),
    )
    edited = workspace.dry_run()
    assert (edited.trained, edited.jobs) == (
        set(),
        {"sliders/epochs", "sliders/batch_norm", "report"},
    )
    workspace.edit(CONFIG, lambda text: text.replace(MAPPED, PLAIN))
    back = workspace.dry_run()
    assert not back.trained
    assert "sliders/epochs" not in back.jobs
