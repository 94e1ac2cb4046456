"""What the published study says against its own numbers, the largest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridproof.kit.markdown import Markdown, escape
from gridproof.report.against_print import PrintedBeside
from gridproof.report.claim_views import Claims, JudgedClaim


def self_contradictions(claims: Claims, prose: Sequence[PrintedBeside]) -> list[Markdown]:
    """Return a sentence for each statement and number of the prose that its own numbers contradict.

    Ordered by how far the two are apart, relative to the larger of them.

    Parameters
    ----------
    prose : values in print that the prose states otherwise.
    """
    found = [(claim_excess(claim), of_claim(claim)) for claim in claims.contradicting()]
    found += [(prose_excess(item), of_prose(item)) for item in prose]
    return [sentence for _, sentence in sorted(found, key=lambda pair: -pair[0])]


def of_claim(claim: JudgedClaim) -> Markdown:
    """Return the sentence about a statement whose rule the published numbers do not meet."""
    unmet = claim.unmet_in_print()
    statement = escape(claim.statement)
    return Markdown(
        f"{claim.link}: {statement} The published numbers do not meet this rule: {unmet}."
    )


def of_prose(item: PrintedBeside) -> Markdown:
    """Return the sentence about a number that prose and figure state differently."""
    value = item.published
    shown = f"the figure {item.printed}" + (", read off" if value.read_off else "")
    name = escape(item.name)
    return Markdown(f"Section {value.section}, {name}: the prose says {value.prose}, {shown}.")


def claim_excess(claim: JudgedClaim) -> float:
    """Return how far a published number lies outside of a bound, relative to the larger of both."""
    return max(map(outside, claim.unmet_conditions()))


def outside(condition: dict[str, Any]) -> float:
    """Return the distance of the published number from the bound that it breaks."""
    printed = condition["published"]
    bounds = [condition[key] for key in ("at_least", "at_most") if condition[key] is not None]
    bound = min(bounds, key=lambda one: abs(one - printed))
    return relative(printed, bound)


def prose_excess(item: PrintedBeside) -> float:
    """Return how far prose and figure are apart, relative to the larger number."""
    assert item.published.prose is not None
    return relative(float(item.published.prose), item.published.value)


def relative(first: float, second: float) -> float:
    """Return the distance of two numbers relative to the larger one; up to 1 for one sign."""
    largest = max(abs(first), abs(second))
    return abs(first - second) / largest if largest else 0.0
