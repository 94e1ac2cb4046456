"""Two folders of results side by side, in words."""

from __future__ import annotations

from pathlib import Path

import click

from gridproof.run.comparing import compare_results
from gridproof.words import plural

SHOWN = 20


def print_comparison(first: Path, second: Path) -> int:
    """Tell whether two folders of results hold the same replicates; return 0 if so, else 1."""
    found = compare_results(first, second)
    lines = [f"{name}/{line}" for name, what in found.differences.items() for line in what]
    for line in lines[:SHOWN]:
        click.echo(line)
    if len(lines) > SHOWN:
        click.echo(f"... and {len(lines) - SHOWN} more")
    for folder, names in ((first, found.only_first), (second, found.only_second)):
        if names:
            more = ", ..." if len(names) > SHOWN else ""
            click.echo(f"only in {folder}: {', '.join(names[:SHOWN])}{more}")
    n_different = len(found.differences)
    totals = f"{plural(found.n_shared, 'replicate')} in both, {n_different} of them differ"
    click.echo(f"equal: {totals}" if found.is_equal else totals)
    return 0 if found.is_equal else 1
