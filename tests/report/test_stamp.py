"""The page carries what it was made of, and tells when that has changed."""

import json

import pandas as pd
import pytest

from draw.synthetic import synthetic_cell
from gridproof.errors import GridproofError
from gridproof.plan.plan_files import study_plan
from gridproof.plan.reading import read_study
from gridproof.report.made_of import make_stamp
from gridproof.report.stage_code import code_of_stages
from gridproof.report.stamp import BLOCK, differences, read_stamp
from report.conftest import PARTS


def page_of(study):
    """Build the report; return its page."""
    study.build()
    return study.root / "report" / "index.html"


def changes(study, page):
    """Return what `differences` tells of a page and the study as it is now."""
    now = make_stamp(study.planned, study.sources, dict(code_of_stages(study.planned)))
    return differences(read_stamp(page).parts, now.parts)


@pytest.fixture
def built(study):
    """A study with its page."""
    study.add("learning_rate", [synthetic_cell("one")], figures=("curves", "splits"))
    return study, page_of(study)


def test_page_belongs_to_what_it_was_made_of(built):
    """Nothing differs right after the build, nor after a second one."""
    study, page = built
    assert changes(study, page) == []
    assert len(read_stamp(page).parts) > 40


def change_table(study):
    """Change the numbers of a table."""
    path = study.tables / "learning_rate" / "epochs.parquet"
    pd.read_parquet(path).assign(val_loss=9.0).to_parquet(path)


def change_figure(study):
    """Draw another figure."""
    (study.root / "figures/learning_rate/splits.svg").write_text("<svg/>")


def lose_figure(study):
    """Lose all forms of a figure."""
    for suffix in (".svg", ".png", ".json"):
        (study.root / "figures/learning_rate/splits").with_suffix(suffix).unlink()


def change_verdicts(study):
    """Judge otherwise."""
    path = study.root / "claims.parquet"
    pd.read_parquet(path).assign(verdict="supported").to_parquet(path)


def change_facts(study):
    """Prepare other data."""
    (study.root / "data/countries-0123456789ab/facts.json").write_text("{}")


def change_title(study):
    """Name the study otherwise."""
    study.plan["title"] = "Another"


def change_question(study):
    """Ask another question."""
    study.plan["experiments"][0]["question"] = "Why?"


def lose_cell(study):
    """Take the cells out of an experiment."""
    study.plan["experiments"][0]["cells"] = []


def add_experiment(study):
    """Ask for another experiment."""
    study.plan["experiments"].append(study.plan["experiments"][0] | {"name": "more"})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (change_table, ["tables of learning_rate: changed"]),
        (change_figure, ["figure learning_rate/splits: changed"]),
        (lose_figure, ["figure learning_rate/splits: not there any more"]),
        (change_verdicts, ["verdicts on claims: changed"]),
        (change_facts, ["facts of countries: changed"]),
        (change_title, ["title of the study: changed"]),
        (change_question, ["experiment learning_rate: its words and cells: changed"]),
        (
            lose_cell,
            [
                "cell cell-0-000000000001: no longer part of the study",
                "code of the report: changed",
                "experiment learning_rate: its words and cells: changed",
            ],
        ),
        (
            add_experiment,
            [
                "experiment more: its words and cells: not in this report",
                "figure more/curves: not in this report",
                "figure more/splits: not in this report",
                "tables of more: not in this report",
            ],
        ),
    ],
)
def test_what_changed_is_named(built, change, told):
    """One change, one line; more only where more differs."""
    study, page = built
    change(study)
    assert changes(study, page) == told


def test_edited_code_is_named_by_its_stage(built, monkeypatch):
    """Of the code of figures only the one that was edited is told."""
    study, page = built
    import gridproof.report.stage_code as module

    digest = module.code_digest
    drawing = "gridproof.parts.figures.splits:describe"
    monkeypatch.setattr(
        module,
        "code_digest",
        lambda entries, roots: digest(entries, roots) + ("x" if drawing in entries else ""),
    )
    assert changes(study, page) == ["code of the figure splits: changed"]


def test_retrained_cell_is_named(built, monkeypatch):
    """A cell's part follows what the manifests of its replicates say of their files."""
    study, page = built
    monkeypatch.chdir(study.root)
    folder = study.root / "results/cells/cell-0-000000000001/seed-0"
    folder.mkdir(parents=True)
    (folder / "replicate.json").write_text(json.dumps({"files": {"metrics.parquet": "abc"}}))
    assert changes(study, page) == ["cell cell-0-000000000001: changed"]


def test_page_without_a_stamp_is_refused(built):
    """Another page, or one whose stamp was taken out, is no report of ours."""
    _, page = built
    page.write_text(BLOCK.sub("", page.read_text()))
    with pytest.raises(GridproofError, match="carries no stamp"):
        read_stamp(page)
    with pytest.raises(GridproofError, match="cannot be read as a page"):
        read_stamp(page.with_name("nothing.html"))


@pytest.mark.parametrize("stamp", ["{", "[]", '{"config": "config.yaml"}'])
def test_page_with_a_stamp_that_cannot_be_read_is_refused(built, stamp):
    """A page cut or written by another version is told as such."""
    _, page = built
    block = f'<script type="application/json" id="stamp">{stamp}</script>'
    page.write_text(BLOCK.sub(block, page.read_text()))
    with pytest.raises(GridproofError, match="carries no stamp that this version reads"):
        read_stamp(page)


def test_partial_report_shows_its_gaps(study):
    """What was not finished stands on top, and in the section of its experiment."""
    study.add("learning_rate", [synthetic_cell("one")])
    gap = {"experiment": "learning_rate", "title": "Learning rate", "label": "two", "seeds": [0, 1]}
    lost = {"experiment": "shape", "title": "Depth and width", "label": "three", "seeds": [2]}
    study.plan["gaps"] = [gap, lost]
    markdown, _ = study.build()
    assert "**This report is partial.**" in markdown
    assert "| Learning rate | two | 0, 1 |" in markdown
    assert "| Depth and width | three | 2 |" in markdown
    assert markdown.count("**Not finished**, and so not shown here: two (seeds 0, 1).") == 1
    assert read_stamp(study.root / "report/index.html").partial


def test_whole_report_speaks_of_no_gaps(built):
    """A report of all cells does not say that it is partial."""
    study, page = built
    assert "partial" not in (study.root / "report/report.md").read_text()
    assert not read_stamp(page).partial


CLAIM = """
from gridproof.part import claim
from {package}.claims.limits_of_mine import LIMIT


@claim("low", statement="Low.", rule="Low.", experiment="learning_rate")
def low(tables):
    return [tables.condition(LIMIT)]
"""


@pytest.fixture
def claimed(bare, monkeypatch):
    """A study with a claim of its own that imports a helper, and with words; and its page."""
    package = f"parts_{bare.root.name}"
    folder = bare.root / package
    (folder / "claims").mkdir(parents=True)
    monkeypatch.syspath_prepend(bare.root)
    (folder / "claims" / "mine.py").write_text(CLAIM.format(package=package))
    (folder / "claims" / "limits_of_mine.py").write_text("LIMIT = 0.0\n")
    threshold = "flat: {value: 1, unit: nats, reason: so}\n"
    (folder / "thresholds.yaml").write_text(threshold)
    (bare.root / "words").mkdir()
    (bare.root / "words" / "learning_rate.md").write_text("Words of mine.\n")
    bare.plan |= {"parts": [str(folder)], "words": str(bare.root / "words")}
    bare.add("learning_rate", [synthetic_cell("one")])
    return bare, page_of(bare), folder


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("claims/mine.py", "# a comment", []),
        ("claims/mine.py", "EXTRA = 1", ["code of the claims: changed"]),
        ("claims/limits_of_mine.py", "LIMIT = 0.9", ["code of the claims: changed"]),
        ("thresholds.yaml", "more: {value: 2, unit: nats, reason: so}", ["thresholds"]),
        ("../words/learning_rate.md", "More words.", ["words/learning_rate.md"]),
    ],
    ids=["comment", "claim", "helper", "threshold", "words"],
)
def test_what_a_claim_follows_from_is_part_of_the_page(claimed, file, text, told):
    """Its file, a helper that it imports, a threshold and words; a comment is none of them."""
    study, page, folder = claimed
    path = folder / file
    path.write_text(f"{path.read_text()}\n{text}\n")
    lines = changes(study, page)
    assert len(lines) == len(told)
    assert all(part in line for part, line in zip(told, lines, strict=True))


def test_bound_of_a_claim_in_the_config_is_part_of_the_page(built):
    """The plan of the claims, whose name tells its content, is another one then."""
    study, page = built
    study.plan["claims"] = "claims-ffffffffffff"
    assert changes(study, page) == ["claims of the config and cells that they look at: changed"]


CONFIG = """\
title: Test
parts: [{parts}]
data: {{countries: {{source: geonames}}}}
seeds: 1
experiments: {{rates: {{data: countries, sweep: {{learning_rate: [0.1, 0.2]}}}}}}
claims:
  low:
    statement: Low.
    experiment: rates
    column: val_loss
    because: So.
    bound: {{of: {{learning_rate: 0.1}}, at_most: {bound}}}
"""


def test_bound_of_a_claim_is_told_by_the_plan_of_the_study(tmp_path, monkeypatch):
    """Another bound is another plan; written otherwise it is the same."""
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "config.yaml"
    claims = []
    for bound in ("1.0", "1", "1.5"):
        config.write_text(CONFIG.format(parts=PARTS, bound=bound))
        claims.append(study_plan(read_study(config)).claims)
    assert claims[0] == claims[1] != claims[2]
