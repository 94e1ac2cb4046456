"""Draw a figure by its name into a PNG, an SVG and the text that stands for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from gridproof.draw.figure_registry import find_figure
from gridproof.draw.inputs import Inputs
from gridproof.errors import GridproofError
from gridproof.files.atomic import atomic_path, write_text
from gridproof.kit.style import figure_style
from gridproof.tables.members import load_slice

MAP_COLORS = 256


def draw(
    name: str,
    experiment_tables_dir: Path | None,
    checkpoints: Mapping[str, Path],
    data_dir: Path,
    out_png: Path,
    out_svg: Path,
) -> None:
    """Draw the figure `name`; write `out_png`, `out_svg` and, beside the PNG, `<stem>.json`.

    Parameters
    ----------
    name : a name of the figure registry.
    experiment_tables_dir : folder with the slice of one experiment; None for figures of the study.
    checkpoints : digest of a cell -> its `checkpoint.safetensors`; empty if the figure needs none.
    data_dir : folder with `data.parquet` and `facts.json`.
    out_png, out_svg : the images; the JSON holds `{"figure", "alt"}`.

    Equal inputs give equal bytes. Raises GridproofError if something is missing or unreadable.
    """
    entry = find_figure(name)
    if entry.level == "experiment" and experiment_tables_dir is None:
        raise GridproofError(f"the figure {name!r} needs the tables of an experiment")
    tables = load_slice(experiment_tables_dir) if experiment_tables_dir else None
    inputs = Inputs(tables=tables, checkpoints=checkpoints, data_dir=data_dir)
    with figure_style():
        figure = entry.draw(inputs)
        save_png(figure, out_png, n_colors=MAP_COLORS if entry.raster else None)
        save_svg(figure, out_svg)
    alt = {"figure": name, "alt": entry.describe(inputs)}
    write_text(out_png.with_suffix(".json"), json.dumps(alt, ensure_ascii=False, indent=1) + "\n")


def save_png(figure: Figure, path: Path, n_colors: int | None = None) -> None:
    """Write a PNG without the program's name, so that equal pixels are equal bytes.

    With `n_colors` the image has a palette of so many colours: a map, whose areas are flat, then
    takes less than half the bytes.
    """
    with atomic_path(path) as temporary:
        first = {"compress_level": 1} if n_colors else {}
        figure.savefig(temporary, format="png", metadata={"Software": None}, pil_kwargs=first)
        if n_colors is not None:
            with Image.open(temporary) as image:
                flat = image.convert("RGB").quantize(n_colors, dither=Image.Dither.NONE)
            flat.save(temporary, format="PNG")


def save_svg(figure: Figure, path: Path) -> None:
    """Write an SVG without a date, its ids salted by the style file."""
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="svg", metadata={"Date": None, "Creator": None})
