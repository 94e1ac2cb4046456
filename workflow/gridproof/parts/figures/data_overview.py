"""A table at a glance: how its target is distributed over the splits, and what its features are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator

from gridproof.kit.style import REFERENCE_COLOR, SPLIT_COLORS, WIDTH, line_styles
from gridproof.part import figure

if TYPE_CHECKING:
    from gridproof.part import Inputs

MOST_CLASSES = 30
"""Of more classes than these only the most frequent have a bar."""
MOST_COLORS = 6
"""As many classes have a colour of their own that everybody can tell apart; others are grey."""
MOST_FEATURES = 9
MOST_DOTS = 20_000
"""Of more rows than these every so-many-th is a dot: more would only cover each other."""
BINS = 40
COLUMNS = 3
Facts = dict[str, Any]


@figure(
    description="the data: how the target is distributed over the splits, and the features",
    kinds=["table"],
    shows="data",
    raster=True,
)
def table_at_a_glance(inputs: Inputs) -> Figure:
    """Return the target by split above, and below two features as a plane, or each by itself."""
    facts, rows = inputs.facts(), inputs.rows()
    columns = facts["columns"]
    upper = 1.2 + 0.24 * len(shown_classes(facts)) if "classes" in facts else 2.8
    panel_rows = -(-min(len(columns), MOST_FEATURES) // COLUMNS)
    lower = 5.2 if len(columns) == 2 else 0.2 + 1.8 * panel_rows
    figure = Figure(figsize=(WIDTH, upper + lower))
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=(upper, lower)).flat
    if "classes" in facts:
        _draw_classes(above, facts)
    else:
        _draw_target(above, facts, rows)
    if len(columns) == 2:
        _draw_plane(below, facts, rows)
    else:
        _draw_features(below, columns[:MOST_FEATURES], rows)
    return figure


def describe(inputs: Inputs) -> str:
    """Return rows, features and the target in words."""
    facts = inputs.facts()
    columns = "; ".join(
        f"{named(column)} from {column['min']:g} to {column['max']:g}"
        for column in facts["columns"]
    )
    rows = ", ".join(f"{split} {facts['rows'][split]:,}" for split in SPLIT_COLORS)
    return (
        f"Charts of a table of {sum(facts['rows'].values()):,} rows ({rows})."
        f" Features: {columns}. Target: {target_text(facts)}."
    )


def target_text(facts: Facts) -> str:
    """Return what there is to say of the target: its classes, or its range, mean and spread."""
    target = facts["target"]
    if "classes" not in facts:
        return (
            f"{named(target)} from {target['min']:g} to {target['max']:g},"
            f" {target['mean']:.4g} ± {target['sd']:.4g} in the train split"
        )
    counts = class_counts(facts).sum(axis=1)
    words = ", ".join(f"{facts['classes'][label]} {counts[label]:,}" for label in counts.index)
    return f"{target['name']} in {facts['n_classes']} classes: {words}"


def class_counts(facts: Facts) -> pd.DataFrame:
    """Return the number of rows, a row a label and a column a split."""
    return pd.DataFrame({split: facts["class_counts"][split] for split in SPLIT_COLORS})


def shown_classes(facts: Facts, most: int = MOST_CLASSES) -> list[int]:
    """Return the labels of the most frequent classes, in their order."""
    totals = class_counts(facts).sum(axis=1).to_numpy()
    return sorted(int(label) for label in np.argsort(-totals, kind="stable")[:most])


def named(column: Facts) -> str:
    """Return the name of a column with its unit, if it has one."""
    return f"{column['name']} ({column['unit']})" if column.get("unit") else str(column["name"])


def _draw_classes(part: SubFigure, facts: Facts) -> None:
    labels = shown_classes(facts)
    counts, left = class_counts(facts).loc[labels], np.zeros(len(labels))
    axes = part.subplots()
    for split, color in SPLIT_COLORS.items():
        width = counts[split].to_numpy()
        axes.barh(range(len(labels)), width, left=left, height=0.75, color=color, label=split)
        left = left + width
    axes.set_yticks(range(len(labels)), [str(facts["classes"][label]) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("rows")
    more = f", the {len(labels)} most frequent" if len(labels) < facts["n_classes"] else ""
    axes.set_title(f"{facts['target']['name']}: {facts['n_classes']} classes{more}", loc="left")
    part.legend(loc="outside upper right", ncols=len(SPLIT_COLORS))


def _draw_target(part: SubFigure, facts: Facts, rows: pd.DataFrame) -> None:
    axes = part.subplots()
    edges = np.linspace(facts["target"]["min"], facts["target"]["max"], BINS + 1)
    for split, color in SPLIT_COLORS.items():
        values = rows.loc[rows["split"] == split, "target"]
        axes.hist(
            values, edges.tolist(), density=True, histtype="step", color=color, lw=1.8, label=split
        )
    axes.set(xlabel=named(facts["target"]), ylabel="density")
    part.legend(loc="outside upper right", ncols=len(SPLIT_COLORS))


def _draw_plane(part: SubFigure, facts: Facts, rows: pd.DataFrame) -> None:
    """Draw the rows as dots over two features, in the colours of their targets."""
    axes = part.subplots()
    shown = rows.iloc[:: -(-len(rows) // MOST_DOTS)]
    x, y = (shown[column["name"]] for column in facts["columns"])
    dots: dict[str, Any] = {"s": 4, "linewidths": 0, "rasterized": True}
    if "classes" not in facts:
        drawn = axes.scatter(x, y, c=shown["target"], cmap="cividis", **dots)
        part.colorbar(drawn, ax=axes, label=named(facts["target"]))
    else:
        colored = shown_classes(facts, MOST_COLORS)
        if len(colored) < facts["n_classes"]:
            rest = ~shown["target"].isin(colored)
            axes.scatter(x[rest], y[rest], color=REFERENCE_COLOR, alpha=0.4, label="others", **dots)
        for label, (color, _) in zip(colored, line_styles(len(colored)), strict=True):
            own = shown["target"] == label
            name = str(facts["classes"][label])
            axes.scatter(x[own], y[own], color=color, label=name, **dots)
        part.legend(loc="outside lower center", ncols=4, markerscale=3)
    axes.set(xlabel=named(facts["columns"][0]), ylabel=named(facts["columns"][1]))


def _draw_features(part: SubFigure, columns: list[Facts], rows: pd.DataFrame) -> None:
    """Draw a histogram of each feature over the train split."""
    train = rows[rows["split"] == "train"]
    grid = part.subplots(-(-len(columns) // COLUMNS), COLUMNS, squeeze=False).ravel()
    for axes, column in zip(grid, columns, strict=False):
        axes.hist(train[column["name"]], BINS, color=SPLIT_COLORS["train"])
        axes.set(xlabel=named(column), yticks=[])
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.grid(visible=False)
    for axes in grid[len(columns) :]:
        axes.remove()
    part.suptitle("features, rows of the train split", x=0.01, ha="left", fontsize=12)
