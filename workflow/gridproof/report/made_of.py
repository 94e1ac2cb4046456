"""The digests of all that a report is made of: plan, tables, figures, words, cells and code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from gridproof.catalogue import Catalogue, catalogue
from gridproof.files.digests import file_digest
from gridproof.files.layout import CELLS, replicate_folder
from gridproof.judge.claims_code import claim_files
from gridproof.plan.job_plans import StudyPlan
from gridproof.report.stage_code import shown_figures
from gridproof.report.stamp import ABSENT, Parts, Stamp
from gridproof.report.template_files import template_files
from gridproof.run.manifest import read_manifest

DIGITS = 16


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


def make_stamp(plan: StudyPlan, sources: Sources, code: Parts) -> Stamp:
    """Return the stamp of a report: what it shows, and the digests of all that it is made of.

    `code` are those of the stages after training, see `gridproof.report.stage_code`.
    """
    parts = catalogue(plan.parts)
    made_of = [
        *of_plan(plan),
        *of_tables_and_figures(plan, parts, sources),
        *of_words(plan, parts, sources),
        *of_cells(plan),
        *code.items(),
    ]
    return Stamp(config=plan.config, partial=plan.gaps is not None, parts=dict(sorted(made_of)))


def of_plan(plan: StudyPlan) -> Iterator[tuple[str, str]]:
    """Yield what follows from the config: title, each experiment and data set, the claims."""
    yield "title of the study", content_digest(plan.title)
    yield "claims of the config and cells that they look at", content_digest(plan.claims)
    for missing in plan.missing:
        yield f"missing data {missing.name}", content_digest(asdict(missing))
    for experiment in plan.experiments:
        yield (
            f"experiment {experiment.name}: its words and cells",
            content_digest(asdict(experiment)),
        )
    for data in plan.data:
        yield f"data {data.name}", content_digest(asdict(data))


def of_tables_and_figures(
    plan: StudyPlan, parts: Catalogue, sources: Sources
) -> Iterator[tuple[str, str]]:
    """Yield the tables, the figures with their captions, and the facts that the report shows."""
    for experiment in plan.experiments:
        tables = sorted((sources.tables / experiment.name).glob("*.parquet"))
        yield f"tables of {experiment.name}", files_digest(tables)
        for figure in experiment.figures:
            found = sorted((sources.figures / experiment.name).glob(f"{figure}.*"))
            yield f"figure {experiment.name}/{figure}", files_digest(found)
        explorer = sources.figures / experiment.name / "explorer.json"
        if explorer.is_file():
            yield f"sliders of {experiment.name}", files_digest([explorer])
    for data in plan.data:
        yield f"facts of {data.name}", files_digest([data.directory / "facts.json"])
        pictures = sorted((sources.figures / "data").glob(f"{data.name}.*"))
        yield f"figure data/{data.name}", files_digest(pictures)
    for figure in shown_figures(plan, parts):
        yield f"caption of the figure {figure}", files_digest([parts.figure(figure).caption])


def of_words(plan: StudyPlan, parts: Catalogue, sources: Sources) -> Iterator[tuple[str, str]]:
    """Yield the verdicts, what claims are held against, and the files of words and looks."""
    yield "verdicts on claims", files_digest([sources.claims])
    for path in claim_files(parts):
        yield f"{path.name} of {path.parent.name}", files_digest([path])
    for name, path in template_files(plan.words, parts):
        yield f"template {name}", files_digest([path])


def of_cells(plan: StudyPlan) -> Iterator[tuple[str, str]]:
    """Yield each cell: what the manifests of its replicates say of their files."""
    named = {cell.cell: cell.folder for item in plan.experiments for cell in item.cells}
    for cell, seeds in plan.cells().items():
        folder = CELLS / named[cell]
        manifests = [read_manifest(replicate_folder(folder, seed)) for seed in sorted(seeds)]
        contents = [manifest.get("files") if manifest else None for manifest in manifests]
        yield f"cell {named[cell]}", content_digest(contents)


def files_digest(paths: Iterable[Path]) -> str:
    """Return the digest of some files, or `absent` where there is none of them."""
    found = [path for path in paths if path.is_file()]
    return content_digest({path.name: file_digest(path) for path in found}) if found else ABSENT


def content_digest(content: object) -> str:
    """Return the digest of something that can be written as JSON."""
    return sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:DIGITS]
