"""What report.smk asks: what the report follows from."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from gridproof.plan.job_plans import StudyPlan
from gridproof.plan.plan_files import study_file, study_plan
from gridproof.plan.study import Study
from gridproof.report.stage_code import code_of_stages
from gridproof.report.template_files import template_files
from gridproof.rules.study_rules import from_here


class ReportRules:
    """The report of a study."""

    def __init__(self, study: Study) -> None:
        self.study = study

    @cached_property
    def shown(self) -> StudyPlan:
        """What the report shows."""
        return study_plan(self.study)

    def plan(self) -> str:
        """Return the plan that the report follows from."""
        return str(study_file(self.study))

    def templates(self) -> list[str]:
        """Return the files that hold the words and the looks of the report."""
        files = template_files(self.study.words, self.study.catalogue)
        return [from_here(path) for _, path in files]

    def code(self, _wildcards: Any) -> str:
        """Return the code that the report's stamp names, so that no edit leaves it stale.

        That is JSON, for the stamp: finding it again would take the job longer than its page.
        """
        return json.dumps(dict(code_of_stages(self.shown)))
