"""The trainer of the `probe` family: a linear classifier on the features of a frozen backbone."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from gridproof.part import Replicate
from gridproof.parts.kinds.features.prepared_features import load_features
from gridproof.parts.training.device import deterministic_device
from gridproof.parts.training.one_logit import AdamTraining, Recipe, new_last_layer
from gridproof.parts.training.two_classes import (
    PREDICTED,
    SPLITS,
    Labelled,
    batches_table,
    evaluate,
    metrics_table,
    predictions_table,
    training_facts,
)

if TYPE_CHECKING:
    from gridproof.parts.families.probe import ProbeParameters

MAX_ITERATIONS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What a solver learns from: float32 features (n, n_features) by split, and the truth.

    `scaling` has the `mean` and `scale` (n_features,) that the features were standardised by.
    """

    features: Mapping[str, np.ndarray]
    truth: Mapping[str, Labelled]
    scaling: Mapping[str, np.ndarray]


def start_probe(
    *,
    parameters: ProbeParameters,
    data: Path,
    threads: int,
    seeds: Sequence[int],
) -> AdamSolver | LbfgsSolver:
    """Return one linear classifier, to be fitted by the solver that its cell names."""
    (seed,) = seeds
    samples = load_samples(data, parameters.standardise, seed)
    return SOLVERS[parameters.solver](parameters, samples, seed, threads)


def load_samples(data: Path, standardise: bool, seed: int) -> Samples:
    """Return a seed's features of all splits, on request scaled to mean 0 and deviation 1 on train.

    A feature that is the same for all train images is shifted only.
    """
    splits = {split: load_features(data, split, seed) for split in SPLITS}
    features = {split: part.features for split, part in splits.items()}
    scaling: dict[str, np.ndarray] = {}
    if standardise:
        exact = features["train"].astype(np.float64)
        deviation = exact.std(0)
        scaling = {"mean": exact.mean(0), "scale": np.where(deviation > 0, deviation, 1.0)}
        features = {
            split: ((values - scaling["mean"]) / scaling["scale"]).astype(np.float32)
            for split, values in features.items()
        }
    return Samples(features=features, truth=splits, scaling=scaling)


class AdamSolver(AdamTraining):
    """The steps on batches that a frozen network's last layer takes, on features kept."""

    def __init__(self, chosen: ProbeParameters, samples: Samples, seed: int, threads: int) -> None:
        device = deterministic_device(threads)
        self._scaling = samples.scaling
        features = {
            split: torch.from_numpy(values).to(device) for split, values in samples.features.items()
        }
        layer = new_last_layer(features["train"].shape[1], seed)
        super().__init__(
            network=layer,
            set_train_mode=layer.train,
            inputs={split: values.__getitem__ for split, values in features.items()},
            truth=samples.truth,
            recipe=Recipe(
                learning_rate=chosen.learning_rate,
                batch_size=chosen.batch_size,
                epochs=chosen.epochs,
            ),
            seed=seed,
            device=device,
        )

    def _final(self) -> dict[str, np.ndarray]:
        return {**super()._final(), **self._scaling}


class LbfgsSolver:
    """scikit-learn's LogisticRegression in double precision, fitted at one go.

    Its one row of metrics counts as epoch 1; those of train are of the fitted model.
    """

    def __init__(self, chosen: ProbeParameters, samples: Samples, seed: int, threads: int) -> None:
        self._samples = samples
        self._threads = threads
        self._inverse_regularisation = chosen.inverse_regularisation
        self._weight = torch.zeros((1, samples.features["train"].shape[1]), dtype=torch.float64)
        self._bias = torch.zeros(1, dtype=torch.float64)
        self._iterations = 0

    @property
    def finished(self) -> bool:
        """Whether the classifier is fitted."""
        return self._iterations > 0

    def advance(self) -> str:
        """Fit the classifier; return a line that says whether the solver converged."""
        model = LogisticRegression(C=self._inverse_regularisation, max_iter=MAX_ITERATIONS)
        with threadpool_limits(self._threads), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(
                self._samples.features["train"].astype(np.float64),
                self._samples.truth["train"].labels,
            )
        self._weight = torch.from_numpy(model.coef_.copy())
        self._bias = torch.from_numpy(model.intercept_.copy())
        self._iterations = max(1, int(model.n_iter_[0]))
        if self._iterations >= MAX_ITERATIONS:
            return f"lbfgs has not converged after {self._iterations} iterations"
        return f"lbfgs has converged after {self._iterations} iterations"

    def state(self) -> dict[str, np.ndarray]:
        """Return the fitted classifier, as arrays by name."""
        return {
            "weight": self._weight.numpy(),
            "bias": self._bias.numpy(),
            "iterations": np.array(self._iterations),
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from what `state()` returned, in this or another process."""
        self._weight = torch.from_numpy(state["weight"].copy())
        self._bias = torch.from_numpy(state["bias"].copy())
        self._iterations = int(state["iterations"])

    def replicate(self, seed: int) -> Replicate:
        """Return the fitted result; every seed has the same on the same rows."""
        logits = {split: self._logits(split) for split in SPLITS}
        truth = self._samples.truth
        values = np.array([[x for s in SPLITS for x in evaluate(logits[s], truth[s].labels)]])
        return Replicate(
            tables={
                "metrics": metrics_table([1], [self._iterations], values),
                "batches": batches_table(np.empty(0)),
                "predictions": predictions_table({s: logits[s] for s in PREDICTED}, truth),
            },
            tensors={
                "final": {
                    "weight": self._weight.numpy(),
                    "bias": self._bias.numpy(),
                    **self._samples.scaling,
                }
            },
            facts=training_facts([1], values, self._weight.numel() + self._bias.numel()),
        )

    def _logits(self, split: str) -> np.ndarray:
        """Return the logits (n,) of a split, in float64."""
        features = self._samples.features[split].astype(np.float64)
        with threadpool_limits(self._threads):
            logits: np.ndarray = features @ self._weight.numpy()[0] + self._bias.numpy()[0]
        return logits


SOLVERS: dict[str, type[AdamSolver] | type[LbfgsSolver]] = {
    "adam": AdamSolver,
    "lbfgs": LbfgsSolver,
}
