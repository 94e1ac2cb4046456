"""What makes each stage of a study after training: modules of code, and the report's templates."""

from __future__ import annotations

from pathlib import Path

from gridproof.claims.registry import SECTIONS

SLICE = "gridproof.tables.slices"
COLLECT = "gridproof.tables.collect"
MEASURE = "gridproof.measurements.measure"
DRAW = "gridproof.figures.draw"
ANIMATE = "gridproof.figures.animation"
EXPLORE = "gridproof.figures.explorer"
CLAIMS = "gridproof.claims.run"
REPORT = "gridproof.report.build"

TEMPLATE_SUFFIXES = {".j2", ".yaml", ".css", ".js", ".rst"}


def claims() -> tuple[str, ...]:
    """Return the modules of the claims, a section each."""
    return tuple(f"gridproof.claims.{section}" for section in SECTIONS)


def template_files(folder: Path) -> list[Path]:
    """Return the files that hold the words and the looks of the report."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [file for file in files if file.suffix in TEMPLATE_SUFFIXES]
