import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from gridproof.files.atomic import (
    atomic_folder,
    atomic_path,
    remove_leftovers,
    write_bytes,
    write_text,
)
from run.jobs import start_python


def visible(folder: Path) -> list[str]:
    """Return what a reader of `folder` sees: names that do not begin with a dot."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_atomic_path_replaces_the_old_file_at_the_end(tmp_path: Path) -> None:
    """Readers see the old content until the block ends, then the new one; nothing else stays."""
    target = tmp_path / "deep" / "file.txt"
    for text in ("first", "second"):
        with atomic_path(target) as path:
            path.write_text(text)
            assert visible(target.parent) == (["file.txt"] if text == "second" else [])
            assert not target.exists() or target.read_text() == "first"
    assert target.read_text() == "second"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("kind", ["file", "link to a folder", "link to nothing"])
def test_atomic_folder_replaces_what_is_no_folder_and_follows_no_link(
    kind: str, tmp_path: Path
) -> None:
    """Whatever lies there gives way; what a link leads to stays as it is."""
    target, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    if kind == "file":
        target.write_text("a file")
    else:
        target.symlink_to(elsewhere if kind == "link to a folder" else tmp_path / "nothing")
    with atomic_folder(target) as path:
        (path / "new").write_text("new")
    assert not target.is_symlink()
    assert visible(target) == ["new"]
    assert visible(elsewhere) == ["kept"]


def test_atomic_folder_replaces_the_old_folder_at_the_end(tmp_path: Path) -> None:
    """A folder is replaced as a whole: no file of the old one is among the new ones."""
    target = tmp_path / "deep" / "folder"
    for name in ("first", "second"):
        with atomic_folder(target) as path:
            (path / name).write_text(name)
            assert visible(target.parent) == (["folder"] if name == "second" else [])
    assert [path.name for path in target.iterdir()] == ["second"]
    assert list(target.parent.iterdir()) == [target]


def test_write_bytes_and_text(tmp_path: Path) -> None:
    """Text is written as UTF-8, with its newlines as they are."""
    write_text(tmp_path / "text", "Île\nde\r\n")
    write_bytes(tmp_path / "bytes", b"\x00\xff")
    assert (tmp_path / "text").read_bytes() == b"\xc3\x8ele\nde\r\n"
    assert (tmp_path / "bytes").read_bytes() == b"\x00\xff"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("old", [False, True], ids=["new", "old one there"])
def test_atomic_path_under_an_exception(
    error: type[BaseException], old: bool, tmp_path: Path
) -> None:
    """The block fails half-way: the old file stays as it was, and nothing is left behind."""
    target = tmp_path / "file.txt"
    if old:
        target.write_text("old")

    def write_half() -> None:
        with atomic_path(target) as path:
            path.write_text("half")
            raise error

    with pytest.raises(error):
        write_half()
    assert [path.name for path in tmp_path.iterdir()] == (["file.txt"] if old else [])
    assert not old or target.read_text() == "old"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("old", [False, True], ids=["new", "old one there"])
def test_atomic_folder_under_an_exception(
    error: type[BaseException], old: bool, tmp_path: Path
) -> None:
    """The block fails half-way: the old folder stays as it was, and nothing is left behind."""
    target = tmp_path / "folder"
    if old:
        target.mkdir()
        (target / "a").write_text("old")

    def fill_half() -> None:
        with atomic_folder(target) as path:
            (path / "a").write_text("half")
            raise error

    with pytest.raises(error):
        fill_half()
    assert [path.name for path in tmp_path.iterdir()] == (["folder"] if old else [])
    assert not old or (target / "a").read_text() == "old"


KILLED_SCRIPT = """
import sys, time
from pathlib import Path
from gridproof.files.atomic import {manager}
with {manager}(Path(sys.argv[1])) as path:
    {write}
    print("half", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("manager", "write", "finish"),
    [
        ("atomic_path", "path.write_text('half')", lambda path: path.write_text("new")),
        (
            "atomic_folder",
            "(path / 'a').write_text('half')",
            lambda path: (path / "a").write_text("new"),
        ),
    ],
    ids=["path", "folder"],
)
def test_killed_in_the_middle(
    manager: str, write: str, finish: Callable[[Path], object], tmp_path: Path
) -> None:
    """kill -9 while writing: no reader sees the half, and the next writer is not disturbed."""
    managers: dict[str, Callable[[Path], AbstractContextManager[Path]]] = {
        "atomic_path": atomic_path,
        "atomic_folder": atomic_folder,
    }
    target = tmp_path / "target"
    with start_python(KILLED_SCRIPT.format(manager=manager, write=write), str(target)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
    assert visible(tmp_path) == []
    assert list(tmp_path.glob(".target.*"))
    with managers[manager](target) as path:
        finish(path)
    assert visible(tmp_path) == ["target"]
    written = target if manager == "atomic_path" else target / "a"
    assert written.read_text() == "new"


def test_leftovers_of_killed_writers_are_removed(tmp_path: Path) -> None:
    """The hidden files of one path go; other files, hidden or not, stay."""
    target = tmp_path / "seed-0"
    folder = tmp_path / f".seed-0.{'a' * 32}"
    folder.mkdir()
    (folder / "metrics.parquet").touch()
    (tmp_path / f".seed-0.{'b' * 32}").touch()
    kept = {tmp_path / f".seed-1.{'a' * 32}", tmp_path / ".lock-0", target}
    for path in kept:
        path.touch()
    remove_leftovers(target)
    assert set(tmp_path.iterdir()) == kept
