"""Claims to verdicts: each is put to the tables, and one whose code fails costs no other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import Formatter
from typing import Any

from gridproof.errors import GridproofError
from gridproof.judge.broken_claims import what_failed
from gridproof.judge.claim_tables import LookedAt, Tables, WrongTablesError
from gridproof.judge.comparability import NOTHING, JudgedOn, judged_on
from gridproof.judge.condition import Condition
from gridproof.judge.outcomes import FAILED, Outcome
from gridproof.judge.thresholds import Threshold
from gridproof.part import Claim, UntestableError

LEVEL = 0.05
"""The probability that any claim of a study is decided wrongly is at most this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a claim.

    Attributes
    ----------
    rule : the claim's, with the values of its thresholds.
    thresholds : those that the rule names.
    conditions : what was measured, the deciding one first.
    held : seed -> whether all conditions are met.
    reason : why it cannot be tested, or what failed; else empty.
    failed : whether the claim's code failed, or returned no conditions.
    looked_at : the cells that were looked at.
    tail : the probability of an error that each number's interval leaves on either side.
    comparability : whether it is judged on what the published study looked at.
    """

    claim: Claim
    rule: str = ""
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    held: Mapping[int, bool] = field(default_factory=dict)
    reason: str = ""
    failed: bool = False
    looked_at: tuple[LookedAt, ...] = ()
    tail: float = LEVEL
    comparability: JudgedOn = NOTHING

    @property
    def outcome(self) -> Outcome:
        """What the numbers say: all are surely within their bounds, one is not, or neither."""
        if self.failed:
            return FAILED
        if self.reason:
            return "cannot be tested"
        results = {condition_result(item, self.tail) for item in self.conditions}
        if "contradicted" in results:
            return "contradicted"
        return "undecided" if "undecided" in results else "supported"

    @property
    def n_held(self) -> int:
        """The number of seeds in which the claim holds."""
        return sum(self.held.values())

    @property
    def p_value(self) -> float:
        """The smallest level at which the claim would be decided, either way; NaN if it is exact.

        For support all numbers have to be within their bounds, for contradiction one outside: the
        largest p-value counts (Berger, 1982, Technometrics 24, 295-300), or the smallest, each
        times the number of those that seeds change.
        """
        if not n_noisy(self):
            return math.nan
        estimates = [item.estimate for item in self.conditions]
        support = max(estimate.p_within() for estimate in estimates)
        against = min(estimate.p_outside() for estimate in estimates)
        return min(1.0, n_noisy(self) * min(support, against))

    @property
    def in_print(self) -> str:
        """Whether the published numbers meet the rule: `agrees`, `contradicts` or empty."""
        judged = [item.in_print for item in self.conditions if item.in_print is not None]
        if False in judged:
            return "contradicts"
        return "agrees" if judged and len(judged) == len(self.conditions) else ""


def judge_all(claims: Iterable[Claim], tables: Tables) -> list[Verdict]:
    """Return the verdicts on all claims of a study.

    The probability that any claim of the study is decided wrongly is at most LEVEL, by Holm (1979,
    Scandinavian Journal of Statistics 6, 65-70): of the two ways in which a claim can be decided
    one at most is wrong, and once it is decided rightly none is left, so that claims count once.
    """
    verdicts = [judge(claim, tables) for claim in claims]
    p_values = [verdict.p_value for verdict in verdicts]
    tested = [place for place, p_value in enumerate(p_values) if not math.isnan(p_value)]
    levels = dict(
        zip(tested, holm_levels([p_values[place] for place in tested], LEVEL), strict=True)
    )
    return [
        deciding_first(replace(verdict, tail=tail_of(verdict, levels.get(place, LEVEL))))
        for place, verdict in enumerate(verdicts)
    ]


def holm_levels(p_values: Sequence[float], level: float) -> list[float]:
    """Return for each test the level that its p-value is held against.

    They rise with the p-values from `level` over their number to the one at which the first test
    fails, which is that of all others.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    levels = [level] * len(p_values)
    allowed, failed = level, False
    for rank, place in enumerate(order):
        if not failed:
            allowed = level / (len(p_values) - rank)
            failed = p_values[place] > allowed
        levels[place] = allowed
    return levels


def tail_of(verdict: Verdict, level: float) -> float:
    """Return what each interval of a claim leaves on either side, so that all keep its level."""
    return level / max(1, n_noisy(verdict))


def n_noisy(verdict: Verdict) -> int:
    """Return the number of a claim's conditions that hang on seeds."""
    return sum(not item.is_exact for item in verdict.conditions)


def condition_result(condition: Condition, tail: float) -> Outcome:
    """Return what a condition's interval, which leaves out `tail` on either side, says of it."""
    estimate = condition.estimate
    if estimate.p_outside() <= tail:
        return "contradicted"
    return "supported" if estimate.p_within() <= tail else "undecided"


def deciding_first(verdict: Verdict) -> Verdict:
    """Return a verdict whose first condition is the one that it hangs on.

    That is the one farthest outside of its bounds if one is outside, else the least surely within.
    """

    def order(condition: Condition) -> tuple[float, float]:
        estimate = condition.estimate
        outside = estimate.p_outside()
        is_outside = outside <= verdict.tail
        return (outside if is_outside else 1.0, -estimate.p_within())

    return replace(verdict, conditions=tuple(sorted(verdict.conditions, key=order)))


def judge(claim: Claim, tables: Tables) -> Verdict:
    """Return what was measured for one claim; the level of its tests is left for `judge_all`.

    Whatever the claim's code raises is its own verdict, `failed`.

    Raises
    ------
    WrongTablesError : the tables cannot be used, whoever asks.
    """
    tables.looked_at.clear()
    verdict = Verdict(claim=claim, rule=claim.rule)
    try:
        verdict = with_rule(verdict, tables)
        verdict = with_conditions(verdict, conditions_of(claim, tables))
    except UntestableError as error:
        verdict = replace(verdict, reason=str(error))
    except WrongTablesError:
        raise
    # A study's own code may raise anything, and sys.exit as well.
    except (Exception, SystemExit) as error:
        verdict = replace(verdict, failed=True, reason=what_failed(claim, error))
    looked_at = tuple(tables.looked_at.values())
    compared = judged_on(tables, claim) if verdict.conditions else NOTHING
    return replace(verdict, looked_at=looked_at, comparability=compared)


def with_rule(verdict: Verdict, tables: Tables) -> Verdict:
    """Return a verdict with the values of the thresholds in its rule.

    Raises
    ------
    GridproofError : the rule names a threshold that is not there, or its braces do not match.
    """
    rule = verdict.claim.rule
    try:
        names = dict.fromkeys(name for _, name, _, _ in Formatter().parse(rule) if name is not None)
    except ValueError as error:
        raise GridproofError(f"its rule names thresholds in braces: {error}") from error
    thresholds = {name: tables.thresholds[name] for name in names}
    written = {name: threshold.written for name, threshold in thresholds.items()}
    return replace(verdict, rule=rule.format(**written), thresholds=thresholds)


def conditions_of(claim: Claim, tables: Tables) -> tuple[Condition, ...]:
    """Return what a claim measures; GridproofError if that is no list of conditions."""
    found: Any = claim.measure(tables)
    is_list = isinstance(found, (list, tuple)) and len(found) > 0
    if not is_list or not all(isinstance(item, Condition) for item in found):
        raise GridproofError(
            f"returned {found!r}, expected a list of conditions, as `tables.at_least` returns them"
        )
    return tuple(found)


def with_conditions(verdict: Verdict, conditions: tuple[Condition, ...]) -> Verdict:
    """Return a verdict on what was measured."""
    seeds = sorted(set.intersection(*(set(item.values) for item in conditions)))
    if not seeds:
        return replace(verdict, reason="no seed has all the numbers that the rule compares")
    return replace(
        verdict,
        conditions=conditions,
        held={seed: all(item.held[seed] for item in conditions) for seed in seeds},
    )
