"""The training steps as a picture: benchmarks/results.svg."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from .statistics import spread
from .steps import PEERS, CaseResult

COLOURS = ("#000000", "#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#009E73", "#D55E00")
"""Okabe and Ito, colour-blind-safe; one a peer, in their order."""
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
GAP = 0.11
"""Distance between the peers of a case; that of cases is 1."""


def draw_steps(results: Sequence[CaseResult]) -> Figure:
    """Draw microseconds a step of five seeds: a row a case, a mark a peer, a line its rounds."""
    figure = Figure(figsize=(8.5, 0.85 * len(results) + 1.6), layout="constrained")
    axes = figure.add_subplot()
    for place, peer in enumerate(PEERS):
        shift = GAP * (place - (len(PEERS) - 1) / 2)
        points = [
            (row + shift, spread(result.peers[peer.name].rounds))
            for row, result in enumerate(results)
            if result.peers[peer.name].rounds
        ]
        heights = [height for height, _ in points]
        colour = COLOURS[place]
        axes.hlines(
            heights, [s.low for _, s in points], [s.high for _, s in points], color=colour, lw=2
        )
        axes.plot(
            [s.median for _, s in points],
            heights,
            MARKERS[place],
            color=colour,
            markersize=6,
            label=peer.name,
        )
    for row in range(1, len(results)):
        axes.axhline(row - 0.5, color="0.85", lw=0.8, zorder=0)
    axes.set_xscale("log")
    axes.set_yticks(range(len(results)), [result.case.name for result in results])
    axes.set_ylim(len(results) - 0.5, -0.5)
    axes.set_xlabel("time of a step of five seeds, microseconds, one thread (log scale)")
    axes.set_ylabel("hidden layers x units, batch")
    axes.grid(axis="x", which="major", color="0.85", lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=4, frameon=False)
    return figure


def write_picture(results: Sequence[CaseResult], file: Path) -> None:
    """Write the picture as SVG, or as what the file's name ends with."""
    with mpl.rc_context({"svg.hashsalt": "results", "font.size": 10}):
        metadata = {"Date": None} if file.suffix == ".svg" else None
        draw_steps(results).savefig(file, metadata=metadata, dpi=150)
