"""The figure `contact_sheet`: some images of the data."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gridproof.draw.inputs import Inputs
from gridproof.kit.style import figure_style
from gridproof.parts.figures import contact_sheet

SIZE = 16


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    """Ten images a class and split, each of one colour that counts the rows."""
    splits = [split for split in ("train", "val", "test") for _ in range(20)]
    table = {"split": splits, "image": [f"i{row}" for row in range(60)], "label": [0, 1] * 30}
    pq.write_table(pa.table(table), tmp_path / "data.parquet")
    images = np.zeros((60, SIZE, SIZE, 3), dtype=np.uint8)
    images += np.arange(60, dtype=np.uint8)[:, None, None, None]
    np.save(tmp_path / "images.npy", images)
    facts = {
        "rows": dict.fromkeys(("train", "val", "test"), 20),
        "classes": ["fake", "real"],
        "class_counts": {split: [10, 10] for split in ("train", "val", "test")},
        "size": SIZE,
        "near_duplicate_pairs": 0,
        "divisions": 1,
    }
    (tmp_path / "facts.json").write_text(json.dumps(facts))
    return Inputs(data_dir=tmp_path)


def test_rows_are_images_of_each_class_from_its_first_to_its_last(inputs: Inputs) -> None:
    """Real above fake in each split, each row eight of ten in their order."""
    with figure_style():
        panels = contact_sheet.images_by_split(inputs).axes
    assert [panel.get_ylabel() for panel in panels] == [
        f"{split}\n{name}" for split in ("train", "val", "test") for name in ("real", "fake")
    ]
    for number, panel in enumerate(panels):
        first = 20 * (number // 2) + (1 - number % 2)
        row = np.asarray(panel.images[0].get_array())
        assert row[0, :: SIZE + 1, 0].tolist() == [
            first + 2 * place for place in (0, 1, 2, 3, 5, 6, 7, 9)
        ]


def test_short_class_leaves_its_row_white() -> None:
    """Fewer images than places are followed by white."""
    row = contact_sheet.mosaic(np.zeros((3, SIZE, SIZE, 3), dtype=np.uint8))
    assert row.shape == (SIZE, 8 * SIZE + 7, 3)
    assert (row[:, :SIZE] == 0).all()
    assert (row[:, 3 * (SIZE + 1) :] == 255).all()


def test_description_states_the_rule_and_the_counts(inputs: Inputs) -> None:
    """Who cannot see the figure learns what is in it."""
    text = contact_sheet.describe(inputs)
    assert "8 of the class, spread over the order of the data" in text
    assert "val 10 real and 10 fake" in text
    assert "No two images of different splits look alike" in text
