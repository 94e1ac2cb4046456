"""In which order cells are trained."""

from __future__ import annotations

from pathlib import Path

import yaml

from gridproof.plan.cost import training_priorities
from gridproof.plan.reading import read_study
from gridproof.plan.study import Study
from workspace import REPOSITORY


def study_of(folder: Path, rows: list[dict[str, object]]) -> Study:
    """Return a study whose cells are `rows`."""
    path = folder / "study.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "title": "Order",
                "parts": [str(REPOSITORY / "study")],
                "data": {"countries": {"source": "geonames"}},
                "seeds": 1,
                "experiments": {"order": {"title": "Order", "question": "Which?", "rows": rows}},
            }
        )
    )
    return read_study(path)


def order_of(study: Study) -> list[dict[str, object]]:
    """Return what sets the cells of a study apart, in the order of their priorities."""
    priorities = training_priorities(study.cells.values())
    names = sorted(study.cells, key=lambda name: -priorities[name])
    told = ("depth", "learning_rate", "epochs")
    return [{name: study.cells[cell].parameters[name] for name in told} for cell in names]


ROWS: list[dict[str, object]] = [
    {"depth": 2, "learning_rate": 0.1, "epochs": 10},
    {"depth": 6, "learning_rate": 0.1, "epochs": 10},
    {"depth": 6, "learning_rate": 0.2, "epochs": 10},
    {"depth": 6, "learning_rate": 0.1, "epochs": 20},
]


def test_longest_training_goes_first(tmp_path: Path) -> None:
    """Twice the epochs go first, a third of the layers last."""
    order = order_of(study_of(tmp_path, ROWS))
    assert order[0]["epochs"] == 20
    assert order[-1]["depth"] == 2
