"""The page hands the sliders' frames to their script, below one map of an experiment."""

import json

import pytest

from draw.synthetic import synthetic_cell
from gridproof.errors import GridproofError

CONTENT = {"kind": "explorer", "cells": []}
TEXT = json.dumps(CONTENT)


def write_frames(study, experiment, text=TEXT):
    """Write what the workflow draws for an experiment."""
    (study.root / "figures" / experiment / "explorer.json").write_text(text)


def test_frames_stand_below_one_map_of_their_experiment(study):
    """The figure names the block that holds them; Markdown has nothing of it."""
    cells = [synthetic_cell(f"depth {n}", position=n, depth=n) for n in (1, 2)]
    study.add("shape", cells, figures=("curves", "boundaries", "extremes"))
    write_frames(study, "shape")
    markdown, page = study.build()
    assert page.count('<figure data-enhancement="explorer-shape">') == 1
    assert f'id="explorer-shape">{json.dumps(CONTENT, separators=(",", ":"))}</script>' in page
    assert "explorer" not in markdown


def test_frames_that_are_not_there_leave_the_figure_as_it_is(study):
    """As in a study whose workflow draws none."""
    study.add("shape", [synthetic_cell("depth 1", depth=1)], figures=("curves", "boundaries"))
    _, page = study.build()
    assert 'data-enhancement="explorer' not in page.partition("<script")[0]


def test_null_in_place_of_frames_leaves_the_figure_as_it_is(study):
    """As where the cells of an experiment share depth and width."""
    cells = [synthetic_cell(f"cell {n}", position=n, batch_size=2**n) for n in (5, 6)]
    study.add("sizes", cells, figures=("curves", "boundaries"))
    write_frames(study, "sizes", "null")
    _, page = study.build()
    assert 'id="explorer-sizes"' not in page
    assert 'data-enhancement="explorer' not in page.partition("<script")[0]


def test_broken_frames_are_told(study):
    """The message names the file."""
    study.add("shape", [synthetic_cell("depth 1", depth=1)], figures=("curves", "boundaries"))
    write_frames(study, "shape", "{")
    with pytest.raises(GridproofError, match=r"explorer\.json: cannot be read as JSON"):
        study.build()
