"""A study of one's own has in its report what it asks for, and nothing of the default study."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from draw.synthetic import MEASUREMENTS, synthetic_cell
from gridproof.errors import GridproofError
from gridproof.report.template_files import TEMPLATES
from report.conftest import Study
from report.test_build import prose

OF_THE_WRITE_UP = (
    r"publish|in print|the paper|what the .* gets wrong|suggests|reproduced|supposition|"
    r"europe|countr(?!ies-0123456789ab|ies\b)|borders|geonames|faces|fake|patches|"
    r"sines of|batch norm, by|dead|linear region|McNemar"
)
"""What a reader of another study's report must not find; its data are called `countries`."""
OF_THE_DEFAULT_STUDY = (
    r"countr|europe|longitude|latitude|degrees|borders?\b|geonames|faces?\b|fake|patch|"
    r"efficientnet|resnet|perceptron|relu|batch.?norm|depth|trees?\b|pixel importance|"
    r"learning_rate"
)
"""Words of the default study, of its data and of its families."""


def written_by_people(text: str) -> str:
    """Return a report without the ids of claims, cells and data that the synthetic study has."""
    return re.sub(r"`[^`]*`|\([^)\s]*\)|\*\*countries\*\*", "", text)


@pytest.fixture
def own(bare: Study) -> Study:
    """A study whose experiments are called as those of the write-up, with cells as there."""
    bare.plan["title"] = "A study of mine"
    shapes = [
        synthetic_cell(f"depth {depth}", position=place, depth=depth, measure=MEASUREMENTS)
        for place, depth in enumerate((1, 6))
    ]
    bare.add("shape", shapes)
    rates = [
        synthetic_cell(f"rate {rate}", position=place, learning_rate=rate)
        for place, rate in enumerate((1.0, 1e-3))
    ]
    bare.add("learning_rate", rates, figures=("curves", "splits"))
    bare.add("batch_size", [synthetic_cell("size 128", batch_size=128)])
    return bare


def test_report_of_another_study_has_nothing_of_the_write_up(own: Study) -> None:
    """No published column, no section about the published study, no proposal, none of its words."""
    markdown, page = own.build()
    found = re.findall(OF_THE_WRITE_UP, written_by_people(markdown), re.IGNORECASE)
    assert not found
    assert "## References" not in markdown
    assert "statements about these experiments" not in markdown
    assert "makes none that can be judged" in prose(markdown)
    assert not re.findall(r'class="verdict', page)
    assert "### Shape: cells" in markdown


def test_names_of_experiments_bring_no_claims_where_no_parts_are_named(own: Study) -> None:
    """A claim about `shape` is one of the study that wrote it."""
    markdown, _ = own.build()
    assert "0 claims" in markdown
    assert "## Claims" not in markdown
    assert "# Claim " not in markdown


def test_a_claim_of_the_config_has_no_published_column(own: Study) -> None:
    """It is judged, and stands with its mean; nothing is laid beside it."""
    own.claims = {
        "low-loss": {
            "experiment": "batch_size",
            "statement": "The loss ends below one.",
            "column": "val_loss",
            "because": "One is a round number.",
            "bound": {"of": {"batch_size": 128}, "at_most": 1.0},
        }
    }
    markdown, _ = own.build()
    assert "Of 1 statement about these experiments, 1 is supported ✓." in prose(markdown)
    assert "| claim | verdict | statement | estimate \\[interval\\] |" in markdown
    assert "| section |" not in markdown
    assert "published" not in markdown


def test_prose_of_a_section_is_a_markdown_file_that_asks_for_its_numbers(own: Study) -> None:
    """Below the question; what it asks for is undefined stops the build, naming the file."""
    words = own.root / "words"
    words.mkdir()
    own.plan["words"] = str(words)
    (words / "shape.md").write_text("Loss ends at {{ ask.mean('val_loss', ask.members[0]) }}.\n")
    markdown, _ = own.build()
    section = markdown.partition("## Shape\n")[2].partition("\n## ")[0]
    assert re.search(r"\n\nLoss ends at \d\.\d+ ± \d\.\d+\.\n\n", section)
    assert markdown.count("Loss ends at") == 1
    (words / "shape.md").write_text("{{ ask.mean('vall_loss', ask.members[0]) }}")
    with pytest.raises(GridproofError, match=r"shape\.md.*no column 'vall_loss'"):
        own.build()


def test_words_come_before_those_of_the_package(own: Study) -> None:
    """A section template, a reference and even a macro file of one's own are taken first."""
    words = own.root / "words"
    (words / "sections").mkdir(parents=True)
    own.plan["words"] = str(words)
    (words / "references.yaml").write_text(
        "a2000: {authors: [Able], year: 2000, title: T, where: W, url: 'https://example.org'}"
    )
    (words / "sections" / "shape.md.j2").write_text(
        '{% extends "sections/_experiment.md.j2" %}\n'
        '{% block findings %}\nAs {{ cite("a2000") }} says: {{ gradients.reach_below }} layers.\n'
        "{% endblock %}\n"
    )
    markdown, _ = own.build()
    assert "As [Able (2000)](https://example.org) says: 10 layers." in markdown
    assert "- Able (2000). [T](https://example.org). W." in markdown


def test_engine_has_no_word_of_the_default_study() -> None:
    """Neither its templates nor the code of the report speak of one study, family or source."""
    found = {
        f"{path.name}: {word}"
        for path in [*TEMPLATES.rglob("*.j2"), *TEMPLATES.parent.glob("*.py")]
        for word in re.findall(OF_THE_DEFAULT_STUDY, path.read_text(), re.IGNORECASE)
    }
    assert not found


def test_every_word_about_print_stands_under_a_condition(own: Study) -> None:
    """Without values in print no sentence of the package speaks of a published study."""
    markdown, _ = own.build()
    assert "published" not in markdown.casefold()
    assert "ours" not in re.findall(r"\bours\b", markdown.partition("## Summary")[2])


def use_facts(study: Study, **changed: object) -> None:
    """Change the facts of the synthetic data; None takes one away."""
    path = Path(study.plan["data"][0]["directory"]) / "facts.json"
    facts = json.loads(path.read_text()) | changed
    path.write_text(json.dumps({key: value for key, value in facts.items() if value is not None}))


def columns(count: int) -> list[dict[str, object]]:
    """Return so many columns, each from 0 to 1.5."""
    return [{"name": f"x{n}", "min": 0.0, "max": 1.5, "unit": ""} for n in range(count)]


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, "What is known of a row: x0 from 0.00 to 1.50."),
        (3, "x0 from 0.00 to 1.50, x1 from 0.00 to 1.50, x2 from 0.00 to 1.50."),
        (30, "What is known of a row: 30 columns."),
    ],
)
def test_tables_of_any_number_of_columns_are_told(own: Study, count: int, told: str) -> None:
    """Few by their ranges, many by their number."""
    use_facts(own, columns=columns(count))
    assert told in prose(own.build()[0])


def test_target_that_is_a_number_has_no_classes_and_no_accuracy(bare: Study) -> None:
    """The data tell its range and variance; tables hold the loss alone, in no nats."""
    use_facts(
        bare,
        n_classes=None,
        classes=None,
        class_counts=None,
        prior_entropy=None,
        largest_class_share=None,
        target={
            "name": "price",
            "unit": "EUR",
            "min": 10.0,
            "max": 30.0,
            "mean": 20.0,
            "sd": 5.0,
            "variance": 25.0,
        },
    )
    cells = [synthetic_cell("one"), synthetic_cell("two", position=1, final=0.9)]
    for cell in cells:
        gone = [name for name in cell["epochs"] if "accuracy" in name or "auroc" in name]
        cell["epochs"] = cell["epochs"].drop(columns=gone)
    bare.add("prices", cells, figures=())
    markdown, _ = bare.build()
    text = prose(markdown)
    assert "The target, price, runs from 10.0 to 30.0 EUR." in text
    assert "its variance, 25.000, is the mean squared error" in text
    assert "classes" not in text.partition("## Data")[2].partition("## Prices")[0]
    section = text.partition("## Prices")[2]
    assert "is lowest for one, at " in section
    assert "accuracy" not in section
    assert "nats" not in section
