"""`gridproof doctor` tells what is there and what is missing, and its exit code says which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gridproof.run.devices import leased_device
from workspace import REPOSITORY

pytestmark = pytest.mark.slow

COLUMN = len("mlp kernel") + 2
"""Where what is told of a subject begins: behind the longest of them."""
BLANK = " " * COLUMN


def doctor(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with environment variables."""
    environment = {**os.environ, "GRIDPROOF_DEVICES": "", **variables}
    return subprocess.run(
        [sys.executable, "-m", "gridproof", "doctor"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def found(output: str) -> dict[str, str]:
    """Return the first line that was printed of each subject."""
    lines = [line for line in output.partition("\n\n")[0].splitlines() if line[0] != " "]
    return {line[:COLUMN].strip(): line[COLUMN:] for line in lines}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder that looks like the project."""
    (tmp_path / "Snakefile").touch()
    return tmp_path


def test_machine_that_can_run_a_study(project: Path) -> None:
    """Every subject has its line, in one column, and the last line says that a study can run."""
    result = doctor(project)
    assert result.returncode == 0, result.stdout
    lines = found(result.stdout)
    assert lines["Python"] == f"{sys.version.split()[0]}, {sys.executable}"
    assert lines["GPUs"] == "none: networks on images compute on the CPU"
    assert lines["gpu slots"].endswith("threads a job)")
    assert lines["disk"].endswith(f"free for {project / 'results'}")
    assert lines["project"] == str(project)
    expected = {"platform", "cores", "memory", "mlp kernel", "Snakemake", "torch", "weights"}
    assert expected <= lines.keys()
    assert result.stdout.endswith("\na study can run\n")


def test_gpus_are_told_with_their_holders(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line a GPU: its name, and the process that holds the lease."""
    devices = {"GRIDPROOF_DEVICES": "cuda:0,cuda:1", "GRIDPROOF_DEVICE_LOCKS": str(project)}
    for name, value in devices.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    before = dict(os.environ)
    with leased_device():
        output = doctor(project, **{"CUDA_VISIBLE_DEVICES": "0,1"}, **devices).stdout
    assert dict(os.environ) == before
    assert f"simulated, cuda:0, held by process {os.getpid()}\n" in output
    assert f"{BLANK}simulated, cuda:1, free\n" in output
    assert found(output)["gpu slots"] == "2 (one a GPU)"


def test_running_snakemake_is_told(project: Path) -> None:
    """Its process id, so that it can be waited for or stopped."""
    script = project / "snakemake"
    script.write_text("import time; print('up', flush=True); time.sleep(60)")
    with subprocess.Popen(
        [sys.executable, str(script)], cwd=project, stdout=subprocess.PIPE, text=True
    ) as driver:
        assert driver.stdout is not None
        driver.stdout.readline()
        result = doctor(project)
        driver.kill()
    assert f"{BLANK}Snakemake runs as process {driver.pid}\n" in result.stdout
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"GRIDPROOF_DEVICES": "cuda:0", "CUDA_VISIBLE_DEVICES": "x"}, "GPUs: CUDA_VISIBLE_DEV"),
        ({"PYTHONPATH": "broken"}, "torch: cannot be imported (ImportError: no such library)"),
    ],
    ids=["visible devices", "torch"],
)
def test_what_is_missing_ends_the_list(
    project: Path, variables: dict[str, str], message: str
) -> None:
    """The exit code is 1; the lines at the end say what stands in the way, without a traceback."""
    (project / "broken").mkdir()
    (project / "broken" / "torch.py").write_text('raise ImportError("no such library")')
    result = doctor(project, **variables)
    assert result.returncode == 1
    assert "Traceback" not in result.stdout
    assert message in result.stdout.partition("\nmissing, no study can run:\n")[2]


def test_other_folder_is_refused(tmp_path: Path) -> None:
    """Without a Snakefile and a study nothing can run, and the message says where to go."""
    result = doctor(tmp_path)
    assert result.returncode == 1
    message = (
        f"no Snakefile in {tmp_path}, and no config.yaml that the one of the project could run"
    )
    assert f"{message}: run this in the folder of the project or of a study" in result.stdout


def test_folder_of_a_study_is_run_by_the_snakefile_of_the_project(tmp_path: Path) -> None:
    """A study lies anywhere; the workflow is that of the installed package."""
    (tmp_path / "config.yaml").touch()
    result = doctor(tmp_path)
    assert f"run by {REPOSITORY / 'Snakefile'}\n" in result.stdout
    assert result.returncode == 0
