"""Phrases of the prose that a claim checks: `[it rises]{claim=loss-is-low}`.

Each becomes a link to the evidence, with a sign of the verdict where it stands. The link's title
says the claim, its verdict and on what it was judged; the page tells such links by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gridproof.config.prose_checks import PHRASE
from gridproof.errors import GridproofError, nearest
from gridproof.judge.outcomes import JUDGED
from gridproof.kit.markdown import Markdown
from gridproof.report.claim_views import SIGNS, Claims, JudgedClaim

TOGETHER, APART = "\N{NO-BREAK SPACE}", "\N{EM SPACE}"
"""What stands between the signs of a section, and between sections."""
REFUSED = ("contradicted", "failed")
"""Verdicts of phrases that a strict check refuses."""


def phrases_in(text: str) -> list[tuple[str, str]]:
    """Return the phrases of a text, on one line, each with the id of its claim."""
    return [(" ".join(match["phrase"].split()), match["claim"]) for match in PHRASE.finditer(text)]


def mark_phrases(text: str, claims: Mapping[str, JudgedClaim], left_out: frozenset[str]) -> str:
    """Return a text in which each phrase is a link with the sign of its claim's verdict.

    Parameters
    ----------
    claims : those that were judged, by id.
    left_out : ids of claims about experiments that the study does not have; their phrases stay as
        they are, unmarked.

    Raises
    ------
    GridproofError : there is no such claim; names the nearest.
    """

    def mark(match: re.Match[str]) -> str:
        name, phrase = match["claim"], match["phrase"]
        if name in claims:
            return phrase_link(phrase, claims[name])
        if name in left_out:
            return phrase
        raise GridproofError(
            f"the phrase {phrase!r} is tied to a claim {name!r}, which there is not"
            f"{nearest(name, [*claims, *left_out])}"
        )

    return PHRASE.sub(mark, text)


def phrase_link(phrase: str, claim: JudgedClaim) -> str:
    """Return a phrase as a link to its claim's evidence, marked by the verdict."""
    sign = SIGNS[claim.verdict]
    return f'[{phrase}\N{NO-BREAK SPACE}{sign}](#{claim.anchor} "{verdict_title(claim)}")'


def verdict_title(claim: JudgedClaim) -> str:
    """Return the verdict in words, as links to a claim are titled."""
    words = JUDGED[claim.comparability]
    return f"{claim.id}: {claim.verdict}" + (f", judged {words}" if words else "")


def dots(claims: Claims) -> Markdown:
    """Return a sign for each claim, section by section, each a link to its evidence."""
    sections = dict.fromkeys(claim.section for claim in claims.claims)
    lines = []
    for section in sections:
        own = [claim for claim in claims.claims if claim.section == section]
        signs = [
            f'[{SIGNS[claim.verdict]}](#{claim.anchor} "{verdict_title(claim)}")' for claim in own
        ]
        lines.append(TOGETHER.join(filter(None, [section, *signs])))
    return Markdown(f"{APART} ".join(lines))
