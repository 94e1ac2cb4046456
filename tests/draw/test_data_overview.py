"""The figure `data_overview`: any table at a glance."""

import json

import numpy as np
import pandas as pd
import pytest

from gridproof.draw.inputs import Inputs
from gridproof.kit.style import figure_style
from gridproof.parts.figures import data_overview

SPLITS = np.array(["train"] * 8 + ["val", "test"])


@pytest.fixture
def made(tmp_path):
    """A function that returns prepared rows of some features, and classes or a number."""

    def make(n_features, n_classes, n_rows=400):
        generator = np.random.default_rng(0)
        split = np.resize(SPLITS, n_rows)
        frame = pd.DataFrame({"split": split})
        for number in range(n_features):
            frame[f"f{number}"] = generator.normal(size=n_rows).astype(np.float32)
        facts = {
            "rows": {name: int((split == name).sum()) for name in ("train", "val", "test")},
            "columns": [
                {"name": f"f{n}", "min": -4.0, "max": 4.0, "unit": "mm" if n == 0 else ""}
                for n in range(n_features)
            ],
        }
        if n_classes:
            frame["target"] = np.arange(n_rows) % n_classes
            counts = frame.groupby(["split", "target"]).size().unstack(fill_value=0)
            facts |= {
                "classes": [f"class {label}" for label in range(n_classes)],
                "n_classes": n_classes,
                "class_counts": {name: counts.loc[name].tolist() for name in counts.index},
                "target": {"name": "species", "unit": ""},
            }
        else:
            frame["target"] = frame["f0"] * 2.0
            low, high = float(frame["target"].min()), float(frame["target"].max())
            facts["target"] = {"name": "price", "unit": "EUR", "min": low, "max": high}
            facts["target"] |= {"mean": 0.5, "sd": 2.0}
        frame.to_parquet(tmp_path / "data.parquet")
        (tmp_path / "facts.json").write_text(json.dumps(facts))
        return Inputs(data_dir=tmp_path)

    return make


def drawn(inputs):
    """Return the panels of the figure."""
    with figure_style():
        return data_overview.table_at_a_glance(inputs).axes


def test_classes_are_bars_and_two_features_a_plane(made):
    """A bar a class and split, as long as it has rows; a dot a row, in as many colours."""
    inputs = made(n_features=2, n_classes=3)
    bars, plane = drawn(inputs)
    assert [label.get_text() for label in bars.get_yticklabels()] == [
        "class 0",
        "class 1",
        "class 2",
    ]
    lengths = np.array([bar.get_width() for bar in bars.patches]).reshape(3, 3)
    counts = inputs.facts()["class_counts"]
    np.testing.assert_array_equal(lengths, [counts[name] for name in ("train", "val", "test")])
    assert bars.get_title(loc="left") == "species: 3 classes"
    assert (plane.get_xlabel(), plane.get_ylabel()) == ("f0 (mm)", "f1")
    assert sum(len(dots.get_offsets()) for dots in plane.collections) == 400
    assert len({tuple(dots.get_facecolor()[0]) for dots in plane.collections}) == 3


def test_of_many_classes_the_most_frequent_are_shown(made):
    """Thirty bars at most; those beyond the colours that can be told apart are grey."""
    bars, plane = drawn(made(n_features=2, n_classes=33))
    assert len(bars.get_yticklabels()) == 30
    assert bars.get_title(loc="left") == "species: 33 classes, the 30 most frequent"
    assert [dots.get_label() for dots in plane.collections][:2] == ["others", "class 0"]
    assert len(plane.collections) == 7


@pytest.mark.parametrize(("n_features", "panels"), [(1, 1), (3, 3), (12, 9)])
def test_other_numbers_of_features_are_shown_one_by_one(made, n_features, panels):
    """A histogram of the train split each, of nine at most."""
    _, *features = drawn(made(n_features=n_features, n_classes=2))
    assert [axes.get_xlabel() for axes in features][:1] == ["f0 (mm)"]
    assert len(features) == panels
    assert sum(bar.get_height() for bar in features[0].patches) == 320


def test_number_is_a_distribution_by_split(made):
    """Its name and unit stand at the axis, and colours of the plane say it again."""
    target, plane, bar = drawn(made(n_features=2, n_classes=0))
    assert target.get_xlabel() == bar.get_ylabel() == "price (EUR)"
    assert len(target.patches) == 3
    assert len(plane.collections[0].get_offsets()) == 400


def test_description_says_what_there_is(made):
    """Rows, features with their ranges, and the classes or the number."""
    text = data_overview.describe(made(n_features=2, n_classes=2))
    assert "a table of 400 rows (train 320, val 40, test 40)" in text
    assert "f0 (mm) from -4 to 4; f1 from -4 to 4" in text
    assert "species in 2 classes: class 0 200, class 1 200" in text
    text = data_overview.describe(made(n_features=1, n_classes=0))
    assert "0.5 ± 2 in the train split" in text
