"""The source `patches`: photographs that wheels hold, and patches without their structure."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.ensemble import HistGradientBoostingClassifier

from gridproof.parts.families.xgboost.image_statistics import image_statistics
from study.data import patches
from study.data.photographs import photograph_files, read_photograph, split_photographs

COUNTS = {"train": 40, "val": 12, "test": 16}


def options(**changed: object) -> patches.Options:
    """Return options for few and small patches."""
    return patches.Options.model_validate({"size": 64, "counts": COUNTS, **changed})


def photographs_of(names: pd.Series) -> pd.Series:
    """Return the photograph that each patch was cut from, by the names of the patches."""
    return names.str.split("//").str[0]


@pytest.mark.parametrize("division", [0, 1, 4])
@pytest.mark.parametrize("seed", range(20))
def test_no_photograph_serves_two_splits(seed: int, division: int) -> None:
    """Seventeen photographs: four are held out for test, three for val, whatever the seed."""
    chosen = split_photographs(seed, division)
    assert {split: len(names) for split, names in chosen.items()} == {
        "train": 10,
        "val": 3,
        "test": 4,
    }
    assert set().union(*chosen.values()) == set(photograph_files())


@pytest.mark.parametrize("seed", range(20))
def test_divisions_test_nearly_all_photographs(seed: int) -> None:
    """Three tests share none; those of five leave one of six grey photographs out."""
    tests = [split_photographs(seed, division)["test"] for division in range(5)]
    assert len({*tests[0], *tests[1], *tests[2]}) == 12
    assert len(set().union(*tests)) == 16


@pytest.mark.parametrize(("column", "division"), [("split", 0), ("split_1", 1), ("split_4", 4)])
def test_patches_come_from_the_photographs_of_their_split(column: str, division: int) -> None:
    """The names of the patches tell the same: no photograph is in two splits' rows."""
    frame = patches.load(options()).frame
    for split, names in split_photographs(0, division).items():
        assert set(photographs_of(frame["image"][frame[column] == split])) == set(names)
    assert Counter(frame[column].dropna()) == COUNTS


def test_single_division_uses_every_patch() -> None:
    """Where all seeds share their photographs, no patch is drawn that nobody sees."""
    frame = patches.load(options(divisions=1)).frame
    assert list(frame.columns) == ["image", "label", "split"]
    assert Counter(frame["split"]) == COUNTS


@pytest.mark.parametrize("column", ["split", "split_1", "split_2", "split_3", "split_4"])
def test_classes_share_the_photographs_equally(column: str) -> None:
    """Which photograph a patch is of says nothing about its class."""
    frame = patches.load(options()).frame
    train = frame[frame[column] == "train"]
    counts = Counter(zip(photographs_of(train["image"]), train["label"], strict=True))
    assert set(counts.values()) == {2}
    assert frame["image"].is_unique


def test_real_patch_is_the_photograph_resized() -> None:
    """A real image is the square that its name tells, resized, and nothing else."""
    data = patches.load(options())
    files = photograph_files()
    for row, image in zip(data.frame.itertuples(), data.images(), strict=True):
        if row.label == 1:
            name, place = str(row.image).split("//")
            left, top, side = place.split("-")
            box = (int(left), int(top), int(left) + int(side), int(top) + int(side))
            whole = Image.fromarray(read_photograph(files[name]))
            expected = whole.crop(box).resize((64, 64), Image.Resampling.BICUBIC)
            assert np.array_equal(image, np.asarray(expected))


def test_images_depend_on_seed_and_nothing_else() -> None:
    """Equal options give equal pixels; another seed gives others."""
    small = {"counts": {"train": 8, "val": 2, "test": 2}, "divisions": 1}
    first, second = (np.stack(list(patches.load(options(**small)).images())) for _ in range(2))
    other = np.stack(list(patches.load(options(**small, seed=1)).images()))
    assert first.dtype == np.uint8
    assert first.shape == (12, 64, 64, 3)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, pd.DataFrame]:
    """Images (n, 96, 96, 3) and their rows, as many as tell something."""
    data = patches.load(options(size=96, counts={"train": 600, "val": 200, "test": 200}))
    return np.stack(list(data.images())), data.frame


def photograph(side: int = 64) -> np.ndarray:
    """Return a square of a photograph in colours."""
    return read_photograph(photograph_files()["chelsea"])[100 : 100 + side, 150 : 150 + side]


def test_strength_of_zero_leaves_a_fake_as_it_was() -> None:
    """Phases that are not moved put every value where it was, but for ties."""
    image = photograph()
    again = patches.without_structure(image, 0.0, np.random.default_rng(0))
    assert np.abs(again.astype(int) - image).max() <= 1


@pytest.mark.parametrize("strength", [0.4, 1.0])
def test_fake_keeps_every_value_and_nearly_the_spectrum(strength: float) -> None:
    """Each channel's histogram is the same, its spectrum correlates, its pixels do not."""
    image = photograph()
    fake = patches.without_structure(image, strength, np.random.default_rng(0))
    assert fake.dtype == np.uint8
    for place in range(3):
        ours, theirs = fake[:, :, place], image[:, :, place]
        assert np.array_equal(np.sort(ours, axis=None), np.sort(theirs, axis=None))
        spectra = [np.log1p(np.abs(np.fft.rfft2(part))).ravel() for part in (ours, theirs)]
        assert np.corrcoef(spectra)[0, 1] > 0.9
    alike = np.corrcoef(fake.ravel(), image.ravel())[0, 1]
    assert alike < (0.9 if strength < 1 else 0.3)


def test_colours_stay_together() -> None:
    """A grey image stays grey: the phases of all channels move alike."""
    grey = np.repeat(photograph()[:, :, :1], 3, axis=2)
    fake = patches.without_structure(grey, 1.0, np.random.default_rng(0))
    assert np.array_equal(fake[:, :, 0], fake[:, :, 1])
    assert np.array_equal(fake[:, :, 0], fake[:, :, 2])


@pytest.mark.slow
@pytest.mark.parametrize("column", ["split", "split_1", "split_2", "split_3", "split_4"])
def test_trivial_statistics_tell_little(
    column: str, drawn: tuple[np.ndarray, pd.DataFrame]
) -> None:
    """Boosted trees on ten numbers an image are near chance on photographs they have not seen."""
    images, frame = drawn
    numbers, classes = image_statistics(images), frame["label"].to_numpy()
    rows = {split: (frame[column] == split).to_numpy() for split in COUNTS}
    trees = HistGradientBoostingClassifier(random_state=0)
    trees.fit(numbers[rows["train"]], classes[rows["train"]])
    for split in ("val", "test"):
        assert trees.score(numbers[rows[split]], classes[rows[split]]) < 0.65
