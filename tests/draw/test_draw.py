import json

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from draw.conftest import PARTS, job_of
from draw.synthetic import MEASUREMENTS, synthetic_cell, write_checkpoint, write_history
from gridproof.draw.drawing import draw
from gridproof.draw.part_functions import function_of, inputs_of
from gridproof.errors import GridproofError
from gridproof.kit.style import figure_style
from gridproof.tables.members import load_slice

WIDTHS = (4, 8, 16, 32, 64)
SLACK = 0.02
"""Inches by which what is drawn may touch the edge of a figure."""
IMAGES = ("images", "features")
OF_TABLES = [
    name
    for name in PARTS.names("figures")
    if not set(IMAGES) & set(PARTS.figure(name).kinds)
    and not {"cnn", "xgboost"} & set(PARTS.figure(name).families)
]


def test_most_figures_show_networks_on_tables():
    """What is drawn below is no empty list."""
    assert {"curves", "splits", "boundaries", "data_overview", "map"} <= set(OF_TABLES)
    assert len(OF_TABLES) > 15


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_TABLES)
def test_draw_writes_equal_bytes_twice(name, make_slice, data_dir, tmp_path):
    """PNG, SVG and text alternative are whole and hold no date."""
    shape = {"depth": 1, "width": 4, "epochs": 3, "gradient_norms": True}
    other = {"depth": {"depth": 2}, "heatmap": {"depth": 2, "width": 8}}.get(name, {"width": 8})
    folder = make_slice(
        synthetic_cell("one", measure=MEASUREMENTS, **shape),
        synthetic_cell("two", position=1, final=0.9, measure=MEASUREMENTS, **(shape | other)),
        name="shape",
    )
    weights = {}
    for member in load_slice(folder).members():
        width, path = member.parameters["width"], tmp_path / f"{member.cell}.safetensors"
        if PARTS.figure(name).animated:
            weights[member.cell] = write_history(path, n_epochs=3, width=width)
        else:
            weights[member.cell] = write_checkpoint(path, width=width)
    job = job_of(name, data_dir, folder, weights)
    files = []
    for turn in ("first", "second"):
        png, svg = tmp_path / turn / f"{name}.png", tmp_path / turn / f"{name}.svg"
        draw(job, png, svg)
        files.append([png, svg, png.with_suffix(".json")])
        assert sorted(png.parent.iterdir()) == sorted(files[-1])
    first, second = ([file.read_bytes() for file in turn] for turn in files)
    assert first == second
    assert first[0].startswith(b"\x89PNG")
    assert b"<dc:date>" not in first[1]
    assert set(json.loads(first[2])) == {"figure", "alt"}


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", OF_TABLES)
def test_nothing_of_a_figure_is_cut_off(name, count, make_slice, data_dir, tmp_path):
    """Titles, labels and legends lie within the figure, however many cells it shows."""
    entry = PARTS.figure(name)
    if count == 1 and (entry.varies or entry.compares or name == "extremes"):
        pytest.skip("shows how cells differ")
    swept = "depth" if name in ("depth", "sharpening") else "width"
    cells = [
        synthetic_cell(
            f"{swept} {value}",
            position=place,
            measure=MEASUREMENTS,
            epochs=3,
            gradient_norms=True,
            **(
                {"depth": 1, "width": 4}
                | {swept: 2 ** (place + 2) if swept == "width" else place + 1}
            ),
            **({"learning_rate": 0.1 / (place + 1)} if name == "heatmap" else {}),
        )
        for place, value in enumerate(range(1, count + 1) if swept == "depth" else WIDTHS[:count])
    ]
    folder = make_slice(*cells, name="shape")
    weights = {}
    for member in load_slice(folder).members():
        path = tmp_path / f"{member.cell}.safetensors"
        write = write_history if entry.animated else write_checkpoint
        more = {"n_epochs": 3} if entry.animated else {}
        weights[member.cell] = write(path, width=member.parameters["width"], **more)
    inputs = inputs_of(job_of(name, data_dir, folder, weights))
    with figure_style():
        figure = function_of(entry.module, entry.function)(inputs)
        FigureCanvasAgg(figure).draw()
        box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert box.x0 >= -SLACK
    assert box.y0 >= -SLACK
    assert box.x1 <= width + SLACK
    assert box.y1 <= height + SLACK


def test_draw_needs_the_tables_of_an_experiment(data_dir, tmp_path):
    """A figure of an experiment without its slice is refused before anything is written."""
    with pytest.raises(GridproofError, match="name the folder of its tables"):
        draw(job_of("curves", data_dir), tmp_path / "a.png", tmp_path / "a.svg")
    assert not (tmp_path / "a.png").exists()


def test_draw_names_a_table_that_is_cut(make_slice, data_dir, tmp_path):
    """An unreadable Parquet file is told by its name."""
    folder = make_slice(synthetic_cell("one", epochs=2))
    (folder / "epochs.parquet").write_bytes(b"PAR1")
    with pytest.raises(GridproofError, match=r"epochs\.parquet: cannot be read as Parquet"):
        draw(job_of("curves", data_dir, folder), tmp_path / "a.png", tmp_path / "a.svg")
