"""What a report was made of, as digests that the page carries and that can be taken again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from gridproof.catalogue import Catalogue, catalogue
from gridproof.errors import GridproofError
from gridproof.files.digests import file_digest
from gridproof.files.layout import CELLS, replicate_folder
from gridproof.judge.claims_code import claim_files, claims_code
from gridproof.plan.job_plans import PlannedExperiment, StudyPlan
from gridproof.plan.reach import code_digest
from gridproof.plan.stages import (
    REPORT,
    SLICE,
    animation_entries,
    figure_entries,
    figure_with_sliders,
    measurement_entries,
    slider_entries,
)
from gridproof.report.pictures import picture_of
from gridproof.report.template_files import template_files
from gridproof.run.manifest import read_manifest

STAMP = "stamp"
DIGITS = 16
BLOCK = re.compile(rf'<script type="application/json" id="{STAMP}">(.*?)</script>', re.DOTALL)
ABSENT = "absent"

Parts = dict[str, str]
"""What a report was made of, named as a reader would -> digest, or `absent`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the files lie that a report is made of.

    Attributes
    ----------
    tables : folder with a slice of tables for each experiment.
    figures : folder with the figures of each experiment, and of the data in `data/`.
    claims : the verdicts on the study's claims.
    """

    tables: Path
    figures: Path
    claims: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The config that a report was made from, whether it shows all of it, and its parts."""

    config: str
    partial: bool
    parts: Parts


def make_stamp(plan: StudyPlan, sources: Sources) -> Stamp:
    """Return the stamp of a report: what it shows, and the digests of all that it is made of."""
    parts = catalogue(plan.parts)
    made_of = [
        *planned(plan),
        *drawn(plan, parts, sources),
        *written(plan, parts, sources),
        *cells(plan),
        *code(plan),
    ]
    return Stamp(config=plan.config, partial=plan.gaps is not None, parts=dict(sorted(made_of)))


def changes(made: Stamp, now: Stamp) -> list[str]:
    """Return what differs between the stamp of a page and that of now, a line each."""
    if made.partial:
        return ["this is a partial report: some cells were not trained when it was written"]
    other = f"config: the page was made from {made.config}, not from {now.config}"
    return [other] * (made.config != now.config) + differences(made.parts, now.parts)


def planned(plan: StudyPlan) -> Iterator[tuple[str, str]]:
    """Yield what follows from the config: title, each experiment and data set, the claims."""
    yield "title of the study", digest_of(plan.title)
    yield "claims of the config and cells that they look at", digest_of(plan.claims)
    for missing in plan.missing:
        yield f"missing data {missing.name}", digest_of(asdict(missing))
    for experiment in plan.experiments:
        yield f"experiment {experiment.name}: its words and cells", digest_of(asdict(experiment))
    for data in plan.data:
        yield f"data {data.name}", digest_of(asdict(data))


def drawn(plan: StudyPlan, parts: Catalogue, sources: Sources) -> Iterator[tuple[str, str]]:
    """Yield the tables, the figures with their captions, and the facts that the report shows."""
    for experiment in plan.experiments:
        tables = sorted((sources.tables / experiment.name).glob("*.parquet"))
        yield f"tables of {experiment.name}", of_files(tables)
        for figure in experiment.figures:
            found = sorted((sources.figures / experiment.name).glob(f"{figure}.*"))
            yield f"figure {experiment.name}/{figure}", of_files(found)
        explorer = sources.figures / experiment.name / "explorer.json"
        if explorer.is_file():
            yield f"sliders of {experiment.name}", of_files([explorer])
    for data in plan.data:
        yield f"facts of {data.name}", of_files([data.directory / "facts.json"])
        pictures = sorted((sources.figures / "data").glob(f"{data.name}.*"))
        yield f"figure data/{data.name}", of_files(pictures)
    for figure in shown_figures(plan, parts):
        yield f"caption of the figure {figure}", of_files([parts.figure(figure).caption])


def written(plan: StudyPlan, parts: Catalogue, sources: Sources) -> Iterator[tuple[str, str]]:
    """Yield the verdicts, what claims are held against, and the files of words and looks."""
    yield "verdicts on claims", of_files([sources.claims])
    for path in claim_files(parts):
        yield f"{path.name} of {path.parent.name}", of_files([path])
    for name, path in template_files(plan.words, parts):
        yield f"template {name}", of_files([path])


def cells(plan: StudyPlan) -> Iterator[tuple[str, str]]:
    """Yield each cell: what the manifests of its replicates say of their files."""
    named = {cell.cell: cell.folder for item in plan.experiments for cell in item.cells}
    for cell, seeds in plan.cells().items():
        folder = CELLS / named[cell]
        manifests = [read_manifest(replicate_folder(folder, seed)) for seed in sorted(seeds)]
        contents = [manifest.get("files") if manifest else None for manifest in manifests]
        yield f"cell {named[cell]}", digest_of(contents)


def code(plan: StudyPlan) -> Iterator[tuple[str, str]]:
    """Yield the code of each stage after training, which is part of the cells themselves."""
    parts = catalogue(plan.parts)

    def digest(*entries: str) -> str:
        return code_digest(entries, parts.roots)

    for figure in shown_figures(plan, parts):
        yield f"code of the figure {figure}", digest(*figure_entries(parts, figure))
        if parts.figure(figure).animated:
            yield f"code of the animation {figure}", digest(*animation_entries(parts, figure))
    for figure in sorted({f for item in plan.experiments if (f := with_sliders(item, parts))}):
        yield f"code of the sliders of {figure}", digest(*slider_entries(parts, figure))
    for name in sorted(measured(plan)):
        yield f"code of the measurement {name}", digest(*measurement_entries(parts, [name]))
    for kind in sorted({data.kind for data in plan.data}):
        module = parts.module("kinds", kind)
        yield f"code that prepares {kind}", digest(f"{module}:make")
    yield "code of the tables", digest(SLICE)
    yield "code of the claims", claims_code(parts)
    yield "code of the report", digest(REPORT, *report_entries(plan, parts))


def report_entries(plan: StudyPlan, parts: Catalogue) -> list[str]:
    """Return the entry points of parts that writing a report calls: charts and families' words."""
    figures = [parts.figure(name) for name in shown_figures(plan, parts)]
    cells = (cell for experiment in plan.experiments for cell in experiment.cells)
    families = [parts.family(name) for name in sorted({cell.spec["family"] for cell in cells})]
    return [
        *(f"{figure.module}:chart" for figure in figures if figure.has_chart),
        *(family.absolute(family.words) for family in families if family.words),
    ]


def shown_figures(plan: StudyPlan, parts: Catalogue) -> list[str]:
    """Return the names of the figures that the report shows, sorted."""
    figures = {name for experiment in plan.experiments for name in experiment.figures}
    return sorted(figures | {name for data in plan.data if (name := picture_of(data, parts))})


def measured(plan: StudyPlan) -> set[str]:
    """Return the measurements of all cells of the report."""
    return {name for item in plan.experiments for cell in item.cells for name in cell.measurements}


def with_sliders(experiment: PlannedExperiment, parts: Catalogue) -> str | None:
    """Return the figure of an experiment that the page shows sliders below, if there is one."""
    return figure_with_sliders(parts, experiment.figures)


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


def of_files(paths: Iterable[Path]) -> str:
    """Return the digest of some files, or `absent` where there is none of them."""
    found = [path for path in paths if path.is_file()]
    return digest_of({path.name: file_digest(path) for path in found}) if found else ABSENT


def digest_of(content: object) -> str:
    """Return the digest of something that can be written as JSON."""
    return sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:DIGITS]
