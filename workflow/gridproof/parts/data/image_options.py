"""What a study may say of any source of images."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from gridproof.part import Section, Whole, expected, parameter

MAX_IMAGES = 1_000_000


def check_even(count: int) -> int:
    """Refuse a number of images that two classes cannot share equally."""
    if count % 2:
        raise expected("an even number: half of the images are of each class")
    return count


ImageCount = Annotated[Whole, Field(ge=2, le=MAX_IMAGES), AfterValidator(check_even)]
ImageSize = Annotated[Whole, Field(ge=64, le=1024)]


class Counts(Section):
    """How many images there are; half of them are of each class."""

    train: ImageCount = parameter(1400, "Images to train on, an even number.")
    val: ImageCount = parameter(200, "Images for validation, an even number.")
    test: ImageCount = parameter(400, "Images for the test, an even number.")
