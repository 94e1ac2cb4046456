"""The charts of the page hold the numbers of the tables."""

import hashlib
import re

import pandas as pd
import pytest

from draw.synthetic import synthetic_cell
from draw.synthetic_images import STEPS, Model, seventeen
from gridproof.kit.baselines import MARKERS
from report.conftest import TEMPLATES, panels
from report.test_images import add_images

LIBRARY = "leeoniya/uPlot"
VENDORED = re.compile(r"^([0-9a-f]{64})  (\S+)", re.MULTILINE)


def by_place(line, panel):
    """Return the means of a line by place, without gaps."""
    return pd.Series(line["mean"], index=panel["xs"], dtype=float).dropna()


def test_lines_are_means_between_the_lowest_and_the_highest_seed(study):
    """Every epoch of every cell, against pandas' own group-by on the table."""
    cells = [synthetic_cell("one", final=0.4), synthetic_cell("two", position=1, final=0.9)]
    study.add("learning_rate", cells)
    study.build()
    (data,) = panels(study.page, "chart-learning_rate-curves")
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
        assert line["seeds"] == list(by_epoch.count())


def test_seeds_stand_where_their_line_ends_and_values_in_print_beside(study):
    """The last values of all seeds, and what is printed of a cell, at its last epoch."""
    printed = synthetic_cell("learning_rate 0.01", learning_rate=0.01, final=0.4)
    other = synthetic_cell("learning_rate 0.03", position=1, learning_rate=0.03, seeds=(0,))
    study.add("learning_rate", [printed, other])
    study.build()
    (data,) = panels(study.page, "chart-learning_rate-curves")
    one, two = data["series"]
    last = printed["epochs"]["epoch"].max()
    ends = printed["epochs"].query("epoch == @last")["val_loss"]
    assert sorted(one["ends"]) == pytest.approx(sorted(ends), rel=1e-4)
    assert one["printed"] == [[last, 1.64]]
    assert (two["ends"], two["printed"]) == ([], [])


def test_seeds_that_diverged_are_left_out_and_their_end_is_a_gap(study):
    """A line goes on with the other seeds; where none is left there is no number."""
    some = synthetic_cell("some", diverged={0: 10})
    gone = synthetic_cell("all", position=1, diverged={0: 10, 1: 10, 2: 10})
    study.add("learning_rate", [some, gone])
    study.build()
    (data,) = panels(study.page, "chart-learning_rate-curves")
    first, second = data["series"]
    others = some["epochs"].query("seed != 0 and epoch == 20")["val_loss"]
    assert first["mean"][20] == pytest.approx(others.mean(), rel=1e-4)
    assert (first["seeds"][9], first["seeds"][20]) == (3, 2)
    ended = some["epochs"].query("seed == 0 and epoch == 9")["val_loss"].item()
    assert first["marks"] == [["X", 9, pytest.approx(ended, rel=1e-4)]]
    assert first["label"] == "some (1 of 3 seeds diverged at epoch 10)"
    assert second["mean"][9] is not None
    assert second["mean"][10:] == [None] * len(second["mean"][10:])


def test_accuracy_by_step_stands_at_the_steps_of_each_cell(study):
    """By epoch, then by step, where each cell has numbers at its own steps alone."""
    long = synthetic_cell("long", batch_size=32)
    wide = synthetic_cell("wide", position=1, batch_size=64, diverged={0: 3, 1: 3, 2: 3})
    wide["epochs"]["steps"] //= 2
    study.add("batch_size", [long, wide], figures=("accuracy_by_step",))
    study.build()
    by_epoch, by_step = panels(study.page, "chart-batch_size-accuracy_by_step")
    assert (by_epoch["log"]["x"], by_step["log"]["x"]) == (False, True)
    for panel, place in ((by_epoch, "epoch"), (by_step, "steps")):
        for cell, line in zip((long, wide), panel["series"], strict=True):
            rows = cell["epochs"].query("epoch < 3") if cell is wide else cell["epochs"]
            means = rows[rows[place] > 0].groupby(place)["val_accuracy"].mean()
            numbers = by_place(line, panel).drop(0, errors="ignore")
            assert list(numbers.index) == list(means.index)
            assert list(numbers) == pytest.approx(list(means), rel=1e-4)
    ends = [line["marks"] for line in by_step["series"]]
    assert ends == [[["o", by_step["xs"][-1], by_step["series"][0]["mean"][-1]]], []]


def test_loss_by_step_has_a_panel_for_each_baseline(study):
    """The means over seeds of the batch losses, each model's at its own steps."""
    rate, trees = {"learning_rate": 0.01}, {"family": "xgboost"}
    models = [
        Model(label="scratch learning_rate 0.01", part="scratch", skill=0.1, parameters=rate),
        Model(
            label="scratch learning_rate 0.1",
            part="scratch",
            skill=0.2,
            parameters=rate,
            steps=STEPS // 2,
        ),
        Model(label="finetune learning_rate 0.01", part="finetune", skill=1.0, parameters=rate),
        Model(label="xgboost", part="xgboost", skill=1.0, steps=0, parameters=trees),
    ]
    add_images(study, "real_or_fake", models, figures=("loss_by_step",))
    study.build()
    shown = panels(study.page, "chart-real_or_fake-loss_by_step")
    assert [panel["title"] for panel in shown] == ["scratch", "finetune"]
    assert [panel["sparse"] for panel in shown] == [True, False]
    batches = pd.read_parquet(study.tables / "real_or_fake" / "batches.parquet")
    lines = [(panel, line) for panel in shown for line in panel["series"]]
    groups = batches.groupby("cell", sort=True)
    for model, (panel, line), (_, rows) in zip(models[:3], lines, groups, strict=True):
        assert f"{panel['title']} {line['label']}" == model.label
        means = rows.groupby("step")["loss"].mean()
        numbers = by_place(line, panel)
        assert list(numbers.index) == list(means.index)
        assert list(numbers) == pytest.approx(list(means), rel=1e-4)
        assert panel["log"] == {"x": False, "y": True}


def test_models_differ_in_mark_and_colour(study):
    """The script can draw every mark that a figure may have."""
    add_images(study, "real_or_fake", seventeen(), figures=("ranking",))
    study.build()
    (data,) = panels(study.page, "chart-real_or_fake-ranking")
    assert len({line["marker"] for line in data["series"]}) == len(data["series"]) > 1
    assert len({line["color"] for line in data["series"]}) == len(data["series"])
    drawn = re.findall(r'^ +"?([^\s"]+)"?: "M', (TEMPLATES / "charts.js").read_text(), re.MULTILINE)
    assert set(MARKERS) <= set(drawn)


def test_page_without_charts_carries_no_library(study):
    """The library is there where something is drawn with it."""
    study.add("shape", [synthetic_cell("one")], figures=("splits",))
    study.build()
    assert LIBRARY not in study.page
    study.add("learning_rate", [synthetic_cell("one")])
    study.build()
    assert LIBRARY in study.page
    assert study.page.count('data-enhancement="chart-learning_rate-curves"') == 1


def test_library_is_the_released_files():
    """Every vendored file is the one whose digest and version stand beside it."""
    folder = TEMPLATES / "vendor"
    text = (folder / "uPlot.txt").read_text()
    digests = {name: digest for digest, name in VENDORED.findall(text)}
    assert {*digests, "uPlot.txt"} == {file.name for file in folder.iterdir()}
    for name, digest in digests.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    version = re.search(rb"\(v(\S+)\)", (folder / "uPlot.js").read_bytes()[:100])
    assert text.startswith(f"uPlot {version[1].decode()}, MIT License")
    assert "MIT License" in (folder / "uPlot.LICENSE").read_text()
