"""Where in the image boosted trees look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xgboost
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from safetensors import SafetensorError, safe_open

from gridproof.errors import GridproofError
from gridproof.kit.labels import wrapped_label
from gridproof.kit.style import WIDTH
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

CHANNELS = 3
GAMMA = 0.5
"""Colours follow the square root of a share: few pixels have most of the gain."""
TITLE_CHARACTERS = 60


@figure(
    description="share of the gain that boosted trees have of each pixel",
    families=["xgboost"],
    needs_checkpoints=True,
    raster=True,
)
def importance_by_pixel(inputs: Inputs) -> Figure:
    """Return a map a model of the share of the total gain that each pixel's splits brought."""
    members = boosted(inputs)
    figure = Figure(figsize=(WIDTH, 5.9 * len(members)))
    grid = figure.subplots(len(members), 1, squeeze=False).ravel()
    for axes, member in zip(grid, members, strict=True):
        shares = 100 * pixel_shares(inputs, member)
        image = axes.imshow(shares, cmap="cividis", norm=PowerNorm(GAMMA, vmin=0))
        axes.grid(visible=False)
        axes.set(xlabel="column of the crop (pixels)", ylabel="row of the crop (pixels)")
        axes.set_title(wrapped_label(member, TITLE_CHARACTERS), loc="left")
        bar = figure.colorbar(image, ax=axes, shrink=0.9)
        bar.set_label("share of the total gain (%, colours by its root)")
    return figure


def describe(inputs: Inputs) -> str:
    """Return how the gain is spread over the pixels in words."""
    parts = []
    for member in boosted(inputs):
        shares = pixel_shares(inputs, member)
        row, column = np.unravel_index(int(shares.argmax()), shares.shape)
        ranked = np.sort(shares.ravel())[::-1]
        half = int(np.searchsorted(np.cumsum(ranked), 0.5)) + 1
        parts.append(
            f"{member.label}: {int((shares > 0).sum()):,} of {shares.size:,} pixels are used,"
            f" {half:,} bring half of the gain, most of all row {row}, column {column} with"
            f" {shares.max():.1%}; the quarter of them in the middle {middle_share(shares):.1%}"
        )
    return (
        "Map of the central crop of an image: the share of the total gain of all splits of boosted"
        f" trees that are made on each pixel, its three channels together. {'. '.join(parts)}."
    )


def boosted(inputs: Inputs) -> list[Member]:
    """Return the models that see the pixels of a crop; GridproofError if there are none."""
    members = [m for m in inputs.members if m.parameters.get("sees") == "pixels"]
    if not members:
        raise GridproofError(
            "the figure 'pixel_importance' shows boosted trees on the pixels of a crop; no cell of"
            " this experiment has the parameter 'sees' with the value 'pixels'"
        )
    return members


def pixel_shares(inputs: Inputs, member: Member) -> np.ndarray:
    """Return each pixel's share of the total gain of the first seed's trees, (side, side).

    Gains are summed over the splits of a feature, which `total_gain` is (`gain` is their mean),
    and over the three channels of a pixel. All zero if there is no split.
    """
    side = int(member.parameters["crop"])
    path = inputs.weights_of(member.cell)
    gains = feature_gains(path, f"seed-{member.seeds[0]}/final/model")
    if len(gains) != side * side * CHANNELS:
        raise GridproofError(
            f"{path}: found trees on {len(gains):,} numbers, expected"
            f" {side} x {side} x {CHANNELS}, the pixels of the crop of {member.label}"
        )
    pixels = gains.reshape(side, side, CHANNELS).sum(axis=2)
    return pixels / pixels.sum() if pixels.sum() > 0 else pixels


def feature_gains(path: Path, name: str) -> np.ndarray:
    """Return the total gain of each feature, (n_features,), of the UBJSON model stored as `name`.

    Raises
    ------
    GridproofError
        If the file has no such model, or it cannot be read.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            model = file.get_tensor(name)
        booster = xgboost.Booster()
        booster.load_model(bytearray(model.tobytes()))
    except (OSError, SafetensorError, xgboost.core.XGBoostError) as error:
        reason = str(error).strip().splitlines()[0]
        raise GridproofError(
            f"{path}: cannot be read as trees under {name!r} ({reason})"
        ) from error
    gains = np.zeros(booster.num_features())
    booster.feature_names = None
    for feature, gain in booster.get_score(importance_type="total_gain").items():
        gains[int(feature.removeprefix("f"))] = gain
    return gains


def middle_share(shares: np.ndarray) -> float:
    """Return the sum over the middle half of the rows and columns, a quarter of the pixels."""
    side = len(shares)
    inner = slice(side // 4, side - side // 4)
    return float(shares[inner, inner].sum())
