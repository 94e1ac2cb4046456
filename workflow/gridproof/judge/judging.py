"""Claims to verdicts: each is put to the tables, and one whose code fails costs no other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from string import Formatter
from typing import Any

from gridproof.errors import GridproofError
from gridproof.judge.broken_claims import what_failed
from gridproof.judge.claim_tables import LookedAt, Tables, WrongTablesError
from gridproof.judge.condition import Condition
from gridproof.judge.outcomes import FAILED, Outcome
from gridproof.judge.thresholds import Threshold
from gridproof.kit.model_comparison import holm
from gridproof.part import Claim, UntestableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a claim.

    Attributes
    ----------
    rule : the claim's, with the values of its thresholds.
    thresholds : those that the rule names.
    conditions : what was measured; the first is the one that `ours` and the interval are of.
    held : seed -> whether all conditions are met.
    reason : why it cannot be tested, or what failed; else empty.
    failed : whether the claim's code failed, or returned no conditions.
    looked_at : the cells that were looked at.
    p_value : the largest of the conditions' p-values, as all of them have to be met (Berger, 1982,
        Technometrics 24, 295-300); NaN where one of them has none and is not simply true.
    adjusted : the same, adjusted for the number of claims of the study (Holm, 1979).
    """

    claim: Claim
    rule: str = ""
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    held: Mapping[int, bool] = field(default_factory=dict)
    reason: str = ""
    failed: bool = False
    looked_at: tuple[LookedAt, ...] = ()
    p_value: float = math.nan
    adjusted: float = math.nan

    @property
    def outcome(self) -> Outcome:
        """How many seeds it holds in: all, some or none."""
        if self.failed:
            return FAILED
        if self.reason:
            return "cannot be tested"
        if all(self.held.values()):
            return "holds"
        return "holds in some seeds" if any(self.held.values()) else "does not hold"

    @property
    def n_held(self) -> int:
        """The number of seeds in which the claim holds."""
        return sum(self.held.values())

    @property
    def text(self) -> str:
        """The verdict in words."""
        if self.outcome == "holds in some seeds":
            return f"holds in {self.n_held} of {len(self.held)} seeds"
        return self.outcome

    @property
    def in_print(self) -> str:
        """Whether the published numbers meet the rule: `agrees`, `contradicts` or empty."""
        judged = [item.in_print for item in self.conditions if item.in_print is not None]
        if False in judged:
            return "contradicts"
        return "agrees" if judged and len(judged) == len(self.conditions) else ""


def judge_all(claims: Iterable[Claim], tables: Tables) -> list[Verdict]:
    """Return the verdicts on all claims of a study, with p-values adjusted for their number."""
    verdicts = [judge(claim, tables) for claim in claims]
    tested = [verdict for verdict in verdicts if not math.isnan(verdict.p_value)]
    adjusted = dict(
        zip(
            (verdict.claim.id for verdict in tested),
            holm([verdict.p_value for verdict in tested]),
            strict=True,
        )
    )
    return [
        replace(verdict, adjusted=float(adjusted.get(verdict.claim.id, math.nan)))
        for verdict in verdicts
    ]


def judge(claim: Claim, tables: Tables) -> Verdict:
    """Return the verdict on one claim; its adjusted p-value is left for `judge_all`.

    The claim holds in a seed if all conditions are met in it. Seeds that not all conditions have
    are left out. Whatever the claim's code raises is its own verdict, `failed`.

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
    return replace(verdict, looked_at=tuple(tables.looked_at.values()))


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
    p_values = [item.p_value for item in conditions]
    return replace(
        verdict,
        conditions=conditions,
        held={seed: all(item.held[seed] for item in conditions) for seed in seeds},
        p_value=combined(conditions, p_values),
    )


def combined(conditions: Iterable[Condition], p_values: Iterable[float]) -> float:
    """Return the largest p-value of several conditions.

    Those without one, such as counts, do not matter if they are met in every seed; if not, there
    is nothing to say about chance, and NaN is returned.
    """
    known = []
    for condition, p_value in zip(conditions, p_values, strict=True):
        if not math.isnan(p_value):
            known.append(p_value)
        elif not all(condition.held.values()):
            return math.nan
    return max(known, default=math.nan)
