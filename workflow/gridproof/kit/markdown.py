"""Markdown that templates write: escaped text and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gridproof.kit.quantity import DIVERGED, NONE, UNMEASURED

SPECIAL = re.compile(r"([\\`*\[\]<>|&$~])")
EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
BLOCK_START = re.compile(r"^(\d+)([.)])(?=\s|$)|^([#+=>-]+)(?=\s|$)")
BACKTICKS = re.compile(r"`+")
OPEN_BAR = re.compile(r"(?<!\\)\|")
"""A bar that is not escaped: it opens a column, in code, too."""
NUMERIC = re.compile(rf"[-+]?(\d|\.\d|inf\b)|({DIVERGED}|{UNMEASURED}|{NONE})\b")


class Markdown(str):
    """Text that already is Markdown and is not escaped again."""

    __slots__ = ()


def escape(text: object) -> Markdown:
    """Return text as Markdown that shows it as it is, on one line."""
    if isinstance(text, Markdown):
        return text
    line = " ".join(str(text).split())
    line = EDGE_UNDERSCORE.sub(r"\\_", SPECIAL.sub(r"\\\1", line))
    return Markdown(BLOCK_START.sub(_escaped_start, line))


def code(text: object) -> Markdown:
    """Return text as inline code, on one line, whatever it holds.

    The fence is longer than any run of backticks inside; a space keeps it from those at the ends,
    and from spaces, of which CommonMark (6.1) takes one away at each end.
    """
    line = " ".join(str(text).splitlines())
    fence = "`" * (1 + max((len(run) for run in BACKTICKS.findall(line)), default=0))
    gap = " " if line.strip() != line or line.startswith("`") or line.endswith("`") else ""
    return Markdown(f"{fence}{gap}{line}{gap}{fence}")


def table(headers: Sequence[object], rows: Iterable[Sequence[object]]) -> Markdown:
    """Return a table; columns of numbers but for the first one are aligned right."""
    lines = list(rows)
    right = [n > 0 and _is_numeric([line[n] for line in lines]) for n in range(len(headers))]
    lines = [headers, [Markdown("---:" if numeric else "---") for numeric in right], *lines]
    return Markdown("\n".join(f"| {' | '.join(map(_in_table, line))} |" for line in lines))


def _in_table(cell: object) -> str:
    """Return what a cell of a table shows: no bar of its own, and no end of the line."""
    return OPEN_BAR.sub(r"\\|", " ".join(escape(cell).splitlines()))


def _is_numeric(column: Sequence[object]) -> bool:
    """Tell whether all cells of a column that are not empty begin with a number, or say why not."""
    texts = [str(cell).strip() for cell in column]
    return any(texts) and all(NUMERIC.match(text) for text in texts if text)


def listed(items: Iterable[object]) -> Markdown:
    """Return items in a sentence: `a`, `a and b`, `a; b and c`."""
    texts = [escape(item) for item in items]
    if len(texts) < 2:
        return Markdown("".join(texts))
    return Markdown(f"{'; '.join(texts[:-1])} and {texts[-1]}")


def _escaped_start(match: re.Match[str]) -> str:
    if match.group(1):
        return f"{match.group(1)}\\{match.group(2)}"
    return f"\\{match.group(3)}"
