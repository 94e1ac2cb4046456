"""Near duplicates in different splits."""

import io

import numpy as np
from PIL import Image

from gridproof.parts.kinds.images.duplicates import (
    MAX_DISTANCE,
    DuplicateFinder,
    near_pairs,
    pair_facts,
)


def scene(seed: int) -> np.ndarray:
    """Return a smooth random image, as a photograph is, with a little noise."""
    generator = np.random.default_rng(seed)
    coarse = Image.fromarray(generator.integers(0, 256, (12, 12, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((96, 96), Image.Resampling.BICUBIC)).astype(int)
    return np.clip(smooth + generator.integers(-4, 5, smooth.shape), 0, 255).astype(np.uint8)


def compressed(image: np.ndarray) -> np.ndarray:
    """Return an image as a JPEG file keeps it."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=70)
    return np.asarray(Image.open(file))


def found(images: list[np.ndarray], *divisions: list[str | None]) -> list[tuple[int, int, int]]:
    """Return the pairs that are found among images."""
    finder = DuplicateFinder()
    for image in images:
        finder.add(image)
    return finder.pairs(divisions)


def test_equal_pixels_in_two_splits_are_found() -> None:
    """A copy has distance 0; within a split nothing is told."""
    images = [scene(0), scene(1), scene(0), scene(0)]
    assert found(images, ["train", "train", "train", "test"]) == [(0, 3, 0), (2, 3, 0)]


def test_compressed_copy_is_found_and_others_are_not() -> None:
    """A JPEG of an image lies near, forty other images do not."""
    images = [scene(seed) for seed in range(40)] + [compressed(scene(7))]
    ((first, second, distance),) = found(images, ["train"] * 40 + ["val"])
    assert (first, second) == (7, 40)
    assert 0 <= distance <= MAX_DISTANCE


def test_pair_of_another_division_is_found_and_rows_without_use_are_not() -> None:
    """What one seed trains on may be another's test; a row that is not used is nobody's."""
    images = [scene(0), scene(0), scene(0)]
    assert found(images, ["train", "train", None], ["train", "test", None]) == [(0, 1, 0)]
    assert found(images, ["train", None, None], [None, "test", "test"]) == []


def test_near_pairs_are_those_of_a_plain_count() -> None:
    """Bits that differ, counted one by one, over the edges of the blocks."""
    generator = np.random.default_rng(0)
    hashes = np.zeros((600, 32), dtype=np.uint8)
    hashes[:, :5] = generator.integers(0, 256, (600, 5), dtype=np.uint8)
    codes = generator.integers(0, 3, 600)
    bits = np.unpackbits(hashes, axis=1).astype(int)
    distances = (bits[:, None, :40] != bits[None, :, :40]).sum(axis=2)
    expected = {
        (i, j, int(distances[i, j]))
        for i in range(600)
        for j in range(i + 1, 600)
        if codes[i] != codes[j] and distances[i, j] <= MAX_DISTANCE
    }
    pairs = list(near_pairs(hashes, codes[np.newaxis]))
    assert expected
    assert set(pairs) == expected
    assert len(pairs) == len(expected)


def test_pairs_are_told_by_split_and_name() -> None:
    """The facts name both images, and the splits of the first division that parts them."""
    assert pair_facts([(0, 1, 3)], [["val", None], ["train", "test"]], ["a", "b"]) == [
        {
            "first": {"split": "train", "image": "a"},
            "second": {"split": "test", "image": "b"},
            "distance": 3,
        }
    ]
