"""The works that the report cites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from gridproof.errors import GridproofError, nearest
from gridproof.kit.markdown import Markdown, escape

FILE = "references.yaml"


class Reference(BaseModel):
    """A work: family names of its authors, year, title, where it appeared, address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authors: tuple[str, ...]
    year: int
    title: str
    where: str
    url: str

    @property
    def short(self) -> str:
        """Author and year, as a text cites it."""
        first = self.authors[0]
        others = {1: "", 2: f" and {self.authors[-1]}"}.get(len(self.authors), " et al.")
        return f"{first}{others} ({self.year})"


class Citations:
    """Cites works by key and remembers which were cited."""

    def __init__(self, references: Mapping[str, Reference]) -> None:
        self._references = references
        self._cited: set[str] = set()

    def cite(self, key: str) -> Markdown:
        """Return author and year as a link; GridproofError if no work has this key."""
        if key not in self._references:
            raise GridproofError(
                f"no reference is called {key!r}{nearest(key, self._references)}"
                f" (there are: {'; '.join(sorted(self._references))})"
            )
        self._cited.add(key)
        reference = self._references[key]
        return Markdown(f"[{escape(reference.short)}]({reference.url})")

    def listed(self) -> list[Markdown]:
        """Return the cited works in full, by first author and year."""
        works = [self._references[key] for key in self._cited]
        works.sort(key=lambda work: (work.authors[0].casefold(), work.year, work.title))
        return [
            Markdown(
                f"{escape(', '.join(work.authors))} ({work.year})."
                f" [{escape(work.title)}]({work.url}). {escape(work.where)}."
            )
            for work in works
        ]


def read_references(folders: Iterable[Path]) -> dict[str, Reference]:
    """Read and check the files `references.yaml` of some folders, those that have one.

    Raises
    ------
    GridproofError : a file cannot be read, or has a key that an earlier one has.
    """
    works: dict[str, Reference] = {}
    for path in (folder / FILE for folder in folders):
        found = read_works(path) if path.is_file() else {}
        if twice := sorted(works.keys() & found.keys()):
            raise GridproofError(f"{path}: another {FILE} has {twice[0]!r}, too; rename yours")
        works |= found
    return works


def read_works(path: Path) -> dict[str, Reference]:
    """Read and check one file of references; an empty file has none."""
    try:
        works = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return TypeAdapter(dict[str, Reference]).validate_python(works)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise GridproofError(f"{path}: {error}") from error
