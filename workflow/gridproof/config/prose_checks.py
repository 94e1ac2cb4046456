"""Checks of a study's own prose before anything is trained: that it can be read, and its claims."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gridproof.catalogue import Catalogue
from gridproof.config.complaints import Complaint
from gridproof.config.study_config import StudyConfig
from gridproof.config.yaml_reader import display_name
from gridproof.declarations import claim_lines, declared_functions, parsed
from gridproof.errors import nearest

PHRASE = re.compile(r"\[(?P<phrase>[^][]+)\]\{claim=(?P<claim>[^}\s]*)\}")
"""A phrase that is tied to a claim."""
BLOCKS = re.compile(r"\n\s*\n|\n(?=- )")
"""What ends a block: an empty line, or a line that begins an item of a list."""
ALONE = "each paragraph, and each item of a list, is read by itself"


def prose_complaints(config: StudyConfig, catalogue: Catalogue) -> Iterator[Complaint]:
    """Yield the files of prose that are no text or no template, and ties to claims that are not."""
    if config.words is None:
        return
    from jinja2 import Environment, TemplateSyntaxError

    known, environment = known_claims(config, catalogue), Environment()
    for path in sorted(config.words.glob("*.md")):
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            line = 1 + error.object[: error.start].count(b"\n")
            found = f"found the byte {error.object[error.start]:#04x}, expected UTF-8"
            yield complaint(path, line, found)
            continue
        start = 1
        for gap, block in blocks_of(text):
            start += gap.count("\n")
            try:
                environment.parse(block)
            except TemplateSyntaxError as error:
                yield complaint(path, start + error.lineno - 1, f"{error.message}; {ALONE}")
            start += block.count("\n")
        if known is not None:
            yield from unknown_claims(path, text, known)


def blocks_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before each block, and the block."""
    start, gap = 0, ""
    for match in BLOCKS.finditer(text):
        yield gap, text[start : match.start()]
        start, gap = match.end(), match.group()
    yield gap, text[start:]


def complaint(path: Path, line: int, text: str) -> Complaint:
    """Return what is wrong in a line of a file of prose."""
    return Complaint(("words",), f"{display_name(path)}, line {line}: {text}")


def known_claims(config: StudyConfig, catalogue: Catalogue) -> list[str] | None:
    """Return the ids of all claims; None where one is known only when its file runs."""
    names = list(config.claims)
    for _, path in catalogue.modules["claims"].values():
        literal = claim_lines(path)
        if len(literal) < len(list(declared_functions(parsed(path), "claim"))):
            return None
        names += [name for name, _ in literal]
    return names


def unknown_claims(path: Path, text: str, known: list[str]) -> Iterator[Complaint]:
    """Yield the phrases that are tied to what is no claim."""
    for match in PHRASE.finditer(text):
        name, phrase = match["claim"], " ".join(match["phrase"].split())
        if name not in known:
            found = f"the phrase {phrase!r} is tied to a claim {name!r}, which there is not"
            line = 1 + text[: match.start()].count("\n")
            yield complaint(path, line, f"{found}{nearest(name, known)}")
