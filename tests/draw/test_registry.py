import subprocess
import sys
from importlib import import_module

import pytest

from gridproof.draw.figure_registry import EXPERIMENT_FIGURES, FIGURES, find_figure
from gridproof.errors import GridproofError


@pytest.mark.parametrize("name", FIGURES)
def test_entry_names_functions_that_exist(name):
    """Each entry's module has the function that draws and the one that describes."""
    entry = FIGURES[name]
    module = import_module(entry.module)
    assert entry.name == name
    assert callable(getattr(module, entry.function))
    assert callable(getattr(module, entry.describing))
    assert callable(module.frames) if entry.animated else not hasattr(module, "frames")


def test_find_figure_names_the_nearest():
    """A misspelled figure is answered with the nearest name and the list of all."""
    with pytest.raises(GridproofError, match=r"did you mean 'curves'\?.*boundaries, calibration"):
        find_figure("curvs")


def test_experiments_do_not_list_pictures_of_the_data():
    """The map of places and the sheet of images are no figures of an experiment."""
    assert set(FIGURES) - set(EXPERIMENT_FIGURES) == {"map", "contact_sheet"}


def test_registry_imports_neither_matplotlib_nor_torch():
    """Reading a study asks the registry, and must stay quick."""
    code = (
        "import sys, gridproof.draw.figure_registry;"
        "sys.exit(bool({'matplotlib', 'pandas', 'torch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
