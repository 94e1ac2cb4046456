import json
import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import PIL.Image
import pytest

from draw.synthetic import write_data, write_slice
from gridproof.catalogue import catalogue
from gridproof.judge.judge_study import write_claims
from gridproof.plan.job_plans import StudyPlan
from gridproof.plan.wire import read
from gridproof.report.build import build
from gridproof.report.made_of import Sources
from gridproof.report.stage_code import code_of_stages
from gridproof.report.template_files import TEMPLATES as TEMPLATES

ROOT = Path(__file__).parents[2]
PARTS = str(ROOT / "study")
"""The parts of the default study."""
WORDS = ROOT / "report"
"""Its words."""
MEASURED = catalogue().measured_tables["epochs"].quantities
"""The columns of `epochs` that measurements add."""

SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)


def one_pixel() -> bytes:
    """Return the smallest PNG."""
    content = BytesIO()
    PIL.Image.new("RGB", (1, 1)).save(content, "PNG")
    return content.getvalue()


PIXEL = one_pixel()


@dataclass
class Study:
    """A finished study of synthetic cells, ready for its report."""

    root: Path
    plan: dict[str, Any]
    claims: dict[str, Any] = field(default_factory=dict)

    @property
    def planned(self) -> StudyPlan:
        """The plan as the report reads it."""
        return read(StudyPlan, json.dumps(self.plan))

    @property
    def sources(self) -> Sources:
        """Where the files lie that the report is made of."""
        return Sources(
            tables=self.tables,
            figures=self.root / "figures",
            claims=self.root / "claims.parquet",
        )

    @property
    def tables(self) -> Path:
        """Where the slices are."""
        return self.root / "tables"

    def add(
        self,
        name: str,
        cells: list[dict[str, pd.DataFrame]],
        *,
        figures: tuple[str, ...] = ("curves",),
        title: str | None = None,
        question: str = "What happens?",
    ) -> None:
        """Add an experiment: its plan, its slice and a stand-in for each of its figures."""
        write_slice(self.tables / name, cells)
        planned = [
            {
                "cell": cell["cells"]["cell"][0],
                "slug": cell["cells"]["slug"][0],
                **{name: cell["memberships"][name][0] for name in ("label", "group", "setting")},
                "seeds_in_job": 20,
                "deterministic": False,
                "measurements": [],
                "spec": {
                    "family": "mlp",
                    "threads": 1,
                    "engine": "torch",
                    "parameters": {"depth": int(cell["cells"]["depth"][0])},
                    "data": "countries-0123456789ab",
                    "libraries": {"torch": "2.14.1"},
                },
                "seeds": [int(seed) for seed in cell["replicates"]["seed"]],
            }
            for cell in cells
        ]
        self.add_planned(name, planned, figures, title=title, question=question)

    def add_planned(
        self,
        name: str,
        cells: list[dict[str, Any]],
        figures: tuple[str, ...],
        *,
        data: str = "countries",
        title: str | None = None,
        question: str = "What happens?",
    ) -> None:
        """Add an experiment whose slice is there: its plan, and stand-ins for its figures."""
        experiment = {
            "name": name,
            "title": title or name.replace("_", " ").capitalize(),
            "question": question,
            "figures": list(figures),
            "data": data,
            "cells": cells,
        }
        self.plan["experiments"].append(experiment)
        for figure in figures:
            self.write_figure(self.root / "figures" / name / figure, figure)

    def write_figure(self, stem: Path, figure: str) -> None:
        """Write a stand-in of a figure."""
        assert figure in catalogue(tuple(self.plan["parts"])).names("figures")
        stem.parent.mkdir(parents=True, exist_ok=True)
        stem.with_suffix(".png").write_bytes(PIXEL)
        stem.with_suffix(".svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        alt = {"figure": figure, "alt": f"A picture of {figure} [1] with <angles>."}
        stem.with_suffix(".json").write_text(json.dumps(alt))

    def judge(self) -> None:
        """Judge the claims of the study's parts about the experiments that are there."""
        plan_file = self.root / "claims.json"
        wordless = {"title": "", "question": "", "figures": []}
        plan = {name: self.plan[name] for name in ("config", "parts", "data", "missing")}
        plan["experiments"] = [item | wordless for item in self.plan["experiments"]]
        plan_file.write_text(json.dumps({**plan, "claims": self.claims}))
        write_claims(plan_file, self.tables, self.sources.claims)

    @property
    def page(self) -> str:
        """The HTML of the report that was built last."""
        return (self.root / "report" / "index.html").read_text(encoding="utf-8")

    def build(self) -> tuple[str, str]:
        """Build the report; return its Markdown and its HTML, without the code of its scripts."""
        plan_file = self.root / "plan.json"
        plan_file.write_text(json.dumps(self.plan))
        out = self.root / "report"
        self.judge()
        build(plan_file, self.sources, out, dict(code_of_stages(self.planned)))
        markdown = (out / "report.md").read_text(encoding="utf-8")
        return markdown, SCRIPT.sub("", self.page)


def panels(page: str, name: str) -> list[dict[str, Any]]:
    """Return the panels of a chart as a page holds them."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page)
    assert found is not None, name
    return list(json.loads(found[1])["panels"])


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Return a study without experiments, on synthetic data."""
    return new_study(tmp_path)


@pytest.fixture
def bare(tmp_path: Path) -> Study:
    """Return a study of nobody's parts and words, without experiments, on synthetic data."""
    return new_study(tmp_path, parts=(), words=None)


def new_study(root: Path, parts: tuple[str, ...] = (PARTS,), words: Path | None = WORDS) -> Study:
    """Return a study without experiments, on synthetic data; parts and words are the default's."""
    data = write_data(root / "data" / "countries-0123456789ab")
    plan = {
        "study": None,
        "title": "Four | countries",
        "config": "config.yaml",
        "parts": list(parts),
        "words": str(words) if words else None,
        "data": [
            {
                "name": "countries",
                "digest": "0123456789ab",
                "directory": str(data),
                "source": "geonames" if parts else "csv",
                "kind": "table",
            }
        ],
        "missing": [],
        "gaps": None,
        "experiments": [],
        "claims": "claims-0123456789ab",
    }
    study = Study(root=root, plan=plan)
    picture = "map" if parts else "data_overview"
    study.write_figure(root / "figures" / "data" / "countries", picture)
    return study
