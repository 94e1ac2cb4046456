"""Draw an animated figure by its name into a GIF."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from gridproof.draw.figure_registry import find_figure
from gridproof.draw.inputs import Inputs
from gridproof.errors import GridproofError
from gridproof.files.atomic import atomic_path
from gridproof.kit.style import figure_style
from gridproof.tables.members import load_slice

FRAME_MS = 220
LAST_FRAME_MS = 2500
COLORS = 64


def animate(
    name: str,
    experiment_tables_dir: Path,
    histories: Mapping[str, Path],
    data_dir: Path,
    out: Path,
) -> None:
    """Write the frames of the figure `name` as an animated GIF that repeats.

    Parameters
    ----------
    name : an animated figure of the registry.
    experiment_tables_dir : folder with the slice of one experiment.
    histories : digest of a cell -> its `history.safetensors`.
    data_dir : folder with `data.parquet` and `facts.json`.

    Equal inputs give equal bytes. Raises GridproofError if the figure is not an animated one.
    """
    entry = find_figure(name)
    if not entry.animated:
        raise GridproofError(f"the figure {name!r} is not animated")
    tables = load_slice(experiment_tables_dir)
    inputs = Inputs(tables=tables, checkpoints=histories, data_dir=data_dir)
    with figure_style():
        frames = list(entry.frames(inputs))
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
