"""Whether figures and measurements fit the cells that a study asks them of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from gridproof.catalogue import Catalogue


def figure_misfit(catalogue: Catalogue, figure: str, family: str) -> str:
    """Return why a figure cannot show cells of a family; empty if it can."""
    entry, cells = catalogue.figure(figure), catalogue.family(family)
    found = f"found {figure!r} in an experiment of the family {family!r}, "
    if entry.families and family not in entry.families:
        return f"{found}expected one of the family {' or '.join(entry.families)}"
    lacking = [table for table in entry.tables if table not in cells.tables]
    if lacking:
        return f"{found}which has no table {lacking[0]!r}, expected a figure that needs none"
    if (
        entry.kinds
        and cells.kind not in entry.kinds
        and not derived(catalogue, family, entry.kinds)
    ):
        return (
            f"{found}trained on {cells.kind}, expected data of the kind {' or '.join(entry.kinds)}"
        )
    return ""


def unmeasured(catalogue: Catalogue, figure: str, asked: Sequence[str]) -> str:
    """Return that an experiment does not ask for what a figure shows; empty if it does."""
    lacking = [name for name in catalogue.figure(figure).measurements if name not in asked]
    if not lacking:
        return ""
    return (
        f"found {figure!r}, which shows a measurement, expected `measure: [{lacking[0]}]` with it"
    )


def spread_misfit(catalogue: Catalogue, figure: str, cells: Sequence[Mapping[str, object]]) -> str:
    """Return why a figure cannot show how cells, given by their parameters, differ; or nothing."""
    entry = catalogue.figure(figure)
    names = list(dict.fromkeys(name for values in cells for name in values))
    varied = [name for name in names if len({repr(values.get(name)) for values in cells}) > 1]
    if entry.varies and len(varied) != entry.varies:
        return (
            f"found {figure!r} with cells that differ in {', '.join(varied) or 'nothing'}, "
            f"expected cells that differ in {entry.varies} parameters"
        )
    others = [
        {name: repr(value) for name, value in values.items() if name != entry.compares}
        for values in cells
    ]
    if entry.compares and not any(one == other for one, other in combinations(others, 2)):
        return (
            f"found {figure!r} without two cells that differ in {entry.compares} alone, "
            "expected some"
        )
    return ""


def derived(catalogue: Catalogue, family: str, kinds: Sequence[str]) -> bool:
    """Tell whether a family's data are made from data of one of these kinds."""
    return catalogue.source_kind(family) in kinds


def common_figures(catalogue: Catalogue, families: Iterable[str]) -> tuple[str, ...]:
    """Return the figures that a comparison of cells of these families shows by default.

    Those are the ones that some of the families show by default and that fit all of them.
    """
    names = list(dict.fromkeys(families))
    proposed = dict.fromkeys(name for family in names for name in catalogue.family(family).figures)
    return tuple(
        figure
        for figure in proposed
        if not any(figure_misfit(catalogue, figure, family) for family in names)
    )


def measurement_misfits(
    catalogue: Catalogue, name: str, family: str, cells: Sequence[Mapping[str, object]]
) -> Iterator[str]:
    """Yield why a measurement has no meaning for cells, given by their parameters."""
    entry = catalogue.measurement(name)
    if family not in entry.families:
        yield (
            f"found {name!r} in an experiment of the family {family!r}, "
            f"expected one of the family {' or '.join(entry.families)}"
        )
    for switch in entry.unfit:
        if any(values.get(switch) for values in cells):
            yield f"found {name!r} with cells that have {switch} true, expected cells without"
