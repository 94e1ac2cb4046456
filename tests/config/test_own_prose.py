"""Mistakes in a study's prose are told when the study is read, not after its training."""

from pathlib import Path

import pytest

from gridproof.config.prose_checks import PHRASE
from gridproof.errors import GridproofError
from workspace import REPOSITORY

from .conftest import Load

PROSE = REPOSITORY / "report"
CLAIMED = """claims:
  low-loss:
    statement: The loss is low.
    experiment: rates
    column: val_loss
    because: it is below one nat
    bound: {of: {learning_rate: 0.2}, at_most: 1}
"""


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        (b"It falls.\n\n[The loss\nis]{claim=low-lose} low.\n", "line 3: the phrase 'The loss is'"),
        (b"It falls.\nOf 5 \xb5m.\n", "line 2: found the byte 0xb5, expected UTF-8"),
        (b"One.\n\nTwo {{ mean('rates' }}.\n", "line 3: unexpected '}'"),
        (b"One.\n\n{% if 1 %}Two.\n\nThree.{% endif %}\n", "line 3: Unexpected end of template"),
        (b"- One {{ 1 }}.\n- {% if 1 %}Two.\n- Three{% endif %}.\n", "line 2: Unexpected end"),
    ],
    ids=["unknown claim", "not UTF-8", "malformed", "over paragraphs", "over items"],
)
def test_a_mistake_is_refused_with_file_and_line(
    prose: bytes, expected: str, load: Load, tmp_path: Path
) -> None:
    """The message names the key, the file, the line and what was found."""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "01-rates.md").write_bytes(prose)
    with pytest.raises(GridproofError) as caught:
        load(new="words: report\n" + CLAIMED)
    assert f"words: report/01-rates.md, {expected}" in str(caught.value)


@pytest.mark.parametrize("name", sorted(file.name for file in PROSE.glob("*.md")))
def test_prose_of_the_default_study_is_accepted(name: str, load: Load, tmp_path: Path) -> None:
    """Its choices between words lie within their paragraphs; its claims are not this study's."""
    (tmp_path / "report").mkdir()
    text = PHRASE.sub(r"\g<phrase>", (PROSE / name).read_text())
    (tmp_path / "report" / name).write_text(text)
    load(new="words: report\n" + CLAIMED)


def test_the_nearest_claim_is_named(load: Load, tmp_path: Path) -> None:
    """A misspelt id is most often a slip."""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "findings.md").write_text("[It is low]{claim=low-lose}.")
    with pytest.raises(GridproofError, match="did you mean 'low-loss'"):
        load(new="words: report\n" + CLAIMED)


def test_prose_that_names_claims_of_the_study_is_accepted(load: Load, tmp_path: Path) -> None:
    """Other braces and links are no phrases."""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "findings.md").write_text("[It is low]{claim=low-loss}, [so](#x).")
    load(new="words: report\n" + CLAIMED)
