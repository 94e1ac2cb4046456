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
from gridproof.judge.outcomes import FAILED, JUDGED, LEFT_OUT, Comparability
from gridproof.kit.markdown import Markdown, code, escape, table
from gridproof.report.condition_words import condition_row, estimate_words, number
from gridproof.report.page_html import heading_id

OWN = "your own"
AGREES, CONTRADICTS = "agrees", "contradicts"
KINDS = {
    "supported": "supported",
    "contradicted": "contradicted",
    "undecided": "undecided",
    "cannot be tested": "without the cells to test them",
    FAILED: "not judged, as their code failed",
}
"""The kinds of verdicts, and how a sentence that counts them says each."""
SIGNS = {
    "supported": "✓",
    "contradicted": "✗",
    "undecided": "◐",
    "cannot be tested": "?",
    "failed": "?",
}
"""Verdict -> the sign that marks it, in both forms of the report."""
RINGS = {"same": "in a ring", "substitute": "in a dotted ring", "arithmetic": "in a square"}
"""How the strip of signs shows what each was judged on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClaim:
    """A row of `claims.parquet` (see docs/tables.md); `evidence` is read from its JSON."""

    id: str
    section: str
    experiment: str
    statement: str
    speculation: bool
    verdict: str
    comparability: Comparability
    compared_with: str
    seeds_held: int
    seeds: int
    published: float
    ours: float
    low: float
    high: float
    unit: str
    p_value: float
    level: float
    errors: float
    in_print: str
    rule: str
    evidence: dict[str, Any]

    @property
    def badge(self) -> Markdown:
        """The verdict as the page turns it into a badge."""
        return code(self.verdict)

    @property
    def heading(self) -> str:
        """The heading of its evidence."""
        return f"Claim {self.id}"

    @property
    def anchor(self) -> str:
        """What leads to its evidence."""
        return heading_id(self.heading)

    @property
    def link(self) -> Markdown:
        """Its id, as a link to its evidence."""
        return Markdown(f"[{escape(self.id)}](#{self.anchor})")

    @property
    def shown(self) -> str:
        """Estimate of the deciding condition with its interval and unit."""
        if math.isnan(self.ours):
            return ""
        return estimate_words(self.ours, self.low, self.high, self.unit)

    @property
    def compared(self) -> str:
        """On what it was judged, beside what the published study looked at; or empty."""
        words = JUDGED[self.comparability]
        return f"{words}: {self.compared_with}" if self.compared_with else words

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
        """Whether its numbers vary over the seeds, so that a test decides."""
        return not math.isnan(self.p_value)

    @property
    def agrees(self) -> bool:
        """Whether the numbers in print meet the rule."""
        return self.in_print == AGREES

    def unmet_conditions(self) -> list[dict[str, Any]]:
        """Return the conditions that the numbers in print do not meet."""
        return [item for item in self.evidence["conditions"] if item["in_print"] is False]

    def unmet_in_print(self) -> Markdown:
        """Return the conditions that the numbers in print do not meet, with these numbers."""
        return Markdown(
            ", ".join(
                f"{escape(item['what'])} is {number(item['published'], item['unit'])}"
                for item in self.unmet_conditions()
            )
        )

    def conditions_table(self) -> Markdown:
        """Return a row a condition, the deciding one first: estimate, bounds, what would flip it.

        There is no column for what is in print where nothing is.
        """
        headers = ["measured", "bounds", "estimate [interval]", "result", "would change at"]
        headers += ["seeds", "from", "published"]
        rows = [condition_row(item) for item in self.evidence["conditions"]]
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
    """All claims of a study; `left_out` are the ids of those about experiments that it has not."""

    claims: tuple[JudgedClaim, ...]
    left_out: frozenset[str] = frozenset()

    def of(self, experiment: str) -> list[JudgedClaim]:
        """Return the claims that are shown with an experiment."""
        return [claim for claim in self.claims if claim.experiment == experiment]

    def counted(self) -> list[tuple[str, int]]:
        """Return each kind of verdict and how many claims have it, those that occur."""
        counts = Counter(claim.verdict for claim in self.claims)
        return [(kind, counts[kind]) for kind in KINDS if counts[kind]]

    def in_words(self) -> str:
        """Return how many claims have which kind of verdict, as the end of a sentence."""
        counts = [f"{count} {KINDS[kind]} {SIGNS[kind]}" for kind, count in self.counted()]
        if counts:
            first, words = counts[0].split(" ", 1)
            counts[0] = f"{first} {'is' if first == '1' else 'are'} {words}"
        return " and ".join(filter(None, [", ".join(counts[:-1]), *counts[-1:]]))

    def compared_in_words(self) -> str:
        """Return how many claims were judged on what, as the end of a sentence."""
        counts = Counter(claim.comparability for claim in self.claims)
        parts = [
            f"{counts[kind]} {words} (on the page {RINGS[kind]})"
            for kind, words in JUDGED.items()
            if counts[kind] and words
        ]
        return ", ".join(parts)

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
                claim.verdict for claim in self.claims if (claim.section or OWN) == section
            )
            rows.append((section, *(counts[kind] for kind in kinds), counts.total()))
        return table(["section", *kinds, "claims"], rows)


def read_claims(path: Path) -> Claims:
    """Read `claims.parquet`; GridproofError if it is missing or damaged."""
    table = read_table(path)
    left_out = json.loads((table.schema.metadata or {}).get(LEFT_OUT, b"{}"))
    return Claims(
        tuple(
            JudgedClaim(**{**row, "evidence": json.loads(row["evidence"])})
            for row in table.to_pylist()
        ),
        frozenset(name for names in left_out.values() for name in names),
    )


def claims_table(claims: Iterable[JudgedClaim], *, in_print: bool) -> Markdown:
    """Return a row a claim: verdict, statement, its number with the interval.

    In a study that has values in print, what they say stands beside it, and what ours are of.
    """
    rows = [
        (
            claim.link,
            claim.badge,
            *([JUDGED[claim.comparability]] if in_print else []),
            claim.statement + (" (a supposition)" if claim.speculation else ""),
            claim.shown or claim.reason,
            *([claim.printed] if in_print else []),
        )
        for claim in claims
    ]
    numbers = ("ours [interval]", "published") if in_print else ("estimate [interval]",)
    judged = ("judged",) if in_print else ()
    return table(["claim", "verdict", *judged, "statement", *numbers], rows)
