"""A user's own images: JPEG, PNG and WebP files in a folder of each class, such as real and fake.

Either `train/`, `val/` and `test/` each hold the folders of both classes, or there is one folder of
each, whose files the seed divides, or whose groups where a file tells which images belong together.
Of each class half of a split's count is taken, drawn by the seed among the names in their order;
what is left over is not used. Other files are ignored, and so are hidden ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from gridproof.errors import GridproofError
from gridproof.files.facts import SPLITS
from gridproof.kit.image_groups import GROUP
from gridproof.part import DataSource, Section, Seed, Text, Whole, expected, parameter
from gridproof.parts.data.folder_groups import (
    check_apart,
    check_groups,
    divide_groups,
    read_groups,
)
from gridproof.parts.data.folder_listing import check_name, entries, left_out, nearest_folder
from gridproof.parts.data.image_options import Counts, ImageSize
from gridproof.parts.kinds.images.image_source import CLASSES, ImageData

if TYPE_CHECKING:
    import numpy as np

SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp")
MAX_LISTED = 10
ORIGIN = (
    "The JPEG, PNG and WebP files of a folder that the study names, {count} of {total}. Each is "
    "turned as its EXIF data say, put on white where it is transparent, resized so that its "
    "shorter side has {size} pixels, and cut to a square at its centre. Colour profiles are not "
    "applied. Which images are {positive} is what the folders say.{left_out}"
)


def check_folder(path: Path) -> Path:
    """Refuse an empty path, which would mean the working directory."""
    if path == Path():
        raise expected("the path of a folder")
    return path


def check_classes(names: tuple[str, ...]) -> tuple[str, ...]:
    """Ask for two folders, which the models of images tell apart."""
    if len(set(names)) != len(CLASSES) or set(names) & set(SPLITS):
        raise expected("two names of folders, such as [fake, real]")
    return names


class Options(Section):
    """Where the images lie, and how many are taken."""

    path: Annotated[Path, AfterValidator(check_folder)] = parameter(
        ..., "The folder; a path from the study's folder."
    )
    classes: Annotated[tuple[Text, ...], AfterValidator(check_classes)] = parameter(
        CLASSES, "The folders of the two classes; a score is the probability of the second."
    )
    size: ImageSize = parameter(224, "Side of the prepared images in pixels.")
    counts: Counts = parameter(Counts(), "Images that are taken for each split.")
    seed: Seed = parameter(0, "Seed of which images are taken.")
    bits: Whole | None = parameter(
        None,
        "Bits that 16-bit images fill, such as 12; by default 16, if they look like it.",
        at_least=9,
        at_most=16,
    )
    groups: Path | None = parameter(
        None,
        "CSV file with the columns image (a path inside the folder) and group, such as a person: "
        "images of a group serve one split, and are drawn together in intervals.",
    )


SOURCE = DataSource(
    description="JPEG, PNG and WebP files in {train,val,test}/{real,fake}/ or in {real,fake}/.",
    kind="images",
    options=Options,
    libraries=("numpy", "pillow"),
    path_options=("path", "groups"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A file and its place in the data.

    `name` is its path inside the user's folder, behind its group where it has one.
    """

    split: str
    label: int
    name: str
    path: Path


def source_files(options: Options) -> tuple[Path, ...]:
    """Return the files that are taken, in the order of the rows; see `load` for what is refused."""
    rows, _ = _choose_rows(options)
    return (*(row.path for row in rows), *filter(None, [options.groups]))


def source_names(options: Options) -> tuple[str, ...]:
    """Return what the names of the files decide: split, class and path inside the folder."""
    rows, _ = _choose_rows(options)
    return tuple(f"{row.split}/{options.classes[row.label]}/{row.name}" for row in rows)


def load(options: Options) -> ImageData:
    """Return the files that are taken: splits in order, classes in order, names in order.

    Raises
    ------
    GridproofError : a folder is missing, empty, cannot be read or holds too few images. The
        iterator over the images raises it at its end for all files that are no usable images.
    """
    import pandas as pd

    rows, _ = _choose_rows(options)
    frame = pd.DataFrame(
        {
            "split": [row.split for row in rows],
            "image": [row.name for row in rows],
            "label": [row.label for row in rows],
        }
    ).astype({"label": "int64"})
    return ImageData(
        frame=frame,
        size=options.size,
        images=lambda: _images([row.path for row in rows], options),
        class_names=options.classes,
    )


def origin(options: Options, data: ImageData) -> str:
    """Return what the images are and what was done to them, for the report."""
    rows, total = _choose_rows(options)
    folders = sorted({row.path.parent for row in rows})
    return ORIGIN.format(
        count=len(rows),
        total=total,
        size=options.size,
        positive=options.classes[-1],
        left_out=left_out(folders, SUFFIXES),
    )


def _images(paths: Sequence[Path], options: Options) -> Iterator[np.ndarray]:
    """Yield the images; those that cannot be used are left out and told all together."""
    from gridproof.parts.kinds.images.decode import GreyDepth, UnusableImageError, decode

    broken, depth = [], GreyDepth(options.bits)
    for path in paths:
        try:
            yield decode(path, options.size, depth)
        except UnusableImageError as error:
            broken.append(f"{path}: {error}")
    if broken:
        listed = "\n".join(f"  {line}" for line in broken[:MAX_LISTED])
        more = len(broken) - MAX_LISTED
        rest = f"\n  and {more} more" if more > 0 else ""
        raise GridproofError(
            f"{len(broken)} of {len(paths)} files cannot be used; mend or remove them:\n"
            f"{listed}{rest}"
        )
    if doubt := depth.doubt():
        raise GridproofError(f"{options.path}: {doubt}")


def _choose_rows(options: Options) -> tuple[list[_Row], int]:
    """Return the rows in their final order, and how many images the folder holds."""
    root, classes = options.path, options.classes
    folders = entries(root, folders=True)
    divided = [split for split in SPLITS if split in folders]
    together = [name for name in classes if name in folders]
    if divided and together:
        raise GridproofError(
            f"{root}: found the folders {', '.join(divided + together)}, expected either "
            f"{_layout(classes)}"
        )
    choose = _divided_files if divided else _files_to_divide
    groups = read_groups(options.groups) if options.groups else {}
    chosen, total = choose(options, groups)
    rows = []
    for split in SPLITS:
        for label, class_name in enumerate(classes):
            for path in chosen[split, class_name]:
                name = path.relative_to(root).as_posix()
                group = f"{groups[name]}{GROUP}" if groups else ""
                rows.append(_Row(split=split, label=label, name=f"{group}{name}", path=path))
    return rows, total


def _counts_of_a_class(options: Options) -> dict[str, int]:
    """Return how many images of a class each split takes."""
    return {split: getattr(options.counts, split) // len(options.classes) for split in SPLITS}


def _layout(classes: Sequence[str]) -> str:
    """Return which folders there may be; the second class is named first."""
    names = " and ".join(reversed(classes))
    return f"the folders train, val and test with {names} in each, or the folders {names}"


def _divided_files(
    options: Options, groups: Mapping[str, str]
) -> tuple[dict[tuple[str, str], list[Path]], int]:
    """Draw the files of each split and class from train/real, train/fake, val/real ..."""
    root, classes, counts = options.path, options.classes, _counts_of_a_class(options)
    chosen: dict[tuple[str, str], list[Path]] = {}
    found: dict[str, str] = {}
    _check_folders(root, SPLITS, classes)
    for split in SPLITS:
        _check_folders(root / split, classes, classes)
        for class_name in classes:
            files = _class_files(root / split / class_name, counts[split], f"counts.{split}")
            drawn = _draw(files, options.seed, f"{split}/{class_name}")
            chosen[split, class_name] = sorted(drawn[: counts[split]])
            found |= {path.relative_to(root).as_posix(): split for path in files}
    if options.groups:
        check_groups(groups, found, options.groups)
        check_apart(groups, found, options.groups)
    return chosen, len(found)


def _files_to_divide(
    options: Options, groups: Mapping[str, str]
) -> tuple[dict[tuple[str, str], list[Path]], int]:
    """Draw the files of each split and class from real and fake; none serves two splits."""
    root, classes, counts = options.path, options.classes, _counts_of_a_class(options)
    _check_folders(root, classes, classes)
    drawn = {}
    for class_name in classes:
        files = _class_files(root / class_name, sum(counts.values()), "all counts together")
        drawn[class_name] = _draw(files, options.seed, class_name)
    total = sum(map(len, drawn.values()))
    if options.groups:
        names = {
            name: [path.relative_to(root).as_posix() for path in files]
            for name, files in drawn.items()
        }
        check_groups(groups, (name for of in names.values() for name in of), options.groups)
        divided = divide_groups(names, groups, counts, options.seed)
        return {key: [root / name for name in of] for key, of in divided.items()}, total
    chosen = {}
    for class_name, files in drawn.items():
        for split in SPLITS:
            chosen[split, class_name] = sorted(files[: counts[split]])
            files = files[counts[split] :]
    return chosen, total


def _draw(files: Sequence[Path], seed: int, purpose: str) -> list[Path]:
    """Return the files in an order that seed and purpose decide, the same on every machine."""
    from hashlib import sha256

    return sorted(files, key=lambda path: sha256(f"{seed}/{purpose}/{path.name}".encode()).digest())


def _class_files(folder: Path, count: int, key: str) -> list[Path]:
    """Return the images of a folder by name, at least `count`."""
    found = [name for name in entries(folder, folders=False) if not name.startswith(".")]
    names = [name for name in found if name.lower().endswith(SUFFIXES)]
    if len(names) < count:
        others = len(found) - len(names)
        besides = f"; files of other kinds: {others}" if others else ""
        raise GridproofError(
            f"{folder}: found {len(names)} images ({', '.join(SUFFIXES)}{besides}), expected at "
            f"least {count}, half of {key}: add images, or lower the counts of this data in the "
            "study"
        )
    for name in names:
        check_name(folder, name)
    return [folder / name for name in names]


def _check_folders(parent: Path, names: Sequence[str], classes: Sequence[str]) -> None:
    """Check that `parent` has a folder of each name."""
    found = entries(parent, folders=True)
    for name in names:
        if name not in found:
            among = f"the folders {', '.join(found)}" if found else "no folders"
            raise GridproofError(
                f"{parent}: found {among}, expected {_layout(classes)}; {name} is missing"
                f"{nearest_folder(name, found)}"
            )
