"""What verdicts follow from besides tables and configuration: code and files of the study."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from gridproof.catalogue import Catalogue
from gridproof.files.digests import file_digest
from gridproof.judge.published import PUBLISHED_FILE
from gridproof.judge.thresholds import THRESHOLDS_FILE
from gridproof.plan.reach import code_digest

JUDGE = "gridproof.judge.judge_study:write_claims"
"""The function that judges all claims of a study."""


def claims_code(catalogue: Catalogue) -> str:
    """Return the digest of all code that verdicts follow from.

    That is what judges, and every file of claims as a whole with all that it reaches, such as
    helpers beside it. A whole file, as any of its lines may add a claim.
    """
    return code_digest([JUDGE, *catalogue.claim_modules()], catalogue.roots)


def claim_files(catalogue: Catalogue) -> list[Path]:
    """Return the files of a study that claims read: its thresholds and its values in print."""
    names = (THRESHOLDS_FILE, PUBLISHED_FILE)
    return [path for name in names for path in catalogue.study_files(name)]


def judged_by(catalogue: Catalogue) -> str:
    """Return the digest of code and files together, by which old verdicts are told from new."""
    files = [f"{path.name} {file_digest(path)}" for path in claim_files(catalogue)]
    return sha256("\n".join([claims_code(catalogue), *files]).encode()).hexdigest()
