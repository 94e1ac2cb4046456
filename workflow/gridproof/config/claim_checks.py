"""Checks of a user's claims against the study they are about."""

from __future__ import annotations

from collections.abc import Iterator

from gridproof.catalogue import Catalogue
from gridproof.config.complaints import Complaint, unknown
from gridproof.config.expand import members
from gridproof.config.schema import schema_of
from gridproof.config.study_config import StudyConfig
from gridproof.config.user_claims import METRICS, Monotone, UserClaim, matches, written
from gridproof.config.yaml_reader import KeyPath, display_name
from gridproof.declarations import claim_lines


def claim_complaints(config: StudyConfig, catalogue: Catalogue) -> Iterator[Complaint]:
    """Yield what is wrong with the claims: names that nothing carries, cells that are not there."""
    yield from double_ids(config, catalogue)
    measured = [name for e in catalogue.measurements_of("epochs") for name in e.quantities]
    columns = (*METRICS, *measured)
    for name, claim in config.claims.items():
        path = ("claims", name)
        if claim.column not in columns:
            yield Complaint((*path, "column"), unknown("column", claim.column, columns))
        if claim.experiment not in config.experiments:
            text = unknown("experiment", claim.experiment, config.experiments)
            yield Complaint((*path, "experiment"), text)
        else:
            yield from cell_complaints(config, catalogue, claim, (*path, claim.form))


def double_ids(config: StudyConfig, catalogue: Catalogue) -> Iterator[Complaint]:
    """Yield the ids that two claims have, in the configuration or in files of the study's own."""
    known: dict[str, str] = {}
    for _, path in catalogue.modules["claims"].values():
        for name, line in claim_lines(path):
            place = f"{display_name(path)}, line {line}"
            if name in known:
                text = f"two claims have the id {name!r}: {known[name]} and {place}"
                yield Complaint(("parts",), f"{text}; expected one each")
            known[name] = place
    for name in config.claims:
        if name in known:
            text = f"the claim at {known[name]} has the same id, expected another"
            yield Complaint(("claims", name), text)


def cell_complaints(
    config: StudyConfig, catalogue: Catalogue, claim: UserClaim, path: KeyPath
) -> Iterator[Complaint]:
    """Yield the parameters that the experiment's family lacks, and selections of no single cell."""
    experiment = config.experiments[claim.experiment]
    valid = schema_of(catalogue).parameters[experiment.family].model_fields
    form = getattr(claim, claim.form)
    if isinstance(form, Monotone) and form.along not in valid:
        yield Complaint((*path, "along"), unknown("parameter", form.along, valid))
    cells = [member.parameters.model_dump() for member in members(config, catalogue, experiment)]
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
