"""Expected failures: told to the user in one message, without a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GridproofError(Exception):
    """A mistake or a condition that the user can act on; the command line exits with code 2."""


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return ``", did you mean 'x'?"`` for the valid name nearest to `name`, or an empty string."""
    matches = difflib.get_close_matches(name, list(valid), n=1)
    return f", did you mean {matches[0]!r}?" if matches else ""
