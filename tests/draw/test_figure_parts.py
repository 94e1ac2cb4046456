"""What the files of figures declare."""

import os
import subprocess
import sys

import pytest
from docutils.core import publish_parts
from jinja2 import Environment

from draw.conftest import PARTS, ROOT
from gridproof.errors import GridproofError

FIGURES = PARTS.names("figures")


@pytest.mark.parametrize("name", FIGURES)
def test_figure_has_the_functions_that_its_declaration_promises(name):
    """Its module draws and describes it, and makes frames just where it is animated."""
    figure, module = PARTS.figure(name), PARTS.load("figures", name)
    assert callable(getattr(module, figure.function))
    assert callable(module.describe)
    assert callable(module.frames) if figure.animated else not hasattr(module, "frames")
    assert figure.has_chart == hasattr(module, "chart")
    assert figure.has_sliders == hasattr(module, "explore")


@pytest.mark.parametrize("name", FIGURES)
def test_figure_has_a_caption_beside_it(name):
    """Some sentences of plain text, which both reports read."""
    caption = PARTS.figure(name).caption
    assert caption.name == f"{name}.rst"
    text = caption.read_text(encoding="utf-8")
    assert text.endswith(".\n")
    assert "{" not in text


def test_caption_is_what_snakemakes_report_shows_of_a_figure():
    """Its one template, rendered as Snakemake does, includes the file of the caption."""
    template = (ROOT / "workflow" / "report" / "figure.rst").read_text(encoding="utf-8")
    caption = PARTS.figure("curves").caption
    text = (
        Environment(trim_blocks=True, lstrip_blocks=True)
        .from_string(template)
        .render(snakemake={"params": {"caption": os.path.relpath(caption)}})
    )
    shown = publish_parts(text, writer="html")["body"]
    assert shown.split() == f"<p>{caption.read_text(encoding='utf-8').strip()}</p>".split()


def test_unknown_figure_is_answered_with_the_nearest():
    """And with the list of all."""
    with pytest.raises(GridproofError, match=r"did you mean 'curves'\?.*boundaries, calibration"):
        PARTS.figure("curvs")


def test_experiments_do_not_list_pictures_of_the_data():
    """A map of places, a sheet of images and an overview of a table are of no experiment."""
    of_data = {name for name in FIGURES if PARTS.figure(name).shows == "data"}
    assert of_data == {"map", "contact_sheet", "data_overview"}


def test_sliders_move_over_maps():
    """The animation stands for itself."""
    explored = [name for name in FIGURES if PARTS.figure(name).has_sliders]
    assert explored == ["borders", "boundaries", "extremes"]


def test_declarations_are_read_without_matplotlib_or_torch():
    """Reading a study asks for all figures, and must stay quick."""
    code = (
        "import sys; from gridproof.catalogue import catalogue; parts = catalogue();"
        "[parts.figure(name) for name in parts.names('figures')];"
        "sys.exit(bool({'matplotlib', 'pandas', 'torch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
