"""Regular expressions of the names of folders, for the wildcards of rules."""

from __future__ import annotations

import re
from collections.abc import Iterable

SLUG = r"-[A-Za-z0-9_.+-]+"
DIGEST = "-[0-9a-f]{12}"
NOTHING = "(?!)"


def pattern(names: Iterable[str], rest: str = "") -> str:
    """Return a regular expression that matches these names, followed by `rest`, and no other."""
    found = sorted(map(re.escape, set(names)))
    return f"({'|'.join(found)}){rest}" if found else NOTHING
