"""What a report was made of, as digests that the page carries and that can be taken again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from gridproof.draw.figure_registry import FIGURES, explored_figure
from gridproof.errors import GridproofError
from gridproof.files.digests import file_digest
from gridproof.files.layout import CELLS, replicate_folder
from gridproof.plan.closure import code_digest
from gridproof.plan.kinds import KINDS
from gridproof.plan.stages import (
    ANIMATE,
    DRAW,
    EXPLORE,
    JUDGE,
    MEASURE,
    REPORT,
    SLICE,
    claim_modules,
    template_files,
)
from gridproof.report.report_plan import PlannedExperiment, StudyPlan
from gridproof.run.manifest import read_manifest
from gridproof.run.measurement_registry import MEASUREMENTS

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
    templates : folder with the templates, captions, `published.yaml` and `references.yaml`.
    """

    tables: Path
    figures: Path
    claims: Path
    templates: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The config that a report was made from, whether it shows all of it, and its parts."""

    config: str
    partial: bool
    parts: Parts


def make_stamp(plan: StudyPlan, sources: Sources) -> Stamp:
    """Return the stamp of a report: what it shows, and the digests of all that it is made of."""
    parts = dict(sorted([*planned(plan), *files(plan, sources), *cells(plan), *code(plan)]))
    return Stamp(config=plan.config, partial=plan.gaps is not None, parts=parts)


def changes(made: Stamp, now: Stamp) -> list[str]:
    """Return what differs between the stamp of a page and that of now, a line each."""
    if made.partial:
        return ["this is a partial report: some cells were not trained when it was written"]
    other = f"config: the page was made from {made.config}, not from {now.config}"
    return [other] * (made.config != now.config) + differences(made.parts, now.parts)


def planned(plan: StudyPlan) -> Iterator[tuple[str, str]]:
    """Yield what follows from the config: the study's title, each experiment, each data set."""
    yield "title of the study", _digest(plan.title)
    for missing in plan.missing:
        yield f"missing data {missing.name}", _digest(asdict(missing))
    for experiment in plan.experiments:
        yield f"experiment {experiment.name}: its words and cells", _digest(asdict(experiment))
    for data in plan.data:
        yield f"data {data.name}", _digest(asdict(data))


def files(plan: StudyPlan, sources: Sources) -> Iterator[tuple[str, str]]:
    """Yield the tables, figures, claims, facts and templates that the report is made from."""
    for experiment in plan.experiments:
        tables = sorted((sources.tables / experiment.name).glob("*.parquet"))
        yield f"tables of {experiment.name}", _of_files(tables)
        for figure in experiment.figures:
            found = sorted((sources.figures / experiment.name).glob(f"{figure}.*"))
            yield f"figure {experiment.name}/{figure}", _of_files(found)
        explorer = sources.figures / experiment.name / "explorer.json"
        if explorer.is_file():
            yield f"sliders of {experiment.name}", _of_files([explorer])
    for data in plan.data:
        yield f"facts of {data.name}", _of_files([data.directory / "facts.json"])
        pictures = sorted((sources.figures / "data").glob(f"{data.name}.*"))
        yield f"figure data/{data.name}", _of_files(pictures)
    yield "verdicts on claims", _of_files([sources.claims])
    for template in template_files(sources.templates):
        yield (
            f"template {template.relative_to(sources.templates).as_posix()}",
            _of_files([template]),
        )


def cells(plan: StudyPlan) -> Iterator[tuple[str, str]]:
    """Yield each cell: what the manifests of its replicates say of their files."""
    named = {cell.cell: cell.folder for item in plan.experiments for cell in item.cells}
    for cell, seeds in plan.cells().items():
        folder = CELLS / named[cell]
        manifests = [read_manifest(replicate_folder(folder, seed)) for seed in sorted(seeds)]
        contents = [manifest.get("files") if manifest else None for manifest in manifests]
        yield f"cell {named[cell]}", _digest(contents)


def code(plan: StudyPlan) -> Iterator[tuple[str, str]]:
    """Yield the code of each stage after training, which is part of the cells themselves."""
    figures = {name for experiment in plan.experiments for name in experiment.figures}
    measured = {
        name for item in plan.experiments for cell in item.cells for name in cell.measurements
    }
    pictures = {KINDS[data.kind].picture for data in plan.data} - {None}
    for figure in sorted(figures | {str(name) for name in pictures}):
        yield f"code of the figure {figure}", code_digest(DRAW, FIGURES[figure].module)
        if FIGURES[figure].animated:
            yield f"code of the animation {figure}", code_digest(ANIMATE, FIGURES[figure].module)
    for name in sorted(measured):
        yield f"code of the measurement {name}", code_digest(MEASURE, MEASUREMENTS[name].module)
    for kind in sorted({data.kind for data in plan.data}):
        making = KINDS[kind].making
        assert making is not None
        yield f"code that prepares {kind}", code_digest(making.partition(":")[0])
    if any(has_sliders(experiment) for experiment in plan.experiments):
        yield "code of the sliders", code_digest(EXPLORE)
    yield "code of the tables", code_digest(SLICE)
    yield "code of the claims", code_digest(JUDGE, *claim_modules())
    yield "code of the report", code_digest(REPORT)


def has_sliders(experiment: PlannedExperiment) -> bool:
    """Tell whether the page shows what an experiment's networks predict with sliders."""
    parameters = [cell.spec["parameters"] for cell in experiment.cells]
    return explored_figure(experiment.figures, parameters) is not None


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


def _of_files(paths: Iterable[Path]) -> str:
    found = [path for path in paths if path.is_file()]
    return _digest({path.name: file_digest(path) for path in found}) if found else ABSENT


def _digest(content: object) -> str:
    return sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:DIGITS]
