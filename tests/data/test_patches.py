"""The source `patches`: photographs that wheels hold, and patches without their structure."""

from collections import Counter

import numpy as np
import pytest
from PIL import Image
from sklearn.ensemble import HistGradientBoostingClassifier

from study.data import patches
from study.data.photographs import photograph_files, read_photograph, split_photographs

COUNTS = {"train": 40, "val": 12, "test": 16}


def options(**changed: object) -> patches.Options:
    """Return options for few and small patches."""
    return patches.Options.model_validate({"size": 64, "counts": COUNTS, **changed})


@pytest.mark.parametrize("seed", range(20))
def test_no_photograph_serves_two_splits(seed: int) -> None:
    """Seventeen photographs: four are held out for test, three for val, whatever the seed."""
    chosen = split_photographs(seed)
    assert {split: len(names) for split, names in chosen.items()} == {
        "train": 10,
        "val": 3,
        "test": 4,
    }
    assert set().union(*chosen.values()) == set(photograph_files())


def test_patches_come_from_the_photographs_of_their_split() -> None:
    """The names of the patches tell the same: no photograph is in two splits' rows."""
    frame = patches.load(options()).frame
    photographs = frame["image"].str.split("@").str[0]
    for split, names in split_photographs(0).items():
        assert set(photographs[frame["split"] == split]) == set(names)


def test_classes_share_the_photographs_equally() -> None:
    """Which photograph a patch is of says nothing about its class."""
    frame = patches.load(options()).frame
    train = frame[frame["split"] == "train"]
    photographs = train["image"].str.split("@").str[0]
    counts = Counter(zip(photographs, train["label"], strict=True))
    assert set(counts.values()) == {2}
    assert frame["image"].is_unique
    assert Counter(frame["split"]) == COUNTS


def test_real_patch_is_the_photograph_resized() -> None:
    """A real image is the square that its name tells, resized, and nothing else."""
    data = patches.load(options())
    files = photograph_files()
    for row, image in zip(data.frame.itertuples(), data.images(), strict=True):
        if row.label == 1:
            name, place = str(row.image).split("@")
            left, top, side = place.split("-")
            box = (int(left), int(top), int(left) + int(side), int(top) + int(side))
            whole = Image.fromarray(read_photograph(files[name]))
            expected = whole.crop(box).resize((64, 64), Image.Resampling.BICUBIC)
            assert np.array_equal(image, np.asarray(expected))


def test_images_depend_on_seed_and_nothing_else() -> None:
    """Equal options give equal pixels; another seed gives others."""
    small = {"counts": {"train": 8, "val": 2, "test": 2}}
    first, second = (np.stack(list(patches.load(options(**small)).images())) for _ in range(2))
    other = np.stack(list(patches.load(options(**small, seed=1)).images()))
    assert first.dtype == np.uint8
    assert first.shape == (12, 64, 64, 3)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.fixture(scope="module")
def drawn() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Images (n, 96, 96, 3) and classes of each split, as many as tell something."""
    data = patches.load(options(size=96, counts={"train": 600, "val": 200, "test": 200}))
    images, frame = np.stack(list(data.images())), data.frame
    return {
        split: (images[frame["split"] == split], frame["label"][frame["split"] == split].to_numpy())
        for split in COUNTS
    }


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


def statistics_of(images: np.ndarray) -> np.ndarray:
    """Return ten numbers an image that need no look at it, of its brightness (n, side, side).

    Mean, deviation, extremes, three quantiles, the spread of the means of the four pixel parities,
    and the mean step to the right and down.
    """
    grey = images.astype(float).mean(axis=3)
    parities = [grey[:, row::2, column::2].mean((1, 2)) for row in (0, 1) for column in (0, 1)]
    return np.stack(
        [
            grey.mean((1, 2)),
            grey.std((1, 2)),
            grey.min((1, 2)),
            grey.max((1, 2)),
            *np.quantile(grey, [0.1, 0.5, 0.9], axis=(1, 2)),
            np.ptp(parities, axis=0),
            np.abs(np.diff(grey, axis=2)).mean((1, 2)),
            np.abs(np.diff(grey, axis=1)).mean((1, 2)),
        ],
        axis=1,
    )


@pytest.mark.slow
def test_trivial_statistics_tell_little(drawn: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Boosted trees on ten numbers an image are near chance on photographs they have not seen."""
    trees = HistGradientBoostingClassifier(random_state=0)
    trees.fit(statistics_of(drawn["train"][0]), drawn["train"][1])
    for split in ("val", "test"):
        images, classes = drawn[split]
        assert trees.score(statistics_of(images), classes) < 0.65
