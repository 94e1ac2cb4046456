"""Images of a folder that belong together, such as those of one person, as a CSV file tells."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from gridproof.errors import GridproofError, nearest
from gridproof.kit.image_groups import GROUP
from gridproof.parts.data.csv_reading import read_text

IMAGE_COLUMN, GROUP_COLUMN = "image", "group"
EXPECTED = f"the columns {IMAGE_COLUMN} (a path inside the folder) and {GROUP_COLUMN}"
MOST_LISTED = 3
DRAWN = ("test", "val", "train")
"""The order in which splits get their groups: what is left over is trained on."""


def read_groups(path: Path) -> dict[str, str]:
    """Return the group of each image that a file names, by the image's path inside the folder.

    Raises
    ------
    GridproofError : the file is missing or of another form, or an image has two groups.
    """
    if not path.is_file():
        raise GridproofError(f"{path} does not exist, expected a CSV file with {EXPECTED}")
    text = read_text(path, (IMAGE_COLUMN, GROUP_COLUMN), EXPECTED, only_needed=True)
    groups: dict[str, str] = {}
    rows = zip(text.columns[IMAGE_COLUMN], text.columns[GROUP_COLUMN], strict=True)
    for row, (image, group) in enumerate(rows):
        if not group or GROUP in group:
            raise text.refusal(row, GROUP_COLUMN, f"the name of a group, without {GROUP}")
        if groups.setdefault(image, group) != group:
            raise text.refusal(row, GROUP_COLUMN, f"{groups[image]!r}, which {image} has above")
    return groups


def check_groups(groups: Mapping[str, str], images: Iterable[str], path: Path) -> None:
    """Check that each image has a group, and that the file names no image that is not there."""
    known = set(images)
    missing, foreign = sorted(known - groups.keys()), sorted(groups.keys() - known)
    if foreign:
        raise GridproofError(
            f"{path}: found {len(foreign)} images that the folder does not have, such as"
            f" {foreign[0]!r}, expected paths inside the folder{nearest(foreign[0], known)}"
        )
    if missing:
        raise GridproofError(
            f"{path}: found no group of {len(missing)} of {len(known)} images, such as"
            f" {', '.join(map(repr, missing[:MOST_LISTED]))}, expected one of each"
        )


def check_apart(groups: Mapping[str, str], splits: Mapping[str, str], path: Path) -> None:
    """Check that no group has images in two splits; `splits` are by image."""
    first: dict[str, str] = {}
    for image, split in splits.items():
        other = first.setdefault(groups[image], image)
        if splits[other] != split:
            raise GridproofError(
                f"{path}: found the group {groups[image]!r} in two splits, {other!r} and"
                f" {image!r}, expected groups that serve one split alone"
            )


def divide_groups(
    files: Mapping[str, Sequence[str]],
    groups: Mapping[str, str],
    counts: Mapping[str, int],
    seed: int,
) -> dict[tuple[str, str], list[str]]:
    """Return the images that each split takes of each class, whole groups serving one split.

    Groups, in an order that the seed draws, are given to test until it has enough of each class,
    then to val; the others are for train.

    Parameters
    ----------
    files : images of each class in the order in which they are taken.
    counts : how many images of a class each split takes.

    Raises
    ------
    GridproofError : the groups leave a split too few images of a class.
    """
    images_of: dict[str, dict[str, list[str]]] = {}
    for name, images in files.items():
        for image in images:
            images_of.setdefault(groups[image], {}).setdefault(name, []).append(image)
    waiting = deque(
        sorted(images_of, key=lambda group: sha256(f"{seed}/{group}".encode()).digest())
    )
    order = {image: place for images in files.values() for place, image in enumerate(images)}
    chosen: dict[tuple[str, str], list[str]] = {}
    for split in DRAWN:
        found: dict[str, list[str]] = {name: [] for name in files}
        before = len(waiting)
        while waiting and (
            split == "train" or any(len(of) < counts[split] for of in found.values())
        ):
            for name, images in images_of[waiting.popleft()].items():
                found[name] += images
        for name, images in found.items():
            if len(images) < counts[split]:
                raise GridproofError(
                    f"found {len(images)} images of {name} for {split} in"
                    f" {before - len(waiting)} of {len(images_of)} groups, expected at least"
                    f" {counts[split]}, half of counts.{split}: groups are not torn apart; lower"
                    " the counts of this data in the study"
                )
            taken = sorted(images, key=order.__getitem__)[: counts[split]]
            chosen[split, name] = sorted(taken)
    return chosen
