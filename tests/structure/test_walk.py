"""The way of a number from the configuration to a figure, as CONTRIBUTING.md tells it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "workflow" / "gridproof"
ROW = re.compile(r"^\| \d+ \| `(.+?)` \| `(.+?)` \|", re.MULTILINE)
MOST = 16


def walk() -> list[tuple[str, str]]:
    """Return file and function of each step."""
    found = ROW.findall((REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert found, "CONTRIBUTING.md tells no way of a number"
    return found


def test_number_passes_through_few_functions_and_files() -> None:
    """At most sixteen of either."""
    assert len(walk()) <= MOST
    assert len({file for file, _ in walk()}) <= MOST


def test_every_step_is_there() -> None:
    """A step that was renamed or moved is told."""
    for file, name in walk():
        tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
        defined = {getattr(node, "name", None) for node in tree.body}
        assert name in defined, f"{file} has no {name}"
