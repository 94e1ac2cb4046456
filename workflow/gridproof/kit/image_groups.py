"""Which images were cut from one photograph: they resemble each other, and count as one group."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

GROUP = "//"
"""Stands behind the group in an image's name; no path inside a folder holds it."""


def groups(images: pd.Index) -> np.ndarray:
    """Return the number of the group of each image, by name: 0, 1, 2 ... in order of appearance."""
    import numpy as np
    import pandas as pd

    codes, _ = pd.factorize(pd.Series(images.astype(str)).str.partition(GROUP)[0])
    return np.asarray(codes, dtype=np.int64)
