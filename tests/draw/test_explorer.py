"""The small maps behind the page's sliders."""

from __future__ import annotations

import base64
import json
import math
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from draw.conftest import job_of
from draw.synthetic import synthetic_cell, write_history
from gridproof.draw.inputs import Inputs
from gridproof.draw.sliders import write_sliders
from gridproof.kit.style import SEA_COLOR
from gridproof.tables.members import load_slice
from study.figures.geography import class_colors, map_grid, places_of
from study.figures.networks import Prediction
from study.figures.shape_sliders import (
    UNKNOWN_COLOR,
    draw_frame,
    frame_grid,
    is_explored,
    shown_epochs,
)

CENTRES = ((2.0, 52.0), (6.0, 52.0), (2.0, 56.0), (6.0, 56.0))
"""Of the four square countries, in the order of their labels."""


@pytest.fixture
def inputs(make_slice, data_dir, tmp_path):
    """Two cells whose networks name one class untrained, and the right one of four from then on."""
    shape = {"depth": 1, "epochs": 3, "seeds": (0, 1)}
    folder = make_slice(
        synthetic_cell("width 4", width=4, **shape),
        synthetic_cell("width 5", position=1, width=5, diverged={0: 2}, **shape),
        name="shape",
    )
    tables = load_slice(folder)
    histories = {
        member.cell: write_history(tmp_path / member.cell, n_epochs=3, width=width)
        for member, width in zip(tables.members(), (4, 5), strict=True)
    }
    return Inputs(tables=tables, weights=histories, data_dir=data_dir)


@pytest.fixture
def content(inputs, tmp_path):
    """What the page reads."""
    return json.loads(write_explorer(inputs, tmp_path / "explorer.json").read_text())


def write_explorer(inputs, out):
    """Write what the page reads of the sliders below the map `boundaries`."""
    folder = inputs.tables.directory
    write_sliders(job_of("boundaries", inputs.data_dir, folder, inputs.weights), out)
    return out


def sprite(cell):
    """Return the pixels of a cell's frames, one below the other."""
    kind, _, encoded = cell["sprite"].partition(",")
    assert kind == "data:image/webp;base64"
    return np.asarray(Image.open(BytesIO(base64.b64decode(encoded))).convert("RGB"))


def color_at(frame, places, longitude, latitude):
    """Return the colour of a frame at a place, as a style writes it."""
    height, width = frame.shape[:2]
    west, east = places["longitude"].min() - 1, places["longitude"].max() + 1
    south, north = places["latitude"].min() - 1, places["latitude"].max() + 1
    column = round((longitude - west) / (east - west) * (width - 1))
    row = round((north - latitude) / (north - south) * (height - 1))
    return "#{:02X}{:02X}{:02X}".format(*frame[row, column])


def test_frames_show_what_the_network_predicts_at_each_place(inputs, content):
    """One class everywhere before training, each country's own after epoch 1; the sea is sea."""
    height, places = content["frame"]["height"], places_of(inputs)
    colors = class_colors(places, 4)
    pixels = sprite(content["cells"][0])
    untrained, trained = pixels[:height], pixels[height : 2 * height]
    assert [color_at(untrained, places, *place) for place in CENTRES] == [colors[0]] * 4
    assert [color_at(trained, places, *place) for place in CENTRES] == colors
    assert color_at(trained, places, -0.9, 49.1) == SEA_COLOR


def test_frames_have_square_pixels_and_equal_size(inputs, content):
    """As wide as high on the ground; a sprite holds a frame for each epoch."""
    places = places_of(inputs)
    spans = [float(np.ptp(places[name])) + 2 for name in ("longitude", "latitude")]
    middle = (places["latitude"].min() + places["latitude"].max()) / 2
    width, height = content["frame"]["width"], content["frame"]["height"]
    assert width == 360
    on_ground = spans[1] / (spans[0] * math.cos(math.radians(middle)))
    assert height / width == pytest.approx(on_ground, rel=0.03)
    for cell in content["cells"]:
        assert sprite(cell).shape == (height * len(cell["epochs"]), width, 3)


def test_what_is_shown_is_said(inputs, content):
    """Kind, shape, epochs, and the validation accuracy of the first seed; none once diverged."""
    assert content["kind"] == "explorer"
    first, second = content["cells"]
    assert (first["label"], first["depth"], first["width"]) == ("width 4", 1, 4)
    assert (first["seed"], first["epochs"]) == (0, [0, 1, 2, 3])
    member = inputs.members[0]
    expected = [member.value("val_accuracy", seed=0, epoch=epoch) for epoch in range(4)]
    assert first["val_accuracy"] == pytest.approx(expected, abs=5e-5)
    assert [accuracy is None for accuracy in second["val_accuracy"]] == [False, False, True, True]


def test_frames_are_small_and_equal_inputs_give_equal_bytes(inputs, content, tmp_path):
    """Borders and fills alone take a few kilobytes."""
    again = write_explorer(inputs, tmp_path / "again.json")
    assert again.read_text() == (tmp_path / "explorer.json").read_text()
    assert again.stat().st_size < 60_000


def test_land_of_weights_that_are_not_finite_is_grey(inputs):
    """And has no borders."""
    places = places_of(inputs)
    grid = frame_grid(map_grid(places, 0.05))
    prediction = Prediction(seed=0, epoch=1, test_accuracy=math.nan, classes=None)
    frame = draw_frame(grid, prediction, class_colors(places, 4))
    assert [color_at(frame, places, *place) for place in CENTRES] == [UNKNOWN_COLOR] * 4
    assert len(np.unique(frame.reshape(-1, 3), axis=0)) == 2


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (50, [0, 1, 2, 5, 10, 20, 50]),
        (100, [0, 1, 2, 5, 10, 20, 50, 100]),
        (1000, [0, 1, 2, 5, 10, 20, 50, 1000]),
    ],
)
def test_epochs_are_round_and_end_with_the_last(last, expected):
    """At most eight, none twice."""
    assert shown_epochs(last) == expected


DEEP, WIDE = {"depth": 6, "width": 16}, {"depth": 6, "width": 32}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ([DEEP, WIDE], True),
        ([DEEP], True),
        ([DEEP, DEEP | {"batch_norm": True}], False),
        ([DEEP, WIDE, DEEP | {"batch_norm": True}], False),
        ([{"backbone": "efficientnet_lite0"}], False),
    ],
    ids=["shapes", "one cell", "one shape", "a shape twice", "another family"],
)
def test_sliders_need_cells_that_they_tell_apart(parameters, expected):
    """Depth and width name a cell, or there is but one."""
    assert is_explored(parameters) == expected


def test_cells_of_one_shape_have_no_sliders(make_slice, data_dir, tmp_path):
    """What the page reads is null then."""
    folder = make_slice(
        synthetic_cell("one", depth=1, width=4, epochs=3),
        synthetic_cell("two", position=1, depth=1, width=4, epochs=3, batch_norm=True),
    )
    out = tmp_path / "explorer.json"
    write_sliders(job_of("borders", data_dir, folder), out)
    assert json.loads(out.read_text()) is None
