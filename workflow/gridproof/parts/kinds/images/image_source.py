"""What a source of images delivers: rows, and the pixels of each row when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CLASSES = ("fake", "real")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageData:
    """Labelled images.

    Attributes
    ----------
    frame : DataFrame with the columns `split` (train, val, test), `image` (a name, unique in the
        data; what stands before `//` names what it was cut from) and `label` (int64, the position
        of the class), in the final order. Where seeds divide the rows differently, `split` is the
        division of seed 0, `split_1`, `split_2` ... follow, and None is a row without use there.
    size : side of every image in pixels.
    images : returns an iterator over the rows' images, each a uint8 array of shape
        (size, size, 3), RGB; it raises GridproofError at its end if some cannot be read.
    class_names : the name of each class, in the order of the labels.
    """

    frame: pd.DataFrame
    size: int
    images: Callable[[], Iterator[np.ndarray]]
    class_names: tuple[str, ...] = CLASSES
