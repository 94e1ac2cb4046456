"""Linear regions of trained networks, beside the largest number that their shape allows."""

from __future__ import annotations

from collections.abc import Mapping
from math import comb, nan

import numpy as np

from gridproof.errors import GridproofError
from gridproof.part import Value, measurement
from gridproof.parts.families.mlp.measurements.arrangement import Box, count_regions, distinct_lines
from gridproof.parts.families.mlp.measurements.subdivision import AffineLayer, count_pieces
from gridproof.parts.families.mlp.network import BATCH_NORM_EPS
from gridproof.parts.families.mlp.trained import TrainedCell

SPLITS = ("train", "val", "test")
INPUTS = 2
"""Features of the data, and dimensions of the space that is divided."""


@measurement(
    description="linear regions of the network in the data's bounding box",
    table="regions",
    quantities=["regions", "plane_regions", "bound"],
    families=["mlp"],
    unfit=["implicit"],
)
def measure(cell: TrainedCell) -> list[Value]:
    """Return for each final network its regions in the data's bounding box, in eval mode.

    With one hidden layer the count is exact, there is also one of the whole plane, and the bound
    is that of `largest_number`. Deeper networks are counted by subdivision in float64; the other
    two values are then NaN, as is everything of a network whose weights are not finite.
    """
    box, epoch = bounding_box(cell), cell.epochs[-1]
    values = []
    for seed in cell.seeds:
        counts = count(cell.weights(seed, epoch), cell, box)
        values += [Value(seed, epoch, None, name, number) for name, number in counts.items()]
    return values


def count(weights: Mapping[str, np.ndarray], cell: TrainedCell, box: Box) -> dict[str, float]:
    """Return the counts of one network by quantity."""
    unknown = {"regions": nan, "plane_regions": nan, "bound": nan}
    if not all(np.isfinite(value).all() for value in weights.values()):
        return unknown
    layers = hidden_layers(weights, cell.shape.depth)
    if cell.shape.depth > 1:
        return unknown | {"regions": count_pieces(layers, box, cell.shape.residual)}
    weight, bias = layers[0]
    lines = distinct_lines(np.column_stack([weight, bias]))
    return {
        "regions": count_regions(lines, box),
        "plane_regions": count_regions(lines),
        "bound": largest_number(INPUTS, cell.shape.width),
    }


def largest_number(n_inputs: int, width: int) -> int:
    """Return the most regions that one hidden layer of ReLUs can make of its input space.

    The sum over k from 0 to min(n_inputs, width) of width choose k (Zaslavsky's theorem on
    arrangements of hyperplanes; Montúfar et al., 2014, and Serra et al., 2018, for networks).
    """
    return sum(comb(width, k) for k in range(min(n_inputs, width) + 1))


def hidden_layers(weights: Mapping[str, np.ndarray], depth: int) -> list[AffineLayer]:
    """Return each hidden layer as one affine map in float64, batch norm in eval mode folded in."""
    exact = {name: value.astype(np.float64) for name, value in weights.items()}
    layers = []
    for layer in range(depth):
        weight, bias = exact[f"weight.{layer}"], exact[f"bias.{layer}"]
        if f"gamma.{layer}" in exact:
            deviation = np.sqrt(exact[f"running_var.{layer}"] + BATCH_NORM_EPS)
            scale = exact[f"gamma.{layer}"] / deviation
            weight = weight * scale[:, None]
            bias = (bias - exact[f"running_mean.{layer}"]) * scale + exact[f"beta.{layer}"]
        layers.append((weight, bias))
    return layers


def bounding_box(cell: TrainedCell) -> Box:
    """Return the smallest box that holds the rows of all splits, in the units of the data.

    Raises
    ------
    GridproofError : the data have not two features.
    """
    places = np.concatenate([cell.rows(split)[0] for split in SPLITS]).astype(np.float64)
    if places.shape[1] != INPUTS:
        raise GridproofError(
            f"{cell.data}: the measurement 'regions' counts in a plane, found"
            f" {places.shape[1]} features, expected {INPUTS}"
        )
    (west, south), (east, north) = places.min(0), places.max(0)
    return Box(west=float(west), east=float(east), south=float(south), north=float(north))
