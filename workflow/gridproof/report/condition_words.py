"""The numbers of a claim in words: estimates, bounds, and what would change a result."""

from __future__ import annotations

from typing import Any

from gridproof.judge.thresholds import ANY, UNWRITTEN
from gridproof.judge.verdict_table import SEEDS
from gridproof.kit.markdown import code
from gridproof.kit.quantity import NONE, decimal, scientific, thousands

COUNTS = {"steps", "parameters", "regions", "rates"}
LARGEST_DECIMAL = 1e4
SMALLEST_DECIMAL = 1e-3


def condition_row(condition: dict[str, Any]) -> tuple[object, ...]:
    """Return the cells of a condition's row."""
    unit = condition["unit"]
    is_share = condition["estimand"] == "seeds"
    published = "" if condition["published"] is None else number(condition["published"], unit)
    return (
        condition["what"] if unit == ANY else f"{condition['what']} ({unit})",
        " and ".join(bounds_of(condition)) + (", in most seeds" if is_share else ""),
        condition_estimate(condition),
        code(condition["result"]),
        flip_words(condition),
        seeds_words(condition),
        condition["where"],
        published,
    )


def bounds_of(condition: dict[str, Any]) -> list[str]:
    """Return the bounds of a condition in words."""
    return [
        f"{words} {number(condition[key], condition['unit'])}"
        for key, words in (("at_least", "at least"), ("at_most", "at most"))
        if condition[key] is not None
    ]


def seeds_words(condition: dict[str, Any]) -> str:
    """Return in how many seeds a condition is met, and the range of the seeds' numbers."""
    met, values = list(condition["held"].values()), list(condition["values"].values())
    text = f"{sum(met)} of {len(met)} within"
    finite = [value for value in values if isinstance(value, float | int)]
    if not finite or len(set(finite)) == 1 == len({str(value) for value in values}):
        return text
    low, high = (number(value, condition["unit"]) for value in (min(finite), max(finite)))
    return f"{text}; {low} to {high}"


def flip_words(condition: dict[str, Any]) -> str:
    """Return what would change a condition's result, and how far its estimate is from the bound."""
    margin = condition["margin"]
    if condition["estimand"] == "exact":
        return "nothing: it is exact"
    result = condition["result"]
    others = [name for name in ("supported", "contradicted") if result in ("undecided", name)]
    if condition["estimand"] == "seeds":
        words = {"supported": "from {} seeds on", "contradicted": "up to {} seeds"}
        found = [
            f"{words[name].format(round(margin[name]))} {name}"
            for name in others
            if margin[name] is not None
        ]
        return "; ".join(found) or "no number of so few seeds decides"
    found = [f"{name} {number(margin[name], condition['unit'])}" for name in others]
    verb = "is" if result == "undecided" else "stays"
    far = decimal(margin["errors"], 1) if isinstance(margin["errors"], float) else margin["errors"]
    return f"the bound, {far} standard errors away, at which it {verb} {' or '.join(found)}"


def condition_estimate(condition: dict[str, Any]) -> str:
    """Return what a condition is estimated at, with its interval and unit."""
    unit = SEEDS if condition["estimand"] == "seeds" else condition["unit"]
    return estimate_words(condition["estimate"], condition["low"], condition["high"], unit)


def estimate_words(value: Any, low: Any, high: Any, unit: str) -> str:
    """Write an estimate with its interval, where it has one, and its unit."""
    text = number(value, unit)
    if low is not None and low != high:
        text += f" [{number(low, unit)} to {number(high, unit)}]"
    return text if unit in UNWRITTEN else f"{text} {unit}"


def number(value: float | str | None, unit: str) -> str:
    """Write a number of evidence; `none` for what diverged."""
    if value is None or isinstance(value, str):
        return str(value or NONE)
    if unit in COUNTS or abs(value) >= LARGEST_DECIMAL:
        return thousands(value) if value == round(value) else decimal(value, 1)
    if value and abs(value) < SMALLEST_DECIMAL:
        return scientific(value)
    return decimal(value)
