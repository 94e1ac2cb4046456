"""The code of each stage of a study after training, as digests that the rules compare.

A stage begins at one entry point of the package, `module:name`; what a part adds are the functions
of its module. Rooms above are named here, not imported.
"""

from __future__ import annotations

from collections.abc import Iterable

from gridproof.catalogue import Catalogue
from gridproof.plan.reach import Roots, code_digest

SLICE = "gridproof.tables.slices:write_slice"
COLLECT = "gridproof.tables.collect:collect"
MEASURE = "gridproof.run.measuring:measure"
DRAW = "gridproof.draw.drawing:draw"
ANIMATE = "gridproof.draw.animation:animate"
SLIDERS = "gridproof.draw.sliders:write_sliders"
REPORT = "gridproof.report.build:build"


def code_parameter(entries: Iterable[str], roots: Roots) -> str:
    """Return the code of a stage as a parameter of its rule.

    Snakemake compares parameters as a set, so the text says what it is.
    """
    return f"code:{code_digest(tuple(entries), roots)[:12]}"


def figure_entries(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    """Return the entry points that draw a figure."""
    figure = catalogue.figure(name)
    return (DRAW, f"{figure.module}:{figure.function}", f"{figure.module}:describe")


def animation_entries(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    """Return the entry points that draw an animated figure frame by frame."""
    return (ANIMATE, f"{catalogue.figure(name).module}:frames")


def slider_entries(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    """Return the entry points that make what a figure shows with sliders."""
    return (SLIDERS, f"{catalogue.figure(name).module}:explore")


def measurement_entries(catalogue: Catalogue, names: Iterable[str]) -> tuple[str, ...]:
    """Return the entry points of measurements."""
    found = map(catalogue.measurement, names)
    return (MEASURE, *(f"{entry.module}:{entry.function}" for entry in found))


def figure_with_sliders(catalogue: Catalogue, figures: Iterable[str]) -> str | None:
    """Return the figure of an experiment that the page shows sliders below; None for no sliders."""
    return next((name for name in figures if catalogue.figure(name).has_sliders), None)
