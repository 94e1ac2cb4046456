"""What a page says it was made of, as digests, and how that differs from what is there now."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from gridproof.errors import GridproofError

STAMP = "stamp"
BLOCK = re.compile(rf'<script type="application/json" id="{STAMP}">(.*?)</script>', re.DOTALL)
ABSENT = "absent"

Parts = dict[str, str]
"""What a report was made of, named as a reader would -> digest, or `absent`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The config that a report was made from, whether it shows all of it, and its parts."""

    config: str
    partial: bool
    parts: Parts


def changes(made: Stamp, now: Stamp) -> list[str]:
    """Return what differs between the stamp of a page and that of now, a line each."""
    if made.partial:
        return ["this is a partial report: some cells were not trained when it was written"]
    other = f"config: the page was made from {made.config}, not from {now.config}"
    return [other] * (made.config != now.config) + differences(made.parts, now.parts)


def read_stamp(page: Path) -> Stamp:
    """Return the stamp of a page; GridproofError if there is no page, or it carries none."""
    try:
        found = BLOCK.search(page.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise GridproofError(f"{page}: cannot be read as a page ({error})") from error
    if found is None:
        raise GridproofError(f"{page} carries no stamp: it is not a report that gridproof wrote")
    try:
        return Stamp(**json.loads(found[1]))
    except (TypeError, ValueError) as error:
        raise GridproofError(f"{page} carries no stamp that this version reads") from error


def differences(made: Parts, now: Parts) -> list[str]:
    """Return what differs between a page's parts and those of now, a line each."""
    lines = []
    for name in sorted(made.keys() | now.keys()):
        before, after = made.get(name), now.get(name)
        if before == after:
            continue
        if before is None:
            lines.append(f"{name}: not in this report")
        elif after is None:
            lines.append(f"{name}: no longer part of the study")
        elif after == ABSENT:
            lines.append(f"{name}: not there any more")
        else:
            lines.append(f"{name}: changed")
    return lines
