"""Numbers that follow from a table and that figures and report both state."""

from __future__ import annotations

import numpy as np
import pandas as pd


def batch_variance(batches: pd.DataFrame, steps_per_epoch: int) -> pd.Series:
    """Return the variance of the batch loss around its trend in the last epoch, by seed.

    Half the mean squared difference between the losses of successive batches, in nats squared
    (von Neumann et al., 1941, Annals of Mathematical Statistics 12, 153-162): a loss that still
    falls or rises slowly does not add to it. The last batch, which may be smaller, is left out;
    NaN where fewer than two batches are left or a loss is not finite.
    """
    last = batches[batches["step"] > batches["step"].max() - steps_per_epoch]
    whole = last[last["step"] < last["step"].max()]
    return whole.sort_values("step").groupby("seed")["loss"].agg(_successive_variance)


def _successive_variance(losses: pd.Series) -> float:
    steps = np.diff(losses.to_numpy(dtype=float))
    return float(np.mean(steps**2) / 2) if steps.size else float("nan")
