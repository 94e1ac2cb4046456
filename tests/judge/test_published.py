"""Every published statement is supported in a study made for it, contradicted when that changes,
undecided by two seeds, and says why it cannot be tested where its data are not there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gridproof.judge.judging import judge

from .world import Cell, World, alternating, claims, tables_of, world

CLAIMS = claims()


def find(given: World, experiment: str, **parameters: object) -> Cell:
    """Return the one cell with these parameters."""
    (found,) = (
        cell
        for cell in given[experiment]
        if all(cell.parameters.get(name) == value for name, value in parameters.items())
    )
    return found


def at(experiment: str, **parameters: object) -> Callable[[World], Cell]:
    """Return a function that finds a cell."""
    return lambda given: find(given, experiment, **parameters)


def ends(place: Callable[[World], Cell], column: str, value: float) -> Callable[[World], None]:
    """Return the change that a column ends at another value."""
    return lambda given: place(given).end_at(column, value)


def is_accurate(place: Callable[[World], Cell], value: float) -> Callable[[World], None]:
    """Return the change that accuracies on validation and test end at another value."""

    def change(given: World) -> None:
        for split in ("val", "test"):
            place(given).end_at(f"{split}_accuracy", value)

    return change


def is_always(place: Callable[[World], Cell], column: str, value: float) -> Callable[[World], None]:
    """Return the change that a column has one value in all epochs."""
    return lambda given: place(given).change(column, lambda _: value)


def adds_noise(place: Callable[[World], Cell], column: str, size: float) -> Callable[[World], None]:
    """Return the change that a column goes up and down from epoch to epoch."""
    return lambda given: place(given).change(
        column, lambda rows: rows[column] + alternating(rows["epoch"].to_numpy(), size)
    )


def large_is(
    place: Callable[[World], Cell], table: str, column: str, value: float
) -> Callable[[World], None]:
    """Return the change that a column of a large table has one value."""

    def change(given: World) -> None:
        place(given).large[table][column] = value

    return change


def swapped_noise(given: World) -> None:
    """Give the largest batch the noise of the smallest."""
    cells = given["batch_size"]
    noise = cells[0].large["batches"]["loss"].to_numpy()
    cells[-1].large["batches"]["loss"] = noise


def fewer_steps(given: World) -> None:
    """Lose an iteration of batch size 16."""
    find(given, "batch_size", batch_size=16).epochs["steps"] -= 1


def early_peak(given: World) -> None:
    """Let batch size 128 peak in its tenth epoch."""
    cell = find(given, "batch_size", batch_size=128)
    cell.epochs.loc[cell.epochs["epoch"] == 10, "val_accuracy"] = 0.44


def many_parameters(given: World) -> None:
    """Give the network the parameters of a ResNet50."""
    given["scratch"][0].replicates["n_parameters"] = 23_510_081


def real_steps(given: World) -> None:
    """Count the 44 batches of 32 in 1,400 images."""
    given["scratch"][0].epochs["steps"] = 44


RATE = {
    rate: at("learning_rate", learning_rate=rate) for rate in (1.0, 0.2, 1e-2, 1e-3, 5e-4, 1e-5)
}
LONG = at("epochs")
NORMALISED = at("batch_norm", batch_norm=True)
PLAIN = at("batch_norm", batch_norm=False)

FAILING: dict[str, list[Callable[[World], None]]] = {
    "lr-1e-3-smooth": [adds_noise(RATE[1e-3], "val_loss", 0.05)],
    "lr-1e-3-unfinished": [is_always(RATE[1e-3], "val_loss", 2.0)],
    "lr-1e-2-fast-then-noisy": [
        is_always(RATE[1e-3], "val_loss", 1.7),
        adds_noise(RATE[1e-3], "val_loss", 0.1),
        lambda given: RATE[1e-2](given).change(
            "val_loss", lambda rows: np.where(rows["epoch"] > 45, 1.42, rows["val_loss"])
        ),
    ],
    "lr-1e-2-saturates": [
        ends(RATE[1e-2], "val_loss", 1.0),
        is_always(RATE[5e-4], "val_loss", 2.6),
        ends(RATE[1e-2], "val_loss", 3.3),
    ],
    "lr-extremes-flat": [
        ends(RATE[1.0], "val_loss", 3.2),
        ends(RATE[1e-5], "val_loss", 3.4),
        is_always(RATE[1e-5], "val_loss", 3.26),
    ],
    "lr-0.2-collapses": [
        is_always(RATE[0.2], "val_loss", 3.26),
        ends(RATE[0.2], "val_loss", 3.0),
    ],
    "lr-large-dead-relus": [
        large_is(RATE[0.2], "activations", "dead_share", 0.5),
        ends(RATE[1.0], "val_loss", 3.4),
    ],
    "lr-1e-5-initial": [ends(RATE[1e-5], "val_loss", 3.4)],
    "lr-5e-4-between": [
        ends(RATE[5e-4], "val_loss", 1.9),
        ends(RATE[5e-4], "val_loss", 3.48),
    ],
    "epochs-40k-steps": [
        is_always(LONG, "steps", 20_000.0),
        lambda given: LONG(given).change(
            "val_accuracy", lambda rows: np.where(rows["epoch"] == 50, 0.9, 0.3)
        ),
    ],
    "epochs-no-overfit": [ends(LONG, "train_eval_loss", 1.4), ends(LONG, "test_loss", 1.8)],
    "epochs-accuracy-jitter": [
        is_always(LONG, "val_accuracy", 0.4),
        lambda given: LONG(given).change(
            "val_loss",
            lambda rows: (
                rows["val_loss"]
                + np.where(rows["epoch"] > 50, alternating(rows["epoch"].to_numpy(), 0.1), 0)
            ),
        ),
    ],
    "epochs-auroc-stable": [adds_noise(LONG, "test_auroc", 0.05)],
    "bn-loss": [ends(NORMALISED, "train_loss", 0.7), ends(PLAIN, "val_loss", 1.0)],
    "bn-accuracy": [ends(NORMALISED, "train_accuracy", 0.7), ends(PLAIN, "val_accuracy", 0.6)],
    "bn-eval-better": [
        ends(NORMALISED, "test_accuracy", 0.82),
        ends(NORMALISED, "val_loss", 0.5),
    ],
    "bn-eval-better-why": [
        ends(NORMALISED, "train_eval_accuracy", 0.84),
        ends(NORMALISED, "train_accuracy", 0.93),
    ],
    "bn-fewer-dead": [large_is(NORMALISED, "activations", "dead_share", 0.3)],
    "batch-iterations": [fewer_steps],
    "batch-steps-20x": [is_always(at("batch_size", batch_size=1024), "steps", 10_000.0)],
    "batch-variance": [swapped_noise],
    "batch-40k-steps": [
        early_peak,
        ends(at("batch_size", batch_size=16), "val_accuracy", 0.6),
    ],
    "batch-lr-scaling": [
        ends(at("batch_scaling", learning_rate=6.4e-2), "val_accuracy", 0.16),
        ends(at("batch_scaling", batch_size=16, learning_rate=8e-3), "val_accuracy", 0.55),
    ],
    "shape-best-generalises": [ends(at("shape", width=64), "test_loss", 0.4)],
    "shape-best-lowest-loss": [
        ends(NORMALISED, "val_loss", 0.2),
        ends(RATE[1e-2], "val_loss", 0.1),
    ],
    "shape-worst-underfits": [
        ends(at("shape", depth=2), "val_loss", 1.6),
        ends(at("shape", depth=1), "train_eval_loss", 1.0),
        ends(at("shape", depth=1), "val_loss", 0.5),
    ],
    "shape-worst-capacity": [ends(at("shallow", learning_rate=1e-1), "val_accuracy", 0.8)],
    "shape-regions-bound": [
        large_is(at("shallow", learning_rate=1e-2), "regions", "plane_regions", 138.0)
    ],
    "shape-depth-helps": [ends(at("shape", depth=2), "test_accuracy", 0.54)],
    "shape-depth-saturates": [
        ends(at("shape", depth=10), "test_accuracy", 0.9),
        ends(at("shape", depth=10), "test_accuracy", 0.7),
    ],
    "shape-very-deep": [ends(at("very_deep", depth=40), "test_accuracy", 0.9)],
    "shape-width-helps": [
        ends(at("shape", width=8), "test_accuracy", 0.85),
        ends(at("shape", width=64), "test_accuracy", 0.95),
    ],
    "gradients-vanish": [
        large_is(at("gradients"), "gradients", "value", 1.0),
        large_is(at("gradients"), "gradients", "value", 1e-13),
    ],
    "gradients-residual": [
        large_is(at("residual", batch_norm=False), "gradients", "value", 0.5),
        large_is(at("residual", batch_norm=False), "gradients", "value", float("nan")),
    ],
    "implicit-helps": [ends(at("implicit", implicit=True, batch_norm=True), "val_accuracy", 0.7)],
    "cnn-xgboost-near-top": [is_accurate(at("xgboost"), 0.6)],
    "cnn-scratch-random": [is_accurate(at("scratch", learning_rate=1e-3), 0.56)],
    "cnn-finetune-best-lr": [
        is_accurate(at("finetune", learning_rate=1e-5), 0.76),
        is_accurate(at("finetune", learning_rate=1e-3), 0.72),
    ],
    "cnn-finetune-best": [
        is_accurate(at("xgboost"), 0.8),
        is_accurate(at("scratch", learning_rate=1e-1), 0.46),
    ],
    "cnn-sklearn-close": [is_accurate(at("sklearn_probe"), 0.7)],
    "cnn-probe-high-lr": [is_accurate(at("linear_probe", learning_rate=1e-3), 0.72)],
    "cnn-probe-vs-sklearn": [
        large_is(at("probe_to_the_end", solver="adam"), "predictions", "score", 0.9)
    ],
    "cnn-params": [many_parameters],
    "cnn-steps": [real_steps],
}
ARITHMETIC = {
    "batch-iterations",
    "batch-steps-20x",
    "shape-regions-bound",
    "cnn-params",
    "cnn-steps",
}
EXACT = {"batch-iterations", "batch-steps-20x", "cnn-params", "cnn-steps"}
"""Statements about numbers that no seed changes."""
CASES = [
    pytest.param(name, change, id=f"{name} {number}")
    for name, changes in FAILING.items()
    for number, change in enumerate(changes, 1)
]


def test_every_statement_is_registered_and_has_a_way_to_fail() -> None:
    """The ids of the published study: 44, each with a change that makes it fail."""
    assert len(CLAIMS) == 44
    assert CLAIMS.keys() == FAILING.keys()
    assert sum(claim.speculation for claim in CLAIMS.values()) == 10
    assert {name for name, claim in CLAIMS.items() if claim.arithmetic} == ARITHMETIC


@pytest.mark.parametrize("name", CLAIMS)
def test_statement_is_supported_in_a_study_made_for_it(name: str) -> None:
    """All conditions are met, and the evidence names cells and numbers of each seed."""
    verdict = judge(CLAIMS[name], tables_of(world()))
    failed = [item for item in verdict.conditions if not all(item.held.values())]
    assert (verdict.outcome, failed) == ("supported", [])
    expected = "arithmetic" if name in ARITHMETIC else "same"
    assert verdict.comparability.kind == expected
    assert verdict.looked_at
    assert all(len(item.values) >= 1 for item in verdict.conditions)


@pytest.mark.parametrize(("name", "change"), CASES)
def test_statement_is_contradicted_once_what_it_says_is_no_longer_so(
    name: str, change: Callable[[World], None]
) -> None:
    """Each part of a statement can fail on its own."""
    given = world()
    change(given)
    verdict = judge(CLAIMS[name], tables_of(given))
    assert verdict.outcome == "contradicted", verdict.conditions


@pytest.mark.parametrize("name", CLAIMS)
def test_statement_is_undecided_by_two_seeds_unless_no_seed_changes_its_numbers(name: str) -> None:
    """Two seeds that agree are as likely as a coin that falls on one side twice."""
    given = world()
    for cells in given.values():
        for cell in cells:
            cell.keep_seeds(2)
    expected = "supported" if name in EXACT else "undecided"
    assert judge(CLAIMS[name], tables_of(given)).outcome == expected


@pytest.mark.parametrize("name", CLAIMS)
def test_statement_without_its_data_cannot_be_tested_and_says_why(name: str) -> None:
    """The reason is the one that the study gives for what is missing."""
    claim = CLAIMS[name]
    missing = {claim.experiment: "the data 'faces' are not there (data/faces)"}
    verdict = judge(claim, tables_of(world(), missing))
    assert verdict.outcome == "cannot be tested"
    assert verdict.reason == "the data 'faces' are not there (data/faces)"
    assert verdict.n_held == 0


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("lr-large-dead-relus", "activations"),
        ("bn-fewer-dead", "activations"),
        ("shape-regions-bound", "regions"),
        ("gradients-vanish", "gradients"),
        ("gradients-residual", "gradients"),
    ],
)
def test_statement_about_what_was_not_measured_names_the_measurement(name: str, table: str) -> None:
    """A study that does not measure cannot tell."""
    given = world()
    for cells in given.values():
        for cell in cells:
            cell.large.pop(table, None)
    verdict = judge(CLAIMS[name], tables_of(given))
    assert verdict.outcome == "cannot be tested"
    assert "not measured" in verdict.reason


def test_statement_about_cells_that_are_not_there_names_them() -> None:
    """An experiment with other cells than the published one."""
    given = world()
    given["shape"] = given["shape"][1:]
    verdict = judge(CLAIMS["shape-worst-underfits"], tables_of(given))
    assert verdict.reason == "experiment 'shape' has no cell with depth 1, width 16"


def test_seeds_that_differ_are_counted() -> None:
    """One seed of eight ends elsewhere."""
    given = world()
    cell = find(given, "learning_rate", learning_rate=1e-5)
    last = (cell.epochs["epoch"] == 50) & (cell.epochs["seed"] == 1)
    cell.epochs.loc[last, "val_loss"] = 3.3
    verdict = judge(CLAIMS["lr-1e-5-initial"], tables_of(given))
    assert verdict.outcome == "undecided"
    assert verdict.held == {seed: seed != 1 for seed in range(8)}
    assert verdict.in_print == ""


def test_published_numbers_are_held_to_the_same_rules() -> None:
    """What the write-up prints of itself: steps, the lowest loss, the factor."""
    tables = tables_of(world())
    in_print = {name: judge(claim, tables).in_print for name, claim in CLAIMS.items()}
    assert in_print["shape-best-lowest-loss"] == "contradicts"
    assert in_print["cnn-xgboost-near-top"] == "agrees"
    assert in_print["bn-accuracy"] == "agrees"
    assert in_print["bn-loss"] == "agrees"
    assert in_print["lr-1e-3-smooth"] == ""
