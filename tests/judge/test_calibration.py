"""Simulated studies with known truths: how often verdicts are wrong."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from gridproof.judge.judging import LEVEL, judge_all
from gridproof.part import Claim

from .world import tables_of

FILE = Path(__file__).parents[2] / "docs" / "calibration.py"
STUDIES = 2_000


def calibration() -> ModuleType:
    """Return the script that writes the tables of the documentation."""
    spec = importlib.util.spec_from_file_location("calibration", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # dataclasses look the module up by its name
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SCRIPT = calibration()
HONEST = SCRIPT.FORMS[:4]
"""Forms whose seeds are drawn as their test assumes."""


def upper(rate: float, studies: int) -> float:
    """Return what a simulated rate may reach by chance: three standard errors more."""
    return rate + 3 * (rate * (1 - rate) / studies) ** 0.5


@pytest.mark.parametrize("n", SCRIPT.SEEDS)
@pytest.mark.parametrize("form", HONEST, ids=lambda form: form.name)
def test_neither_error_is_made_more_often_than_stated(form: object, n: int) -> None:
    """At the bound, where both are largest."""
    for rate in SCRIPT.rates(form, n, 0.0, LEVEL, STUDIES):
        assert rate <= upper(LEVEL, STUDIES)


@pytest.mark.parametrize("form", HONEST, ids=lambda form: form.name)
def test_truth_far_inside_is_found_and_far_outside_contradicted(form: object) -> None:
    """A simulation in which nothing is ever decided would make no error either."""
    assert SCRIPT.rates(form, 20, 0.95, LEVEL, 200)[0] > 0.85
    assert SCRIPT.rates(form, 20, -0.95, LEVEL, 200)[1] > 0.85


def test_any_wrong_verdict_of_a_study_is_as_rare_as_stated() -> None:
    """Studies of twelve claims: at the bound, where both errors are largest, and far from it."""
    generator = np.random.default_rng(1)
    tables, studies, wrong = tables_of({}), 300, 0
    # A hair outside: "supported" is wrong, as is "contradicted" of those that are surely inside.
    truths = [-1e-9] * 8 + [3.0] * 4
    for _ in range(studies):
        claims = [drawn_claim(generator, place, truth) for place, truth in enumerate(truths)]
        outcomes = [verdict.outcome for verdict in judge_all(claims, tables)]
        wrong += "supported" in outcomes[:8] or "contradicted" in outcomes[8:]
    assert wrong / studies <= upper(LEVEL, studies)


def drawn_claim(generator: np.random.Generator, place: int, truth: float) -> Claim:
    """Return a claim of two conditions on ten seeds each, whose means are `truth` inside."""
    conditions = [
        SCRIPT.condition(dict(enumerate(generator.normal(truth, 1, 10))), low=0.0) for _ in range(2)
    ]
    return Claim(
        id=f"claim-{place}",
        section="",
        experiment="shape",
        needs=("shape",),
        statement="It is so.",
        rule="Always.",
        measure=lambda tables: conditions,
    )
