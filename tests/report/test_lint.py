import re
import subprocess
import sys
from zipfile import ZipFile

import pytest

from gridproof.catalogue import ENGINE_FOLDER, catalogue
from gridproof.report.pictures import read_caption
from gridproof.report.prose_lint import check_templates, typed_numbers
from gridproof.report.template_files import template_files
from report.conftest import PARTS, ROOT, TEMPLATES, WORDS


@pytest.mark.parametrize("folder", [TEMPLATES, WORDS, ENGINE_FOLDER.path, ROOT / "study"])
def test_no_template_types_a_number(folder):
    """Every number in the report's words is asked from the tables, whoever wrote them."""
    assert list(folder.rglob("*.j2")) + list(folder.rglob("*.rst"))
    assert check_templates(folder) == []


OWN = catalogue()

DECISION = re.compile(r"\{%-? *(?:if|elif|for|set)\b[^%]*")
COMPARED = re.compile(
    r"[<>]|[=!]=|[-+*/] *\d|append|"
    r"\| *(?:min|max|sum|sort|abs|select|reject|selectattr|rejectattr)\b"
)
"""What decides or computes: a comparison, arithmetic, a filter that picks or orders."""


@pytest.mark.parametrize("folder", [TEMPLATES, WORDS, ENGINE_FOLDER.path, ROOT / "study"])
def test_templates_decide_nothing_but_whether_there_is_an_answer(folder):
    """What rises, what is largest and what is worth telling are functions with tests."""
    deciding = [
        f"{path.name}: {found}"
        for path in folder.rglob("*.md.j2")
        for found in DECISION.findall(path.read_text())
        if COMPARED.search(found)
    ]
    assert deciding == []


def test_package_brings_its_templates(tmp_path):
    """A wheel holds all files of words and looks that the package's own folder has."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    package = ENGINE_FOLDER.path.parent
    files = {path.relative_to(package.parent).as_posix() for _, path in template_files(None, OWN)}
    assert files
    assert files <= set(ZipFile(wheel).namelist())


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
