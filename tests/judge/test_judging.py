"""From numbers to verdicts: bounds, seeds, levels, margins, and what is in print."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gridproof.errors import GridproofError
from gridproof.judge.claim_tables import Tables
from gridproof.judge.condition import Condition
from gridproof.judge.judging import LEVEL, holm_levels, judge, judge_all
from gridproof.judge.load_claims import check_ids
from gridproof.judge.margins import margin
from gridproof.judge.verdict_table import table_of_verdicts
from gridproof.part import Claim, UntestableError

from .world import THRESHOLDS, claims, tables_of


def condition(values: dict[int, float], **given: Any) -> Condition:
    """Return a condition on these numbers."""
    return Condition(what="a number", unit="nats", values=values, where="epochs.val_loss", **given)


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


MANY = range(20)


@pytest.mark.parametrize(
    ("middle", "outcome"), [(1.0, "supported"), (-1.0, "contradicted"), (0.05, "undecided")]
)
def test_verdict_follows_the_mean_whatever_single_seeds_do(
    tables: Tables, middle: float, outcome: str
) -> None:
    """Seeds scatter by one around it: some are on the other side of the bound in every case."""
    values = {seed: middle + (1.2 if seed % 2 else -1.2) for seed in MANY}
    verdict = judge(claim("a", condition(values, low=0.0)), tables)
    assert 0 < verdict.n_held < len(verdict.held)
    assert verdict.outcome == outcome


def test_verdict_on_what_happens_in_most_seeds_counts_them(tables: Tables) -> None:
    """Eighteen of twenty are most, ten may be, two are not, however far the others are off."""
    for count, outcome in ((18, "supported"), (10, "undecided"), (2, "contradicted")):
        values = {seed: 1.0 if seed < count else -100.0 for seed in MANY}
        found = judge(claim("a", condition(values, low=0.0, estimand="seeds")), tables)
        assert found.outcome == outcome


def test_number_that_no_seed_changes_is_judged_as_it_is(tables: Tables) -> None:
    """Even from one seed; and one that differs is a mistake of the claim."""
    for value, outcome in ((44.0, "supported"), (1400.0, "contradicted")):
        exact = condition({0: value, 1: value}, high=50.0, estimand="exact")
        assert judge(claim("a", exact), tables).outcome == outcome
        assert math.isnan(judge(claim("a", exact), tables).p_value)
    with pytest.raises(GridproofError, match="expected one of all seeds"):
        condition({0: 44.0, 1: 45.0}, high=50.0, estimand="exact")


@pytest.mark.parametrize("lost", [math.nan, math.inf])
def test_seed_without_a_number_makes_most_seeds_decide(tables: Tables, lost: float) -> None:
    """There is no mean; the seed counts as one that does not meet the bound."""
    values = {seed: lost if seed == 3 else 1.0 + seed / 100 for seed in MANY}
    given = condition(values, low=0.0, high=10.0)
    assert (given.estimate.value, given.held[3]) == (0.95, False)
    assert judge(claim("a", given), tables).outcome == "supported"


def test_claim_is_contradicted_by_one_condition_and_supported_by_all_only(tables: Tables) -> None:
    """The deciding condition comes first."""
    inside = condition({seed: 1 + seed / 100 for seed in MANY}, low=0.0)
    unclear = condition({seed: (-1.0) ** seed for seed in MANY}, low=0.0)
    outside = condition({seed: -1 - seed / 100 for seed in MANY}, low=0.0)
    cases = {
        "supported": ([inside, inside], inside),
        "undecided": ([inside, unclear], unclear),
        "contradicted": ([inside, unclear, outside], outside),
    }
    for outcome, (conditions, deciding) in cases.items():
        (verdict,) = judge_all([claim("a", *conditions)], tables)
        assert verdict.outcome == outcome
        assert verdict.conditions[0] is deciding


def test_levels_are_those_of_holm() -> None:
    """By hand: 0.05 / 3 for the smallest, 0.05 / 2 for the next, which fails, and for the last."""
    assert holm_levels([0.03, 0.01, 0.5], 0.05) == pytest.approx([0.025, 0.05 / 3, 0.025])


def test_claims_and_conditions_share_the_level_and_exact_ones_take_none(tables: Tables) -> None:
    """Two claims that hang on seeds, one of two conditions; a count beside them."""
    clear = condition({seed: 1 + seed / 100 for seed in MANY}, low=0.0)
    vague = condition({seed: (-1.0) ** seed + 0.1 for seed in MANY}, low=0.0)
    count = condition({0: 1.0, 1: 1.0}, low=0.0, estimand="exact")
    found = judge_all([claim("a", vague), claim("b", clear, clear), claim("c", count)], tables)
    assert found[1].tail == pytest.approx(LEVEL / 2 / 2)
    assert found[0].tail == pytest.approx(LEVEL)
    assert [verdict.outcome for verdict in found] == ["undecided", "supported", "supported"]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("side", ["low", "high"])
def test_result_changes_exactly_at_the_margin(tables: Tables, side: str, sign: int) -> None:
    """A bound a hair before it decides as before, one a hair behind it does not."""
    values = {seed: sign * (1 + seed / 10) for seed in MANY}
    at = margin(condition(values, **{side: 0.0}), LEVEL)
    inner = 1e-6 if side == "low" else -1e-6

    def outcome(bound: float) -> str:
        return judge(claim("a", condition(values, **{side: bound})), tables).outcome

    assert [outcome(at.supported - inner), outcome(at.supported + inner)] == [
        "supported",
        "undecided",
    ]
    assert [outcome(at.contradicted + inner), outcome(at.contradicted - inner)] == [
        "contradicted",
        "undecided",
    ]


def test_margin_of_a_share_is_a_number_of_seeds(tables: Tables) -> None:
    """From so many on it would be supported, up to so many contradicted."""
    at = margin(condition(dict.fromkeys(MANY, 1.0), low=0.0), LEVEL)

    def outcome(count: float) -> str:
        values = {seed: 1.0 if seed < count else -1.0 for seed in MANY}
        return judge(claim("a", condition(values, low=0.0, estimand="seeds")), tables).outcome

    assert [outcome(at.supported), outcome(at.supported - 1)] == ["supported", "undecided"]
    assert [outcome(at.contradicted), outcome(at.contradicted + 1)] == [
        "contradicted",
        "undecided",
    ]


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


def test_table_has_the_numbers_of_the_deciding_condition(tables: Tables) -> None:
    """Mean, interval, rule with its threshold written out, evidence of every seed."""
    values = {0: 0.2, 1: 0.4, 2: 0.3}
    verdict = judge(claim("a", condition(values, low=0.1)), tables)
    (row,) = table_of_verdicts([verdict]).to_pylist()
    assert row["ours"] == pytest.approx(0.3)
    assert row["low"] < 0.3 < row["high"]
    assert row["errors"] == pytest.approx(0.2 / (0.1 / math.sqrt(3)))
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
