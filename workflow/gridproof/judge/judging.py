"""All claims of a study to verdicts, and verdicts to `claims.parquet`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from gridproof.judge.claim_registry import Claim
from gridproof.judge.claim_tables import Source, Tables, UntestableError
from gridproof.judge.condition import Condition
from gridproof.judge.thresholds import Thresholds
from gridproof.kit.model_comparison import holm

Outcome = Literal["holds", "holds in some seeds", "does not hold", "cannot be tested"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a claim.

    Attributes
    ----------
    conditions : what was measured; the first is the one that `ours` and the interval are of.
    held : seed -> whether all conditions are met.
    reason : why it cannot be tested, else empty.
    sources : the cells that were looked at.
    p_value : the largest of the conditions' p-values, as all of them have to be met (Berger, 1982,
        Technometrics 24, 295-300); NaN where one of them has none and is not simply true.
    adjusted : the same, adjusted for the number of claims of the study (Holm, 1979).
    """

    claim: Claim
    conditions: tuple[Condition, ...] = ()
    held: Mapping[int, bool] = field(default_factory=dict)
    reason: str = ""
    sources: tuple[Source, ...] = ()
    p_value: float = math.nan
    adjusted: float = math.nan

    @property
    def outcome(self) -> Outcome:
        """How many seeds it holds in: all, some or none."""
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


def judge(claim: Claim, tables: Tables) -> Verdict:
    """Return the verdict on one claim; its adjusted p-value is left for `judge_all`.

    The claim holds in a seed if all conditions are met in it. Seeds that not all conditions have
    are left out.
    """
    tables.sources.clear()
    try:
        conditions = tuple(claim.measure(tables))
    except UntestableError as error:
        return Verdict(claim=claim, reason=str(error), sources=tuple(tables.sources.values()))
    seeds = sorted(set.intersection(*(set(item.values) for item in conditions)))
    if not seeds:
        return Verdict(claim=claim, reason="no seed has all the numbers that the rule compares")
    p_values = [item.p_value for item in conditions]
    return Verdict(
        claim=claim,
        conditions=conditions,
        held={seed: all(item.held[seed] for item in conditions) for seed in seeds},
        sources=tuple(tables.sources.values()),
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
        Verdict(
            claim=item.claim,
            conditions=item.conditions,
            held=item.held,
            reason=item.reason,
            sources=item.sources,
            p_value=item.p_value,
            adjusted=float(adjusted.get(item.claim.id, math.nan)),
        )
        for item in verdicts
    ]


def claims_table(verdicts: Iterable[Verdict], thresholds: Thresholds) -> pa.Table:
    """Return the table of claims; its columns are described in docs/tables.md."""
    rows = [row(verdict, thresholds) for verdict in verdicts]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


SCHEMA = pa.schema(
    {
        **dict.fromkeys(("id", "section", "experiment", "statement"), pa.string()),
        "speculation": pa.bool_(),
        "verdict": pa.string(),
        **dict.fromkeys(("seeds_held", "seeds"), pa.int64()),
        **dict.fromkeys(("published", "ours", "low", "high"), pa.float64()),
        "unit": pa.string(),
        **dict.fromkeys(("p_value", "adjusted"), pa.float64()),
        **dict.fromkeys(("in_print", "rule", "evidence"), pa.string()),
    }
)


def row(verdict: Verdict, thresholds: Thresholds) -> dict[str, Any]:
    """Return the row of one claim."""
    claim = verdict.claim
    first = verdict.conditions[0] if verdict.conditions else None
    return {
        "id": claim.id,
        "section": claim.section,
        "experiment": claim.experiment,
        "statement": claim.statement,
        "speculation": claim.speculation,
        "verdict": verdict.text,
        "seeds_held": verdict.n_held,
        "seeds": len(verdict.held),
        "published": first.published if first else math.nan,
        "ours": first.interval.mean if first else math.nan,
        "low": first.interval.low if first else math.nan,
        "high": first.interval.high if first else math.nan,
        "unit": first.unit if first else "",
        "p_value": verdict.p_value,
        "adjusted": verdict.adjusted,
        "in_print": verdict.in_print,
        "rule": rule_in_words(claim, thresholds),
        "evidence": json.dumps(evidence(verdict, thresholds), allow_nan=False),
    }


def rule_in_words(claim: Claim, thresholds: Thresholds) -> str:
    """Return the rule with the values of its thresholds."""
    return claim.rule.format(**{name: thresholds[name].written for name in claim.thresholds})


def evidence(verdict: Verdict, thresholds: Thresholds) -> dict[str, Any]:
    """Return what the verdict rests on: conditions, cells, thresholds with their reasons."""
    return {
        "reason": verdict.reason,
        "held": {str(seed): held for seed, held in verdict.held.items()},
        "conditions": [condition.as_json() for condition in verdict.conditions],
        "thresholds": {name: thresholds[name].model_dump() for name in verdict.claim.thresholds},
        "cells": [
            {
                "experiment": source.experiment,
                "cell": source.cell,
                "slug": source.slug,
                "label": source.label,
            }
            for source in verdict.sources
        ],
    }
