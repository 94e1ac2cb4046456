"""Looks that all figures share: the style file and the colours that have a meaning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import matplotlib
import matplotlib.style

STYLE_FILE = Path(__file__).with_name("style.mplstyle")
WIDTH = 7.0
"""Width of every figure, in inches."""

SPLIT_COLORS = {"train": "#0072B2", "val": "#E69F00", "test": "#009E73"}
REFERENCE_COLOR = "#555555"

AREA_COLORS = ("#77AADD", "#EE8866", "#E3CF62", "#FFAABB", "#44BB99", "#BBCC33", "#AADDEE")
"""Fills under dark text, after Paul Tol's `light` scheme (SRON/EPS/TN/09-002), darker yellow."""
SEA_COLOR = "#F2F5F8"


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw inside this block with the style file and nothing of the user's own configuration."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.use("Agg")
        matplotlib.style.use(STYLE_FILE)
        yield


def line_styles(count: int) -> list[tuple[str, str]]:
    """Return `count` pairs of colour and dash: colours first, then the same colours dashed."""
    colors = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]
    dashes = ("-", "--", "-.", ":")
    styles = [(color, dash) for dash, color in product(dashes, colors)]
    return [styles[index % len(styles)] for index in range(count)]
