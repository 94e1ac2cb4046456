"""The figures of curves: `curves` and `splits`."""

import numpy as np
import pytest

from draw.synthetic import PRIOR, synthetic_cell
from gridproof.draw.inputs import Inputs
from gridproof.kit.style import figure_style
from gridproof.parts.figures import curves, splits
from gridproof.tables.members import load_slice


@pytest.fixture
def inputs(make_slice, data_dir):
    """Two cells; one seed of the second diverged at epoch 7."""
    folder = make_slice(
        synthetic_cell("learning_rate 0.1", final=0.4, epochs=10),
        synthetic_cell("learning_rate 1.0", position=1, final=0.9, epochs=10, diverged={1: 7}),
    )
    return Inputs(tables=load_slice(folder), data_dir=data_dir)


def legend_texts(figure):
    """Return all texts of the figure's legend."""
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_curves_draws_a_line_a_cell_and_the_prior(inputs):
    """Axes are named with units, and the legend says which line is which."""
    with figure_style():
        figure = curves.loss_by_epoch(inputs)
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "validation loss (nats)")
    assert legend_texts(figure) == [
        "learning_rate 0.1",
        "learning_rate 1.0 (1 of 3 seeds diverged at epoch 7)",
        "entropy of the class prior",
    ]
    assert (
        figure.legends[0].get_title().get_text() == "mean of 3 seeds, band from lowest to highest"
    )
    prior = axes.lines[-1]
    assert prior.get_linestyle() == ":"
    assert set(prior.get_ydata()) == {PRIOR}


def test_curves_draws_mean_and_range_of_the_seeds(inputs):
    """The line is the mean over the seeds; the band reaches from the lowest to the highest."""
    with figure_style():
        axes = curves.loss_by_epoch(inputs).axes[0]
    losses = inputs.members[0].by_seed("val_loss")
    np.testing.assert_allclose(axes.lines[0].get_ydata(), losses.mean(axis=1))
    corners = axes.collections[0].get_paths()[0].vertices
    assert corners[:, 1].min() == pytest.approx(losses.to_numpy().min())
    assert corners[:, 1].max() == pytest.approx(losses.to_numpy().max())


def test_curves_marks_the_last_finite_epoch_of_a_diverged_seed(inputs):
    """A cross stands where the diverged replicate was last seen; the mean goes on without it."""
    with figure_style():
        axes = curves.loss_by_epoch(inputs).axes[0]
    (cross,) = [line for line in axes.lines if line.get_marker() == "X"]
    losses = inputs.members[1].by_seed("val_loss")
    assert cross.get_xdata()[0] == 6
    assert cross.get_ydata()[0] == pytest.approx(losses[1].loc[6])
    (line,) = [line for line in axes.lines if line.get_label().startswith("learning_rate 1.0")]
    assert line.get_ydata()[7] == pytest.approx(losses[[0, 2]].loc[7].mean())


def test_curves_draws_a_cell_that_diverged_altogether(make_slice, data_dir):
    """Nothing but NaN is a result: the legend says when."""
    cell = synthetic_cell("learning_rate 9.0", epochs=4, seeds=(0,), diverged={0: 1})
    inputs = Inputs(tables=load_slice(make_slice(cell)), data_dir=data_dir)
    with figure_style():
        figure = curves.loss_by_epoch(inputs)
    assert legend_texts(figure)[0] == "learning_rate 9.0 (diverged at epoch 1)"
    assert figure.legends[0].get_title().get_text() == "one seed"
    assert "learning_rate 9.0 (diverged at epoch 1): not finite" in curves.describe(inputs)


def test_curves_tells_many_cells_apart(make_slice, data_dir):
    """More cells than colours: no two lines have the same colour and dash."""
    cells = [synthetic_cell(f"depth {i}", position=i, epochs=2, depth=i) for i in range(12)]
    inputs = Inputs(tables=load_slice(make_slice(*cells)), data_dir=data_dir)
    with figure_style():
        lines = curves.loss_by_epoch(inputs).axes[0].lines[:-1]
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 12


def test_splits_draws_two_panels_a_cell(inputs):
    """Each cell has a panel of losses and one of accuracies with a line for each split."""
    with figure_style():
        figure = splits.splits_by_epoch(inputs)
    assert len(figure.axes) == 4
    assert [axes.get_ylabel() for axes in figure.axes] == [
        "loss (nats)",
        "accuracy (fraction)",
    ] * 2
    assert [axes.get_xlabel() for axes in figure.axes[2:]] == ["epoch", "epoch"]
    assert all(len(axes.lines) == 4 for axes in figure.axes)
    assert legend_texts(figure) == ["train", "val", "test", "class prior"]
    assert figure.axes[2].get_title(loc="left") == (
        "learning_rate 1.0 (1 of 3 seeds diverged at epoch 7)"
    )


def test_splits_leaves_out_accuracies_after_divergence(inputs):
    """The zero accuracy that a diverged replicate records does not lower the mean."""
    values = inputs.members[1].by_seed("val_accuracy")
    assert values[1].loc[7:].isna().all()
    with figure_style():
        axes = splits.splits_by_epoch(inputs).axes[3]
    np.testing.assert_allclose(axes.lines[1].get_ydata()[7], values[[0, 2]].loc[7].mean())


def test_descriptions_state_the_final_numbers(inputs):
    """Text alternatives hold the values that the lines end at."""
    finals = inputs.members[0].finals("val_loss")
    written = f"{finals.mean():.3f} ± {finals.std():.3f}"
    assert written in curves.describe(inputs)
    assert f"val loss {written}" in splits.describe(inputs)
