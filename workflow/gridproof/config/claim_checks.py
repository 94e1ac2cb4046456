"""Checks of a user's claims against the study they are about."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from gridproof.config.complaints import Complaint, unknown
from gridproof.config.expand import members
from gridproof.config.parameters import PARAMETERS
from gridproof.config.schema import StudyConfig
from gridproof.config.user_claims import COLUMNS, Monotone, UserClaim, matches, written
from gridproof.config.yaml_reader import KeyPath


def claim_complaints(config: StudyConfig) -> Iterator[Complaint]:
    """Yield what is wrong with the claims: names that nothing carries, cells that are not there."""
    yield from file_complaints(config.claims_file)
    for name, claim in config.claims.items():
        path = ("claims", name)
        if claim.column not in COLUMNS:
            yield Complaint((*path, "column"), unknown("column", claim.column, COLUMNS))
        if claim.experiment not in config.experiments:
            text = unknown("experiment", claim.experiment, config.experiments)
            yield Complaint((*path, "experiment"), text)
        else:
            yield from cell_complaints(config, claim, (*path, claim.form))


def cell_complaints(config: StudyConfig, claim: UserClaim, path: KeyPath) -> Iterator[Complaint]:
    """Yield the parameters that the experiment's family lacks, and selections of no single cell."""
    experiment = config.experiments[claim.experiment]
    valid = PARAMETERS[experiment.family].model_fields
    form = getattr(claim, claim.form)
    if isinstance(form, Monotone) and form.along not in valid:
        yield Complaint((*path, "along"), unknown("parameter", form.along, valid))
    cells = [member.parameters.model_dump() for member in members(config, experiment)]
    for key, values, single in claim.selections():
        unknowns = [name for name in values if name not in valid]
        for name in unknowns:
            yield Complaint((*path, key, name), unknown("parameter", name, valid))
        if unknowns:
            continue
        found = sum(matches(cell, values) for cell in cells)
        if single and found != 1:
            text = f"found {found} cells of {claim.experiment!r} with {written(values)}, expected 1"
            yield Complaint((*path, key), text)
        elif not single and found < 2:
            text = f"found {found} cells of {claim.experiment!r} with {written(values)}"
            yield Complaint((*path, key), f"{text}, expected at least 2")


def file_complaints(path: Path | None) -> Iterator[Complaint]:
    """Yield what is wrong with a file of claims in Python, without running it."""
    if path is None:
        return
    try:
        ast.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        text = f"found {str(path)!r}, expected a file that can be read ({error.strerror})"
        yield Complaint(("claims_file",), text)
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        yield Complaint(("claims_file",), f"{path}{line}: no valid Python ({error})")
