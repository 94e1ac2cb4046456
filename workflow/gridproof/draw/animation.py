"""Draw an animated figure into a GIF."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from gridproof.draw.part_functions import function_of, inputs_of
from gridproof.files.atomic import atomic_path
from gridproof.kit.style import figure_style
from gridproof.plan.job_plans import FigureJob

FRAME_MS = 220
LAST_FRAME_MS = 2500
COLORS = 64


def animate(job: FigureJob, out: Path) -> None:
    """Write the frames of a figure as an animated GIF that repeats.

    The weights of the job are those after every epoch. Equal inputs give equal bytes. Raises
    GridproofError if the figure has no `frames`.
    """
    inputs = inputs_of(job)
    with figure_style():
        frames = list(function_of(job.module, "frames")(inputs))
    palette = frames[-1].quantize(COLORS, dither=Image.Dither.NONE)
    first, *others = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    with atomic_path(out) as path:
        first.save(
            path,
            format="GIF",
            save_all=True,
            append_images=others,
            duration=[*[FRAME_MS] * len(others), LAST_FRAME_MS],
            loop=0,
            optimize=True,
        )
