"""The map that places span: which grid points are land, and which classes are neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from scipy.ndimage import distance_transform_edt, find_objects, label
from scipy.spatial import cKDTree

from gridproof.errors import GridproofError
from gridproof.kit.style import AREA_COLORS

if TYPE_CHECKING:
    from gridproof.part import Inputs

REACH_DEGREES = (0.12, 0.5)
"""Land reaches from a place as far as its fourth neighbour, within these degrees of latitude."""
GAP_DEGREES = 0.22
"""Gaps in the land are closed up to this radius, in degrees of latitude (about 24 km)."""
HOLE_AREA = 2.0
"""Holes of a smaller area are land without places, in square degrees of the grid."""
NEIGHBOUR_SAMPLES = 4000
"""Places a class at most that are asked for their neighbours' classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapGrid:
    """A regular grid in degrees over the places; `land` is (n_latitudes, n_longitudes)."""

    longitudes: np.ndarray
    latitudes: np.ndarray
    land: np.ndarray
    aspect: float

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Outer edges in degrees: west, east, south, north."""
        half = (self.latitudes[1] - self.latitudes[0]) / 2
        west, east = self.longitudes[[0, -1]]
        south, north = self.latitudes[[0, -1]]
        return west - half, east + half, south - half, north + half

    def land_points(self) -> np.ndarray:
        """Return longitude and latitude of the land's grid points (n_land, 2), in degrees."""
        longitudes, latitudes = np.meshgrid(self.longitudes, self.latitudes)
        return np.column_stack([longitudes[self.land], latitudes[self.land]])

    def on_land(self, values: np.ndarray) -> np.ndarray:
        """Return the grid with one value for each land point and -1 at sea."""
        grid = np.full(self.land.shape, -1, dtype=np.int64)
        grid[self.land] = values
        return grid


def places_of(inputs: Inputs) -> pd.DataFrame:
    """Return the places of prepared data: longitude and latitude in degrees, label.

    Raises
    ------
    GridproofError : the data have not two features, in this order, and classes.
    """
    rows = inputs.rows()
    features = list(rows.columns[1:-1])
    if len(features) != 2 or rows["target"].dtype != np.int64:
        raise GridproofError(
            f"{inputs.data_dir}: found the features {', '.join(features)} and a target of"
            f" {rows['target'].dtype}, expected longitude, latitude and classes, which a map shows"
        )
    return rows[[*features, "target"]].set_axis(["longitude", "latitude", "label"], axis="columns")


def map_grid(places: pd.DataFrame, step: float) -> MapGrid:
    """Return the grid with `step` degrees between its points, a degree wider than the places."""
    coordinates = places[["longitude", "latitude"]].to_numpy(dtype=float)
    (west, south), (east, north) = coordinates.min(axis=0) - 1, coordinates.max(axis=0) + 1
    longitudes, latitudes = np.arange(west, east + step, step), np.arange(south, north + step, step)
    aspect = 1 / math.cos(math.radians((south + north) / 2))
    land = _land(_local(coordinates), longitudes, latitudes, step)
    return MapGrid(longitudes=longitudes, latitudes=latitudes, land=land, aspect=aspect)


def class_colors(places: pd.DataFrame, n_classes: int) -> list[str]:
    """Return a colour for each class such that classes with a common border differ.

    Greedy colouring, the class with most neighbours first; of the colours that its neighbours leave
    free each class takes the one whose holders are farthest away.
    """
    centres = places.groupby("label")[["longitude", "latitude"]].median()
    centres = centres.reindex(range(n_classes)).fillna(0.0)
    positions = _local(centres.to_numpy(dtype=float))
    neighbours = _neighbours(places, n_classes)
    chosen: dict[int, int] = {}
    for one in sorted(range(n_classes), key=lambda index: (-len(neighbours[index]), index)):
        taken = {chosen[other] for other in neighbours[one] if other in chosen}
        free = [color for color in range(len(AREA_COLORS)) if color not in taken]
        distances = dict.fromkeys(free or range(len(AREA_COLORS)), np.inf)
        for other, color in chosen.items():
            if color in distances:
                apart = float(np.hypot(*(positions[one] - positions[other])))
                distances[color] = min(distances[color], apart)
        chosen[one] = max(distances, key=lambda color: (distances[color], -color))
    return [AREA_COLORS[chosen[one]] for one in range(n_classes)]


def inner_points(
    grid: MapGrid, areas: np.ndarray, min_points: int
) -> dict[int, tuple[float, float]]:
    """Return for each class of `areas` the point of its largest piece farthest from the edge.

    `areas` holds classes, -1 where there is none; pieces of fewer than `min_points` are left out.
    """
    points: dict[int, tuple[float, float]] = {}
    for value, box in enumerate(find_objects(areas + 1)):
        if box is None:
            continue
        rows, columns = box
        pieces, _ = label(areas[box] == value)
        sizes = np.bincount(pieces.ravel())[1:]
        if sizes.max() < min_points:
            continue
        inside = distance_transform_edt(np.pad(pieces == sizes.argmax() + 1, 1))
        row, column = np.unravel_index(int(np.argmax(inside)), inside.shape)
        points[value] = (
            float(grid.longitudes[columns.start + int(column) - 1]),
            float(grid.latitudes[rows.start + int(row) - 1]),
        )
    return points


def frame_map(axes: Axes, grid: MapGrid) -> None:
    """Give `axes` the extent, the proportions and the labels of a map."""
    west, east, south, north = grid.extent
    axes.set(xlim=(west, east), ylim=(south, north), aspect=grid.aspect)
    axes.set(xlabel="longitude (°E)", ylabel="latitude (°N)")
    axes.grid(False)


def map_height(grid: MapGrid, width: float) -> float:
    """Return the height in inches of a map that is `width` inches wide."""
    west, east, south, north = grid.extent
    return width * grid.aspect * (north - south) / (east - west)


def write_code(
    axes: Axes, position: np.ndarray | tuple[float, float], code: str, size: float
) -> None:
    """Write a class's code on the map, dark on a light edge."""
    axes.text(
        position[0],
        position[1],
        code,
        fontsize=size,
        fontweight="bold",
        ha="center",
        va="center",
        color="#111111",
        path_effects=[withStroke(linewidth=2, foreground="white", alpha=0.75)],
        clip_on=True,
    )


def class_borders(areas: np.ndarray) -> np.ndarray:
    """Return which land points have another class in the next column or row."""
    border = np.zeros(areas.shape, dtype=bool)
    land = areas >= 0
    border[:, :-1] |= (areas[:, :-1] != areas[:, 1:]) & land[:, :-1] & land[:, 1:]
    border[:-1] |= (areas[:-1] != areas[1:]) & land[:-1] & land[1:]
    return border


def _local(coordinates: np.ndarray) -> np.ndarray:
    """Scale longitude by the cosine of the latitude, so that distances are degrees of latitude."""
    shrink = np.cos(np.radians(coordinates[:, 1]))
    return np.column_stack([coordinates[:, 0] * shrink, coordinates[:, 1]])


def _land(
    places: np.ndarray, longitudes: np.ndarray, latitudes: np.ndarray, step: float
) -> np.ndarray:
    """Return which grid points lie among `places` (n, 2), in degrees of latitude."""
    tree, shape = cKDTree(places), (len(latitudes), len(longitudes))
    fourth = tree.query(places, k=min(5, len(places)))[0].max(axis=1)
    reach = np.clip(fourth, *REACH_DEGREES)
    points = _local(np.stack(np.meshgrid(longitudes, latitudes), axis=-1).reshape(-1, 2))
    distances, nearest = tree.query(
        points, k=min(3, len(places)), distance_upper_bound=REACH_DEGREES[1]
    )
    land = (distances <= np.append(reach, 0.0)[nearest]).reshape(*shape, -1).any(axis=-1)
    spacing = (step, step * float(np.cos(np.radians(latitudes.mean()))))
    grown = distance_transform_edt(~land, sampling=spacing) <= GAP_DEGREES
    closed = land | (distance_transform_edt(grown, sampling=spacing) > GAP_DEGREES)
    holes, _ = label(~closed)
    small = np.bincount(holes.ravel()) < HOLE_AREA / step**2
    small[0] = False
    return closed | small[holes]


def _neighbours(places: pd.DataFrame, n_classes: int) -> list[set[int]]:
    """Return the classes of the places nearest to a sample of each class's places."""
    coordinates = _local(places[["longitude", "latitude"]].to_numpy(dtype=float))
    labels = places["label"].to_numpy(dtype=int)
    tree = cKDTree(coordinates)
    neighbours: list[set[int]] = [set() for _ in range(n_classes)]
    for one in range(n_classes):
        own = np.flatnonzero(labels == one)
        sample = own[:: max(1, len(own) // NEIGHBOUR_SAMPLES)]
        if sample.size == 0:
            continue
        nearest = tree.query(coordinates[sample], k=min(24, len(labels)))[1]
        for other in np.unique(labels[nearest]):
            if other != one:
                neighbours[one].add(int(other))
                neighbours[int(other)].add(one)
    return neighbours
