"""The photographs that the wheels of scikit-image and scikit-learn hold, and their split.

All seventeen are photographs: of people, things, places and surfaces, through a telescope
(hubble, moon), through a microscope (ihc) and of the inside of an eye (retina). Drawings, scans of
text and images made by a program, which the wheels hold too, are left out, and so is the second
view of motorcycle, which shows the same scene. Nothing is downloaded.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from gridproof.errors import GridproofError
from gridproof.files.facts import SPLITS

if TYPE_CHECKING:
    import numpy as np

SKIMAGE = ("skimage", "data")
SKLEARN = ("sklearn", "datasets", "images")
PHOTOGRAPHS: dict[str, dict[str, tuple[str, ...]]] = {
    "colour": {
        "astronaut": (*SKIMAGE, "astronaut.png"),
        "chelsea": (*SKIMAGE, "chelsea.png"),
        "china": (*SKLEARN, "china.jpg"),
        "coffee": (*SKIMAGE, "coffee.png"),
        "flower": (*SKLEARN, "flower.jpg"),
        "motorcycle": (*SKIMAGE, "motorcycle_left.png"),
        "rocket": (*SKIMAGE, "rocket.jpg"),
    },
    "grey": {
        "brick": (*SKIMAGE, "brick.png"),
        "camera": (*SKIMAGE, "camera.png"),
        "clock": (*SKIMAGE, "clock_motion.png"),
        "coins": (*SKIMAGE, "coins.png"),
        "grass": (*SKIMAGE, "grass.png"),
        "gravel": (*SKIMAGE, "gravel.png"),
    },
    "instrument": {
        "hubble": (*SKIMAGE, "hubble_deep_field.jpg"),
        "ihc": (*SKIMAGE, "ihc.png"),
        "moon": (*SKIMAGE, "moon.png"),
        "retina": (*SKIMAGE, "retina.jpg"),
    },
}
HELD_OUT = {
    "test": {"colour": 2, "grey": 1, "instrument": 1},
    "val": {"colour": 1, "grey": 1, "instrument": 1},
}
"""How many photographs of each group serve no other split; the rest is train's."""


def photograph_files() -> dict[str, Path]:
    """Return the file of each photograph by its name; no library is imported to find them.

    Raises
    ------
    GridproofError : a package or one of the files is not installed.
    """
    folders = {package: _package_folder(package) for package in (SKIMAGE[0], SKLEARN[0])}
    files = {
        name: folders[place[0]].joinpath(*place[1:])
        for group in PHOTOGRAPHS.values()
        for name, place in group.items()
    }
    for path in files.values():
        if not path.is_file():
            raise GridproofError(
                f"{path} does not exist, expected a photograph; install the locked packages again"
            )
    return files


def split_photographs(seed: int, division: int = 0) -> dict[str, tuple[str, ...]]:
    """Return the names of each split's photographs; no photograph serves two splits.

    Of each group (in colour, grey, through an instrument), in an order that the seed draws,
    HELD_OUT are test's and val's. Each further division goes on where the test of the one before
    it ended, round and round, so that the tests overlap no more than they have to.
    """
    import numpy as np

    generator = np.random.default_rng([seed, len(PHOTOGRAPHS)])
    chosen: dict[str, list[str]] = {split: [] for split in SPLITS}
    for group, names in PHOTOGRAPHS.items():
        order = [str(name) for name in generator.permutation(sorted(names))]
        first = division * HELD_OUT["test"][group] % len(order)
        order = order[first:] + order[:first]
        for split, counts in HELD_OUT.items():
            chosen[split] += order[: counts[group]]
            order = order[counts[group] :]
        chosen["train"] += order
    return {split: tuple(sorted(names)) for split, names in chosen.items()}


def read_photograph(path: Path) -> np.ndarray:
    """Return a photograph as uint8 array of shape (height, width, 3); grey in all three."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, UnidentifiedImageError) as error:
        raise GridproofError(
            f"{path} cannot be read ({error}); install the locked packages again"
        ) from error


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise GridproofError(
            f"the Python package {package} is not installed; install the locked packages again"
        )
    return Path(spec.origin).parent
