"""Families say what is theirs; the report imports none of them by name."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pandas as pd
import pytest

from gridproof.catalogue import catalogue
from gridproof.errors import GridproofError
from gridproof.kit.section_words import SectionWords
from gridproof.part import Family, Parameters
from gridproof.report.family_words import family_words
from gridproof.report.prediction_words import MCNEMAR, SWAPS, Predictions

ASK = SimpleNamespace(name="mine", members=[])


def family(name: str, *, words: str = "") -> Family:
    """Return a family of a module that does not have to be there."""
    return Family(
        description="",
        kind="table",
        parameters=Parameters,
        trainer=":start",
        libraries=(),
        words=words,
        name=name,
        package="made_up_families",
    )


@pytest.fixture
def offered(monkeypatch):
    """Return a module of words; what it says is set by the test."""
    module = ModuleType("made_up_families.talk")
    monkeypatch.setitem(sys.modules, "made_up_families", ModuleType("made_up_families"))
    monkeypatch.setitem(sys.modules, "made_up_families.talk", module)
    return module


def test_words_of_all_families_of_the_cells_are_joined(offered) -> None:
    """Names, notes and ways to measure a split; a family without words adds nothing."""
    offered.one = lambda ask: SectionWords(names={"heat": 1}, notes=("It is warm.",))
    offered.two = lambda ask: SectionWords(names={"cold": 2}, splits={"test_wet": "wet"})
    families = [family("a", words="talk:one"), family("b", words="talk:two"), family("c")]
    words = family_words(families, ASK, ())
    assert words.names == {"heat": 1, "cold": 2}
    assert words.notes == ("It is warm.",)
    assert words.splits == {"test_wet": "wet"}


def test_two_families_with_one_name_are_refused(offered) -> None:
    """The error names the second and the name."""
    offered.one = offered.two = lambda ask: SectionWords(names={"heat": 1})
    families = [family("a", words="talk:one"), family("b", words="talk:two")]
    with pytest.raises(GridproofError, match=r"made_up_families\.talk:two offers 'heat'"):
        family_words(families, ASK, ())


def test_something_else_than_words_is_refused(offered) -> None:
    """A dict is none."""
    offered.one = lambda ask: {"heat": 1}
    with pytest.raises(GridproofError, match="found dict, expected SectionWords"):
        family_words([family("a", words="talk:one")], ASK, ())


def test_families_of_the_package_that_name_words_have_them() -> None:
    """Each entry can be called; it says nothing of an experiment without cells."""
    parts = catalogue()
    families = [parts.family(name) for name in parts.names("families")]
    assert any(item.words for item in families)
    words = family_words(families, ASK, parts.folders)
    assert words.notes == ()
    assert {"dead", "gradients", "regions"} <= set(words.names)


@pytest.mark.parametrize(
    ("n_seeds", "n_groups", "name"),
    [
        ((1, 1), 40, MCNEMAR),
        ((1, 5), 40, SWAPS.format(count=40, groups="images")),
        ((1, 1), 4, SWAPS.format(count=4, groups="photographs")),
    ],
)
def test_mcnemar_is_named_for_one_seed_each_of_images_that_are_no_parts(
    n_seeds: tuple[int, ...], n_groups: int, name: str
) -> None:
    """With several seeds, or images of one photograph, the test swaps all of them together."""
    judged = Predictions(ask=ASK)
    names = [f"photo {row % n_groups}//{row}" for row in range(40)]
    judged.__dict__["models"] = {
        str(place): pd.DataFrame(True, index=names, columns=range(count))
        for place, count in enumerate(n_seeds)
    }
    assert judged.test_name == name
