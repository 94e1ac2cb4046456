"""The rule that no number is typed in prose."""

from __future__ import annotations

import re
from pathlib import Path

WRITTEN = (".md.j2", ".md", ".rst")
"""Files of words: templates, prose and captions."""
EXPRESSIONS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
LINK_TARGETS = re.compile(r"\](?:\([^)]*\)|\{claim=[^}]*\})")
SMALL = "two three four five six seven eight nine ten eleven twelve"
TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
LARGE = (
    "twenty thirty forty fifty sixty seventy eighty ninety hundreds? thousands? millions? billions?"
)
OTHER = "dozens? twice thrice"
WORDS = "|".join(f"{SMALL} {TEENS} {LARGE} {OTHER}".split())
NUMBER = re.compile(rf"\d|\b(?:{WORDS})\b", re.IGNORECASE)
"""A digit or a number in words from two on; below, `one` and `none` are grammar as often."""


def typed_numbers(text: str) -> list[tuple[int, str]]:
    """Return line number and line of each number outside expressions and link targets."""
    prose = EXPRESSIONS.sub(lambda match: "\n" * match.group().count("\n"), text)
    lines = enumerate(LINK_TARGETS.sub("]", prose).splitlines(), start=1)
    return [(number, line.strip()) for number, line in lines if NUMBER.search(line)]


def check_templates(folder: Path) -> list[str]:
    """Return `file, line n: text` for each number typed in the templates of `folder`."""
    files = sorted(file for suffix in WRITTEN for file in folder.rglob(f"*{suffix}"))
    return [
        f"{file}, line {number}: {line}"
        for file in files
        for number, line in typed_numbers(file.read_text(encoding="utf-8"))
    ]
