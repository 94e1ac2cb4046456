"""Values over two parameters, and what a figure of a part of the cells says of it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from draw.synthetic import synthetic_cell
from gridproof.draw.inputs import Inputs
from gridproof.errors import GridproofError
from gridproof.kit.style import figure_style
from gridproof.parts.figures import depth, heatmap
from gridproof.tables.members import load_slice

Make = Callable[..., Path]


@pytest.fixture
def grid(make_slice: Make, data_dir: Path) -> Inputs:
    """Depth 1, 2, 4 by width 8, 16; the deepest is not there with the smaller width."""
    cells = [
        synthetic_cell(
            f"{d} {w}", position=place, depth=d, width=w, final=0.2 + 0.1 * place, epochs=3
        )
        for place, (d, w) in enumerate([(1, 8), (2, 8), (4, 16), (1, 16), (2, 16)])
    ]
    return Inputs(tables=load_slice(make_slice(*cells)), data_dir=data_dir)


def test_squares_hold_the_means_of_their_cells(grid: Inputs) -> None:
    """The longer axis goes across; a pair without a cell is empty and says so."""
    found = heatmap.grid_of(grid.members, "val_accuracy")
    assert (found.across, found.columns) == ("depth", [1, 2, 4])
    assert (found.down, found.rows) == ("width", [8, 16])
    for member in grid.members:
        place = (
            found.rows.index(member.parameters["width"]),
            found.columns.index(member.parameters["depth"]),
        )
        finals = member.finals("val_accuracy")
        assert found.means[place] == pytest.approx(finals.mean())
        assert found.deviations[place] == pytest.approx(finals.std())
    assert np.argwhere(np.isnan(found.means)).tolist() == [[0, 2]]


def test_numbers_stand_in_the_squares(grid: Inputs) -> None:
    """Each mean with its deviation, and a dash where there is no cell."""
    with figure_style():
        axes = heatmap.value_by_two_parameters(grid).axes[0]
    texts = [text.get_text() for text in axes.texts]
    assert len(texts) == 6
    assert texts.count("-") == 1
    member = grid.members[0]
    finals = member.finals("val_accuracy")
    assert f"{finals.mean():.3f}\n±{finals.std():.3f}" in texts
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("depth", "width")
    assert "Pairs without a cell: 1." in heatmap.describe(grid)
    assert f"width 8, depth 1: {finals.mean():.3f}" in heatmap.describe(grid)


def test_cell_whose_seeds_all_diverged_is_no_missing_one(make_slice: Make, data_dir: Path) -> None:
    """Its square says so, and it is not counted among the pairs without a cell."""
    gone = dict.fromkeys(range(3), 2)
    cells = [
        synthetic_cell(f"{d} {w}", position=place, depth=d, width=w, epochs=3, diverged=lost)
        for place, (d, w, lost) in enumerate([(1, 8, {}), (2, 8, gone), (1, 16, {})])
    ]
    inputs = Inputs(tables=load_slice(make_slice(*cells)), data_dir=data_dir)
    with figure_style():
        texts = [text.get_text() for text in heatmap.value_by_two_parameters(inputs).axes[0].texts]
    assert texts.count("all seeds\ndiverged") == texts.count("-") == 1
    assert "all seeds diverged" in " ".join(heatmap.describe(inputs).split())
    assert "Pairs without a cell: 1." in heatmap.describe(inputs)


def test_other_numbers_of_parameters_are_refused(make_slice: Make, data_dir: Path) -> None:
    """One parameter makes no map."""
    cells = [synthetic_cell(f"depth {d}", position=d, depth=d) for d in (1, 2)]
    inputs = Inputs(tables=load_slice(make_slice(*cells)), data_dir=data_dir)
    with pytest.raises(GridproofError, match="differ in two parameters; found depth"):
        heatmap.describe(inputs)


def test_figure_of_a_part_says_which(grid: Inputs, make_slice: Make, data_dir: Path) -> None:
    """By depth three of five cells are shown, those of one width; of all cells nothing is said."""
    with figure_style():
        figure = depth.accuracy_by_depth(grid)
    assert "3 of 5 cells, those of width 16" in figure.legends[0].get_title().get_text()
    assert "by depth of 3 of 5 cells, those of width 16," in depth.describe(grid)
    cells = [synthetic_cell(f"depth {d}", position=d, depth=d) for d in (1, 2)]
    alone = Inputs(tables=load_slice(make_slice(*cells)), data_dir=data_dir)
    assert " of " not in depth.describe(alone).split(",")[0].removeprefix("Line chart of")
