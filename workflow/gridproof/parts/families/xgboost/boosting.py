"""The trainer of the `xgboost` family: gradient-boosted trees on pixels, round by round.

Everything but the number of rounds is as XGBClassifier has it for two classes, and what memory
it takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xgboost

from gridproof.errors import GridproofError
from gridproof.part import Replicate
from gridproof.parts.families.xgboost.image_statistics import image_statistics
from gridproof.parts.kinds.images.prepared_images import ChosenImages, load_images
from gridproof.parts.training.two_classes import (
    METRICS,
    PREDICTED,
    SPLITS,
    batches_table,
    evaluate,
    metrics_table,
    predictions_table,
    training_facts,
)

if TYPE_CHECKING:
    from gridproof.parts.families.xgboost import XgboostParameters

ROUNDS_AT_ONCE = 5
CACHED_NODES = 8
"""Histograms of nodes that are kept, 50 MB each for 12,288 values of an image. The default keeps
all of a tree's and gives the same trees."""
MODEL = "model"
STATISTICS = "statistics"
IMAGES_AT_ONCE = 100
"""How many images are in memory, of which a part is kept."""


class XgboostTraining:
    """One classifier on its way through the rounds.

    A training that is continued from the model's UBJSON bytes goes on with the same bits. An epoch
    is a round: each sees all of the train split, and the metrics of train are those of the model
    after it. The booster keeps what all trees give for each split, so that a round adds its own.
    """

    def __init__(
        self,
        *,
        parameters: XgboostParameters,
        data: Path,
        threads: int,
        seeds: Sequence[int],
    ) -> None:
        (seed,) = seeds
        self._truth = {split: load_images(data, split, seed) for split in SPLITS}
        self._options = {
            "objective": "binary:logistic",
            "nthread": threads,
            "max_cached_hist_node": CACHED_NODES,
        }
        self._matrices: dict[str, xgboost.QuantileDMatrix] = {}
        for split, part in self._truth.items():
            self._matrices[split] = xgboost.QuantileDMatrix(
                what_trees_see(part.images, parameters),
                part.labels,
                nthread=threads,
                ref=self._matrices.get("train"),
            )
        self.rounds = parameters.rounds
        self.round = 0
        self.metrics = np.full((parameters.rounds, len(METRICS)), np.nan)
        self._booster = self._new_booster()

    @property
    def finished(self) -> bool:
        """Whether all rounds are done."""
        return self.round == self.rounds

    def advance(self) -> str:
        """Add a few trees; return a line that says how it went."""
        for _ in range(min(ROUNDS_AT_ONCE, self.rounds - self.round)):
            self._booster.update(self._matrices["train"], self.round)
            logits = {split: self._logits(split) for split in SPLITS}
            self.metrics[self.round] = [
                value
                for split in SPLITS
                for value in evaluate(logits[split], self._truth[split].labels)
            ]
            self.round += 1
        row = dict(zip(METRICS, self.metrics[self.round - 1], strict=True))
        return (
            f"round {self.round}/{self.rounds}  train loss {row['train_loss']:.4f}"
            f"  val loss {row['val_loss']:.4f}  val accuracy {row['val_accuracy']:.4f}"
        )

    def _new_booster(self) -> xgboost.Booster:
        return xgboost.Booster(self._options, list(self._matrices.values()))

    def _logits(self, split: str) -> np.ndarray:
        """Return the sum of all trees (n,), the logit of class 1."""
        logits: np.ndarray = self._booster.predict(self._matrices[split], output_margin=True)
        return logits

    def _model(self) -> np.ndarray:
        """Return the UBJSON bytes of all trees."""
        return np.frombuffer(self._booster.save_raw("ubj"), np.uint8)

    def state(self) -> dict[str, np.ndarray]:
        """Return all that changes, as arrays by name."""
        return {
            "round": np.array(self.round),
            "metrics": self.metrics.copy(),
            MODEL: self._model(),
        }

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Continue from what `state()` returned, in this or another process."""
        self.round = int(state["round"])
        self.metrics = state["metrics"].copy()
        self._booster = self._new_booster()
        self._booster.load_model(bytearray(state[MODEL].tobytes()))

    def replicate(self, seed: int) -> Replicate:
        """Return the finished result; every seed has the same on the same rows."""
        rounds = range(1, self.rounds + 1)
        logits = {split: self._logits(split) for split in PREDICTED}
        return Replicate(
            tables={
                "metrics": metrics_table(rounds, rounds, self.metrics),
                "batches": batches_table(np.empty(0)),
                "predictions": predictions_table(logits, self._truth),
            },
            tensors={"final": {MODEL: self._model()}},
            facts=training_facts(rounds, self.metrics, count_nodes(self._booster)),
        )


def what_trees_see(images: ChosenImages, parameters: XgboostParameters) -> np.ndarray:
    """Return float32 values (n, n_values) of images: pixels of the crop, or statistics."""
    see = (
        image_statistics
        if parameters.sees == STATISTICS
        else partial(central_pixels, crop=parameters.crop)
    )
    blocks = range(0, len(images), IMAGES_AT_ONCE)
    return np.concatenate([see(images[at : at + IMAGES_AT_ONCE]) for at in blocks])


def central_pixels(images: np.ndarray, crop: int) -> np.ndarray:
    """Return float32 values 0..255 (n, crop * crop * 3) of the centre of images (n, side, side, 3).

    Raises
    ------
    GridproofError : the images are smaller than the crop.
    """
    side = images.shape[1]
    if crop > side:
        raise GridproofError(
            f"crop {crop} is larger than the prepared images, which are {side} pixels wide: "
            f"expected at most {side}"
        )
    first = (side - crop) // 2
    centre = images[:, first : first + crop, first : first + crop]
    return centre.reshape(len(images), -1).astype(np.float32)


def count_nodes(booster: xgboost.Booster) -> int:
    """Return how many numbers the trees have: a threshold a split and a value a leaf."""
    return sum(len(tree.splitlines()) for tree in booster.get_dump())
