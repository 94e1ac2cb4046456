import pytest

from gridproof.catalogue import ENGINE_FOLDER, catalogue
from gridproof.report.pictures import read_caption
from gridproof.report.prose_lint import check_templates, typed_numbers
from report.conftest import PARTS, ROOT, TEMPLATES, WORDS


@pytest.mark.parametrize("folder", [TEMPLATES, WORDS, ENGINE_FOLDER.path, ROOT / "study"])
def test_no_template_types_a_number(folder):
    """Every number in the report's words is asked from the tables, whoever wrote them."""
    assert list(folder.rglob("*.j2")) + list(folder.rglob("*.rst"))
    assert check_templates(folder) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("accuracy is 80 %\n", [1]),
        ("accuracy is {{ ask.mean('val_accuracy', epoch=3) }}\n", []),
        ("{% if ask.members | length > 1 %}\nsome\n{% endif %}\nlayer 6\n", [4]),
        ("see [the paper](https://arxiv.org/abs/1502.03167)\n", []),
        ("see [paper 2](https://example.org)\n", [1]),
        ("some\nTwelve layers and\ntwice the width\n", [2, 3]),
        ("one of them; nobody attends; {{ two }}\n", []),
    ],
    ids=["typed", "asked", "line", "link", "link text", "words", "grammar"],
)
def test_typed_numbers_finds_digits_and_words_outside_expressions(text, lines):
    """Numbers count in prose, not in expressions and addresses."""
    assert [number for number, _ in typed_numbers(text)] == lines


def test_every_figure_has_a_caption_of_its_own():
    """A figure without a caption stops the build."""
    parts = catalogue((PARTS,))
    captions = [read_caption(parts.figure(name)) for name in parts.names("figures")]
    assert len(set(captions)) == len(captions) > 0
