"""Verdicts as the table `claims.parquet`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from gridproof.judge.condition import Condition, plain
from gridproof.judge.estimates import ESTIMANDS, ShareOfSeeds
from gridproof.judge.judging import Verdict, condition_result, n_noisy
from gridproof.judge.margins import margin

SEEDS = "share of seeds"
"""The unit of the estimate where it is one of seeds."""
SCHEMA = pa.schema(
    {
        **dict.fromkeys(("id", "section", "experiment", "statement"), pa.string()),
        "speculation": pa.bool_(),
        "verdict": pa.string(),
        **dict.fromkeys(("comparability", "compared_with"), pa.string()),
        **dict.fromkeys(("seeds_held", "seeds"), pa.int64()),
        **dict.fromkeys(("published", "ours", "low", "high"), pa.float64()),
        "unit": pa.string(),
        **dict.fromkeys(("p_value", "level", "errors"), pa.float64()),
        **dict.fromkeys(("in_print", "rule", "evidence"), pa.string()),
    }
)


def table_of_verdicts(verdicts: Iterable[Verdict]) -> pa.Table:
    """Return the table of claims; its columns are described in docs/tables.md."""
    return pa.Table.from_pylist([row(verdict) for verdict in verdicts], schema=SCHEMA)


def row(verdict: Verdict) -> dict[str, Any]:
    """Return the row of one claim."""
    claim = verdict.claim
    return {
        "id": claim.id,
        "section": str(claim.section),
        "experiment": claim.experiment,
        "statement": str(claim.statement),
        "speculation": bool(claim.speculation),
        "verdict": verdict.outcome,
        "comparability": verdict.comparability.kind,
        "compared_with": verdict.comparability.what,
        "seeds_held": verdict.n_held,
        "seeds": len(verdict.held),
        **deciding(verdict),
        "p_value": verdict.p_value,
        "level": verdict.tail * n_noisy(verdict),
        "in_print": verdict.in_print,
        "rule": str(verdict.rule),
        "evidence": json.dumps(evidence(verdict), allow_nan=False),
    }


def deciding(verdict: Verdict) -> dict[str, Any]:
    """Return the columns about the condition that a verdict hangs on."""
    if not verdict.conditions:
        return {
            **dict.fromkeys(("published", "ours", "low", "high", "errors"), math.nan),
            "unit": "",
        }
    first = verdict.conditions[0]
    estimate = first.estimate
    low, high = estimate.interval(verdict.tail)
    is_share = isinstance(estimate, ShareOfSeeds)
    return {
        "published": math.nan if is_share else first.published,
        "ours": estimate.value,
        "low": low,
        "high": high,
        "unit": SEEDS if is_share else first.unit,
        "errors": margin(first, verdict.tail).errors,
    }


def evidence(verdict: Verdict) -> dict[str, Any]:
    """Return what the verdict rests on: conditions, cells, thresholds with their reasons."""
    return {
        "reason": verdict.reason,
        "held": {str(seed): held for seed, held in verdict.held.items()},
        "conditions": [condition_json(item, verdict.tail) for item in verdict.conditions],
        "thresholds": {name: item.model_dump() for name, item in verdict.thresholds.items()},
        "cells": [asdict(cell) for cell in verdict.looked_at],
    }


def condition_json(condition: Condition, tail: float) -> dict[str, Any]:
    """Return a condition as JSON holds it; numbers that are not finite are texts or null."""
    estimate = condition.estimate
    low, high = estimate.interval(tail)
    return {
        "what": condition.what,
        "unit": condition.unit,
        "where": condition.where,
        "at_least": plain(condition.low) if condition.low > -math.inf else None,
        "at_most": plain(condition.high) if condition.high < math.inf else None,
        "values": {str(seed): plain(value) for seed, value in condition.values.items()},
        "held": {str(seed): held for seed, held in condition.held.items()},
        "estimand": ESTIMANDS[type(estimate)],
        "scale": condition.scale,
        "estimate": plain(estimate.value),
        "low": plain(low),
        "high": plain(high),
        "result": condition_result(condition, tail),
        "margin": margin(condition, tail).as_json(),
        "published": plain(condition.published),
        "in_print": condition.in_print,
    }
