"""The commit that a record of a training names."""

import subprocess
from pathlib import Path

import pytest

from gridproof.run.provenance import commit


def git(folder: Path, *words: str) -> str:
    """Return what git says, by an author of its own."""
    author = ["-c", "user.name=A", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *author, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def repository(folder: Path, name: str) -> str:
    """Make a repository with one file; return its commit."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    (folder / "code").mkdir()
    (folder / "code" / "part.py").write_text(name)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", name)
    return git(folder, "rev-parse", "HEAD")


def test_commit_is_that_of_the_repository_and_says_what_differs(tmp_path: Path) -> None:
    """As git has it; an edit is said."""
    expected = repository(tmp_path / "ours", "ours")
    assert commit(tmp_path / "ours" / "code") == expected
    (tmp_path / "ours" / "code" / "part.py").write_text("edited")
    assert commit(tmp_path / "ours" / "code") == f"{expected}-dirty"


def test_repository_around_an_unpacked_archive_is_not_named(tmp_path: Path) -> None:
    """Code that no repository tracks has no commit."""
    repository(tmp_path / "home", "home")
    unpacked = tmp_path / "home" / "downloads" / "gridproof"
    unpacked.mkdir(parents=True)
    (unpacked / "part.py").write_text("ours")
    assert commit(unpacked) is None
    assert commit(tmp_path / "home" / "code") is not None


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"])
def test_variables_of_another_repository_do_not_mislead(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook of git, or an editor, may have set them."""
    expected = repository(tmp_path / "ours", "ours")
    repository(tmp_path / "theirs", "theirs")
    inside = {"GIT_DIR": ".git", "GIT_WORK_TREE": "", "GIT_INDEX_FILE": ".git/index"}[name]
    monkeypatch.setenv(name, str(tmp_path / "theirs" / inside))
    assert commit(tmp_path / "ours" / "code") == expected


def test_folder_outside_of_any_repository_has_no_commit(tmp_path: Path) -> None:
    """An archive anywhere else."""
    assert commit(tmp_path) is None
