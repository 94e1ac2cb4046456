"""The verdicts as templates ask for them: counted, by experiment, each with its evidence."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridproof.files.formats import read_table
from gridproof.judge.outcomes import FAILED
from gridproof.judge.thresholds import ANY, UNWRITTEN
from gridproof.kit.markdown import Markdown, code, escape, table
from gridproof.kit.quantity import NONE, decimal, scientific, thousands
from gridproof.report.page_html import heading_id

OWN = "your own"
AGREES, CONTRADICTS = "agrees", "contradicts"
KINDS = {
    "holds": "held in every seed",
    "holds in some seeds": "held in some seeds only",
    "does not hold": "held in none",
    "cannot be tested": "could not be tested",
    FAILED: "could not be judged, as their code failed",
}
"""The kinds of verdicts, and how a sentence that counts them says each."""
SOME = "holds in some seeds"
COUNTS = {"steps", "parameters", "regions", "rates"}
LARGEST_DECIMAL = 1e4
SMALLEST_DECIMAL = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClaim:
    """A row of `claims.parquet` (see docs/tables.md); `evidence` is read from its JSON."""

    id: str
    section: str
    experiment: str
    statement: str
    speculation: bool
    verdict: str
    seeds_held: int
    seeds: int
    published: float
    ours: float
    low: float
    high: float
    unit: str
    p_value: float
    adjusted: float
    in_print: str
    rule: str
    evidence: dict[str, Any]

    @property
    def kind(self) -> str:
        """The verdict without numbers of seeds."""
        return SOME if self.verdict.startswith("holds in") else self.verdict

    @property
    def badge(self) -> Markdown:
        """The verdict as the page turns it into a badge."""
        return code(self.verdict)

    @property
    def heading(self) -> str:
        """The heading of its evidence."""
        return f"Claim {self.id}"

    @property
    def link(self) -> Markdown:
        """Its id, as a link to its evidence."""
        return Markdown(f"[{escape(self.id)}](#{heading_id(self.heading)})")

    @property
    def shown(self) -> str:
        """Mean of the first condition over the seeds, with its interval and unit."""
        if math.isnan(self.ours):
            return ""
        text = number(self.ours, self.unit)
        if math.isfinite(self.low) and self.low != self.high:
            text += f" [{number(self.low, self.unit)} to {number(self.high, self.unit)}]"
        return text if self.unit in UNWRITTEN else f"{text} {self.unit}"

    @property
    def printed(self) -> str:
        """The published number of the first condition; empty if there is none."""
        return "" if math.isnan(self.published) else number(self.published, self.unit)

    @property
    def reason(self) -> str:
        """Why it cannot be tested, or how its code failed; else empty."""
        return str(self.evidence["reason"])

    @property
    def failed(self) -> bool:
        """Whether its own code failed, so that nothing is known of the statement."""
        return self.verdict == FAILED

    @property
    def has_p_value(self) -> bool:
        """Whether its numbers vary over the seeds, so that a test says how surely it holds."""
        return not math.isnan(self.adjusted)

    @property
    def agrees(self) -> bool:
        """Whether the numbers in print meet the rule."""
        return self.in_print == AGREES

    def unmet_in_print(self) -> Markdown:
        """Return the conditions that the numbers in print do not meet, with these numbers."""
        unmet = [item for item in self.evidence["conditions"] if item["in_print"] is False]
        return Markdown(
            ", ".join(
                f"{escape(item['what'])} is {number(item['published'], item['unit'])}"
                for item in unmet
            )
        )

    def conditions_table(self) -> Markdown:
        """Return a row a condition: the number, its bounds, each seed, the interval, in print.

        There is no column for what is in print where nothing is.
        """
        seeds = list(self.evidence["held"])
        headers = ["measured", "bounds", *(f"seed {seed}" for seed in seeds), "mean, interval"]
        headers += ["from", "published"]
        rows = [condition_row(item, seeds) for item in self.evidence["conditions"]]
        shown = len(headers) if any(row[-1] for row in rows) else len(headers) - 1
        return table(headers[:shown], [row[:shown] for row in rows])

    def thresholds_table(self) -> Markdown:
        """Return a row a threshold: its value and its reason."""
        rows = [
            (code(name), number(item["value"], item["unit"]), item["unit"], item["reason"])
            for name, item in self.evidence["thresholds"].items()
        ]
        return table(["threshold", "value", "unit", "reason"], rows)

    def cells(self) -> list[Markdown]:
        """Return the folders of the cells that it looks at, each a link to what made it."""
        folders = (f"{item['slug']}-{item['cell']}" for item in self.evidence["cells"])
        return [cell_link(folder) for folder in dict.fromkeys(folders)]


def cell_link(folder: str) -> Markdown:
    """Return the name of a cell's folder as a link to its card."""
    return Markdown(f"[{code(folder)}](#{heading_id(folder)})")


@dataclass(frozen=True, slots=True)
class Claims:
    """All claims of a study."""

    claims: tuple[JudgedClaim, ...]

    def of(self, experiment: str) -> list[JudgedClaim]:
        """Return the claims that are shown with an experiment."""
        return [claim for claim in self.claims if claim.experiment == experiment]

    def counted(self) -> list[tuple[str, int]]:
        """Return each kind of verdict and how many claims have it, those that occur."""
        counts = Counter(claim.kind for claim in self.claims)
        return [(kind, counts[kind]) for kind in KINDS if counts[kind]]

    def in_words(self) -> str:
        """Return how many claims have which kind of verdict, as the end of a sentence."""
        counts = [f"{count} {KINDS[kind]}" for kind, count in self.counted()]
        return " and ".join(filter(None, [", ".join(counts[:-1]), *counts[-1:]]))

    @property
    def has_sections(self) -> bool:
        """Whether some claim names a section of a write-up."""
        return any(claim.section for claim in self.claims)

    def contradicting(self) -> list[JudgedClaim]:
        """Return the claims that the published study's own numbers contradict."""
        return [claim for claim in self.claims if claim.in_print == CONTRADICTS]

    def by_section(self) -> Markdown:
        """Return a row a section of the write-up: how many claims of each verdict."""
        names = {claim.section or OWN for claim in self.claims}
        sections = sorted(names, key=lambda name: (name == OWN, not name[0].isdigit(), name))
        kinds = [kind for kind, _ in self.counted()]
        rows = []
        for section in sections:
            counts = Counter(
                claim.kind for claim in self.claims if (claim.section or OWN) == section
            )
            rows.append((section, *(counts[kind] for kind in kinds), counts.total()))
        return table(["section", *kinds, "claims"], rows)


def read_claims(path: Path) -> Claims:
    """Read `claims.parquet`; GridproofError if it is missing or damaged."""
    rows = read_table(path).to_pylist()
    return Claims(
        tuple(JudgedClaim(**{**row, "evidence": json.loads(row["evidence"])}) for row in rows)
    )


def claims_table(claims: Iterable[JudgedClaim], *, in_print: bool) -> Markdown:
    """Return a row a claim: verdict, statement, its number with the interval.

    In a study that has values in print, what they say stands beside it.
    """
    rows = [
        (
            claim.link,
            claim.badge,
            claim.statement + (" (a supposition)" if claim.speculation else ""),
            claim.shown or claim.reason,
            *([claim.printed] if in_print else []),
        )
        for claim in claims
    ]
    numbers = ("ours [interval]", "published") if in_print else ("mean [interval]",)
    return table(["claim", "verdict", "statement", *numbers], rows)


def condition_row(condition: dict[str, Any], seeds: list[str]) -> tuple[object, ...]:
    """Return the cells of a condition's row; a seed that fails is said to."""
    unit = condition["unit"]
    bounds = [
        f"{words} {number(condition[key], unit)}"
        for key, words in (("at_least", "at least"), ("at_most", "at most"))
        if condition[key] is not None
    ]
    values = []
    for seed in seeds:
        failed = "" if condition["held"][seed] else " (no)"
        values.append(number(condition["values"][seed], unit) + failed)
    mean = number(condition["mean"], unit)
    if condition["low"] is not None and condition["low"] != condition["high"]:
        mean += f" [{number(condition['low'], unit)} to {number(condition['high'], unit)}]"
    published = "" if condition["published"] is None else number(condition["published"], unit)
    what = condition["what"] if unit == ANY else f"{condition['what']} ({unit})"
    return what, ", ".join(bounds), *values, mean, condition["where"], published


def number(value: float | str | None, unit: str) -> str:
    """Write a number of evidence; `none` for what diverged."""
    if value is None or isinstance(value, str):
        return str(value or NONE)
    if unit in COUNTS or abs(value) >= LARGEST_DECIMAL:
        return thousands(value) if value == round(value) else decimal(value, 1)
    if value and abs(value) < SMALLEST_DECIMAL:
        return scientific(value)
    return decimal(value)
