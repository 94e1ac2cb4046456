"""The maps of a training's epochs, side by side and animated."""

import numpy as np
import pytest
from PIL import Image

from draw.conftest import job_of
from draw.synthetic import synthetic_cell, write_history
from gridproof.draw.animation import animate
from gridproof.draw.inputs import Inputs
from gridproof.errors import GridproofError
from gridproof.kit.style import figure_style
from gridproof.tables.members import load_slice
from study.figures.sharpening import borders_by_epoch, describe, frames, spread_epochs

SHAPE = {"depth": 1, "width": 4, "epochs": 3, "seeds": (0,)}


@pytest.fixture
def folder(make_slice):
    """The slice of two cells, the second the better one."""
    return make_slice(
        synthetic_cell("worse", final=0.9, **SHAPE),
        synthetic_cell("better", position=1, final=0.1, **SHAPE),
        name="shape",
    )


@pytest.fixture
def histories(folder, tmp_path):
    """Weights that name four classes from epoch 1 on."""
    history = write_history(tmp_path / "history.safetensors", n_epochs=3)
    return {member.cell: history for member in load_slice(folder).members()}


@pytest.mark.parametrize(
    ("last", "count", "expected"),
    [(3, 6, [0, 1, 2, 3]), (50, 6, [0, 1, 4, 10, 22, 50]), (1, 6, [0, 1])],
)
def test_epochs_are_closer_together_where_more_changes(last, count, expected):
    """From the untrained network to the last epoch, none twice."""
    assert spread_epochs(last, count) == expected


@pytest.mark.parametrize(("last", "count"), [(100, 32), (7, 32), (31, 32), (1000, 32)])
def test_epochs_rise_and_are_no_more_than_asked_for(last, count):
    """Whatever the length of the training."""
    epochs = spread_epochs(last, count)
    assert epochs == sorted(set(epochs))
    assert (epochs[0], epochs[-1]) == (0, last)
    assert len(epochs) <= count


def test_still_shows_the_best_cell(folder, histories, data_dir):
    """A panel an epoch, of the cell with the lowest loss, and its accuracies in words."""
    inputs = Inputs(tables=load_slice(folder), weights=histories, data_dir=data_dir)
    with figure_style():
        figure = borders_by_epoch(inputs)
    assert len(figure.axes) == 4
    assert figure.axes[0].get_title().startswith("untrained: test accuracy")
    assert "better" in describe(inputs)
    assert "after epoch 3" in describe(inputs)


def test_frames_show_the_weights_of_their_epoch(folder, histories, data_dir):
    """The untrained network names one class everywhere, the trained one all four."""
    inputs = Inputs(tables=load_slice(folder), weights=histories, data_dir=data_dir)
    with figure_style():
        images = [np.asarray(image) for image in frames(inputs)]
    assert len(images) == 4
    assert {image.shape for image in images} == {images[0].shape}
    below_the_title = [image[60:] for image in images]
    assert not np.array_equal(below_the_title[0], below_the_title[1])
    assert np.array_equal(below_the_title[1], below_the_title[3])
    colors = [len(np.unique(image.reshape(-1, 3), axis=0)) for image in below_the_title]
    assert colors[1] >= colors[0] + 3


def test_animation_is_one_small_file_of_equal_bytes(folder, histories, data_dir, tmp_path):
    """A GIF that repeats, a frame an epoch, the last one for longer."""
    files = [tmp_path / "first.gif", tmp_path / "second.gif"]
    for file in files:
        animate(job_of("sharpening", data_dir, folder, histories), file)
    assert files[0].read_bytes() == files[1].read_bytes()
    with Image.open(files[0]) as gif:
        assert gif.n_frames >= 2
        assert gif.info["loop"] == 0
        gif.seek(gif.n_frames - 1)
        assert gif.info["duration"] >= 2000


def test_figure_that_is_not_animated_is_refused(folder, histories, data_dir, tmp_path):
    """The message names its file and what it lacks."""
    with pytest.raises(GridproofError, match=r"curves\.py: found no function 'frames'"):
        animate(job_of("curves", data_dir, folder, histories), tmp_path / "a.gif")
