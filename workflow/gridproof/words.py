"""Words that messages and the report share."""

from __future__ import annotations


def plural(count: int, noun: str) -> str:
    """Return `1 replicate` or `2 replicates`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
