"""Sections of image models: what the report says of the predictions in synthetic tables."""

import json
import re
from dataclasses import replace

import pytest

from draw.synthetic_images import Model, seventeen, write_comparison, write_images
from gridproof.report.prediction_words import Predictions
from gridproof.tables.ask import Ask
from gridproof.tables.members import load_slice
from report.conftest import MEASURED, WORDS, panels

SECTIONS = sorted(
    path.name.removesuffix(".md.j2")
    for path in (WORDS / "sections").glob("*.md.j2")
    if "_predictions.md.j2" in path.read_text()
)
DIGEST = "abcdefabcdef"


def prose(markdown):
    """Return Markdown on one line, so that a sentence can be looked for."""
    return " ".join(markdown.split())


def is_network(model):
    """Tell whether a model of the synthetic tables sees images, at a size of its own."""
    return model.label.startswith(("scratch", "finetune"))


def sized(model):
    """Return a model whose cell says at which size it sees images, if it is a network."""
    size = {"image_size": 48} if is_network(model) else {}
    return replace(model, parameters={**model.parameters, **size})


def add_images(study, name, models, figures=("ranking",)):
    """Add an experiment of image models and their data to a study of places."""
    folder = write_images(study.root / "data" / f"images-{DIGEST}")
    facts = json.loads((folder / "facts.json").read_text())
    facts |= {
        "name": "images",
        "source": "patches",
        "digest": DIGEST,
        "origin": "Coloured squares.",
        "near_duplicates": [],
        "largest_class_share": 0.5,
    }
    (folder / "facts.json").write_text(json.dumps(facts))
    study.plan["data"].append(
        {
            "name": "images",
            "digest": DIGEST,
            "directory": str(folder),
            "source": "patches",
            "kind": "images",
        }
    )
    study.write_figure(study.root / "figures" / "data" / "images", "contact_sheet")
    write_comparison(study.tables / name, [sized(model) for model in models], name)
    cells = [
        {
            "cell": f"a{place + 1:011x}",
            "slug": f"cell-a{place + 1:011x}",
            "label": model.label,
            "group": model.part or name,
            "setting": model.label,
            "seeds_in_job": 5,
            "deterministic": len(model.seeds) == 1,
            "measurements": [],
            "spec": {
                "family": "cnn" if is_network(model) else "xgboost",
                "threads": 2,
                "engine": "torch",
                "parameters": {"image_size": 48} if is_network(model) else {},
                "data": f"images-{DIGEST}",
                "libraries": {"torch": "2.14.1"},
            },
            "seeds": list(model.seeds),
        }
        for place, model in enumerate(models)
    ]
    study.add_planned(name, cells, figures, data="images", title="Real or fake", question="Which?")
    for figure in figures:
        study.write_figure(study.root / "figures" / name / figure, figure)


@pytest.mark.parametrize("name", [*SECTIONS, "of_my_own"])
@pytest.mark.parametrize(
    "models",
    [
        [Model(label="one", skill=1.0, seeds=(0,))],
        seventeen(),
        [Model(label="a", skill=1.0, diverged=(0, 1)), Model(label="b", skill=0.0)],
        [Model(label="a", skill=1.0, diverged=(0, 1, 2, 3, 4))],
    ],
    ids=["one", "seventeen", "some diverged", "all diverged"],
)
def test_every_section_of_images_survives_any_cells(study, name, models):
    """No section depends on which models there are, nor on their success."""
    add_images(study, name, models)
    markdown, page = study.build()
    assert "nan" not in re.sub('data:[^"]*', "", page).lower()
    assert "Coloured squares." in markdown


def test_ranking_is_that_of_the_mean_accuracy_over_the_seeds(study):
    """Best and worst are named, and all seventeen have a row."""
    add_images(study, "real_or_fake", seventeen())
    markdown, _ = study.build()
    tables = load_slice(study.tables / "real_or_fake")
    ranks = Predictions(
        ask=Ask("real_or_fake", tables, {"kind": "images"}, measured=MEASURED)
    ).ranks
    assert ranks[0].accuracy.mean == max(rank.accuracy.mean for rank in ranks)
    assert f"Best of all is {ranks[0].label}, at {ranks[0].accuracy} test accuracy;" in prose(
        markdown.replace("\\", "")
    )
    rows = re.findall(r"^\| \d+ \| ", markdown, re.MULTILINE)
    assert len(rows) == 17


def test_images_that_every_model_misses_are_counted(study):
    """The synthetic tables hold three of them."""
    add_images(study, "real_or_fake", seventeen())
    markdown, _ = study.build()
    assert "3 of the 40 test images are put on the wrong side by every model." in prose(markdown)


def test_deterministic_models_say_that_they_need_one_replicate(study):
    """They are named; models with one seed that draw at random are not."""
    add_images(study, "real_or_fake", seventeen())
    markdown, _ = study.build()
    told = next(line for line in markdown.splitlines() if line.startswith("One replicate says all"))
    assert "xgboost" in told
    assert "finetune" not in told


@pytest.mark.parametrize("name", ["real_or_fake", "of_my_own"])
def test_size_at_which_networks_see_images_is_told(study, name):
    """Where there are networks, whatever other models stand beside them; else not."""
    add_images(study, name, seventeen())
    add_images(study, "probes", [model for model in seventeen() if not is_network(model)])
    markdown, _ = study.build()
    assert prose(markdown).count("The networks see the images at 48 pixels square") == 1


def test_missing_data_are_told(study):
    """The report names what was not found and the sections that are left out for it."""
    study.plan["missing"] = [
        {
            "name": "faces",
            "files": ["data/faces"],
            "names": ["scratch", "finetune", "linear_probe", "sklearn_probe", "xgboost"],
            "experiments": ["Fine-tuning", "Trees"],
        }
    ]
    add_images(study, "real_or_fake", seventeen())
    markdown, _ = study.build()
    assert "**faces** was not found at `data/faces`" in prose(markdown)
    assert "Fine-tuning and Trees" in prose(markdown)
    assert "`cannot be tested` XGBoost is near the top." in prose(markdown)
    assert "tested: the data 'faces' are not there (data/faces)." in prose(markdown)


def test_chart_of_the_ranking_has_the_numbers_of_its_table(study):
    """Place, name, mean and interval of every model, in the series of its kind."""
    add_images(study, "real_or_fake", seventeen())
    study.build()
    (data,) = panels(study.page, "chart-real_or_fake-ranking")
    tables = load_slice(study.tables / "real_or_fake")
    ranks = Predictions(
        ask=Ask("real_or_fake", tables, {"kind": "images"}, measured=MEASURED)
    ).ranks
    assert data["names"] == [rank.label for rank in ranks]
    for place, rank in enumerate(ranks):
        (line,) = [line for line in data["series"] if line["mean"][place] is not None]
        assert line["label"] == rank.member.group
        assert line["mean"][place] == pytest.approx(rank.accuracy.mean, rel=1e-4)
        assert (line["low"][place], line["high"][place]) == pytest.approx(rank.interval, rel=1e-4)
