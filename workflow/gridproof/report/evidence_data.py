"""The evidence of claims as the page's script draws it beside a phrase."""

from __future__ import annotations

from typing import Any

from gridproof.judge.outcomes import JUDGED
from gridproof.report.claim_views import Claims, JudgedClaim
from gridproof.report.condition_words import (
    bounds_of,
    condition_estimate,
    flip_words,
    number,
    seeds_words,
)
from gridproof.report.page_html import verdict_kind

EVIDENCE = "evidence"
"""The name of the data on the page."""
DRAWN = ("at_least", "at_most", "estimate", "low", "high", "estimand", "scale", "published")


def evidence_data(claims: Claims) -> dict[str, Any]:
    """Return claim -> what its card shows; numbers that are not finite are null."""
    return {claim.id: card(claim) for claim in claims.claims}


def card(claim: JudgedClaim) -> dict[str, Any]:
    """Return what is shown beside a phrase."""
    return {
        "statement": claim.statement,
        "verdict": claim.verdict,
        "kind": verdict_kind(claim.verdict),
        "judged": JUDGED[claim.comparability],
        "anchor": claim.anchor,
        "conditions": [drawn_condition(item) for item in claim.evidence["conditions"]],
    }


def drawn_condition(condition: dict[str, Any]) -> dict[str, Any]:
    """Return a condition's numbers, as numbers and in words."""
    words = [condition_estimate(condition), seeds_words(condition), flip_words(condition)]
    if condition["published"] is not None:
        words.append(f"published {number(condition['published'], condition['unit'])}")
    return {
        **{name: finite(condition[name]) for name in DRAWN},
        "what": condition["what"],
        "values": [finite(value) for value in condition["values"].values()],
        "held": list(condition["held"].values()),
        "bounds": bounds_of(condition),
        "text": "; ".join(words),
    }


def finite(value: Any) -> Any:
    """Return a number or a word as it is; of what diverged, which JSON holds as text, nothing."""
    return None if value in ("inf", "-inf") else value
