"""Where the Snakefile lies that runs a study: in the study's folder, or beside the package."""

from __future__ import annotations

import os
from pathlib import Path

from gridproof.catalogue import PACKAGE_FOLDER

SNAKEFILE = PACKAGE_FOLDER.parents[1] / "Snakefile"
"""The workflow that the package belongs to."""
PLACES = ("Snakefile", "snakefile", "workflow/Snakefile", "workflow/snakefile")
"""Where Snakemake looks for a workflow in the working directory."""


def snakefile_elsewhere() -> str:
    """Return the path of the workflow where the working directory holds none, else no text.

    Such a directory is the folder of a study alone. Profiles are found beside the workflow.
    """
    if any(Path(place).exists() for place in PLACES):
        return ""
    return os.path.relpath(SNAKEFILE)
