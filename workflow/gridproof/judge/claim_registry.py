"""Claims by their id: a statement, its rule in words, and the function that measures it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING

from gridproof.errors import GridproofError

if TYPE_CHECKING:
    from gridproof.judge.claim_tables import Tables
    from gridproof.judge.condition import Condition

Measure = Callable[["Tables"], "list[Condition]"]

ID = re.compile(r"[a-z0-9][a-z0-9.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement that a study's tables support or contradict.

    Attributes
    ----------
    id : lower-case letters, digits, points and hyphens.
    section : of the published study; empty for a user's own claim.
    experiment : the one that the report shows it with; `needs` are all that it looks at.
    statement : the statement in a sentence.
    rule : what has to be true of one seed's numbers, in words; `{names}` are thresholds.
    measure : returns conditions, all of which have to be met; raises UntestableError.
    speculation : whether the published study only supposes it.
    """

    id: str
    section: str
    experiment: str
    needs: tuple[str, ...]
    statement: str
    rule: str
    measure: Measure
    speculation: bool = False

    @property
    def thresholds(self) -> tuple[str, ...]:
        """The names of the thresholds that the rule states."""
        names = [name for _, name, _, _ in Formatter().parse(self.rule) if name]
        return tuple(dict.fromkeys(names))


class Registry:
    """Claims by id, in the order in which they were written."""

    def __init__(self) -> None:
        self.claims: dict[str, Claim] = {}

    def claim(
        self,
        id: str,
        *,
        statement: str,
        rule: str,
        experiment: str,
        also: tuple[str, ...] = (),
        section: str = "",
        speculation: bool = False,
    ) -> Callable[[Measure], Measure]:
        """Register the function below as the measure of a claim.

        Parameters
        ----------
        id, statement, rule, experiment, section, speculation : as in Claim.
        also : further experiments that the function looks at.

        Raises
        ------
        GridproofError : the id is taken, or is no id.
        """

        def register(measure: Measure) -> Measure:
            self.add(
                Claim(
                    id=id,
                    section=section,
                    experiment=experiment,
                    needs=(experiment, *also),
                    statement=statement,
                    rule=rule,
                    measure=measure,
                    speculation=speculation,
                )
            )
            return measure

        return register

    def add(self, claim: Claim) -> None:
        """Take a claim in; GridproofError if its id is taken, or is no id."""
        if not ID.fullmatch(claim.id):
            raise GridproofError(
                f"claim {claim.id!r}: expected an id of lower-case letters, digits, '.' and '-'"
            )
        if claim.id in self.claims:
            raise GridproofError(f"two claims have the id {claim.id!r}, expected one each")
        self.claims[claim.id] = claim


SECTIONS = (
    "learning_rate",
    "epochs",
    "batch_norm",
    "batch_size",
    "shape",
    "gradients",
    "implicit",
    "image_statements",
    "image_facts",
)
"""The modules that hold the statements of the published study, in its order."""

PUBLISHED = Registry()
claim = PUBLISHED.claim


@cache
def published_claims() -> Mapping[str, Claim]:
    """Return the statements of the published study by id, section by section."""
    for module in SECTIONS:
        importlib.import_module(f"gridproof.parts.claims.{module}")
    return dict(PUBLISHED.claims)
