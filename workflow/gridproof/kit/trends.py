"""Numbers that follow from a quantity by epoch: a row an epoch, a column a seed."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

TENTH = 0.1
SHORTEST = 2
"""Epochs of the shortest training that has an end to compare with what was before."""


def trained(values: pd.DataFrame) -> pd.DataFrame:
    """Return the rows after at least one epoch of training."""
    return values[values.index > 0]


def last_fall(losses: pd.DataFrame) -> pd.Series:
    """Return how far a loss falls over the last tenth of the epochs, as a share of it before.

    Of the lowest loss so far, so that a late jump up does not look like an end, nor one down again
    like progress. NaN where there is one epoch only.
    """
    lowest = trained(losses).cummin(skipna=False)
    if len(lowest) < SHORTEST:
        return pd.Series(float("nan"), index=losses.columns)
    before = lowest.iloc[-1 - max(1, round(TENTH * len(lowest)))]
    return 1 - lowest.iloc[-1] / before


def roughness(values: pd.DataFrame, half: Literal["first", "second"]) -> pd.Series:
    """Return the scatter from epoch to epoch in one half of a training, without its trend.

    The mean size of the second difference x[t-1] - 2 x[t] + x[t+1], which is zero on any straight
    line; the untrained network does not count.
    """
    rows = trained(values)
    middle = len(rows) // 2
    part = rows.iloc[: middle + 1] if half == "first" else rows.iloc[middle:]
    return part.diff().diff().iloc[2:].abs().mean(skipna=False)


def share_of_rises(losses: pd.DataFrame, least: float) -> pd.Series:
    """Return the share of epochs in which a loss rises by more than `least` of its whole fall."""
    rows = trained(losses)
    fall = losses.iloc[0] - rows.min(skipna=False)
    share = (rows.diff().iloc[1:] > least * fall).mean()
    return share.where(rows.notna().all() & (fall > 0))


def smallest(*series: pd.Series) -> pd.Series:
    """Return the smallest of several numbers of each seed; NaN where one is."""
    return pd.concat(series, axis=1, join="inner").min(axis=1, skipna=False)


def largest(*series: pd.Series) -> pd.Series:
    """Return the largest of several numbers of each seed; NaN where one is."""
    return pd.concat(series, axis=1, join="inner").max(axis=1, skipna=False)


def spread(*series: pd.Series) -> pd.Series:
    """Return the distance between the largest and the smallest number of each seed."""
    return largest(*series) - smallest(*series)


def log10(values: pd.Series) -> pd.Series:
    """Return the logarithm to the base of ten; minus infinity for zero."""
    with np.errstate(divide="ignore"):
        return pd.Series(np.log10(values.to_numpy(dtype=float)), index=values.index)
