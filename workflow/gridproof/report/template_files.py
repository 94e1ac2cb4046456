"""Where templates, scripts and looks lie: the study's words first, then the package's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gridproof.catalogue import Catalogue

TEMPLATES = Path(__file__).resolve().parent / "templates"
"""The layout of every report, and the words that it says of any study."""
SUFFIXES = {".j2", ".md", ".yaml", ".css", ".js"}
OWN = "words"
SPEAKING = ("families", "kinds")
"""Kinds of parts that bring templates: families their macros, kinds of data a paragraph."""


def template_folders(words: Path | None, parts: Catalogue) -> list[Path]:
    """Return the folders that templates are looked for in, in this order.

    Those of families and of kinds of data lie in their folders and are named `<part>/<file>`.
    """
    return [*([words] if words else []), TEMPLATES, *part_folders(parts)]


def part_folders(parts: Catalogue) -> list[Path]:
    """Return the folders of parts that templates may lie in."""
    return [
        folder.path / kind for folder in parts.folders for kind in SPEAKING if kind in folder.kinds
    ]


def template_files(words: Path | None, parts: Catalogue) -> Iterator[tuple[str, Path]]:
    """Yield all files of words and looks, each with the name that a reader would give it."""
    for path in files_in(TEMPLATES):
        yield path.relative_to(TEMPLATES).as_posix(), path
    for folder in part_folders(parts):
        for path in files_in(folder):
            if path.suffix == ".j2":
                yield path.relative_to(folder).as_posix(), path
    if words is not None:
        for path in files_in(words):
            yield f"{OWN}/{path.relative_to(words).as_posix()}", path


def files_in(folder: Path) -> list[Path]:
    """Return the files below a folder that a report can be made of."""
    return sorted(file for file in folder.rglob("*") if file.suffix in SUFFIXES and file.is_file())
