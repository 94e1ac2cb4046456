"""What claims.smk asks: what verdicts follow from."""

from __future__ import annotations

from typing import Any

from gridproof.judge.claims_code import claim_files, claims_code
from gridproof.plan.plan_files import claims_file
from gridproof.plan.study import Study
from gridproof.rules.study_rules import from_here


class ClaimRules:
    """The claims of a study."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def plan(self) -> str:
        """Return the plan that the claims follow from."""
        return str(claims_file(self.study))

    def facts(self) -> list[str]:
        """Return the facts of all data sets."""
        return [str(data.folder / "facts.json") for data in self.study.data.values()]

    def files(self) -> list[str]:
        """Return the study's files of thresholds and published values; none if it has none."""
        return list(map(from_here, claim_files(self.study.catalogue)))

    def code(self, _wildcards: Any) -> str:
        """Return the code of all claims as a parameter, so that its edits judge them again."""
        return f"code:{claims_code(self.study.catalogue)[:12]}"
