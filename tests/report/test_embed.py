"""Image files as the page holds them."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import PIL.Image
import pytest
from matplotlib.figure import Figure

from gridproof.draw.drawing import save_svg
from gridproof.kit.style import figure_style
from gridproof.report.embed import compact_svg, data_uri, in_few_colours, webp

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A chart with lines, texts with signs that XML and addresses escape, and a legend."""
    path = tmp_path / "chart.svg"
    with figure_style():
        figure = Figure()
        axes = figure.add_subplot()
        axes.plot([1 / 3, 2 / 3, 7], [1e-3, 22 / 7, 2], label='50 % of "A & B" <c> #1')
        axes.legend()
        save_svg(figure, path)
    return path


def test_svg_keeps_its_elements_and_moves_no_point_by_a_hundredth(drawing: Path) -> None:
    """The same tree; factors such as scales to the last digit, coordinates to half a hundredth."""
    text = drawing.read_text()
    before, after = ElementTree.fromstring(text), ElementTree.fromstring(compact_svg(text))
    pairs = list(zip(before.iter(), after.iter(), strict=True))
    assert len(pairs) > 50
    for old, new in pairs:
        assert old.tag == new.tag
        assert (old.text or "").split() == (new.text or "").split()
        assert old.attrib.keys() == new.attrib.keys()
        for name, value in old.attrib.items():
            if name not in ("d", "x", "y", "points"):
                assert new.attrib[name] == value
                continue
            numbers = [
                [float(n) for n in NUMBER.findall(text)] for text in (value, new.attrib[name])
            ]
            assert numbers[1] == pytest.approx(numbers[0], abs=0.00501)
    assert len(compact_svg(text)) < 0.9 * len(text)


def test_address_of_an_svg_stands_in_double_quotes_and_gives_the_svg_back(drawing: Path) -> None:
    """No sign in it ends the attribute, begins a fragment or an entity of HTML."""
    head, _, body = data_uri(drawing).partition(",")
    assert head == "data:image/svg+xml"
    assert not set('"&#\n') & set(body)
    assert unquote(body) == compact_svg(drawing.read_text())


def chart_pixels() -> np.ndarray:
    """Return an image of 60 colours in areas and thin lines, as a chart has them."""
    generator = np.random.default_rng(0)
    colours = generator.integers(0, 256, (60, 3), dtype=np.uint8)
    drawn = colours[np.arange(300 * 400).reshape(300, 400) // 4000 % 60]
    for row, colour in enumerate(colours):
        drawn[5 * row] = colour
    return drawn


def test_chart_of_few_colours_stays_as_it_was(tmp_path: Path) -> None:
    """Lines and letters lose nothing, nor is one colour taken for another."""
    PIL.Image.fromarray(chart_pixels()).save(tmp_path / "a.png")
    with PIL.Image.open(BytesIO(webp(tmp_path / "a.png", 80))) as image:
        assert np.array_equal(np.asarray(image.convert("RGB")), chart_pixels())


def test_rare_colour_of_many_stays_near_its_own(tmp_path: Path) -> None:
    """A thin line over shaded areas is not drawn in their colour."""
    shades = np.linspace(0, 255, 300).astype(np.uint8)
    drawn = np.stack(np.broadcast_arrays(shades[:, None], shades[None, :], np.uint8(128)), axis=-1)
    drawn = np.ascontiguousarray(drawn)
    drawn[150] = (255, 0, 255)
    with PIL.Image.open(BytesIO(in_few_colours(PIL.Image.fromarray(drawn)))) as image:
        line = np.asarray(image.convert("RGB"))[150].astype(int)
    assert np.abs(line - (255, 0, 255)).max() <= 40
