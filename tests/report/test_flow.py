"""The picture of the workflow has the numbers of the study."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from draw.synthetic import synthetic_cell
from report.conftest import Study


def words(study: Study) -> list[str]:
    """Return what is written in the picture, from top to bottom."""
    tree = ElementTree.parse(study.root / "report" / "workflow.svg")
    return [str(text.text) for text in tree.iter("{http://www.w3.org/2000/svg}text")]


def test_picture_counts_what_the_plan_and_the_page_hold(study: Study) -> None:
    """A shared cell and its measurements count once; the text alternative says the same."""
    shared = synthetic_cell("one")
    study.add("batch_norm", [shared, synthetic_cell("two", position=1, seeds=(0, 1))])
    study.add("mine", [shared], figures=("curves", "splits"))
    for experiment in study.plan["experiments"]:
        experiment["cells"][0]["measurements"] = ["auroc", "dead_relus"]
    study.plan["config"] = "config/a & b.yaml"
    markdown, page = study.build()
    seeds = study.planned.cells().values()
    n_claims = len(re.findall(r"^#### Claim ", markdown, re.MULTILINE))
    counts = [
        "config/a & b.yaml",
        "1 data set",
        f"{len(seeds)} cells, {sum(map(len, seeds))} replicates",
        "2 of finished cells",
        "those of 2 experiments",
        f"{page.count('<figure') - 1} figures, {n_claims} claims",
        "index.html and report.md",
    ]
    assert words(study)[1::2] == counts
    assert n_claims > 0
    (alt,) = re.findall(r"^!\[(.*)\]\(workflow\.svg\)$", markdown, re.MULTILINE)
    alt = alt.replace("\\", "")
    assert [alt.partition(count)[1] for count in counts] == counts
