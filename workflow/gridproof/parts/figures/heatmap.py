"""Final accuracy, or loss, over two parameters: a square for each pair of their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gridproof.errors import GridproofError
from gridproof.kit.labels import seeds_note
from gridproof.kit.series import varied, written
from gridproof.kit.style import WIDTH
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs, Member

ACCURACY, LOSS = "val_accuracy", "val_loss"
NAMES = {ACCURACY: "validation accuracy (fraction)", LOSS: "validation loss"}
SQUARE = 0.62
"""Height of a square in inches."""
NO_CELL, DIVERGED = "-", "all seeds\ndiverged"
DARK = 0.5
"""Numbers are white on colours of less than this share of the range, which are dark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Means and deviations over seeds, (n_down, n_across), NaN where no seed has a number.

    `there` says where a cell is, (n_down, n_across).
    """

    across: str
    down: str
    columns: list[object]
    rows: list[object]
    means: np.ndarray
    deviations: np.ndarray
    there: np.ndarray

    def text(self, row: int, column: int, between: str) -> str:
        """Return mean and deviation of a pair; a dash where no cell is, or that all diverged."""
        if not self.there[row, column]:
            return NO_CELL
        if np.isnan(self.means[row, column]):
            return DIVERGED
        return f"{self.means[row, column]:.3f}{between}{self.deviations[row, column]:.3f}"


@figure(
    description="final validation accuracy, or loss, over the two parameters that vary",
    varies=2,
)
def value_by_two_parameters(inputs: Inputs) -> Figure:
    """Return a square for each pair of values: its colour, mean and deviation over seeds."""
    quantity = quantity_of(inputs)
    grid = grid_of(inputs.members, quantity)
    figure = Figure(figsize=(WIDTH, 1.6 + SQUARE * len(grid.rows)))
    axes = figure.add_subplot()
    image = axes.imshow(grid.means, cmap="cividis", aspect="auto", origin="lower")
    axes.grid(visible=False)
    axes.set_xticks(range(len(grid.columns)), [written(value) for value in grid.columns])
    axes.set_yticks(range(len(grid.rows)), [written(value) for value in grid.rows])
    axes.set(xlabel=grid.across, ylabel=grid.down)
    axes.set_facecolor("#eeeeee")
    draw_numbers(axes, grid)
    figure.colorbar(image, ax=axes, label=NAMES[quantity])
    axes.set_title(f"{seeds_note(inputs.members, band=False)}, ± their deviation", fontsize=10.5)
    return figure


def describe(inputs: Inputs) -> str:
    """Return the value of each pair in words."""
    quantity = quantity_of(inputs)
    grid = grid_of(inputs.members, quantity)
    parts = [
        f"{grid.down} {written(down)}, {grid.across} {written(across)}: "
        f"{grid.text(row, column, ' ± ')}"
        for row, down in enumerate(grid.rows)
        for column, across in enumerate(grid.columns)
        if grid.there[row, column]
    ]
    return (
        f"Heat map of {NAMES[quantity]} after the last epoch by {grid.across} and {grid.down},"
        f" {seeds_note(inputs.members, band=False)} ± their standard deviation. {'; '.join(parts)}."
        f" Pairs without a cell: {int((~grid.there).sum())}."
    )


def quantity_of(inputs: Inputs) -> str:
    """Return what the squares show: accuracy, or loss where the cells predict numbers."""
    finals = [member.finals(ACCURACY) for member in inputs.members if ACCURACY in member.epochs]
    return ACCURACY if any(values.notna().any() for values in finals) else LOSS


def grid_of(members: list[Member], quantity: str) -> Grid:
    """Return the final values over the two parameters that vary; the longer axis goes across.

    Raises
    ------
    GridproofError
        If not exactly two vary.
    """
    values = varied(members)
    if len(values) != 2:
        names = ", ".join(values) or "none"
        raise GridproofError(
            f"the figure 'heatmap' shows cells that differ in two parameters; found {names}"
        )
    down, across = sorted(values, key=lambda name: len(values[name]))
    rows, columns = values[down], values[across]
    means = np.full((len(rows), len(columns)), np.nan)
    deviations, there = means.copy(), np.zeros(means.shape, dtype=bool)
    for member in members:
        place = rows.index(member.parameters[down]), columns.index(member.parameters[across])
        finals = member.finals(quantity)
        means[place], there[place] = finals.mean(), True
        deviations[place] = finals.std() if len(finals) > 1 else 0.0
    return Grid(
        across=across,
        down=down,
        columns=columns,
        rows=rows,
        means=means,
        deviations=deviations,
        there=there,
    )


def draw_numbers(axes: Axes, grid: Grid) -> None:
    """Write what there is to say into each square."""
    known = grid.means[np.isfinite(grid.means)]
    for (row, column), mean in np.ndenumerate(grid.means):
        dark = np.isfinite(mean) and (mean - known.min()) < DARK * np.ptp(known)
        text, color = grid.text(row, column, "\n±"), "white" if dark else "#222222"
        axes.text(column, row, text, ha="center", va="center", color=color, fontsize=9)
