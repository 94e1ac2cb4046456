"""The pieces on which a deep ReLU network of two inputs is linear, found layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gridproof.parts.families.mlp.measurements.arrangement import Box

TOLERANCE = 1e-9
"""A corner within this distance of a line, in degrees, lies on it: slivers are not counted."""

AffineLayer = tuple[np.ndarray, np.ndarray]
"""Weights (n_out, n_in) and biases (n_out,)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A convex polygon, corners (k, 2) in order, on which activations are `map @ x + shift`."""

    corners: np.ndarray
    map: np.ndarray
    shift: np.ndarray


def count_pieces(layers: Sequence[AffineLayer], box: Box, residual: bool) -> int:
    """Return the number of activation regions of a network's hidden layers inside `box`.

    In floating point (float64): polygons narrower than the tolerance are left out, and neighbours
    on which the network happens to be the same linear function count as two. `residual` networks
    add their input to each layer's output from the second layer on.
    """
    pieces = [Piece(np.array(box.corners), np.eye(2), np.zeros(2))]
    for depth, (weight, bias) in enumerate(layers):
        summed = residual and depth > 0
        pieces = [part for piece in pieces for part in _through(piece, weight, bias, summed)]
    return len(pieces)


def _through(piece: Piece, weight: np.ndarray, bias: np.ndarray, summed: bool) -> list[Piece]:
    """Return a piece cut by the zero lines of a layer's units, each with its new linear map."""
    slopes, offsets = weight @ piece.map, weight @ piece.shift + bias
    polygons = [piece.corners]
    heights = _heights(piece.corners, slopes, offsets)
    for unit in np.flatnonzero((heights.min(0) < -TOLERANCE) & (heights.max(0) > TOLERANCE)):
        polygons = [
            part for polygon in polygons for part in _cut(polygon, slopes[unit], offsets[unit])
        ]
    parts = []
    for polygon in polygons:
        active = polygon.mean(0) @ slopes.T + offsets > 0
        new_map, new_shift = slopes * active[:, None], offsets * active
        if summed:
            new_map, new_shift = new_map + piece.map, new_shift + piece.shift
        parts.append(Piece(polygon, new_map, new_shift))
    return parts


def _heights(corners: np.ndarray, slopes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return signed distances (k, n_units) of corners from units' zero lines, in degrees."""
    lengths = np.hypot(slopes[:, 0], slopes[:, 1])
    return (corners @ slopes.T + offsets) / np.where(lengths > 0, lengths, 1.0)


def _cut(polygon: np.ndarray, slope: np.ndarray, offset: float) -> list[np.ndarray]:
    """Return the two parts of a convex polygon on the sides of a line, or the polygon itself."""
    heights = (polygon @ slope + offset) / np.hypot(*slope)
    if heights.min() >= -TOLERANCE or heights.max() <= TOLERANCE:
        return [polygon]
    upper: list[np.ndarray] = []
    lower: list[np.ndarray] = []
    for at, (corner, height) in enumerate(zip(polygon, heights, strict=True)):
        before, height_before = polygon[at - 1], heights[at - 1]
        if (height > TOLERANCE and height_before < -TOLERANCE) or (
            height < -TOLERANCE and height_before > TOLERANCE
        ):
            share = height_before / (height_before - height)
            crossing = before + share * (corner - before)
            upper.append(crossing)
            lower.append(crossing)
        if height >= -TOLERANCE:
            upper.append(corner)
        if height <= TOLERANCE:
            lower.append(corner)
    return [np.array(part) for part in (upper, lower)]
