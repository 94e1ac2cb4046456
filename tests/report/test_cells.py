"""Every cell of a study has a card that says how it was made and how to make it again."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from draw.synthetic import synthetic_cell
from gridproof.plan.plan_files import study_plan
from gridproof.plan.reading import read_study
from gridproof.report.cell_cards import config_snippet
from gridproof.report.page_html import heading_id
from report.conftest import PARTS, Study

CONFIG = """\
title: Test
parts: [PARTS]
data:
  countries: {source: geonames}
  images: {source: patches}
seeds: 3
engine: auto
experiments:
  rates:
    data: countries
    sweep: {learning_rate: [0.2, 1e-3], batch_norm: [true]}
  sines:
    data: countries
    engine: torch
    threads: 2
    rows: [{implicit: true}]
  trees: {family: xgboost, data: images, figures: [ranking]}
  probes:
    family: probe
    data: images
    set: {solver: lbfgs}
    figures: [ranking]
  networks:
    family: cnn
    data: images
    threads: 1
    sweep: {learning_rate: [1e-2]}
    figures: [ranking]
"""


@pytest.fixture
def shared(study: Study) -> Study:
    """Two experiments that share a cell."""
    one, two = synthetic_cell("one"), synthetic_cell("two", position=1)
    study.add("learning_rate", [one, two])
    study.add("epochs", [synthetic_cell("default", experiment="epochs")])
    return study


def test_cards_of_very_many_cells_are_left_out_and_nothing_leads_to_them(
    shared: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says where the same is to be found; every cell still has its row."""
    whole, _ = shared.build()
    monkeypatch.setattr("gridproof.report.cell_cards.MAX_CARDS", 1)
    markdown, page = shared.build()
    assert len(cards(whole)) == 2
    assert not cards(markdown)
    assert "how each was made is left out" in " ".join(markdown.split())
    targets = set(re.findall(r"\]\(#([^)\s]+)[^)]*\)", markdown))
    assert targets < set(re.findall(r'id="([^"]+)"', page))
    for folder in cards(whole):
        assert f"| `{folder}` |" in markdown


def cards(markdown: str) -> dict[str, str]:
    """Return the text of each card, by the name of its cell's folder."""
    section = markdown.partition("\n## Cells\n")[2].partition("\n## ")[0]
    parts = re.split(r"^#### `([^`]+)`$", section, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_shared_cell_has_one_card_that_names_both_experiments(shared: Study) -> None:
    """What each experiment calls it, with a link to its section."""
    found = cards(shared.build()[0])
    assert list(found) == ["cell-0-000000000001", "cell-1-000000000002"]
    text = " ".join(found["cell-0-000000000001"].split())
    assert (
        "In [Learning rate](#learning-rate) it is one; in [Epochs](#epochs) it is default." in text
    )


def test_card_tells_seconds_versions_and_commit_of_the_table(shared: Study) -> None:
    """Against the table of replicates."""
    markdown, _ = shared.build()
    rows = pd.read_parquet(shared.tables / "learning_rate" / "replicates.parquet")
    for folder, text in cards(markdown).items():
        mine = rows[rows["cell"] == folder.rpartition("-")[2]]
        seconds = mine.drop_duplicates(["finished", "seconds"])["seconds"].sum()
        assert f"\nTrained in {seconds:.1f} seconds, from seeds 0, 1, 2, with:\n" in text
        assert "\n- data: `countries-0123456789ab`\n- libraries: `torch 2.14.1`\n" in text
        for name in ("engine", "python", "device", "commit"):
            assert f"\n- {name}: `{', '.join(sorted(set(mine[name])))}`\n" in text


def test_card_holds_the_seeds_of_all_experiments(study: Study) -> None:
    """One experiment asks for more of them than the other; no replicate counts twice."""
    study.add("epochs", [synthetic_cell("few", seeds=(0,), final=0.5)])
    many = synthetic_cell("many", seeds=(0, 1, 2), final=0.5)
    study.add("learning_rate", [many])
    markdown, _ = study.build()
    (text,) = cards(markdown).values()
    seconds = many["replicates"]["seconds"].sum()
    assert f"Trained in {seconds:.1f} seconds, from seeds 0, 1, 2, with:" in text
    finals = many["epochs"].query("epoch == 50")["val_loss"]
    written = f"{finals.mean():.3f} ± {finals.std():.3f}"
    section = markdown.partition("\n## Cells\n")[2]
    assert f"| mlp | 3 | 1,000 | {written} |" in section


def test_cards_fold_on_the_page_and_every_link_to_them_leads_there(shared: Study) -> None:
    """Tables, figures and claims lead to the card; its id is that of its heading."""
    markdown, page = shared.build()
    folded = set(re.findall(r'<details id="(cell-[^"]+)">', page))
    assert folded == {heading_id(folder) for folder in cards(markdown)}
    linked = set(re.findall(r'href="#(cell-[^"]+)"', page))
    assert linked == folded
    assert page.count("<details ") == page.count("</details>")
    assert "Drawn from [one](#cell-0-000000000001), [two](#cell-1-000000000002)." in markdown


def test_figures_name_the_cells_that_they_are_drawn_from(study: Study) -> None:
    """Few by name, many by their number; nothing where no figure is; the opening one, too."""
    study.add("epochs", [synthetic_cell("lone")], figures=())
    many = [synthetic_cell(f"cell {place}", position=place) for place in range(9)]
    study.add("shape", many, figures=("borders", "curves"))
    markdown, page = study.build()
    opening, *sections = re.split(r"^## ", markdown, flags=re.MULTILINE)
    assert "A figure of [Shape](#shape), drawn from [9 cells](#shape-cells)." in " ".join(
        opening.split()
    )
    told = {section.partition("\n")[0]: "Drawn from" in section for section in sections}
    assert told["Shape"]
    assert not told["Epochs"]
    assert "Drawn from [9 cells](#shape-cells)." in markdown
    assert 'id="shape-cells"' in page


def test_snippet_of_every_cell_asks_for_the_same_digest(tmp_path: Path, monkeypatch) -> None:
    """Put under the data of the study, it is a study of that one cell."""
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "config.yaml"
    study = CONFIG.replace("PARTS", PARTS)
    config.write_text(study)
    plan = study_plan(read_study(config))
    head = study.partition("experiments:\n")[0]
    for experiment in plan.experiments:
        for cell in experiment.cells:
            snippet = config_snippet(cell, experiment.data, cell.seeds)
            config.write_text(f"{head}{snippet}\n")
            (again,) = read_study(config).cells.values()
            assert again.name == cell.folder
            assert again.seeds == cell.seeds
