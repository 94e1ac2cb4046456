"""A user's own claims: the documented examples run, and mistakes are told before training."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from gridproof.config.loading import load_config
from gridproof.errors import GridproofError
from gridproof.judge.forms import claim_from_yaml
from gridproof.judge.judge_study import claims_in_file
from gridproof.judge.judging import judge

from .world import World, tables_of, world

DOCUMENT = (Path(__file__).parents[2] / "docs" / "claims.md").read_text(encoding="utf-8")
YAML_EXAMPLE = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)[0]
PYTHON_EXAMPLE = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)[0]
CLAIMS = yaml.safe_load(YAML_EXAMPLE)["claims"]
STUDY = """\
title: Test
data:
  countries: {source: geonames}
experiments:
  shape:
    set: {depth: 6}
    sweep: {width: [8, 16, 64]}
"""


def width(given: World, units: int, **ends: float) -> None:
    """Let the networks of a width end elsewhere."""
    for cell in given["shape"]:
        if cell.parameters["width"] == units:
            for column, value in ends.items():
                cell.end_at(column, value)


FAILING = {
    "wide-beats-narrow": (64, {"test_accuracy": 0.82}),
    "loss-is-low": (64, {"val_loss": 0.6}),
    "accuracy-rises-with-width": (8, {"test_accuracy": 0.99}),
    "widest-is-best": (32, {"test_accuracy": 0.99}),
    "narrowest-is-worst": (32, {"test_accuracy": 0.1}),
    "near-ninety": (64, {"test_accuracy": 0.97}),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_documented_claim_holds_and_fails(name: str) -> None:
    """Every form of the documentation's example, put to tables that meet it and that do not."""
    claim = claim_from_yaml(name, CLAIMS[name])
    assert judge(claim, tables_of(world())).text == "holds"
    assert CLAIMS[name]["because"] in claim.rule
    given = world()
    units, ends = FAILING[name]
    width(given, units, **ends)
    assert judge(claim, tables_of(given)).text == "does not hold"


@pytest.mark.parametrize("name", CLAIMS)
def test_documented_claim_cannot_be_tested_without_its_experiment(name: str) -> None:
    """Data that are not there."""
    verdict = judge(claim_from_yaml(name, CLAIMS[name]), tables_of({}, {"shape": "no data"}))
    assert (verdict.text, verdict.reason) == ("cannot be tested", "no data")


def test_every_form_is_documented() -> None:
    """One example each."""
    forms = {"compare", "bound", "monotone", "argmax", "argmin", "within"}
    assert {form for content in CLAIMS.values() for form in content if form in forms} == forms


def test_documented_file_of_claims_runs(tmp_path: Path) -> None:
    """The Python example holds where wide networks lead after one epoch, and fails elsewhere."""
    path = tmp_path / "my_claims.py"
    path.write_text(PYTHON_EXAMPLE)
    (claim,) = claims_in_file(path)
    given = world()
    assert judge(claim, tables_of(given)).text == "holds"
    for cell in given["shape"]:
        if cell.parameters["width"] == 64:
            cell.change("val_loss", lambda _: 3.0)
    assert judge(claim, tables_of(given)).text == "does not hold"


def test_documented_claims_are_accepted_by_a_study(tmp_path: Path) -> None:
    """The examples fit a study with such an experiment."""
    (tmp_path / "my_claims.py").write_text(PYTHON_EXAMPLE)
    path = tmp_path / "config.yaml"
    path.write_text(f"{STUDY}{YAML_EXAMPLE}claims_file: {tmp_path / 'my_claims.py'}\n")
    assert list(load_config(path).claims) == list(CLAIMS)


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


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "expected a file that can be read"),
        ("def broken(:\n", "line 1: no valid Python"),
    ],
)
def test_file_of_claims_is_checked_before_anything_runs(
    tmp_path: Path, content: str | None, told: str
) -> None:
    """It has to be there and to be Python; it is not run."""
    file = tmp_path / "my_claims.py"
    if content is not None:
        file.write_text(content)
    path = tmp_path / "config.yaml"
    path.write_text(f"{STUDY}claims_file: {file}\n")
    with pytest.raises(GridproofError, match=told):
        load_config(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("x = 1\n", "found no `registry`"),
        ("x = 1 / 0\n", "ZeroDivisionError"),
        (
            PYTHON_EXAMPLE + PYTHON_EXAMPLE.split("registry = Registry()")[1],
            "two claims have the id",
        ),
    ],
)
def test_file_of_claims_that_fails_names_itself(tmp_path: Path, content: str, told: str) -> None:
    """A user's mistake is told without a traceback."""
    path = tmp_path / "my_claims.py"
    path.write_text(content)
    with pytest.raises(GridproofError, match=told) as caught:
        claims_in_file(path)
    assert str(path) in str(caught.value)
