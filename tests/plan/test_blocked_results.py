"""What lies where results belong, and is no folder."""

from pathlib import Path

import pytest

from gridproof.errors import GridproofError
from gridproof.plan.reading import read_study

STUDY = """\
title: Test
study: mine
data:
  places: {source: csv, path: rows.csv, features: [x], target: y}
experiments:
  one: {family: dry, figures: []}
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study of a few rows in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{n},{'ab'[n % 2]}\n" for n in range(40))
    (tmp_path / "rows.csv").write_text(f"x,y\n{rows}")
    (tmp_path / "config.yaml").write_text(STUDY)
    return tmp_path / "config.yaml"


@pytest.mark.parametrize("place", ["results", "results/cells", "results/data", "results/mine"])
@pytest.mark.parametrize("kind", ["file", "link to nothing"])
def test_file_in_place_of_results_is_told_before_anything_is_planned(
    place: str, kind: str, study: Path
) -> None:
    """It is not taken for cells that are missing; nothing is lost."""
    path = study.parent / place
    path.parent.mkdir(exist_ok=True)
    if kind == "file":
        path.write_text("notes")
    else:
        path.symlink_to("nowhere")
    with pytest.raises(GridproofError, match=f"^{place}: found what is no folder, expected one"):
        read_study(study)
    assert path.is_symlink() or path.read_text() == "notes"


@pytest.mark.parametrize("kind", ["nothing", "folder", "link to a folder"])
def test_results_may_be_a_folder_or_lead_to_one(kind: str, study: Path) -> None:
    """On clusters results often lie on another disk."""
    elsewhere = study.parent / "scratch"
    elsewhere.mkdir()
    if kind == "folder":
        (study.parent / "results").mkdir()
    elif kind == "link to a folder":
        (study.parent / "results").symlink_to(elsewhere)
    assert len(read_study(study).cells) == 1
