"""What sections about convolutional networks say of their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridproof.kit.section_words import SectionWords

if TYPE_CHECKING:
    from gridproof.tables.ask import Ask

FAMILY = "cnn"


def section_words(ask: Ask) -> SectionWords:
    """Return a note on the size of the images; see `gridproof.part.Family.words`."""
    sizes = sorted(
        {
            int(member.parameters["image_size"])
            for member in ask.members
            if member.parameters["family"] == FAMILY
        }
    )
    note = (
        f"The networks see the images at {' or '.join(map(str, sizes))} pixels square, which the "
        "study chose: on larger ones each step takes longer."
    )
    return SectionWords(notes=(note,) if sizes else ())
