"""What sections say of changes and curves is decided by functions of the numbers."""

from __future__ import annotations

import math

import pytest

from draw.synthetic import MEASUREMENTS, synthetic_cell, write_slice
from gridproof.kit.quantity import summarise
from gridproof.report.change_words import FALLS, RISES, STAYS, Change, Changes
from gridproof.report.curve_words import Curves
from gridproof.report.step_words import Steps
from gridproof.tables.ask import Ask
from gridproof.tables.members import Member, load_slice
from report.conftest import MEASURED

FACTS = {"prior_entropy": 0.5, "rows": {"train": 640}, "kind": "table"}


def ask(tmp_path, *cells) -> Ask:
    """Return an experiment of some synthetic cells."""
    tables = load_slice(write_slice(tmp_path / "mine", list(cells)))
    return Ask("mine", tables, FACTS, measured=MEASURED)


def row(*settings: dict[str, object]) -> list[dict[str, object]]:
    """Return a synthetic cell for each of some settings, called by its place."""
    return [
        synthetic_cell(f"cell {place}", position=place, **setting)
        for place, setting in enumerate(settings)
    ]


@pytest.mark.parametrize(
    ("before", "after", "verb"),
    [
        ([0.1, 0.2], [0.8, 0.9], RISES),
        ([0.8, 0.9], [0.1, 0.2], FALLS),
        ([0.1, 0.9], [0.2, 0.8], STAYS),
        ([0.5, 0.5], [0.5, 0.5], STAYS),
        ([0.5], [0.6], RISES),
        ([0.5], [0.4], FALLS),
        ([0.5], [0.3, 0.9], STAYS),
        ([0.5, math.nan], [0.6, math.nan], RISES),
    ],
    ids=["up", "down", "spread", "equal", "seed up", "seed down", "one spread", "one left"],
)
def test_direction_is_one_only_beyond_the_spread(before, after, verb) -> None:
    """The larger of the two spreads counts; a single seed has none, so any difference is one."""
    none: Member = None  # type: ignore[assignment]
    change = Change(
        column="val_loss",
        first=none,
        second=none,
        before=summarise(before),
        after=summarise(after),
    )
    assert change.verb == verb


def test_change_of_a_switch_needs_one_cell_of_each_kind(tmp_path) -> None:
    """Two cells with it are not clear, none has nothing to compare; a diverged one has no value."""
    without, with_it = row({"final": 1.0}, {"final": 0.25, "batch_norm": True})
    change = Changes(ask=ask(tmp_path / "pair", without, with_it)).switched(
        "batch_norm", "val_loss"
    )
    assert change is not None
    assert (change.first.label, change.second.label) == ("cell 0", "cell 1")
    assert change.what == "validation loss"
    assert change.times == f"{change.after.mean / change.before.mean:.2f}"
    more = row({}, {"batch_norm": True}, {"batch_norm": True, "depth": 2})
    assert Changes(ask=ask(tmp_path / "more", *more)).switched("batch_norm", "val_loss") is None
    lost = row({}, {"batch_norm": True, "diverged": {0: 1, 1: 1, 2: 1}})
    assert Changes(ask=ask(tmp_path / "lost", *lost)).switched("batch_norm", "val_loss") is None


def test_changes_start_from_the_lowest_value_among_equals(tmp_path) -> None:
    """Cells of another batch size are not compared, whatever the order of the config."""
    cells = row(
        {"batch_size": 128, "learning_rate": 0.01},
        {"batch_size": 128, "learning_rate": 0.001},
        {"batch_size": 16, "learning_rate": 0.1},
    )
    found = Changes(ask=ask(tmp_path, *cells)).from_lowest(
        "learning_rate", "val_loss", among="batch_size"
    )
    assert [(change.first.label, change.second.label) for change in found] == [("cell 1", "cell 0")]


def test_series_of_one_finite_mean_says_nothing(tmp_path) -> None:
    """What diverged is left out; the steps lie between those that are left."""
    gone = {0: 1, 1: 1, 2: 1}
    cells = row({"depth": 1}, {"depth": 2, "diverged": gone}, {"depth": 6})
    (line,) = Changes(ask=ask(tmp_path / "a", *cells)).along("depth", held="width")
    assert [value for value, _ in line.points] == [1, 6]
    assert [change.second.label for change in line.changes] == ["cell 2"]
    assert line.held == 16
    few = row({"depth": 1}, {"depth": 2, "diverged": gone})
    assert Changes(ask=ask(tmp_path / "b", *few)).along("depth", held="width") == []


def test_ends_are_the_lowest_and_the_highest_of_those_that_stayed_finite(tmp_path) -> None:
    """One cell alone is the lowest; where all diverged there is none."""
    gone = {0: 1, 1: 1, 2: 1}
    both = Curves(ask=ask(tmp_path / "a", *row({"final": 0.9}, {"final": 0.4}))).ends("val_loss")
    assert (both.lowest.label, both.highest.label) == ("cell 1", "cell 0")
    one = Curves(ask=ask(tmp_path / "b", *row({"diverged": gone}, {"final": 0.4})))
    assert one.ends("val_loss").lowest.label == "cell 1"
    assert one.ends("val_loss").highest is None
    none = Curves(ask=ask(tmp_path / "c", *row({"diverged": gone}))).ends("val_loss")
    assert (none.lowest, none.highest) == (None, None)
    assert one.ends("price").lowest is None


def test_splits_have_rows_for_every_way_they_were_measured(tmp_path) -> None:
    """Where the train split was measured in eval mode, too, the row stands below its own."""
    cells = row({"measure": MEASUREMENTS}, {})
    curves = Curves(ask=ask(tmp_path, *cells), splits={"train_eval": "train, in eval mode"})
    first = [line.split(" | ")[0].removeprefix("| ") for line in curves.splits_table().split("\n")]
    assert first[2:] == [
        "cell 0: train",
        "cell 0: train, in eval mode",
        "cell 0: validation",
        "cell 0: test",
        "cell 1: train",
        "cell 1: validation",
        "cell 1: test",
    ]


@pytest.mark.parametrize(
    ("sizes", "noisy", "falls"),
    [
        ((16, 128), (), True),
        ((16, 128), (128,), False),
        ((16,), (), None),
        ((16, 16), (), None),
    ],
    ids=["falls", "rises", "one size", "twice a size"],
)
def test_variance_falls_only_if_it_does_at_every_step(tmp_path, sizes, noisy, falls) -> None:
    """No question where there is one size, or several cells of a size."""
    cells = row(*({"batch_size": size} for size in sizes))
    for size, cell in zip(sizes, cells, strict=True):
        if size in noisy:
            cell["batches"]["loss"] = 5.0 * (cell["batches"]["step"] % 2)
    assert Steps(ask=ask(tmp_path, *cells)).variance_falls() is falls


def test_steps_are_told_apart_only_where_they_differ(tmp_path) -> None:
    """The most over the fewest; empty where all make as many."""
    cells = row({"epochs": 10}, {"epochs": 50})
    assert Steps(ask=ask(tmp_path / "a", *cells)).most_over_fewest() == "5.0"
    assert Steps(ask=ask(tmp_path / "b", cells[0])).most_over_fewest() == ""
