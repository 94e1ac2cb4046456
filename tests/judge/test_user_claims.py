"""A user's own claims: the documented examples run, and mistakes are told before training."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from gridproof.config.loading import load_config
from gridproof.config.user_claims import UserClaim
from gridproof.errors import GridproofError
from gridproof.judge.forms import claim_from_yaml
from gridproof.judge.judging import judge
from gridproof.judge.published import Published
from gridproof.judge.thresholds import Thresholds, read_thresholds
from gridproof.part import Claim

from .own_study import claims_of_study, written_study
from .world import World, cell, tables_of, world

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
YAML_EXAMPLE = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)[0]
PYTHON_EXAMPLE = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)[0]
THRESHOLDS_EXAMPLE = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)[1]
CLAIMS = yaml.safe_load(YAML_EXAMPLE)["claims"]
STUDY = f"""\
title: Test
parts: [{ROOT}/study/data]
data:
  countries: {{source: geonames}}
experiments:
  shape:
    set: {{depth: 6}}
    sweep: {{width: [8, 16, 64]}}
"""


def documented(name: str) -> Claim:
    """Return a claim of the documentation's example."""
    return claim_from_yaml(name, UserClaim.model_validate(CLAIMS[name]))


def width(given: World, units: int, **ends: float) -> None:
    """Let the networks of a width end elsewhere."""
    for member in given["shape"]:
        if member.parameters["width"] == units:
            for column, value in ends.items():
                member.end_at(column, value)


FAILING = {
    "wide-beats-narrow": (64, {"test_accuracy": 0.82}),
    "loss-is-low": (64, {"val_loss": 0.6}),
    "accuracy-rises-with-width": (8, {"test_accuracy": 0.99}),
    "widest-is-best": (32, {"test_accuracy": 0.99}),
    "narrowest-is-worst": (32, {"test_accuracy": 0.1}),
    "near-ninety": (64, {"test_accuracy": 0.97}),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_documented_claim_is_supported_and_contradicted(name: str) -> None:
    """Every form of the documentation's example, put to tables that meet it and that do not."""
    claim = documented(name)
    assert judge(claim, tables_of(world())).outcome == "supported"
    assert CLAIMS[name]["because"] in claim.rule
    given = world()
    units, ends = FAILING[name]
    width(given, units, **ends)
    assert judge(claim, tables_of(given)).outcome == "contradicted"


@pytest.mark.parametrize("name", CLAIMS)
def test_documented_claim_cannot_be_tested_without_its_experiment(name: str) -> None:
    """Data that are not there."""
    verdict = judge(documented(name), tables_of({}, {"shape": "no data"}))
    assert (verdict.outcome, verdict.reason) == ("cannot be tested", "no data")


def test_every_form_is_documented() -> None:
    """One example each."""
    forms = {"compare", "bound", "monotone", "argmax", "argmin", "within"}
    assert {form for content in CLAIMS.values() for form in content if form in forms} == forms


def test_documented_file_of_claims_runs(tmp_path: Path) -> None:
    """The Python example: wide networks lead after one epoch, and elsewhere they do not."""
    folder = written_study(tmp_path, first_epoch=PYTHON_EXAMPLE)
    (claim,) = claims_of_study(folder, "shape")
    given = world()
    assert judge(claim, tables_of(given, {}, Published(), Thresholds({}))).outcome == "supported"
    for member in given["shape"]:
        if member.parameters["width"] == 64:
            member.change("val_loss", lambda _: 3.0)
    assert judge(claim, tables_of(given)).outcome == "contradicted"


def test_documented_thresholds_are_read(tmp_path: Path) -> None:
    """The second example is a file of thresholds."""
    path = tmp_path / "thresholds.yaml"
    path.write_text(THRESHOLDS_EXAMPLE)
    assert read_thresholds([path])["visible_loss"].written == "0.02 nats"


def test_documented_claims_are_accepted_by_a_study(tmp_path: Path) -> None:
    """The examples fit a study with such an experiment."""
    folder = written_study(tmp_path, first_epoch=PYTHON_EXAMPLE)
    path = tmp_path / "config.yaml"
    path.write_text(STUDY.replace("/study/data]", f"/study/data, {folder}]") + YAML_EXAMPLE)
    config, parts = load_config(path)
    assert list(config.claims) == list(CLAIMS)
    assert parts.claim_modules() == (f"{folder.name}.claims.first_epoch",)


def test_order_along_a_parameter_needs_one_cell_a_value() -> None:
    """Two networks of one width would be put in an order that nothing decides."""
    given = world()
    deep = cell({"depth": 6, "width": 8}, epochs=50, steps=1, curves={"test_accuracy": 0.1})
    given["shape"].append(deep)
    verdict = judge(documented("accuracy-rises-with-width"), tables_of(given))
    assert verdict.outcome == "cannot be tested"
    assert "several cells with depth 6 and one width, expected one each" in verdict.reason


GOOD = """\
claims:
  mine:
    statement: So it is.
    experiment: shape
    column: val_loss
    because: it was said
    bound: {of: {width: 64}, at_most: 1}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "experiment: shape",
            "experiment: shap",
            "unknown experiment 'shap', did you mean 'shape'",
        ),
        (
            "column: val_loss",
            "column: val_los",
            "unknown column 'val_los', did you mean 'val_loss'",
        ),
        ("width: 64", "widht: 64", "claims.mine.bound.of.widht: unknown parameter 'widht'"),
        ("width: 64", "width: 65", "found 0 cells of 'shape' with width 65, expected 1"),
        ("of: {width: 64}, ", "", "found 3 cells of 'shape' with any parameters, expected 1"),
        ("bound:", "bond:", "unknown key 'bond', did you mean 'bound'"),
        (", at_most: 1", "", "expected at_least, at_most or both"),
        ("at_most", "atmost", "unknown key 'atmost', did you mean 'at_most'"),
        ("    because: it was said\n", "", "the key 'because' is missing"),
        ("column: val_loss", "column: val_loss\n    epoch: first", "expected last, lowest"),
        (
            "    bound: {of: {width: 64}, at_most: 1}\n",
            "",
            "expected one of compare, bound, monotone, argmax, argmin, within",
        ),
        ("  mine:", "  Mine Own:", "lower-case letters"),
        (
            "bound: {of: {width: 64}, at_most: 1}",
            "monotone: {along: widht, direction: rises}",
            "unknown parameter 'widht', did you mean 'width'",
        ),
        (
            "bound: {of: {width: 64}, at_most: 1}",
            "argmax: {cell: {width: 64}, among: {width: 64}}",
            "found 1 cells of 'shape' with width 64, expected at least 2",
        ),
    ],
)
def test_mistake_in_a_claim_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    """File, line, what was found, the nearest valid name."""
    assert old in GOOD
    path = tmp_path / "config.yaml"
    path.write_text(STUDY + GOOD.replace(old, new, 1))
    with pytest.raises(GridproofError) as caught:
        load_config(path)
    assert told in str(caught.value)
    assert f"{path}, line " in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_file_of_claims_that_is_no_python_is_told_before_anything_runs(tmp_path: Path) -> None:
    """With its line; it is not run."""
    folder = written_study(tmp_path, mine="# claims\ndef broken(:\n")
    path = tmp_path / "config.yaml"
    path.write_text(STUDY.replace("/study/data]", f"/study/data, {folder}]"))
    with pytest.raises(GridproofError, match=f"{folder}/claims/mine.py, line 2: no Python"):
        load_config(path)
