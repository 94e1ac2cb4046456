"""The charts of the page hold the numbers of the tables."""

import hashlib
import json
import re

import pytest

from figures.synthetic import synthetic_cell
from report.conftest import TEMPLATES

LIBRARY = "leeoniya/uPlot"
UPLOT = "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f"


def chart(page, name):
    """Return the data of a chart as the page holds them."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page)
    return json.loads(found[1])


def test_lines_are_means_between_the_lowest_and_the_highest_seed(study):
    """Every epoch of every cell, against pandas' own group-by on the table."""
    cells = [synthetic_cell("one", final=0.4), synthetic_cell("two", position=1, final=0.9)]
    study.add("learning_rate", cells)
    study.build()
    data = chart(study.page, "chart-learning_rate-curves")
    assert [line["label"] for line in data["series"]] == ["one", "two"]
    for cell, line in zip(cells, data["series"], strict=True):
        by_epoch = cell["epochs"].groupby("epoch")["val_loss"]
        assert data["xs"] == list(by_epoch.groups)
        for key, values in {
            "mean": by_epoch.mean(),
            "low": by_epoch.min(),
            "high": by_epoch.max(),
        }.items():
            assert line[key] == pytest.approx(list(values), rel=1e-4)


def test_seeds_that_diverged_are_left_out_and_their_end_is_a_gap(study):
    """A line goes on with the other seeds; where none is left there is no number."""
    some = synthetic_cell("some", diverged={0: 10})
    gone = synthetic_cell("all", position=1, diverged={0: 10, 1: 10, 2: 10})
    study.add("learning_rate", [some, gone])
    study.build()
    first, second = chart(study.page, "chart-learning_rate-curves")["series"]
    others = some["epochs"].query("seed != 0 and epoch == 20")["val_loss"]
    assert first["mean"][20] == pytest.approx(others.mean(), rel=1e-4)
    assert first["label"] == "some (1 of 3 seeds diverged at epoch 10)"
    assert second["mean"][9] is not None
    assert second["mean"][10:] == [None] * len(second["mean"][10:])


def test_page_without_charts_carries_no_library(study):
    """The library is there where something is drawn with it."""
    study.add("shape", [synthetic_cell("one")], figures=("splits",))
    study.build()
    assert LIBRARY not in study.page
    study.add("learning_rate", [synthetic_cell("one")])
    study.build()
    assert LIBRARY in study.page
    assert study.page.count('data-enhancement="chart-learning_rate-curves"') == 1


def test_library_is_the_released_file():
    """uPlot 1.6.32 as published, with its licence beside it."""
    content = (TEMPLATES / "vendor/uPlot.js").read_bytes()
    assert hashlib.sha256(content).hexdigest() == UPLOT
    assert b"(v1.6.32)" in content[:100]
    assert "MIT License" in (TEMPLATES / "vendor/uPlot.LICENSE").read_text()
