"""Write what the page shows of an experiment with sliders below a figure."""

from __future__ import annotations

import json
from pathlib import Path

from gridproof.draw.part_functions import function_of, inputs_of
from gridproof.files.atomic import write_text
from gridproof.kit.style import figure_style
from gridproof.plan.job_plans import FigureJob


def write_sliders(job: FigureJob, out: Path) -> None:
    """Write what the function `explore` of a figure's module returns as JSON.

    It is null where the sliders would have nothing to move over. The weights of the job are those
    after every epoch. Equal inputs give equal bytes.
    """
    inputs = inputs_of(job)
    with figure_style():
        content = function_of(job.module, "explore")(inputs)
    write_text(out, json.dumps(content, allow_nan=False, indent=1) + "\n")
