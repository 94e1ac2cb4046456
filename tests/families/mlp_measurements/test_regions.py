"""Linear regions: arrangements worked by hand, and networks probed at many points."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from families.mlp_measurements.conftest import Train
from gridproof.errors import GridproofError
from gridproof.parts.families.mlp.measurements.arrangement import Box, count_regions, distinct_lines
from gridproof.parts.families.mlp.measurements.regions import (
    bounding_box,
    hidden_layers,
    largest_number,
    measure,
)
from gridproof.parts.families.mlp.measurements.subdivision import count_pieces
from gridproof.parts.families.mlp.trained import TrainedCell

BOX = Box(west=-1, east=1, south=-1, north=1)
ARRANGEMENTS = {
    "no line": ([], 1, 1),
    "one line through the box": ([(1, 0, 0)], 2, 2),
    "one line beside the box": ([(1, 0, -5)], 2, 1),
    "a line along the edge": ([(1, 0, -1)], 2, 1),
    "two that cross inside": ([(1, 0, 0), (0, 1, 0)], 4, 4),
    "two that cross outside": ([(1, 0, 0), (1, 1, -1.9)], 4, 3),
    "two that cross on the edge": ([(1, 0, 0), (1, 1, -1)], 4, 3),
    "two parallels": ([(1, 0, 0), (2, 0, 1)], 3, 3),
    "the same line twice": ([(1, 0, 0), (-2, 0, 0)], 2, 2),
    "three through one point": ([(1, 0, 0), (0, 1, 0), (1, 1, 0)], 6, 6),
    "three in general position": ([(1, 0, 0), (0, 1, 0), (1, 1, -0.5)], 7, 7),
    "no direction": ([(0, 0, 3), (1, 0, 0)], 2, 2),
}


@pytest.mark.parametrize(("rows", "plane", "box"), ARRANGEMENTS.values(), ids=ARRANGEMENTS)
def test_regions_of_lines_counted_by_hand(
    rows: list[tuple[float, float, float]], plane: int, box: int
) -> None:
    """Lines a x + b y + c = 0 cut the plane, and the square from -1 to 1, into so many regions."""
    lines = distinct_lines(rows)
    assert (count_regions(lines), count_regions(lines, BOX)) == (plane, box)


def test_crossings_that_differ_in_the_last_bit_are_told_apart() -> None:
    """Exact arithmetic: a third line that misses the crossing by 1e-17 makes a seventh region."""
    rows = [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0, 1e-17)]
    assert count_regions(distinct_lines(rows), BOX) == 7


@pytest.mark.parametrize(
    ("n_inputs", "width", "bound"), [(2, 16, 137), (2, 1, 2), (2, 3, 7), (1, 5, 6), (20, 3, 8)]
)
def test_largest_number_of_regions(n_inputs: int, width: int, bound: int) -> None:
    """1 + 16 + 120 = 137 for two inputs and 16 units, as in print."""
    assert largest_number(n_inputs, width) == bound


def test_random_lines_reach_the_bound_in_the_plane() -> None:
    """Lines in general position make as many regions as can be."""
    rows = np.random.default_rng(0).normal(size=(16, 3)).tolist()
    assert count_regions(distinct_lines(rows)) == largest_number(2, 16)


@pytest.mark.parametrize("count", [1, 4, 9])
def test_subdivision_counts_one_layer_as_the_arrangement_does(count: int) -> None:
    """The two ways of counting agree where both apply."""
    rows = np.random.default_rng(count).normal(size=(count, 3))
    layers = [(rows[:, :2], rows[:, 2])]
    expected = count_regions(distinct_lines(rows.tolist()), BOX)
    assert count_pieces(layers, BOX, residual=False) == expected


def test_subdivision_of_two_layers_worked_by_hand() -> None:
    """h = (relu(x), relu(-x)) and then relu(h1 + h2 - 0.5) = relu(|x| - 0.5): four strips.

    The first layer cuts at 0, the second at -0.5 and 0.5.
    """
    layers = [
        (np.array([[1.0, 0.0], [-1.0, 0.0]]), np.zeros(2)),
        (np.array([[1.0, 1.0]]), np.array([-0.5])),
    ]
    assert count_pieces(layers, BOX, residual=False) == 4


@pytest.mark.parametrize(("seed", "residual"), [(2, False), (2, True), (12, True)])
def test_deep_network_has_the_activation_patterns_that_points_see(
    seed: int, residual: bool
) -> None:
    """Points on a fine grid find as many patterns in a small network as the subdivision counts.

    The seeds are some whose regions are all large enough for a grid of 1,500 by 1,500.
    """
    random = np.random.default_rng(seed)
    layers = [
        (random.normal(size=(4, n_inputs)), 0.5 * random.normal(size=4)) for n_inputs in (2, 4, 4)
    ]
    axis = np.linspace(-1, 1, 1500)
    hidden = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    pattern = np.zeros(len(hidden), dtype=np.int64)
    for depth, (weight, bias) in enumerate(layers):
        before = hidden @ weight.T + bias
        for unit in range(4):
            pattern = 2 * pattern + (before[:, unit] > 0)
        hidden = np.maximum(before, 0) + (hidden if residual and depth > 0 else 0)
    patterns = len(np.unique(pattern))
    assert patterns > 10
    assert count_pieces(layers, BOX, residual) == patterns


def test_folded_layers_are_the_network_in_eval_mode(train: Train) -> None:
    """Batch norm folded into weights and biases gives the same hidden activations."""
    trainings, cell = train(batch_norm=True, depth=3)
    points, _ = cell.rows("val")
    hidden = points.astype(np.float64)
    weights = cell.weights(1, 4)
    for weight, bias in hidden_layers(weights, 3):
        hidden = np.maximum(hidden @ weight.T + bias, 0)
    logits = hidden @ weights["weight.3"].T.astype(np.float64) + weights["bias.3"]
    expected = torch.nn.functional.cross_entropy(
        torch.from_numpy(logits), torch.from_numpy(trainings[1].labels["val"]).long()
    ).item()
    assert trainings[1].replicate(1).tables["metrics"]["val_loss"][-1] == pytest.approx(expected)


def counts(cell: TrainedCell) -> dict[tuple[int, str], float]:
    """Return the measured counts by seed and quantity."""
    return {(v.seed, v.quantity): v.value for v in measure(cell)}


@pytest.mark.parametrize("batch_norm", [False, True], ids=["plain", "batch norm"])
def test_one_hidden_layer_is_counted_exactly(batch_norm: bool, train: Train) -> None:
    """Points on a grid over the box see no more patterns than were counted, and most of them."""
    _, cell = train(depth=1, batch_norm=batch_norm)
    box, found = bounding_box(cell), counts(cell)
    grid = np.meshgrid(np.linspace(box.west, box.east, 700), np.linspace(box.south, box.north, 700))
    points = np.stack(grid, axis=-1).reshape(-1, 2)
    for seed in (0, 1):
        ((weight, bias),) = hidden_layers(cell.weights(seed, 4), 1)
        seen = len(np.unique((points @ weight.T + bias > 0) @ (1 << np.arange(8))))
        regions = found[seed, "regions"]
        assert 0.7 * regions <= seen <= regions <= found[seed, "plane_regions"]
        assert found[seed, "plane_regions"] <= found[seed, "bound"] == 37


def test_deeper_networks_have_neither_bound_nor_plane(train: Train) -> None:
    """What is not computed is not a number."""
    found = counts(train(depth=2)[1])
    assert found[0, "regions"] >= 1
    assert np.isnan([found[0, "plane_regions"], found[0, "bound"]]).all()


def test_weights_that_are_not_finite_give_nan(train: Train) -> None:
    """A diverged network has no regions."""
    _, cell = train(depth=1)
    history = {name: np.full_like(value, np.nan) for name, value in cell.history.items()}
    assert np.isnan(list(counts(replace(cell, history=history)).values())).all()


def test_regions_of_more_than_two_features_are_refused(train: Train, tmp_path: Path) -> None:
    """They are counted in a plane; the message says how many features there are."""
    _, cell = train()
    rows = {"split": ["train", "val", "test"]}
    rows |= {name: np.ones(3, np.float32) for name in ("a", "b", "c")}
    pq.write_table(pa.table(rows | {"target": [0, 1, 0]}), tmp_path / "data.parquet")
    with pytest.raises(GridproofError, match="found 3 features, expected 2"):
        measure(replace(cell, data=tmp_path))
