"""How tools that run cells are timed, with commands in their place."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.measuring.environment import Environment
from benchmarks.measuring.orchestration import run_tool
from benchmarks.measuring.orchestrators import Load, Orchestrator, Setting

LOAD = Load(cells=2, seconds=0.01, cores=2)
ENVIRONMENT = Environment(python=Path(sys.executable), missing={"DVC": "could not be installed"})
DETACHED = (
    "import subprocess, sys; open('pid', 'w').write(str(subprocess.Popen("
    "[sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True).pid));"
)


def tool(code: str, needs: str | None = None) -> Orchestrator:
    """Return a tool that runs Python code in the place of cells."""

    def set_up(folder: Path, load: Load, environment: Environment) -> Setting:
        command = (sys.executable, "-c", code)
        return Setting(timed=(command,), written="*.json", variables=dict(os.environ))

    return Orchestrator(name="tool", needs=needs, set_up=set_up, note="")


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("open('a.json', 'w'); open('b.json', 'w')", None),
        ("open('a.json', 'w')", "not all cells are there"),
        ("raise SystemExit('no luck')", "exit code 1: no luck"),
        ("import time; time.sleep(60)", "stopped: it took too long"),
    ],
    ids=["all cells", "one cell", "failed", "too long"],
)
def test_tool_is_judged_by_its_cells(code, failure):
    """Only a tool with all of its cells has a ratio to the ideal; the others have a reason."""
    run = run_tool(tool(code), LOAD, ENVIRONMENT, limit=1 if "sleep" in code else 60)
    assert run.failure == failure
    assert (run.ratio is None) == (failure is not None)


def test_tool_that_is_not_installed_has_the_reason():
    """A tool that could not be installed is not run."""
    run = run_tool(tool("", needs="DVC"), LOAD, ENVIRONMENT, limit=2)
    assert (run.seconds, run.failure) == (None, "could not be installed")


def test_workers_that_stay_are_ended(tmp_path):
    """What a tool leaves running does not disturb the next one."""
    code = f"{DETACHED} import shutil; shutil.copy('pid', {str(tmp_path / 'pid')!r})"
    run_tool(tool(code), LOAD, ENVIRONMENT, limit=20)
    pid = int((tmp_path / "pid").read_text())
    for _ in range(50):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.1)
    raise AssertionError(f"process {pid} is still there")
