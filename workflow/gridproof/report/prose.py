"""A study's own prose: files of Markdown, whose numbers are asked and whose phrases are checked.

`report/NN-<experiment>.md` belongs to the section of an experiment; its first paragraph is the
answer that the section opens on. `findings.md`, `method.md`, `discussion.md` and `conclusion.md`
belong to the report. The number before a name is for the reader of the folder; the order is the
config's.

A paragraph, or an item of a list, that asks for what this study does not have (an experiment whose
data are not there, a cell of other parameters) is left out, and the log says so. docs/words.md
describes the language.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from gridproof.config.prose_checks import blocks_of
from gridproof.errors import GridproofError
from gridproof.report.asked_numbers import NotInStudyError
from gridproof.report.claim_views import Claims
from gridproof.report.phrases import mark_phrases, phrases_in
from gridproof.report.template_environments import render_text

NUMBERED = re.compile(r"(?:\d+-)?(?P<name>.+\.md)")
OF_THE_REPORT = ("findings", "method", "discussion", "conclusion")
"""Names of the files that belong to no section."""


@dataclass(frozen=True, slots=True)
class Prose:
    """What an author says in a section: the answer, and the rest."""

    answer: str = ""
    rest: str = ""


class ProseFiles:
    """The files of prose of a study.

    Parameters
    ----------
    environment : finds them.
    names : what any prose may ask.
    claims : what phrases are tied to.
    """

    def __init__(self, environment: Environment, names: Mapping[str, Any], claims: Claims) -> None:
        self._environment = environment
        self._names = names
        self._left_out = claims.left_out
        self._claims = {claim.id: claim for claim in claims.claims}
        loader = environment.loader
        assert loader is not None
        self._files = {
            match["name"]: path
            for path in loader.list_templates()
            if "/" not in path and (match := NUMBERED.fullmatch(path))
        }

    def section(self, name: str, context: Mapping[str, Any]) -> Prose:
        """Return the prose of `<name>.md`, an experiment's; empty if there is none."""
        answer, *rest = list(self._blocks(name, context)) or [("", "")]
        return Prose(answer[1], joined(rest))

    def whole(self, name: str) -> str:
        """Return the text of a file that belongs to the report; empty if there is none."""
        return joined(list(self._blocks(name, {})))

    def _blocks(self, name: str, context: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield what stands before each block that this study can say, and the block."""
        if name not in self._files:
            return
        path = self._files[name]
        assert self._environment.loader is not None
        text = self._environment.loader.get_source(self._environment, path)[0]
        for gap, block in blocks_of(text.strip()):
            if self._cannot_say(block):
                continue
            try:
                said = render_text(self._environment, block, {**self._names, **context})
                yield gap, mark_phrases(said, self._claims, self._left_out)
            except NotInStudyError as error:
                print(f"{path}: a paragraph is left out: {error}", file=sys.stderr)
            except GridproofError as error:
                raise GridproofError(f"{path}: {error}") from error

    def _cannot_say(self, block: str) -> bool:
        """Tell whether all claims of a block are about what the study does not have."""
        named = [claim for _, claim in phrases_in(block)]
        return bool(named) and all(name in self._left_out for name in named)


def joined(blocks: list[tuple[str, str]]) -> str:
    """Return blocks as one text."""
    return "".join(("" if place == 0 else gap) + text for place, (gap, text) in enumerate(blocks))
