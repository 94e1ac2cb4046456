"""A study's own prose: the answer first, numbers asked, phrases marked by verdicts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from draw.synthetic import synthetic_cell
from gridproof.errors import GridproofError
from report.conftest import Study
from report.test_build import prose

PHRASE = "It [ends low]{{claim=low-loss}} at {{{{ {number} }}}}."
BOUND = {
    "experiment": "shape",
    "statement": "The loss ends below one.",
    "column": "val_loss",
    "because": "One is a round number.",
    "bound": {"of": {"depth": 6}, "at_most": 1.0},
}


@pytest.fixture
def words(bare: Study) -> Path:
    """The folder of words of a study of two depths, which has a claim about one."""
    cells = [
        synthetic_cell(f"depth {depth}", position=place, final=0.3, depth=depth)
        for place, depth in enumerate((1, 6))
    ]
    bare.add("shape", cells)
    bare.claims = {"low-loss": BOUND}
    folder = bare.root / "words"
    folder.mkdir()
    bare.plan["words"] = str(folder)
    return folder


def section(markdown: str) -> str:
    """Return the section of the experiment."""
    return markdown.partition("## Shape\n")[2].partition("\n## ")[0]


def test_section_opens_on_the_first_paragraph_of_its_prose(bare: Study, words: Path) -> None:
    """Question, answer, main figure, the rest; in place of the engine's own sentence."""
    (words / "03-shape.md").write_text("The answer.\n\nMore of it.\n\nAnd more.\n")
    text = section(bare.build()[0])
    places = [text.index(word) for word in ("*What happens?*", "The answer.", "![", "More of it.")]
    assert places == sorted(places)
    assert text.index("More of it.") < text.index("And more.") < text.index("####")


def test_section_without_prose_answers_with_its_lowest_loss(bare: Study, words: Path) -> None:
    """The engine's own words, before the figure."""
    assert words.is_dir()
    text = section(bare.build()[0])
    assert text.index("after the last epoch") < text.index("![")


@pytest.mark.parametrize(
    ("bound", "verdict", "sign"),
    [(1.0, "supported", "✓"), (0.1, "contradicted", "✗")],
)
def test_phrase_is_marked_where_it_stands_in_both_forms(
    bare: Study, words: Path, bound: float, verdict: str, sign: str
) -> None:
    """With the sign of the verdict, and a link to the evidence."""
    bare.claims = {"low-loss": BOUND | {"bound": {"of": {"depth": 6}, "at_most": bound}}}
    (words / "shape.md").write_text(PHRASE.format(number='estimate("low-loss")'))
    markdown, page = bare.build()
    assert f'[ends low\N{NO-BREAK SPACE}{sign}](#claim-low-loss "low-loss: {verdict}")' in markdown
    link = re.search(r'<a href="#claim-low-loss"[^>]*>ends low', page)
    assert link is not None
    assert f'class="phrase {verdict}"' in link[0]
    assert 'data-claim="low-loss"' in link[0]
    assert 'id="claim-low-loss"' in page


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ('mean("shape", "val_loss", depth=6)', r"\d\.\d+ ± \d\.\d+"),
        ('highest("shape", "val_loss")', r"\d\.\d+ ± \d\.\d+ \(depth [16]\)"),
        ('lowest("shape", "val_loss")', r"\d\.\d+ ± \d\.\d+ \(depth [16]\)"),
        ('estimate("low-loss")', r"\d\.\d+ \[\d\.\d+ to \d\.\d+\] nats"),
        ('estimate("low-loss", "val_loss")', r"\d\.\d+ \[\d\.\d+ to \d\.\d+\] nats"),
        ('seeds("low-loss")', "3 of 3 seeds"),
        ('verdict("low-loss")', "supported"),
        ('rows("table")', r"\d+ rows to train on \(`geonames`\)"),
        ('rows("images")', "none: the data are not there"),
        ('divided("table")', "once, for all seeds"),
        ('divided("images")', "none: the data are not there"),
        ('setting("shape", "depth")', "1, 6"),
        ('setting("depth", "depth")', "none: the data are not there"),
    ],
)
def test_numbers_are_asked(bare: Study, words: Path, asked: str, told: str) -> None:
    """Each function of the language, as docs/words.md lists them."""
    (words / "shape.md").write_text(f"Told: {{{{ {asked} }}}}.\n")
    assert re.search(rf"Told: {told}\.", section(bare.build()[0]))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a]{claim=low-los}", r"shape\.md: .*'low-los', .*did you mean 'low-loss'"),
        ("{{ estimate('low-los') }}", r"shape\.md: .*did you mean 'low-loss'"),
        ("{{ estimate('low-loss', 'accuracy') }}", r"shape\.md: no condition .* contains"),
        ("{{ mean('shape', 'vall_loss', depth=6) }}", r"shape\.md: .*'vall_loss'"),
        ("{{ setting('shape', 'dept') }}", r"shape\.md: .*'dept', did you mean 'depth'"),
        ("{{ nothing }}", r"shape\.md: 'nothing' is undefined"),
        ("{{ 1 + }}", r"shape\.md: line 1"),
    ],
)
def test_mistake_in_prose_stops_the_report_and_names_the_file(
    bare: Study, words: Path, text: str, told: str
) -> None:
    """No number and no mark is made up."""
    (words / "shape.md").write_text(f"{text}\n")
    with pytest.raises(GridproofError, match=told):
        bare.build()


@pytest.mark.parametrize("asked", ['"depth", "val_loss"', '"shape", "val_loss", depth=99'])
def test_paragraph_about_what_the_study_does_not_have_is_left_out_and_told(
    bare: Study, words: Path, asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An experiment or a cell that was not asked for; the rest stays."""
    (words / "findings.md").write_text(
        f"- One.\n- Two: {{{{ mean({asked}) }}}}.\n- [Three]{{claim=low-loss}}.\n"
    )
    text = prose(bare.build()[0])
    assert "- One. - [Three" in text
    assert "Two" not in text
    assert "findings.md: a paragraph is left out" in capsys.readouterr().err


def test_report_has_findings_discussion_and_conclusion(bare: Study, words: Path) -> None:
    """Findings before the first section, the others behind the last."""
    for name in ("findings", "method", "discussion", "conclusion"):
        (words / f"{name}.md").write_text(f"Here is the {name}.\n")
    markdown, _ = bare.build()
    names = ("findings", "method", "## Shape", "discussion", "conclusion", "## Appendix")
    places = [markdown.index(f"Here is the {n}" if "#" not in n else n) for n in names]
    assert places == sorted(places)


def test_every_claim_has_a_dot_on_top_and_data_for_its_card(bare: Study, words: Path) -> None:
    """The page's script draws from numbers; without it the dot leads to the evidence."""
    assert words.is_dir()
    markdown, page = bare.build()
    assert '[✓](#claim-low-loss "low-loss: supported")' in markdown
    assert re.search(r'<a href="#claim-low-loss"[^>]* class="dot supported"', page)
    card = re.search(r'<script type="application/json" id="evidence">(.*?)</script>', bare.page)
    assert card is not None
    assert '"statement":"The loss ends below one."' in card[1]
    assert '"held":[true,true,true]' in card[1]
