"""From numbers to verdicts: bounds, intervals, seeds, p-values, and what is in print."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gridproof.errors import GridproofError
from gridproof.judge.claim_tables import Tables
from gridproof.judge.condition import Condition, interval
from gridproof.judge.judging import judge, judge_all
from gridproof.judge.load_claims import check_ids
from gridproof.judge.verdict_table import table_of_verdicts
from gridproof.part import Claim, UntestableError

from .world import THRESHOLDS, claims, tables_of


def condition(values: dict[int, float], **bounds: float) -> Condition:
    """Return a condition on these numbers."""
    return Condition(what="a number", unit="nats", values=values, where="epochs.val_loss", **bounds)


def claim(name: str, *conditions: Condition) -> Claim:
    """Return a claim that these conditions decide."""
    return Claim(
        id=name,
        section="",
        experiment="shape",
        needs=("shape",),
        statement="It is so.",
        rule="The number is at least {visible_loss}.",
        measure=lambda tables: list(conditions),
    )


@pytest.fixture
def tables() -> Tables:
    """Return tables of nothing."""
    return tables_of({})


def test_interval_is_that_of_student() -> None:
    """Against scipy's own."""
    values = [0.1, 0.4, 0.35, 0.2, 0.15]
    low, high = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    found = interval(values)
    assert (found.mean, found.low, found.high) == pytest.approx((np.mean(values), low, high))


@pytest.mark.parametrize("values", [[0.5], [0.5, math.nan], [0.5, math.inf], []])
def test_interval_of_one_seed_or_of_a_diverged_one_is_not_stated(values: list[float]) -> None:
    """One number has no spread; the mean of a diverged seed is none."""
    assert math.isnan(interval(values).low)


def test_bounds_are_included_to_the_last_digit_of_floating_point() -> None:
    """0.85 is 0.8 give or take 0.05, though 0.85 - 0.8 is not 0.05 in binary."""
    assert condition({0: 0.85}, low=0.75, high=0.85).held == {0: True}
    assert condition({0: 0.8 + 0.05}, high=0.85).held == {0: True}
    assert condition({0: 0.8501}, high=0.85).held == {0: False}


@pytest.mark.parametrize("tiny", [1e-300, 1e-13, 5e-324])
def test_exactly_zero_means_exactly(tiny: float) -> None:
    """No rounding is forgiven at a bound of zero."""
    assert condition({0: 0.0}, high=0.0).held == {0: True}
    assert condition({0: tiny}, high=0.0).held == {0: False}


def test_number_that_is_none_meets_no_bound() -> None:
    """A diverged seed supports nothing."""
    assert condition({0: math.nan}, low=-1e300).held == {0: False}
    assert condition({0: math.inf}, high=1e300).held == {0: False}


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((1, 1, 1), "holds"),
        ((1, -1, 1), "holds in 2 of 3 seeds"),
        ((-1, -1, -1), "does not hold"),
        ((math.nan, 1, 1), "holds in 2 of 3 seeds"),
    ],
)
def test_verdict_counts_seeds(tables: Tables, numbers: tuple[float, ...], text: str) -> None:
    """All, some or none."""
    given = condition(dict(enumerate(map(float, numbers))), low=0.0)
    assert judge(claim("a", given), tables).text == text


def test_all_conditions_have_to_be_met_in_the_same_seed(tables: Tables) -> None:
    """Each holds in half of the seeds, both in none."""
    first = condition({0: 1.0, 1: -1.0}, low=0.0)
    second = condition({0: -1.0, 1: 1.0}, low=0.0)
    assert judge(claim("a", first, second), tables).text == "does not hold"


def test_claim_that_cannot_be_tested_says_why(tables: Tables) -> None:
    """The reason is part of the evidence."""

    def measure(tables: Tables) -> list[Condition]:
        raise UntestableError("no weights of resnet18")

    given = Claim(
        id="a",
        section="",
        experiment="shape",
        needs=("shape",),
        statement="It is so.",
        rule="Always.",
        measure=measure,
    )
    (row,) = table_of_verdicts([judge(given, tables)]).to_pylist()
    assert row["verdict"] == "cannot be tested"
    assert (row["seeds"], row["seeds_held"]) == (0, 0)
    assert json.loads(row["evidence"])["reason"] == "no weights of resnet18"


def test_p_value_is_that_of_the_one_sided_t_test() -> None:
    """Against scipy, for a lower bound, an upper one and both."""
    values = {0: 0.2, 1: 0.4, 2: 0.3}
    numbers = list(values.values())
    above = stats.ttest_1samp(numbers, 0.1, alternative="greater").pvalue
    below = stats.ttest_1samp(numbers, 0.5, alternative="less").pvalue
    assert condition(values, low=0.1).p_value == pytest.approx(above)
    assert condition(values, high=0.5).p_value == pytest.approx(below)
    assert condition(values, low=0.1, high=0.5).p_value == pytest.approx(max(above, below))


def test_numbers_that_all_seeds_share_have_no_p_value() -> None:
    """Counts are not drawn."""
    assert math.isnan(condition({0: 44.0, 1: 44.0}, low=10).p_value)


def test_p_values_are_adjusted_for_the_number_of_tested_claims(tables: Tables) -> None:
    """Holm by hand: the smallest times two, the larger as it is, counts left out."""
    clear = condition({0: 0.5, 1: 0.51, 2: 0.49}, low=0.0)
    vague = condition({0: 0.1, 1: 0.5, 2: 0.0}, low=0.0)
    count = condition({0: 1.0, 1: 1.0, 2: 1.0}, low=0.0)
    found = judge_all([claim("a", vague), claim("b", clear), claim("c", count)], tables)
    vague_p, clear_p = vague.p_value, clear.p_value
    assert found[1].adjusted == pytest.approx(2 * clear_p)
    assert found[0].adjusted == pytest.approx(max(vague_p, 2 * clear_p))
    assert math.isnan(found[2].adjusted)


def test_published_number_is_put_to_the_same_rule(tables: Tables) -> None:
    """It agrees only if every condition has one."""
    met = condition({0: 1.0}, low=0.0)
    inside = Condition(what="a", unit="nats", values={0: 1.0}, where="b", low=0.0, published=0.5)
    outside = Condition(what="a", unit="nats", values={0: 1.0}, where="b", low=0.0, published=-0.5)
    verdicts = {
        "": judge(claim("a", met, inside), tables),
        "agrees": judge(claim("a", inside), tables),
        "contradicts": judge(claim("a", met, outside), tables),
    }
    assert {name: verdict.in_print for name, verdict in verdicts.items()} == {
        name: name for name in verdicts
    }


def test_table_has_the_numbers_of_the_first_condition(tables: Tables) -> None:
    """Mean, interval, rule with its threshold written out, evidence of every seed."""
    values = {0: 0.2, 1: 0.4, 2: 0.3}
    verdict = judge(claim("a", condition(values, low=0.1)), tables)
    (row,) = table_of_verdicts([verdict]).to_pylist()
    assert row["ours"] == pytest.approx(0.3)
    assert row["low"] < 0.3 < row["high"]
    assert row["rule"] == "The number is at least 0.02 nats."
    evidence = json.loads(row["evidence"])
    assert evidence["conditions"][0]["values"] == {"0": 0.2, "1": 0.4, "2": 0.3}
    assert evidence["thresholds"]["visible_loss"]["reason"]


def test_id_is_taken_once() -> None:
    """Two claims of one id would hide one another."""
    with pytest.raises(GridproofError, match="two claims have the id 'a'"):
        check_ids([claim("a"), claim("b"), claim("a")], [])
    with pytest.raises(GridproofError, match=r"`claims.a` of the configuration"):
        check_ids([claim("a")], ["a"])
    with pytest.raises(GridproofError, match="expected lower-case letters"):
        check_ids([claim("A claim")], [])


def test_threshold_that_is_not_there_names_the_nearest() -> None:
    """A rule cannot measure against nothing."""
    with pytest.raises(GridproofError, match="did you mean 'visible_loss'"):
        THRESHOLDS["visible_los"]


def test_every_threshold_is_used_and_has_a_reason() -> None:
    """None is left over, and every rule names those it is judged by."""
    tables = tables_of({})
    stated = {name for item in claims().values() for name in judge(item, tables).thresholds}
    assert stated == set(THRESHOLDS)
    assert all(len(item.reason.split()) > 3 for item in THRESHOLDS.values())


def test_scatter_ignores_a_trend() -> None:
    """A straight line has none, whatever its slope; one that alternates has four times its size."""
    from gridproof.kit.trends import roughness

    axis = np.arange(41)
    rows = pd.DataFrame({0: 3.0 - 0.1 * axis, 1: np.where(axis % 2 == 0, 0.01, -0.01)}, index=axis)
    assert roughness(rows, "second")[0] == pytest.approx(0, abs=1e-12)
    assert roughness(rows, "second")[1] == pytest.approx(0.04)
