"""The claims of a study: those of its own files and those of its configuration."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from gridproof.catalogue import Catalogue
from gridproof.config.user_claims import UserClaim
from gridproof.errors import GridproofError
from gridproof.judge.broken_claims import defined_at, short_path, unreadable_file
from gridproof.judge.forms import claim_from_yaml
from gridproof.part import Claim, claims_in

ID = re.compile(r"[a-z0-9][a-z0-9.-]*")
NUMBER = re.compile(r"(\d+)")


def claims_of(
    catalogue: Catalogue, own: Mapping[str, UserClaim], experiments: Collection[str]
) -> tuple[list[Claim], list[Claim]]:
    """Return the claims to judge, and those about experiments that the study does not have.

    Both in the order of the write-up: by section, those of none last, then by file and line, and
    the configuration's after those of files.

    Parameters
    ----------
    catalogue : the study's parts.
    own : the claims of its configuration, by id.
    experiments : those that the study has, or would have if their data were there.

    Raises
    ------
    GridproofError : two claims have one id, or an id is none.
    """
    claims = list(claims_in_files(catalogue))
    check_ids(claims, own)
    claims += [claim_from_yaml(name, content) for name, content in own.items()]
    ordered = sorted(claims, key=lambda claim: place_of_section(str(claim.section)))
    # Of no experiment is what stands for a file that cannot be read.
    known = {*experiments, ""}
    judged = [claim for claim in ordered if claim.experiment in known]
    return judged, [claim for claim in ordered if claim.experiment not in known]


def claims_in_files(catalogue: Catalogue) -> Iterator[Claim]:
    """Yield the claims of a study's files; a file that fails is a claim that fails."""
    for name, (_, path) in catalogue.modules["claims"].items():
        try:
            module = catalogue.load("claims", name)
        # Also sys.exit: a study's own code may raise anything.
        except (Exception, SystemExit) as error:
            yield unreadable_file(path, error.__cause__ or error)
        else:
            yield from claims_in(module)


def check_ids(claims: Iterable[Claim], own: Collection[str]) -> None:
    """Refuse an id that is none, and one that another claim has; `own` are the configuration's."""
    taken = {name: f"`claims.{name}` of the configuration" for name in own}
    for claim in claims:
        path, line = defined_at(claim)
        here = f"{short_path(path)}, line {line}"
        if not ID.fullmatch(str(claim.id)):
            raise GridproofError(
                f"{here}: found the id {claim.id!r}, expected lower-case letters, digits, '.' "
                "and '-'"
            )
        if claim.id in taken:
            raise GridproofError(f"two claims have the id {claim.id!r}: {taken[claim.id]}; {here}")
        taken[claim.id] = here


def place_of_section(section: str) -> tuple[bool, list[tuple[bool, int, str]]]:
    """Return what sections are sorted by: 6.2 before 6.10, numbers before words, none last."""
    parts = filter(None, NUMBER.split(section))
    return not section, [
        (not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts
    ]
