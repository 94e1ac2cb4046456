"""The figures that show images, and the map of the pixels that trees look at."""

import numpy as np
import pytest

from draw.synthetic_images import CROP, HARD, SIZE, Model, accuracy, two
from gridproof.errors import GridproofError
from gridproof.kit.style import figure_style
from gridproof.parts.figures import misclassified, missed_by_all, pixel_importance
from gridproof.parts.figures.gallery import images_by_name


def test_misclassified_shows_the_surest_mistakes_of_both_ends(compared):
    """The images that every model is surely wrong about come first for the best model."""
    (best, place, tiles), (worst, last, others) = misclassified.mistakes(compared)
    accuracies = {member.label: accuracy(member) for member in compared.members}
    assert (best, worst) == ("best", "worst")
    assert accuracies[place.label] == max(accuracies.values())
    assert accuracies[last.label] == min(accuracies.values())
    assert [tile.image for tile in tiles[:3]] == [f"test/{row:03d}" for row in HARD]
    assert len(others) == 5
    with figure_style():
        figure = misclassified.mistakes_of_extremes(compared)
    shown = [axes for axes in figure.axes if axes.images]
    assert len(shown) == len(tiles) + len(others)
    pixels = np.load(compared.data_dir / "images.npy")[-40:]
    np.testing.assert_array_equal(shown[0].images[0].get_array(), pixels[HARD[0]])
    assert shown[0].images[0].get_array().shape == (SIZE, SIZE, 3)
    assert shown[0].get_title().startswith("true: fake\nscore 0.9")


def test_misclassified_says_that_a_model_makes_no_mistake(given_models, monkeypatch):
    """One faultless model: no image, one sentence."""
    monkeypatch.setattr("draw.synthetic_images.HARD", ())
    inputs = given_models([Model(label="good", skill=20.0)])
    with figure_style():
        figure = misclassified.mistakes_of_extremes(inputs)
    assert not figure.axes
    assert "Only, good with a test accuracy of 1.000: wrong about no" in misclassified.describe(
        inputs
    )


def test_missed_by_all_shows_what_every_model_gets_wrong(compared):
    """Those are the three images that were made so."""
    names = [f"test/{row:03d}" for row in HARD]
    assert [tile.image for tile in missed_by_all.missed_tiles(compared)] == names
    with figure_style():
        figure = missed_by_all.missed_by_all_models(compared)
    assert len([axes for axes in figure.axes if axes.images]) == 3
    assert "3 of 40 test images fool all 17 models." in missed_by_all.describe(compared)


def test_missed_by_all_is_a_sentence_where_there_is_none(given_models, monkeypatch):
    """A faultless model among others leaves nothing to show."""
    monkeypatch.setattr("draw.synthetic_images.HARD", ())
    inputs = given_models([Model(label="good", skill=20.0), Model(label="bad", skill=0.0)])
    with figure_style():
        figure = missed_by_all.missed_by_all_models(inputs)
    assert not figure.axes
    assert figure.texts[0].get_text() == "No test image fools all 2 models."


def test_gallery_names_an_image_that_the_data_lack(compared, tmp_path):
    """Predictions of other data are told as such."""
    with pytest.raises(GridproofError, match="no image 'test/900', which was predicted"):
        images_by_name(compared.data_dir, ["test/900"])


def test_pixel_importance_finds_the_pixels_that_were_learned_from(compared):
    """All gain lies in column 3, most in rows 2 and 5; the shares add up to one."""
    shares = pixel_importance.pixel_shares(compared, compared.members[-1])
    assert shares.shape == (CROP, CROP)
    assert shares.sum() == pytest.approx(1)
    assert shares[:, 3].sum() == pytest.approx(1)
    assert set(np.argsort(shares[:, 3])[-2:]) == {2, 5}
    assert "8 of 64 pixels are used" in pixel_importance.describe(compared)


def test_pixel_importance_refuses_what_are_no_trees_of_the_crop(given_models, tmp_path):
    """Another crop, a file that is cut and an experiment without trees are errors with names."""
    other = {"family": "xgboost", "crop": 9, "sees": "pixels"}
    inputs = given_models([Model(label="default", skill=1.0, seeds=(0,), parameters=other)])
    (member,) = inputs.members
    with pytest.raises(GridproofError, match="found trees on 192 numbers, expected 9 x 9 x 3"):
        pixel_importance.pixel_shares(inputs, member)
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(inputs.weights_of(member.cell).read_bytes()[:50])
    with pytest.raises(GridproofError, match=r"cut\.safetensors: cannot be read as trees"):
        pixel_importance.feature_gains(cut, "seed-0/final/model")
    with pytest.raises(GridproofError, match="has the parameter 'sees'"):
        pixel_importance.boosted(given_models(two()))
