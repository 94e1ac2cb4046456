"""Whether a claim is judged on what the published study looked at, or on something in its place."""

from __future__ import annotations

from dataclasses import dataclass

from gridproof.judge.claim_tables import Tables
from gridproof.judge.outcomes import Comparability
from gridproof.part import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedOn:
    """How a claim's cells compare with the published study's, and what is another thing there."""

    kind: Comparability
    what: str = ""


NOTHING = JudgedOn(kind="")
"""Where nothing is in print."""
ARITHMETIC = JudgedOn(kind="arithmetic")
SAME = JudgedOn(kind="same")


def judged_on(tables: Tables, claim: Claim) -> JudgedOn:
    """Return how the cells that a claim looked at compare with the published study's."""
    experiments = dict.fromkeys(cell.experiment for cell in tables.looked_at.values())
    found = [tables.substitutes(name) for name in experiments]
    if not found or None in found:
        return NOTHING
    if claim.arithmetic:
        return ARITHMETIC
    substitutes = list(dict.fromkeys(text for texts in found if texts for text in texts))
    return JudgedOn(kind="substitute", what="; ".join(substitutes)) if substitutes else SAME
