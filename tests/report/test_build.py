import json
import re
from dataclasses import fields
from types import SimpleNamespace

import pytest

from draw.synthetic import MEASUREMENTS, synthetic_cell
from gridproof.errors import GridproofError
from gridproof.kit.section_words import SectionWords
from gridproof.report.build import with_levels
from gridproof.report.sections import ExperimentSection
from gridproof.tables.members import load_slice
from report.conftest import WORDS

SECTIONS = sorted(
    path.name.removesuffix(".md.j2")
    for path in (WORDS / "sections").glob("*.md.j2")
    if "_predictions.md.j2" not in path.read_text()
)


def prose(markdown):
    """Return Markdown on one line, so that a sentence can be looked for."""
    return " ".join(markdown.split())


def use_csv_data(study):
    """Make the study's data look like the published study's."""
    path = study.root / "data" / "countries-0123456789ab" / "facts.json"
    facts = json.loads(path.read_text())
    facts["source"] = "csv"
    facts["rows"] = {"train": 106897, "val": 13363, "test": 13363}
    facts["n_classes"] = 33
    path.write_text(json.dumps(facts))


def test_report_shows_numbers_figures_and_cells(study):
    """Title, data, sentences with mean and spread, and the command to make a cell again."""
    low = synthetic_cell("learning_rate 0.1", final=0.4, learning_rate=0.1)
    high = synthetic_cell("learning_rate 1.0", position=1, final=0.9, learning_rate=1.0)
    study.add("learning_rate", [low, high], figures=("curves", "splits"))
    markdown, page = study.build()
    finals = low["epochs"].query("epoch == 50")["val_loss"]
    written = f"{finals.mean():.3f} ± {finals.std():.3f}"
    assert f"is lowest for learning_rate 0.1, at {written} nats" in prose(markdown)
    assert "2 cells, 6 replicates" in prose(markdown)
    assert "640 rows to train on, 80 for validation, 80 for the test" in prose(markdown)
    folder = "results/cells/cell-0-000000000001"
    again = f"rm -rf {folder}\nsnakemake {folder}/seeds-0-1-2/metrics.parquet --cores all\n"
    assert again in markdown
    assert "# Four \\| countries" in markdown
    assert "<h1" in page
    assert "Four | countries</h1>" in page
    assert '<a href="#learning-rate">Learning rate</a>' in page
    assert written in page


def test_every_figure_is_referenced_and_embedded(study):
    """Markdown links to files that exist; HTML holds them, maps as PNG, charts as SVG."""
    cells = [synthetic_cell("one")]
    study.add("shape", cells, figures=("boundaries", "curves", "splits"))
    markdown, page = study.build()
    references = re.findall(r"\]\((\.\./[^)]+)\)", markdown)
    assert len(references) == 4
    assert all((study.root / "report" / reference).is_file() for reference in references)
    kinds = re.findall(r'<img [^>]*?src="(data:[\w/+]+)', page)
    assert kinds == [
        "data:image/webp",
        "data:image/webp",
        "data:image/svg+xml",
        "data:image/svg+xml",
        "data:image/svg+xml",
    ]
    assert page.count('alt="A picture of') == 4
    assert 'alt="A picture of curves [1] with &lt;angles&gt;."' in page
    assert page.count("<figcaption>") == 5


@pytest.mark.parametrize(
    ("figures", "opening"),
    [
        (("curves", "boundaries", "borders"), "shape/borders.png"),
        (("curves", "boundaries"), "shape/boundaries.png"),
        (("curves",), "data/countries.png"),
    ],
)
def test_report_opens_on_borders_else_on_the_data(study, figures, opening):
    """The first picture is the learned borders where there are any, and comes only once."""
    study.add("shape", [synthetic_cell("one")], figures=figures)
    markdown, _ = study.build()
    references = re.findall(r"\]\(\.\./figures/([^)]+)\)", markdown)
    assert references[0] == opening
    assert len(references) == len(set(references)) == len(figures) + 1


def test_page_needs_nothing_from_outside(study):
    """No script, style sheet or image is another file's; a drawing may name its own parts."""
    study.add("learning_rate", [synthetic_cell("one")])
    study.build()
    page = study.page
    assert not re.search(
        r"<script[^>]+src|<link|@import|url\((?!%23)|https?://[^\"<]*\.(js|css)", page
    )
    assert all(source.startswith("data:") for source in re.findall(r'src="([^"]+)"', page))


def test_equal_inputs_give_equal_bytes(study):
    """Nothing in the report depends on when it is built."""
    study.add("learning_rate", [synthetic_cell("one")])
    assert study.build() == study.build()


def test_published_values_stand_beside_ours(study):
    """Each published value has a row with ours and the difference; the data are told apart."""
    study.add("learning_rate", [synthetic_cell("learning_rate 0.2", learning_rate=0.2, final=2.26)])
    markdown, _ = study.build()
    finals = study_finals(study, "learning_rate")
    wanted = "validation loss: learning_rate 0.2"
    (row,) = [line for line in markdown.splitlines() if wanted in line]
    assert f"| 3.26 | {finals.mean():.3f} ± {finals.std():.3f} |" in row
    assert f"| {finals.min():.3f} to {finals.max():.3f} | {finals.mean() - 3.26:.3f} |" in row
    assert "| 3.26 | no such cell in this study |  |" in markdown
    assert "measured on other data than the published study's" in prose(markdown)
    assert "none is called reproduced" in prose(markdown)


def study_finals(study, experiment):
    """Return the validation losses after the last epoch of an experiment's only cell."""
    (member,) = load_slice(study.tables / experiment).members()
    return member.finals("val_loss")


def test_published_data_are_recognised(study):
    """On files with the published study's rows and classes the report says so."""
    use_csv_data(study)
    study.add("learning_rate", [synthetic_cell("learning_rate 0.2", learning_rate=0.2)])
    markdown, _ = study.build()
    assert "Both columns are of the published study's data: as many rows" in prose(markdown)
    assert "none is called reproduced" not in prose(markdown)


def test_experiment_without_published_configurations_says_so(study):
    """Another batch size is another configuration."""
    study.add("learning_rate", [synthetic_cell("one", learning_rate=0.2, batch_size=512)])
    markdown, _ = study.build()
    assert "None of the configurations with published values" in prose(markdown)
    assert "published beside ours" not in markdown


def test_one_seed_has_no_spread(study):
    """A single seed gives a number without ±."""
    study.add("epochs", [synthetic_cell("epochs 50", seeds=(0,), final=0.5)], figures=("splits",))
    markdown, _ = study.build()
    finals = study_finals(study, "epochs")
    assert f"validation loss is {finals[0]:.3f} nats" in prose(markdown)
    assert "0 ±" not in markdown


def test_divergence_is_told(study):
    """Some seeds diverged: which and when; all: no number is invented."""
    some = synthetic_cell("learning_rate 1.0", learning_rate=1.0, diverged={1: 7})
    every = synthetic_cell(
        "learning_rate 9.0", position=1, learning_rate=9.0, diverged={0: 1, 1: 2, 2: 1}
    )
    study.add("learning_rate", [some, every])
    markdown, page = study.build()
    assert "learning_rate 1.0 diverged for 1 of 3 seeds: seed 1 in epoch 7." in prose(markdown)
    assert "seed 0 in epoch 1, seed 1 in epoch 2, seed 2 in epoch 1." in prose(markdown)
    assert "(2 of 3 seeds)" in markdown
    assert "| learning_rate 9.0 | diverged | diverged |" in markdown
    assert "nan" not in re.sub('data:[^"]*', "", page).lower()


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SECTIONS, "of_my_own"])
@pytest.mark.parametrize("measure", [(), MEASUREMENTS], ids=["unmeasured", "measured"])
@pytest.mark.parametrize(
    ("n_cells", "n_seeds", "end"),
    [(1, 1, None), (2, 3, None), (3, 1, 1), (2, 3, 1), (2, 2, 3)],
    ids=["one", "some", "all diverged", "all seeds diverged", "diverged late"],
)
def test_every_section_survives_any_cells(study, name, measure, n_cells, n_seeds, end):
    """No section depends on which cells the user's experiment has, nor on their success."""
    seeds = tuple(range(n_seeds))
    cells = [
        synthetic_cell(
            f"cell {i}",
            position=i,
            seeds=seeds,
            batch_norm=i > 0,
            implicit=i > 1,
            epochs=4 if i else 1,
            depth=i + 1,
            measure=measure,
            gradient_norms=bool(measure),
            diverged=dict.fromkeys(seeds, end) if end else None,
        )
        for i in range(n_cells)
    ]
    study.add(name, cells, title="1. A *title*", question="- Is a_b < c | d?")
    markdown, page = study.build()
    assert "nan" not in re.sub('data:[^"]*', "", page).lower()
    assert "<em>- Is a_b &lt; c | d?</em></p>" in page
    assert "1. A *title*</h2>" in page
    assert "None" not in re.sub("None of the conf", "", markdown)


def test_batch_norm_states_the_difference(study):
    """With one cell of each kind, the section says what batch norm changes."""
    without = synthetic_cell("no batch_norm", final=1.0, seeds=(0,))
    with_it = synthetic_cell("batch_norm", position=1, final=0.25, seeds=(0,), batch_norm=True)
    study.add("batch_norm", [without, with_it])
    epochs = [cell["epochs"].set_index("epoch") for cell in (without, with_it)]
    finals = [float(rows["val_loss"].loc[50]) for rows in epochs]
    expected = f"goes from {finals[0]:.3f} to {finals[1]:.3f} ({finals[1] - finals[0]:.3f})"
    assert expected in prose(study.build()[0])


def test_shared_cells_are_counted_once(study):
    """Two experiments with one cell have one cell."""
    study.add("epochs", [synthetic_cell("one")])
    study.add("batch_norm", [synthetic_cell("one")])
    assert "2 experiments, 1 cell, 3 replicates" in prose(study.build()[0])


def edit_nothing_planned(study):
    """Plan a cell that no table holds."""
    cell = {"cell": "f" * 12, "slug": "depth-9", "label": "depth 9", "seeds": [0]}
    cell |= {"group": "learning_rate", "setting": "depth 9"}
    cell |= {"seeds_in_job": 20, "deterministic": False, "measurements": [], "spec": {}}
    study.plan["experiments"][0]["cells"].append(cell)


def edit_cell_removed(study):
    """Plan fewer cells than the tables hold."""
    study.plan["experiments"][0]["cells"].pop()


def edit_seeds(study):
    """Plan another seed."""
    study.plan["experiments"][0]["cells"][0]["seeds"] = [0, 1]


def edit_label(study):
    """Plan another label."""
    study.plan["experiments"][0]["cells"][0]["label"] = "another"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (edit_nothing_planned, r"cell depth-9-f+ \(depth 9\) is missing"),
        (edit_cell_removed, r"cell cell-0-000000000001 \(one\) is not part of the study"),
        (edit_seeds, r"has seeds 0, 1, 2, not 0, 1"),
        (edit_label, r"is called 'one', not 'another'"),
    ],
)
def test_tables_of_another_study_are_refused(study, edit, message):
    """The error names what differs and the command that brings the tables up to date."""
    study.add("learning_rate", [synthetic_cell("one")])
    edit(study)
    with pytest.raises(GridproofError, match=message) as error:
        study.build()
    assert "snakemake --cores all" in str(error.value)
    assert not (study.root / "report").exists()


def test_data_of_another_study_are_refused(study):
    """Facts of other data than planned stop the build."""
    study.add("learning_rate", [synthetic_cell("one")])
    study.plan["data"][0]["digest"] = "another"
    with pytest.raises(GridproofError, match="but the study plans another"):
        study.build()


def test_missing_figure_is_named(study):
    """A figure that was not drawn stops the build and says how to draw it."""
    study.add("learning_rate", [synthetic_cell("one")])
    (study.root / "figures" / "learning_rate" / "curves.svg").unlink()
    with pytest.raises(GridproofError, match=r"curves\.svg is missing\. Draw it: snakemake"):
        study.build()


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ nothing.here }}", r"mine\.md\.j2: 'nothing' is undefined"),
        ("{{ ask.mean('vall_loss') }}", r"no column 'vall_loss', did you mean 'val_loss'\?"),
        ("{{ ask.mean('val_loss', label='two') }}", r"no cell 'two'"),
        ("{{ ask.mean('val_loss', epoch=99) }}", r"no epoch 99, expected 0 to 50"),
        ("{{ ask.find(dept=1) }}", r"no parameter 'dept', did you mean 'depth'\?"),
        ("{% if %}", r"mine\.md\.j2, line 1"),
        ("{% import 'gone.j2' as gone %}", r"the template gone\.j2 is missing"),
    ],
    ids=["name", "column", "label", "epoch", "parameter", "syntax", "template"],
)
def test_template_that_asks_for_nothing_stops_the_build(study, tmp_path, template, message):
    """What is undefined or missing is named together with its template."""
    (tmp_path / "words" / "sections").mkdir(parents=True)
    (tmp_path / "words" / "sections" / "mine.md.j2").write_text(template)
    study.plan["words"] = str(tmp_path / "words")
    study.add("mine", [synthetic_cell("one")])
    with pytest.raises(GridproofError, match=message):
        study.build()
    assert not (study.root / "report").exists()


REST = [item.name for item in fields(ExperimentSection) if item.name != "plan"]
"""What a section has besides its plan."""


def test_experiments_that_a_comparison_takes_its_cells_from_stand_below_it() -> None:
    """Others, and those of which it takes some cells only, stay where the config has them."""

    def section(name: str, *cells: tuple[str, str]) -> ExperimentSection:
        planned = tuple(SimpleNamespace(group=group, cell=cell) for group, cell in cells)
        plan = SimpleNamespace(name=name, cells=planned)
        words = SectionWords(notes=(f"a note of {name}",))
        return ExperimentSection(plan=plan, **dict.fromkeys(REST) | {"words": words})

    sections = [
        section("first", ("first", "a")),
        section("other", ("other", "b")),
        section("partly", ("partly", "c"), ("partly", "d")),
        section("all", ("first", "a"), ("partly", "c")),
    ]
    found = [(item.plan.name, level.marks) for item, level in with_levels(sections)]
    assert found == [("other", "##"), ("partly", "##"), ("all", "##"), ("first", "###")]
    assert [level.said for _, level in with_levels(sections)][2:] == [(), ("a note of all",)]
