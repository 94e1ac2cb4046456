"""The default images: patches of photographs, and patches that an upsampler has been through.

A real image is a square patch of a photograph, its side drawn from 64 to 224 pixels, resized. A
fake one is another patch of one of the same photographs to which two things are done that
generators of images are known to do.

Upsampling. The patch is pooled by 2 once or twice and brought back by as many transposed
convolutions of 4 x 4 and stride 2, whose kernels are bilinear ones times random factors; of the
result and the patch a weighted mean is taken (option `strength`). This leaves the grid of
Odena, Dumoulin and Olah, "Deconvolution and checkerboard artifacts" (Distill, 2016).

Exposure. The mean over the image is drawn towards 0.5 and the standard deviation towards 0.2
(option `exposure`): generated images lack very dark and very bright pixels, which McCloskey and
Albright, "Detecting GAN-generated imagery using saturation cues" (ICIP 2019), detect them by.

Photographs, not patches, are divided among train, val and test. Nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gridproof.files.facts import SPLITS
from gridproof.part import DataSource, Number, Section, Seed, parameter
from gridproof.parts.data.image_options import Counts, ImageSize
from gridproof.parts.kinds.images.image_source import CLASSES, ImageData
from study.data.photographs import photograph_files, read_photograph, split_photographs

if TYPE_CHECKING:
    import numpy as np

MIN_SIDE, MAX_SIDE = 64, 224
MAX_LEVELS = 2
KERNEL_SPREAD = 0.1
TARGET_MEAN, TARGET_DEVIATION = 0.5, 0.2
ORIGIN = (
    "Square patches of seventeen photographs that the packages scikit-image and scikit-learn "
    "ship. Real ones are resized patches; fake ones are other patches of the same photographs "
    "that were pooled, brought back by transposed convolutions and evened out in exposure. No "
    "photograph serves two of train, val and test. These are not faces, and no trained generator "
    "made the fake ones: the task resembles that of telling real from generated faces and is not "
    "the same."
)


class Options(Section):
    """How many patches there are, and what is done to the fake ones."""

    strength: Number = parameter(
        0.5,
        "Share of the pooled and brought back version in a fake image.",
        at_least=0,
        at_most=1,
    )
    exposure: Number = parameter(
        0.5,
        "How far a fake image's mean is drawn to 0.5 and its sd to 0.2.",
        at_least=0,
        at_most=1,
    )
    size: ImageSize = parameter(224, "Side of the prepared images in pixels.")
    counts: Counts = parameter(Counts(), "Images of each split.")
    seed: Seed = parameter(0, "Seed of everything that is drawn.")


SOURCE = DataSource(
    description="Patches of photographs in scikit-image and scikit-learn, half regenerated.",
    kind="images",
    options=Options,
    libraries=("numpy", "pillow"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A square of a photograph, in pixels from its left upper corner, and its place in the data."""

    split: str
    label: int
    photograph: str
    left: int
    top: int
    side: int

    @property
    def name(self) -> str:
        """A name that no other patch has and that does not tell the class."""
        return f"{self.photograph}-{self.left}-{self.top}-{self.side}"


def source_files(options: Options) -> tuple[Path, ...]:
    """Return the files of the photographs, found without importing their packages."""
    return tuple(photograph_files().values())


def load(options: Options) -> ImageData:
    """Return the patches: splits in order, fake and real by turns, photographs by turns."""
    import pandas as pd

    photographs = {name: read_photograph(path) for name, path in photograph_files().items()}
    patches = draw_patches(photographs, options.counts, options.seed)
    frame = pd.DataFrame(
        {
            "split": [patch.split for patch in patches],
            "image": [patch.name for patch in patches],
            "label": [patch.label for patch in patches],
        }
    ).astype({"label": "int64"})

    def images() -> Iterator[np.ndarray]:
        for row, patch in enumerate(patches):
            yield draw_image(photographs[patch.photograph], patch, row, options)

    return ImageData(frame=frame, size=options.size, images=images)


def origin(options: Options, data: ImageData) -> str:
    """Return what the images are, and what they are not, for the report."""
    return ORIGIN


def draw_patches(photographs: Mapping[str, np.ndarray], counts: Counts, seed: int) -> list[Patch]:
    """Draw the patches of all splits, no two the same.

    Each photograph of a split gives as many real patches as fake ones, but for a remainder.
    """
    import numpy as np

    generator = np.random.default_rng([seed, 0])
    split_names = split_photographs(seed)
    patches: dict[str, Patch] = {}
    for split in SPLITS:
        names = split_names[split]
        for number in range(getattr(counts, split)):
            name, label = names[number // len(CLASSES) % len(names)], number % len(CLASSES)
            patch = _draw_patch(generator, photographs[name].shape, split, label, name)
            while patch.name in patches:
                patch = _draw_patch(generator, photographs[name].shape, split, label, name)
            patches[patch.name] = patch
    return list(patches.values())


def draw_image(photograph: np.ndarray, patch: Patch, row: int, options: Options) -> np.ndarray:
    """Return a patch as the data hold it, uint8 of shape (size, size, 3)."""
    import numpy as np
    from PIL import Image

    size = options.size
    square = photograph[patch.top : patch.top + patch.side, patch.left : patch.left + patch.side]
    resized = Image.fromarray(square).resize((size, size), Image.Resampling.BICUBIC)
    image = np.asarray(resized)
    if CLASSES[patch.label] == "real":
        return image
    generator = np.random.default_rng([options.seed, 1, row])
    fake = image.astype(np.float32) / np.float32(255)
    again = regenerate(fake, int(generator.integers(1, MAX_LEVELS + 1)), generator)
    fake += np.float32(options.strength) * (again - fake)
    fake = even_exposure(fake, options.exposure)
    return np.clip(np.rint(fake * 255), 0, 255).astype(np.uint8)


def regenerate(image: np.ndarray, levels: int, generator: np.random.Generator) -> np.ndarray:
    """Pool an image by 2 and bring it back, `levels` times each, with kernels drawn for it.

    Parameters
    ----------
    image : float32 array of shape (side, side, 3); rows and columns that the pooling has no
        partner for are repeated and cut off again.
    """
    import numpy as np

    side = len(image)
    missing = -side % 2**levels
    result = np.pad(image, ((0, missing), (0, missing), (0, 0)), mode="edge")
    for _ in range(levels):
        result = pool(result)
    for _ in range(levels):
        result = transposed_convolution(result, upsampling_kernel(generator))
    return result[:side, :side]


def pool(image: np.ndarray) -> np.ndarray:
    """Return the means of squares of 2 x 2 pixels of an array of shape (height, width, 3)."""
    rows = image[0::2] + image[1::2]
    means: np.ndarray = (rows[:, 0::2] + rows[:, 1::2]) / 4
    return means


def upsampling_kernel(generator: np.random.Generator) -> np.ndarray:
    """Draw a float32 kernel of shape (4, 4): a bilinear one times random factors, of sum 4.

    Sum 4 keeps the mean at stride 2; that the four positions of a pixel get unequal shares of it
    makes the grid. Each image has kernels of its own: shared ones would put the same grid on all of
    them, by which a linear model of the means of a few positions tells fake from real.
    """
    import numpy as np

    line = np.array([1, 3, 3, 1]) / 4
    kernel = np.outer(line, line) * (1 + KERNEL_SPREAD * generator.standard_normal((4, 4)))
    scaled: np.ndarray = (kernel * (4 / kernel.sum())).astype(np.float32)
    return scaled


def transposed_convolution(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the transposed convolution of stride 2 and padding 1, edges repeated.

    Parameters
    ----------
    image : float32 array of shape (height, width, 3); all channels share the kernel.
    kernel : float32 array of shape (4, 4).

    Returns
    -------
    float32 array of shape (2 * height, 2 * width, 3). Pixel (2i + a, 2j + b) is the sum of
    kernel[1 + a - 2m, 1 + b - 2n] * image[i + m, j + n] over the m, n that stay in the kernel.
    """
    import numpy as np

    height, width, channels = image.shape
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="edge")
    result = np.zeros((2 * height, 2 * width, channels), dtype=np.float32)
    for row in range(4):
        for column in range(4):
            a, b = (row + 1) % 2, (column + 1) % 2
            m, n = (1 + a - row) // 2, (1 + b - column) // 2
            part = padded[1 + m : 1 + m + height, 1 + n : 1 + n + width]
            result[a::2, b::2] += kernel[row, column] * part
    return result


def even_exposure(image: np.ndarray, strength: float) -> np.ndarray:
    """Draw the mean of all values towards 0.5 and their standard deviation towards 0.2.

    Strength 0 leaves the image as it is and 1 reaches both; an image of one colour keeps its
    standard deviation of 0.
    """
    import numpy as np

    mean, deviation = image.mean(dtype=np.float64), image.std(dtype=np.float64)
    new_mean = mean + strength * (TARGET_MEAN - mean)
    new_deviation = deviation + strength * (TARGET_DEVIATION - deviation)
    gain = new_deviation / deviation if deviation > 0 else 1.0
    evened: np.ndarray = (image - np.float32(mean)) * np.float32(gain) + np.float32(new_mean)
    return evened


def _draw_patch(
    generator: np.random.Generator, shape: tuple[int, ...], split: str, label: int, name: str
) -> Patch:
    height, width = shape[:2]
    side = int(generator.integers(MIN_SIDE, min(MAX_SIDE, height, width) + 1))
    return Patch(
        split=split,
        label=label,
        photograph=name,
        left=int(generator.integers(0, width - side + 1)),
        top=int(generator.integers(0, height - side + 1)),
        side=side,
    )
