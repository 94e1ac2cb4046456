"""What trains, measures and draws perceptrons does without PyTorch, and so in little memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from gridproof.catalogue import catalogue
from gridproof.plan.wire import written
from run.jobs import make_job

LARGEST_MB = 250
TRAIN = r"""
import re, sys
from pathlib import Path
from gridproof.plan.job_plans import TrainingJob
from gridproof.plan.jobs import read_job
from gridproof.run.job import run_job
assert run_job(read_job(TrainingJob, Path(sys.argv[1]).read_text()), 60) == [0, 1]
peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]
print(int(peak) // 1024, "torch" in sys.modules)
"""
IMPORT = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print("torch" in sys.modules)
"""


def printed(*arguments: str) -> list[str]:
    """Return the words that a program of its own prints last."""
    command = [sys.executable, "-c", *arguments]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return result.stdout.split()


def test_training_of_perceptrons_imports_no_torch_and_takes_little_memory(
    data: Path, tmp_path: Path
) -> None:
    """A whole job, from its plan to the assembled files."""
    plan = tmp_path / "job.json"
    plan.write_text(written(make_job(tmp_path / "cell", data, (0, 1), "native")))
    memory, torch = printed(TRAIN, str(plan))
    assert torch == "False"
    assert int(memory) < LARGEST_MB


@pytest.mark.parametrize("kind", ["measurements", "figures"])
def test_measurements_and_figures_of_perceptrons_import_no_torch(kind: str) -> None:
    """All that ship with the package."""
    parts = catalogue()
    find = parts.measurement if kind == "measurements" else parts.figure
    modules = sorted({find(name).module for name in parts.names(kind)})
    assert printed(IMPORT, *modules, "gridproof.parts.families.mlp.kernel") == ["False"]
