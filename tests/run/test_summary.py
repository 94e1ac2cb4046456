"""What is said at the end of a run."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from gridproof.files.layout import replicate_folder
from gridproof.run.manifest import MANIFEST
from gridproof.run.summary import summary

if TYPE_CHECKING:
    from gridproof.plan.study import Study

STARTED = 1_000.0


def study(root: Path, *finished: tuple[float | None, ...]) -> Study:
    """Return a study of cells whose replicates were finished at these times, or not at all."""
    cells = {}
    for number, times in enumerate(finished):
        folder = root / f"cell-{number}"
        for seed, moment in enumerate(times):
            if moment is not None:
                file = replicate_folder(folder, seed) / MANIFEST
                file.parent.mkdir(parents=True)
                file.touch()
                os.utime(file, (moment, moment))
        cells[str(number)] = SimpleNamespace(folder=folder, seeds=tuple(range(len(times))))
    return cast(
        "Study", SimpleNamespace(cells=cells, folder=root / "out", missing=(), gaps=None, note=None)
    )


BEFORE, AFTER = STARTED - 10, STARTED + 10


@pytest.mark.parametrize(
    ("finished", "said"),
    [
        pytest.param(
            ((AFTER, AFTER), (BEFORE, BEFORE)),
            "1 of 2 cells trained (2 replicates), 1 reused (2 replicates), in ",
            id="one trained, one reused",
        ),
        pytest.param(
            ((BEFORE, AFTER),),
            "1 of 1 cells trained (1 replicate), 0 reused (1 replicate), in ",
            id="a seed more",
        ),
        pytest.param(
            ((None, None), (BEFORE, None), (BEFORE, BEFORE)),
            "0 of 3 cells trained (0 replicates), 1 reused (3 replicates), 2 not trained yet, in ",
            id="stopped before training",
        ),
    ],
)
def test_cells_are_counted_by_when_they_were_finished(
    tmp_path: Path, finished: tuple[tuple[float | None, ...], ...], said: str
) -> None:
    """A cell that is not there is neither trained nor reused."""
    assert summary(study(tmp_path, *finished), STARTED).startswith(said)


@pytest.mark.parametrize(("size", "told"), [(9_000_000, False), (12_300_000, True)])
def test_page_that_is_too_large_for_a_phone_is_told(tmp_path: Path, size: int, told: bool) -> None:
    """Beyond 10 MB, with what makes it smaller."""
    page = tmp_path / "out" / "report" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_bytes(b" " * size)
    text = summary(study(tmp_path, (AFTER,)), STARTED)
    assert ("note: the page has 12.3 MB, more than 10" in text) is told
