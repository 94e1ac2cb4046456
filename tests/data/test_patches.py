"""The source `patches`: real and regenerated patches of photographs that wheels hold."""

from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image

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
    photographs = frame["image"].str.split("-").str[0]
    for split, names in split_photographs(0).items():
        assert set(photographs[frame["split"] == split]) == set(names)


def test_classes_share_the_photographs_equally() -> None:
    """Which photograph a patch is of says nothing about its class."""
    frame = patches.load(options()).frame
    train = frame[frame["split"] == "train"]
    photographs = train["image"].str.split("-").str[0]
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
            name, left, top, side = str(row.image).split("-")
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


def test_strengths_of_zero_leave_a_fake_as_it_was() -> None:
    """Without regeneration and exposure a fake is a patch like any other."""
    photograph = np.random.default_rng(0).integers(0, 256, (100, 100, 3), dtype=np.uint8)
    patch = patches.Patch(split="train", label=0, photograph="x", left=3, top=5, side=64)
    untouched = options(strength=0.0, exposure=0.0)
    image = patches.draw_image(photograph, patch, 0, untouched)
    assert np.array_equal(image, photograph[5:69, 3:67])


def test_transposed_convolution_is_torchs() -> None:
    """Away from the edges the result is that of torch's transposed convolution."""
    generator = np.random.default_rng(0)
    image = generator.random((6, 8, 3)).astype(np.float32)
    kernel = generator.random((4, 4)).astype(np.float32)
    found = patches.transposed_convolution(image, kernel)
    channels = torch.from_numpy(image).permute(2, 0, 1)[:, None]
    expected = torch.nn.functional.conv_transpose2d(
        channels, torch.from_numpy(kernel)[None, None], stride=2, padding=1
    )
    assert found.shape == (12, 16, 3)
    np.testing.assert_allclose(
        found[1:-1, 1:-1], expected[:, 0].permute(1, 2, 0).numpy()[1:-1, 1:-1], rtol=1e-5
    )


def test_exposure_reaches_its_targets() -> None:
    """Half way at strength one half, all the way at 1, and one colour stays one colour."""
    image = np.random.default_rng(0).normal(0.3, 0.1, (64, 64, 3)).astype(np.float32)
    half, full = patches.even_exposure(image, 0.5), patches.even_exposure(image, 1.0)
    assert half.mean() == pytest.approx((image.mean() + 0.5) / 2, abs=1e-5)
    assert half.std() == pytest.approx((image.std() + 0.2) / 2, abs=1e-5)
    assert (full.mean(), full.std()) == pytest.approx((0.5, 0.2), abs=1e-5)
    flat = patches.even_exposure(np.full((4, 4, 3), 0.25, dtype=np.float32), 1.0)
    assert np.unique(flat).tolist() == [0.5]
