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
from gridproof.draw.figure_registry import FIGURES
from gridproof.judge.judge_study import write_claims
from gridproof.report.build import build
from gridproof.report.stamp import Sources

TEMPLATES = Path(__file__).parents[2] / "report"


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
    templates: Path = field(default=TEMPLATES)

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
                "label": cell["memberships"]["label"][0],
                "deterministic": False,
                "measurements": [],
                "spec": {
                    "family": "mlp",
                    "threads": 1,
                    "engine": "eager",
                    "parameters": {"depth": int(cell["cells"]["depth"][0])},
                    "data": "countries-0123456789ab",
                    "libraries": {"torch": "2.14.1"},
                },
                "seeds": [int(seed) for seed in cell["replicates"]["seed"]],
            }
            for cell in cells
        ]
        experiment = {
            "name": name,
            "title": title or name.replace("_", " ").capitalize(),
            "question": question,
            "figures": list(figures),
            "data": "countries",
            "digest": "abc",
            "cells": planned,
        }
        self.plan["experiments"].append(experiment)
        for figure in figures:
            self.write_figure(self.root / "figures" / name / figure, figure)

    def write_figure(self, stem: Path, figure: str) -> None:
        """Write a stand-in of a figure."""
        assert figure in FIGURES
        stem.parent.mkdir(parents=True, exist_ok=True)
        stem.with_suffix(".png").write_bytes(PIXEL)
        stem.with_suffix(".svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        alt = {"figure": figure, "alt": f"A picture of {figure} [1] with <angles>."}
        stem.with_suffix(".json").write_text(json.dumps(alt))

    def judge(self, out: Path) -> None:
        """Judge the published claims about the experiments that are there."""
        plan_file = self.root / "claims.json"
        plan_file.write_text(json.dumps({"study": self.plan, "claims": {}, "file": None}))
        write_claims(plan_file, self.tables, self.templates, out)

    @property
    def page(self) -> str:
        """The HTML of the report that was built last."""
        return (self.root / "report" / "index.html").read_text(encoding="utf-8")

    def build(self) -> tuple[str, str]:
        """Build the report; return its Markdown and its HTML, without the code of its scripts."""
        plan_file = self.root / "plan.json"
        plan_file.write_text(json.dumps(self.plan))
        out, claims = self.root / "report", self.root / "claims.parquet"
        self.judge(claims)
        sources = Sources(
            tables=self.tables,
            figures=self.root / "figures",
            claims=claims,
            templates=self.templates,
        )
        build(plan_file, sources, out)
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


def new_study(root: Path) -> Study:
    """Return a study without experiments, on synthetic data below a folder."""
    data = write_data(root / "data" / "countries-0123456789ab")
    plan = {
        "study": None,
        "title": "Four | countries",
        "config": "config.yaml",
        "data": {
            "countries": {
                "digest": "0123456789ab",
                "directory": str(data),
                "source": "geonames",
                "kind": "places",
            }
        },
        "missing": [],
        "gaps": None,
        "experiments": [],
    }
    study = Study(root=root, plan=plan)
    study.write_figure(root / "figures" / "data" / "countries", "map")
    return study
