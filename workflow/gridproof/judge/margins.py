"""How far a verdict is from another: the bounds, or counts of seeds, at which it would change."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from gridproof.judge.condition import Condition, plain
from gridproof.judge.estimates import Estimate, ShareOfSeeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """What separates a condition from another result.

    Attributes
    ----------
    bound : the one that is nearest to the estimate, in the unit of the estimate.
    errors : its distance from the estimate, in standard errors; infinite for exact numbers.
    supported, contradicted : the bound from which on the condition would be that; of a share of
        seeds, the number of seeds. NaN where no bound would make it so.
    """

    bound: float
    errors: float
    supported: float
    contradicted: float

    def as_json(self) -> dict[str, Any]:
        """Return the margin as JSON holds it."""
        return {name: plain(value) for name, value in asdict(self).items()}


def margin(condition: Condition, tail: float) -> Margin:
    """Return the margin of a condition whose interval leaves out `tail` on either side."""
    estimate = condition.estimate
    if isinstance(estimate, ShareOfSeeds):
        return share_margin(estimate, tail)
    bounds = [bound for bound in (estimate.low, estimate.high) if math.isfinite(bound)]
    bound = min(bounds, key=lambda one: abs(one - estimate.value))
    low, high = estimate.interval(tail)
    is_floor = bound == estimate.low
    return Margin(
        bound=bound,
        errors=estimate.errors_to(bound),
        supported=low if is_floor else high,
        contradicted=high if is_floor else low,
    )


def share_margin(estimate: ShareOfSeeds, tail: float) -> Margin:
    """Return the numbers of seeds, of as many, that would have decided."""
    counts = range(estimate.n + 1)
    support = [k for k in counts if with_count(estimate, k).p_within() <= tail]
    against = [k for k in counts if with_count(estimate, k).p_outside() <= tail]
    return Margin(
        bound=estimate.low,
        errors=estimate.errors_to(estimate.low),
        supported=float(min(support, default=math.nan)),
        contradicted=float(max(against, default=math.nan)),
    )


def with_count(estimate: ShareOfSeeds, count: int) -> Estimate:
    """Return the estimate if so many seeds had been within bounds."""
    return ShareOfSeeds(n_met=count, n=estimate.n, low=estimate.low)
