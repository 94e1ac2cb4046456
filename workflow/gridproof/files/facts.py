"""What all prepared data have in common: splits, `data.parquet`, `facts.json`, and their check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gridproof.errors import GridproofError
from gridproof.files.digests import file_digest

SPLITS = ("train", "val", "test")
PARQUET = "data.parquet"
FACTS = "facts.json"


def load_facts(directory: Path) -> dict[str, Any]:
    """Return what `facts.json` says about prepared data; GridproofError if it cannot be read."""
    path = directory / FACTS
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise unusable(path, error) from error
    if not isinstance(facts, dict):
        raise unusable(path, "it is not a JSON object")
    return facts


def check_prepared(directory: Path, digest: str) -> None:
    """Check that prepared data are those of `digest` and that no byte has changed since.

    Raises
    ------
    GridproofError : `facts.json` has another digest, or a file is not the one that it describes.
    """
    facts = load_facts(directory)
    if facts.get("digest") != digest:
        raise unusable(directory / FACTS, f"its digest is {facts.get('digest')}, expected {digest}")
    files = facts.get("files")
    if not isinstance(files, dict) or not files:
        raise unusable(directory / FACTS, "it describes no files")
    for name, content in files.items():
        path = directory / name
        try:
            found = file_digest(path)
        except GridproofError as error:
            raise unusable(path, error.__cause__) from error
        if found != content:
            raise unusable(path, f"it is not the file that {FACTS} describes")


def unusable(path: Path, reason: object) -> GridproofError:
    """Return the error of a file of prepared data that cannot be used."""
    return GridproofError(
        f"{path} cannot be used: {reason}; delete the directory {path.parent} and run again"
    )
