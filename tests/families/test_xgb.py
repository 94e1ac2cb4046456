"""Boosted trees on pixels, against XGBClassifier."""

from itertools import pairwise
from pathlib import Path
from statistics import fmean, pstdev, quantiles

import numpy as np
import pytest
import xgboost
from sklearn.metrics import accuracy_score, log_loss

from families.pictures import (
    bits,
    check_files,
    check_resumption,
    finish,
    labels_of,
    pixels_of,
    start,
    write_images,
)
from gridproof.errors import GridproofError
from gridproof.parts.families.xgboost.boosting import central_pixels
from gridproof.parts.families.xgboost.image_statistics import image_statistics


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of prepared images: 45, 21 and 14 of 32 pixels."""
    return write_images(tmp_path_factory.mktemp("images") / "tiny")


def centre_of(data: Path, split: str, crop: int) -> np.ndarray:
    """Return the pixels (n, crop * crop * 3) of the centre of 32 pixels, by hand."""
    first = 16 - crop // 2
    part = pixels_of(data, split)[:, first : first + crop, first : first + crop, :]
    return part.reshape(len(part), -1).astype(np.float32)


@pytest.mark.parametrize("rounds", [1, 12, 100])
def test_predictions_are_xgbclassifier_s(rounds: int, images: Path) -> None:
    """One round at a time gives the model that one call of `fit` gives."""
    replicate = finish(start("xgboost", images, rounds=rounds)).replicate(0)
    classifier = xgboost.XGBClassifier(n_estimators=rounds, n_jobs=1)
    if rounds == 100:
        classifier = xgboost.XGBClassifier(n_jobs=1)
    classifier.fit(centre_of(images, "train", 8), labels_of(images, "train"))
    predictions, metrics = replicate.tables["predictions"], replicate.tables["metrics"]
    for split in ("train", "val", "test"):
        x, y = centre_of(images, split, 8), labels_of(images, split)
        expected = classifier.predict_proba(x)[:, 1].astype(np.float64)
        assert metrics[f"{split}_loss"][-1] == pytest.approx(log_loss(y, expected), abs=1e-6)
        assert metrics[f"{split}_accuracy"][-1] == accuracy_score(y, classifier.predict(x))
        if split != "train":
            found = predictions["score"][predictions["split"] == split]
            np.testing.assert_allclose(found, expected, atol=1e-6)
    stored = xgboost.Booster(model_file=bytearray(replicate.tensors["final"]["model"].tobytes()))
    assert stored.get_dump() == classifier.get_booster().get_dump()


def test_statistics_are_those_of_a_plain_loop(images: Path) -> None:
    """Ten numbers of each image's brightness, pixel by pixel."""
    pixels = pixels_of(images, "val")
    for image, found in zip(pixels, image_statistics(np.array(pixels)), strict=True):
        grey = [[sum(map(int, pixel)) / 3 for pixel in row] for row in image]
        values = sorted(value for row in grey for value in row)
        parities = [
            fmean(value for row in grey[below::2] for value in row[right::2])
            for below in (0, 1)
            for right in (0, 1)
        ]
        steps = [abs(a - b) for row in grey for a, b in pairwise(row)]
        rises = [abs(a - b) for one, two in pairwise(grey) for a, b in zip(one, two, strict=True)]
        tenths = quantiles(values, n=10, method="inclusive")
        expected = [fmean(values), pstdev(values), values[0], values[-1]]
        expected += [tenths[0], tenths[4], tenths[8]]
        expected += [max(parities) - min(parities), fmean(steps), fmean(rises)]
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-5)


def test_trees_on_statistics_are_xgbclassifier_s(images: Path) -> None:
    """They see the ten numbers of a whole image, and no pixel of it."""
    replicate = finish(start("xgboost", images, sees="statistics")).replicate(0)
    classifier = xgboost.XGBClassifier(n_estimators=7, n_jobs=1)
    numbers = {
        split: image_statistics(np.array(pixels_of(images, split))) for split in ("train", "test")
    }
    classifier.fit(numbers["train"], labels_of(images, "train"))
    predictions = replicate.tables["predictions"]
    found = predictions["score"][predictions["split"] == "test"]
    expected = classifier.predict_proba(numbers["test"])[:, 1]
    np.testing.assert_allclose(found, expected.astype(np.float64), atol=1e-6)


def test_metrics_follow_the_rounds(images: Path) -> None:
    """Row k is the classifier of k rounds; an epoch is a round, and none is untrained."""
    replicate = finish(start("xgboost", images)).replicate(0)
    metrics = replicate.tables["metrics"]
    assert metrics["epoch"].tolist() == metrics["steps"].tolist() == list(range(1, 8))
    assert len(replicate.tables["batches"]["step"]) == 0
    for rounds in (1, 4):
        classifier = xgboost.XGBClassifier(n_estimators=rounds, n_jobs=1)
        classifier.fit(centre_of(images, "train", 8), labels_of(images, "train"))
        expected = log_loss(
            labels_of(images, "val"), classifier.predict_proba(centre_of(images, "val", 8))[:, 1]
        )
        assert metrics["val_loss"][rounds - 1] == pytest.approx(expected, abs=1e-6)


def test_training_continues_with_the_same_bits(images: Path, tmp_path: Path) -> None:
    """Stopped after any part, it ends as one that was never stopped."""
    undisturbed = finish(start("xgboost", images, rounds=12)).replicate(0)
    assert check_resumption("xgboost", images, tmp_path, undisturbed, rounds=12) == 3


def test_seed_makes_no_difference(images: Path) -> None:
    """By default nothing is drawn at random."""
    first = bits(finish(start("xgboost", images)).replicate(0))
    assert bits(finish(start("xgboost", images, seed=3)).replicate(3)) == first


def test_store_takes_the_replicate(images: Path, tmp_path: Path) -> None:
    """The model is one array of bytes beside the tables that all image families have."""
    replicate = finish(start("xgboost", images)).replicate(0)
    assert replicate.tensors["final"]["model"].dtype == np.uint8
    check_files(replicate, tmp_path / "seed-0")


def test_nodes_are_counted(images: Path) -> None:
    """Every split and every leaf of every tree is a number that was learned."""
    replicate = finish(start("xgboost", images)).replicate(0)
    booster = xgboost.Booster(model_file=bytearray(replicate.tensors["final"]["model"].tobytes()))
    assert replicate.facts["n_parameters"] == len(booster.trees_to_dataframe())


@pytest.mark.parametrize("side", [9, 10], ids=["odd rest", "even rest"])
def test_crop_is_central(side: int) -> None:
    """The middle, by whole pixels, towards the first row where it cannot be exact."""
    images = np.zeros((1, side, side, 3), dtype=np.uint8)
    first = (side - 4) // 2
    images[0, first : first + 4, first : first + 4] = 9
    assert central_pixels(images, 4).tolist() == [[9.0] * 48]


def test_crop_larger_than_the_images_is_refused(images: Path) -> None:
    """The message has the crop and the size of the images."""
    with pytest.raises(GridproofError, match=r"crop 33 .* 32 pixels wide: expected at most 32"):
        start("xgboost", images, crop=33)
    assert start("xgboost", images, crop=32)
