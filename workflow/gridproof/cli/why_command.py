"""What a cell's identity is made of, and what of its code could not be told by reading it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import click

from gridproof.config.yaml_reader import display_name
from gridproof.errors import GridproofError, nearest
from gridproof.parameter import identifying
from gridproof.plan.reach import Reach, reach
from gridproof.plan.study import CellPlan, Study

SHOWN_DIGITS = 8


def print_why(study: Study, name: str) -> None:
    """Print what the digest of a cell is made of.

    Raises
    ------
    GridproofError : no cell, or more than one, has this name, slug or digest.
    """
    cell = find_cell(study, name)
    for line in why(cell, reach(cell.entries, study.catalogue.roots)):
        click.echo(line)


def find_cell(study: Study, name: str) -> CellPlan:
    """Return the cell of a name as `gridproof cells` prints it: folder, slug, or digest."""
    found = [cell for cell in study.cells.values() if name in (cell.name, cell.slug, cell.digest)]
    if len(found) == 1:
        return found[0]
    names = [cell.name for cell in (found or study.cells.values())]
    if found:
        raise GridproofError(f"{len(found)} cells are called {name!r}: {', '.join(names)}")
    slugs = [cell.slug for cell in study.cells.values()]
    raise GridproofError(
        f"{study.path} has no cell {name!r}{nearest(name, slugs)}; `gridproof cells` lists them"
    )


def why(cell: CellPlan, code: Reach) -> Iterator[str]:
    """Yield the lines that tell what a cell's digest is made of."""
    parameters = cell.family.parameters.model_validate(cell.parameters)
    counted = identifying(parameters)
    left_out = [name for name in cell.parameters if name not in counted]
    yield f"{cell.name} is made of"
    yield f"  family      {cell.family.name}"
    yield f"  parameters  {listed(counted)}"
    if left_out:
        yield f"              left out as neutral: {', '.join(left_out)}"
    yield f"  data        {cell.data.folder.name}"
    exact = cell.family.exact and cell.engine == cell.family.engine
    threads = "the same bits with any threads on any processor" if exact else f"{cell.threads}"
    yield f"  engine      {cell.engine}, threads: {threads}"
    yield f"  libraries   {listed(cell.libraries) or 'none'}"
    definitions = [item for item in code.definitions if not item.is_import]
    yield (
        f"  code        {code.digest[:SHOWN_DIGITS]}: {len(definitions)} definitions that "
        f"{', '.join(cell.entries)} can reach"
    )
    for path, group in groupby(definitions, key=lambda item: item.path):
        yield f"    {display_name(path)}"
        for item in sorted(group, key=lambda item: item.line):
            yield f"      line {item.line:<5} {item.digest[:SHOWN_DIGITS]}  {item.name}"
    for place in code.unresolved:
        yield f"  not resolved: {place.module}, line {place.line}: {place.why}"


def listed(values: object) -> str:
    """Return `depth 6, width 16` for a mapping."""
    assert isinstance(values, dict)
    return ", ".join(f"{name} {value}" for name, value in values.items())
