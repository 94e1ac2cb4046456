"""Verdicts as the table `claims.parquet`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from gridproof.judge.judging import Verdict

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


def table_of_verdicts(verdicts: Iterable[Verdict]) -> pa.Table:
    """Return the table of claims; its columns are described in docs/tables.md."""
    return pa.Table.from_pylist([row(verdict) for verdict in verdicts], schema=SCHEMA)


def row(verdict: Verdict) -> dict[str, Any]:
    """Return the row of one claim."""
    claim = verdict.claim
    first = verdict.conditions[0] if verdict.conditions else None
    return {
        "id": claim.id,
        "section": str(claim.section),
        "experiment": claim.experiment,
        "statement": str(claim.statement),
        "speculation": bool(claim.speculation),
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
        "rule": str(verdict.rule),
        "evidence": json.dumps(evidence(verdict), allow_nan=False),
    }


def evidence(verdict: Verdict) -> dict[str, Any]:
    """Return what the verdict rests on: conditions, cells, thresholds with their reasons."""
    return {
        "reason": verdict.reason,
        "held": {str(seed): held for seed, held in verdict.held.items()},
        "conditions": [condition.as_json() for condition in verdict.conditions],
        "thresholds": {name: item.model_dump() for name, item in verdict.thresholds.items()},
        "cells": [asdict(cell) for cell in verdict.looked_at],
    }
