"""Ten numbers about an image that need no look at what it shows.

Where models tell classes apart no better than trees do by these, the data have a fingerprint, such
as the exposure of a camera or the grid of a generator, and the models may have learned that.
"""

from __future__ import annotations

import numpy as np


def image_statistics(images: np.ndarray) -> np.ndarray:
    """Return float32 statistics (n, 10) of the brightness of uint8 images (n, side, side, 3).

    The mean, the deviation, the extremes, three quantiles, the range of the means of the four
    pixel parities, and the mean absolute step to the right and downwards; in values of 0 to 255.
    """
    grey = images.astype(np.float64).mean(axis=3)
    parities = [grey[:, row::2, column::2].mean((1, 2)) for row in (0, 1) for column in (0, 1)]
    statistics = [
        grey.mean((1, 2)),
        grey.std((1, 2)),
        grey.min((1, 2)),
        grey.max((1, 2)),
        *np.quantile(grey, [0.1, 0.5, 0.9], axis=(1, 2)),
        np.ptp(parities, axis=0),
        np.abs(np.diff(grey, axis=2)).mean((1, 2)),
        np.abs(np.diff(grey, axis=1)).mean((1, 2)),
    ]
    return np.stack(statistics, axis=1).astype(np.float32)
