"""The figures on the map: `map`, `boundaries` and `borders`, and their geography."""

import numpy as np
import pandas as pd
import pytest

from draw.synthetic import synthetic_cell, write_checkpoint
from gridproof.draw.inputs import Inputs
from gridproof.errors import GridproofError
from gridproof.kit.style import figure_style
from gridproof.tables.members import load_slice
from study.figures import borders, boundaries
from study.figures import map as data_map
from study.figures.geography import class_colors, inner_points, map_grid, places_of
from study.figures.networks import predict_points, stored_seeds

SHAPE = {"depth": 1, "width": 4, "epochs": 3}


@pytest.fixture
def inputs(make_slice, data_dir, tmp_path):
    """Two cells whose networks know all four classes; only the second one's weights are finite."""
    folder = make_slice(
        synthetic_cell("bad", seeds=(0,), diverged={0: 2}, **SHAPE),
        synthetic_cell("good", position=1, final=0.1, **SHAPE),
        name="shape",
    )
    tables = load_slice(folder)
    first, second = (member.cell for member in tables.members())
    weights = {
        first: write_checkpoint(tmp_path / "bad.safetensors", value=float("nan")),
        second: write_checkpoint(tmp_path / "good.safetensors"),
    }
    return Inputs(tables=tables, weights=weights, data_dir=data_dir)


def panel_texts(axes):
    """Return the codes written on a map."""
    return {text.get_text() for text in axes.texts}


def test_predict_points_gives_the_class_of_each_place(inputs):
    """The checkpoint's network is evaluated at longitude, latitude in degrees."""
    points = np.array([[1.0, 51.0], [7.0, 51.0], [1.0, 57.0], [7.0, 57.0]])
    prediction = predict_points(inputs, inputs.members[1], points, seed=0)
    assert prediction.classes.tolist() == [0, 1, 2, 3]
    assert prediction.epoch == 3
    finals = inputs.members[1].finals("test_accuracy")
    assert prediction.test_accuracy == pytest.approx(finals[0])


def test_boundaries_has_a_panel_a_cell(inputs):
    """A panel names its cell and accuracy; one without finite weights says so."""
    with figure_style():
        bad, good = boundaries.boundaries_by_cell(inputs).axes
    accuracy = inputs.members[1].finals("test_accuracy")[0]
    assert good.get_title() == f"good\ntest accuracy {accuracy:.3f}"
    assert bad.get_title() == "bad\ndiverged at epoch 2"
    assert panel_texts(good) == {"AA", "BB", "CC", "DD"}
    assert panel_texts(bad) == set()
    assert bad.get_ylabel() == "latitude (°N)"
    assert {axes.get_xlabel() for axes in (bad, good)} == {"longitude (°E)"}
    assert "bad: diverged (seed 0); good: test accuracy" in boundaries.describe(inputs)


def test_boundaries_blanks_the_sea(inputs):
    """Points far from any place have the colour of the sea, points between places have not."""
    grid = map_grid(places_of(inputs), 0.1)
    assert grid.aspect == pytest.approx(1 / np.cos(np.radians(54)), rel=0.01)
    row, column = (
        int(np.argmin(abs(axis - at)))
        for axis, at in zip((grid.latitudes, grid.longitudes), (54.0, 4.0), strict=True)
    )
    assert grid.land[row, column]
    assert not grid.land[0].any()
    assert not grid.land[:, -1].any()


def test_borders_shows_the_replicate_with_the_lowest_loss(inputs):
    """The large map names the cell, its seed and the epoch of the weights."""
    with figure_style():
        (axes,) = borders.borders_of_best_cell(inputs).axes
    assert axes.get_title(loc="left").startswith("good: test accuracy")
    assert axes.get_title(loc="left").endswith("(seed 0, epoch 3)")
    assert panel_texts(axes) == {"AA", "BB", "CC", "DD"}


def test_borders_looks_only_at_seeds_with_weights(make_slice, data_dir, tmp_path):
    """A better seed whose weights are in another file is passed over."""
    folder = make_slice(synthetic_cell("one", **SHAPE), name="shape")
    tables = load_slice(folder)
    cell = tables.members()[0].cell
    path = write_checkpoint(tmp_path / "two.safetensors", seed=2)
    assert stored_seeds(path) == {2}
    inputs = Inputs(tables=tables, weights={cell: path}, data_dir=data_dir)
    assert borders.best_replicate(inputs)[1] == 2


def test_borders_refuses_an_experiment_that_diverged(make_slice, data_dir, tmp_path):
    """Without a finite loss there is nothing to show, and the message says why."""
    cell = synthetic_cell("bad", seeds=(0,), diverged={0: 1}, **SHAPE)
    cell["replicates"]["best_epoch"] = pd.array([pd.NA], dtype="Int64")
    tables = load_slice(make_slice(cell, name="shape"))
    path = write_checkpoint(tmp_path / "bad.safetensors", value=float("nan"))
    inputs = Inputs(tables=tables, weights={tables.members()[0].cell: path}, data_dir=data_dir)
    with pytest.raises(GridproofError, match="every one diverged"):
        borders.borders_of_best_cell(inputs)


def test_cut_checkpoint_is_an_error_that_names_the_file(inputs):
    """Half a file is told in one line."""
    path = inputs.weights_of(inputs.members[1].cell)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(GridproofError, match=r"good\.safetensors: cannot be read"):
        boundaries.boundaries_by_cell(inputs)


def test_map_shows_places_and_counts(data_dir):
    """The data's map has named axes, a code a class, and the rows of each split."""
    with figure_style():
        (axes,) = data_map.places_by_class(Inputs(data_dir=data_dir)).axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("longitude (°E)", "latitude (°N)")
    assert panel_texts(axes) == {"AA", "BB", "CC", "DD"}
    assert axes.get_title(loc="left") == "4 classes; rows: train 640, val 80, test 80"
    assert len(axes.collections[0].get_offsets()) == 800


def test_neighbours_have_different_colors(data_dir):
    """Four countries around a crossing all touch each other."""
    frame = places_of(Inputs(data_dir=data_dir))
    assert len(set(class_colors(frame, 4))) == 4


def test_codes_lie_inside_their_region(data_dir):
    """A code stands where its own class is predicted."""
    grid = map_grid(places_of(Inputs(data_dir=data_dir)), 0.1)
    points = grid.land_points()
    areas = grid.on_land((points[:, 0] > 4).astype(int))
    assert inner_points(grid, areas, 60)[0][0] < 4 < inner_points(grid, areas, 60)[1][0]
