"""Draw a figure into a PNG, an SVG and the text that stands for it."""

from __future__ import annotations

import json
from pathlib import Path

from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from PIL import Image

from gridproof.draw.part_functions import function_of, inputs_of
from gridproof.files.atomic import atomic_path, write_text
from gridproof.kit.style import figure_style
from gridproof.plan.job_plans import FigureJob

MAP_COLORS = 256


def draw(job: FigureJob, out_png: Path, out_svg: Path) -> None:
    """Draw a figure; write `out_png`, `out_svg` and, beside the PNG, `<stem>.json`.

    The JSON holds `{"figure", "alt"}`. Equal inputs give equal bytes. Raises GridproofError if
    something is missing or unreadable.
    """
    inputs = inputs_of(job)
    with figure_style():
        figure = function_of(job.module, job.function)(inputs)
        lay_out(figure)
        save_png(figure, out_png, n_colors=MAP_COLORS if job.raster else None)
        save_svg(figure, out_svg)
    alt = {"figure": job.name, "alt": function_of(job.module, "describe")(inputs)}
    write_text(out_png.with_suffix(".json"), json.dumps(alt, ensure_ascii=False, indent=1) + "\n")


def lay_out(figure: Figure) -> None:
    """Place the axes, once for both files, at the resolution of the PNG.

    The files are written by their canvases: `savefig` would draw everything once more for each.
    """
    figure.set_dpi(rcParams["savefig.dpi"])
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")


def save_png(figure: Figure, path: Path, n_colors: int | None = None) -> None:
    """Write a PNG without the program's name, so that equal pixels are equal bytes.

    With `n_colors` the image has a palette of so many colours: a map, whose areas are flat, then
    takes less than half the bytes.
    """
    with atomic_path(path) as temporary:
        first = {"compress_level": 0} if n_colors else {}
        canvas = FigureCanvasAgg(figure)
        canvas.print_png(temporary, metadata={"Software": None}, pil_kwargs=first)
        if n_colors is not None:
            with Image.open(temporary) as image:
                flat = image.convert("RGB").quantize(n_colors, dither=Image.Dither.NONE)
            flat.save(temporary, format="PNG")


def save_svg(figure: Figure, path: Path) -> None:
    """Write an SVG without a date, its ids salted by the style file."""
    with atomic_path(path) as temporary:
        FigureCanvasSVG(figure).print_svg(temporary, metadata={"Date": None, "Creator": None})
