"""Small packages to edit: `pkg` and `study`, of which neither needs an `__init__`."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

from gridproof.plan.reach import code_digest

ENTRY = "study.trainer:train"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """An edit of one file of small packages.

    Attributes
    ----------
    files : texts of files, each below a line such as `== pkg/a.py`.
    path : the file that is edited.
    old, new : a text that stands in it once, and the one that replaces it.
    """

    files: str
    path: str = "study/trainer.py"
    old: str
    new: str
    entry: str = ENTRY


def split(files: str) -> dict[str, str]:
    """Return the texts of files by path."""
    parts = ("\n" + textwrap.dedent(files)).split("\n== ")[1:]
    return {part.partition("\n")[0].strip(): part.partition("\n")[2] + "\n" for part in parts}


def write(folder: Path, files: dict[str, str]) -> dict[str, Path]:
    """Write files and return the roots."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return {root: folder / root for root in ("pkg", "study")}


def digests(folder: Path, edit: Edit) -> tuple[str, str]:
    """Return the entry point's digest before and after an edit."""
    files = split(edit.files)
    before = code_digest([edit.entry], write(folder / "before", files))
    assert files[edit.path].count(edit.old) == 1, f"{edit.old!r} has to stand once"
    files[edit.path] = files[edit.path].replace(edit.old, edit.new)
    return before, code_digest([edit.entry], write(folder / "after", files))
