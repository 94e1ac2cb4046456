"""What makes each stage of a study after training: modules of code, templates, folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gridproof.judge.claim_registry import SECTIONS
from gridproof.plan.closure import code_digest

SLICE = "gridproof.tables.slices"
COLLECT = "gridproof.tables.collect"
MEASURE = "gridproof.run.measuring"
DRAW = "gridproof.draw.drawing"
ANIMATE = "gridproof.draw.animation"
EXPLORE = "gridproof.parts.figures.explorer"
JUDGE = "gridproof.judge.judge_study"
REPORT = "gridproof.report.build"

TEMPLATES = Path("report")
TEMPLATE_SUFFIXES = {".j2", ".yaml", ".css", ".js", ".rst"}


def claim_modules() -> tuple[str, ...]:
    """Return the modules of the claims, a section each."""
    return tuple(f"gridproof.parts.claims.{section}" for section in SECTIONS)


def template_files(folder: Path) -> list[Path]:
    """Return the files that hold the words and the looks of the report."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [file for file in files if file.suffix in TEMPLATE_SUFFIXES]


def code_parameter(*modules: str) -> str:
    """Return the code of modules as a parameter that Snakemake compares."""
    return "code:" + ":".join(code_digest(module)[:12] for module in modules)


def folder_of_tables(_wildcards: Any, input: Any) -> str:
    """Return the folder of the tables that a job reads."""
    return str(Path(input.tables[0]).parent)


def folder_of_figures(_wildcards: Any, input: Any) -> str:
    """Return the folder of the figures of all experiments."""
    return str(Path(input.figures[0]).parent.parent)
