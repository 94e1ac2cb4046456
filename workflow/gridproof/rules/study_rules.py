"""What study.smk asks: the study behind a run of Snakemake, wherever it was started."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gridproof.errors import GridproofError
from gridproof.failures import explain
from gridproof.parts_folder import PACKAGE_FOLDER
from gridproof.plan.plan_files import write_plans
from gridproof.plan.study import Study
from gridproof.rules.storage import link_results
from gridproof.run.opening import plan_study, study_of_mapping, use_this_interpreter
from gridproof.run.summary import WRAPPED, failures, show, summary


class Run:
    """A run of Snakemake for one study, and what is told at its end."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.started = time.time()

    def begin(self) -> None:
        """Note when the run began."""
        self.started = time.time()

    def tell_success(self) -> None:
        """Print what was trained and where the report is, unless the command around does."""
        if WRAPPED not in os.environ:
            show(summary(self.study, self.started))

    def tell_failure(self) -> None:
        """Print what is finished and what to do next, unless the command around does."""
        if WRAPPED not in os.environ:
            show(failures(self.study, self.started))


def open_run(workflow: Any, config: Mapping[str, Any]) -> Run:
    """Read the study that Snakemake runs and make its plans available to jobs.

    Parameters
    ----------
    workflow : Snakemake's; it knows `--configfile` and `--config`, and what kind of run this is.
    config : what another workflow says under `config:`, if this one is a module of it.

    A mistake in the study ends the process with its message alone. Plans are written and results
    linked to a store by runs that do something, but not by dry ones.
    """
    try:
        if not workflow.dryrun:
            link_results(workflow.storage_settings)
        study = study_of(workflow, config)
        use_this_interpreter(study.catalogue)
        if workflow.is_main_process and not workflow.dryrun:
            write_plans(study)
    except (GridproofError, OSError) as error:
        message = explain(error)
        if message is None:
            raise
        print(f"gridproof: error: {message}", file=sys.stderr)
        sys.exit(2)
    return Run(study)


def study_of(workflow: Any, config: Mapping[str, Any]) -> Study:
    """Return the study in the file that was named, or in config.yaml; a module's in its `config`.

    The main workflow's file is read by us, not by Snakemake, to which 1e-3 is a text.
    """
    if not workflow.modifier.is_main_snakefile():
        return study_of_mapping(config)
    settings = workflow.config_settings
    return plan_study(list(settings.configfiles), dict(settings.config))


def package_file(name: str) -> str:
    """Return the path of a file of the package from the working directory.

    A relative path, so that a checkout that is moved as a whole runs nothing again.
    """
    return os.path.relpath(PACKAGE_FOLDER / name)


def from_here(path: Path) -> str:
    """Return a path from the working directory."""
    return os.path.relpath(path)
