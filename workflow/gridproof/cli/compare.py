"""Two folders of results side by side, in words."""

from __future__ import annotations

from pathlib import Path

import click

from gridproof.cli.summary import plural
from gridproof.store.compare import compare

SHOWN = 20


def print_comparison(first: Path, second: Path) -> int:
    """Tell whether two folders of results hold the same replicates; return 0 if so, else 1."""
    found = compare(first, second)
    for line in found.differences[:SHOWN]:
        click.echo(line)
    if len(found.differences) > SHOWN:
        click.echo(f"... and {len(found.differences) - SHOWN} more")
    for folder, names in ((first, found.only_first), (second, found.only_second)):
        if names:
            more = ", ..." if len(names) > SHOWN else ""
            click.echo(f"only in {folder}: {', '.join(names[:SHOWN])}{more}")
    changed = {line.rpartition("/")[0] for line in found.differences}
    told = f"{plural(found.n_shared, 'replicate')} in both, {len(changed)} of them differ"
    click.echo("equal: " + told if found.is_equal else told)
    return 0 if found.is_equal else 1
