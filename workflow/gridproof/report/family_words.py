"""What the families of an experiment's cells add to its section, and say of their training."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gridproof.errors import GridproofError
from gridproof.kit.section_words import PrintedNumber, SectionWords
from gridproof.part import Family
from gridproof.parts_folder import PartsFolder, import_part
from gridproof.tables.ask import Ask

PREDICTIONS = "predictions"
"""The table of what a model says of each example."""


def family_words(
    families: Iterable[Family], ask: Ask, folders: Sequence[PartsFolder]
) -> SectionWords:
    """Return what the families of an experiment's cells offer to its section, together.

    Raises
    ------
    GridproofError : two families offer one name, or one offers something else than words.
    """
    names: dict[str, Any] = {}
    notes: list[str] = []
    splits: dict[str, str] = {}
    numbers: dict[str, PrintedNumber] = {}
    for family in families:
        if not family.words:
            continue
        words = words_of(family, ask, folders)
        twice = sorted({*names, *numbers} & {*words.names, *words.numbers})
        if twice:
            raise GridproofError(
                f"experiment {ask.name!r}: {family.absolute(family.words)} offers {twice[0]!r}, "
                "which another family of its cells offers as well; expected names of its own"
            )
        names |= words.names
        notes += words.notes
        splits |= words.splits
        numbers |= words.numbers
    return SectionWords(names=names, notes=tuple(notes), splits=splits, numbers=numbers)


def words_of(family: Family, ask: Ask, folders: Sequence[PartsFolder]) -> SectionWords:
    """Return what one family offers; GridproofError if that is something else than words."""
    entry = family.absolute(family.words)
    module, _, function = entry.partition(":")
    found = getattr(import_part(module), function)(ask)
    if not isinstance(found, SectionWords):
        raise GridproofError(
            f"{entry}: found {type(found).__name__}, expected SectionWords of "
            "gridproof.kit.section_words"
        )
    return found


def have_predictions(families: Iterable[Family]) -> bool:
    """Tell whether the cells of all these families keep what they say of each example."""
    return all(PREDICTIONS in family.tables for family in families)


def listed(names: Sequence[str]) -> str:
    """Return names in a sentence: `a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
