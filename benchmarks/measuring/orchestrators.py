"""The same hundred cells for each tool that runs studies: cells that only wait.

Each function writes what a user would into an empty folder and returns how it is run. A cell
starts Python, sleeps, and writes `<cell>.json`; a cell of this project writes what its trainings
write.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from .environment import PROJECT_BIN, Environment
from .workspace import copy_repository

CELL = """\
import json, sys, time

cell, seconds, path = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
time.sleep(seconds)
with open(path, "w") as file:
    json.dump({"cell": cell, "loss": 1 / (cell + 1)}, file)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """So many cells, each of so many seconds, on so many slots that cells can have at a time."""

    cells: int
    seconds: float
    cores: int

    @property
    def ideal(self) -> float:
        """Seconds that the cells take where nothing costs anything but they."""
        return self.cells * self.seconds / self.cores


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is run before the clock starts, what is timed, and which files there are then.

    `prepared` and `timed` are commands in the folder, `written` is a pattern
    with one file a cell.
    """

    prepared: tuple[tuple[str, ...], ...] = ()
    timed: tuple[tuple[str, ...], ...]
    written: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Orchestrator:
    """A tool, how it is set up, and what a reader should know about how it was run.

    A `sequential` one has a tenth of the cells, one at a time.
    """

    name: str
    needs: str | None
    set_up: Callable[[Path, Load, Environment], Setting]
    note: str
    sequential: bool = False


def gridproof_study(folder: Path, load: Load) -> tuple[str, dict[str, str]]:
    """Write a study of the family `dry` on a small table; return its config and environment."""
    variables = copy_repository(folder)
    rows = "\n".join(f"{row / 60},{1 - row / 60},{'ab'[row % 2]}" for row in range(60))
    (folder / "points.csv").write_text(f"x,y,side\n{rows}\n")
    study = {
        "title": "Cells that only wait",
        "study": "waiting",
        "seeds": 1,
        "data": {
            "points": {
                "source": "csv",
                "path": "points.csv",
                "target": "side",
                "split": {"val": 0.2, "test": 0.2, "seed": 0},
            }
        },
        "experiments": {
            "waiting": {
                "family": "dry",
                "question": "How long does it take to wait?",
                "set": {"seconds": load.seconds},
                "sweep": {"task": list(range(load.cells))},
            }
        },
    }
    (folder / "config/waiting.yaml").write_text(yaml.safe_dump(study, sort_keys=False))
    path = os.pathsep.join([str(PROJECT_BIN), variables["PATH"]])
    return "config/waiting.yaml", variables | {"PATH": path}


def gridproof_trainings(folder: Path, load: Load, environment: Environment) -> Setting:
    """The trainings of a study and nothing made of them."""
    config, variables = gridproof_study(folder, load)
    snakemake = (sys.executable, "-m", "snakemake", "--configfile", config)
    command = (*snakemake, "--cores", str(load.cores), "--quiet", "all", "--", "train")
    return Setting(
        timed=(command,), written="results/cells/*/seeds-*/replicates.json", variables=variables
    )


def gridproof_report(folder: Path, load: Load, environment: Environment) -> Setting:
    """A whole study, its tables, claims and report with it."""
    config, variables = gridproof_study(folder, load)
    run = (sys.executable, "-m", "gridproof", "run", "--configfile", config)
    command = (*run, "--cores", str(load.cores), "--quiet", "all")
    return Setting(
        timed=(command,), written="results/cells/*/seeds-*/replicates.json", variables=variables
    )


def snakemake_scripts(folder: Path, load: Load, environment: Environment) -> Setting:
    """A Snakefile with one rule that calls a script."""
    (folder / "cell.py").write_text(CELL)
    (folder / "Snakefile").write_text(
        "rule all:\n"
        f'    input: expand("cells/{{cell}}.json", cell=range({load.cells}))\n\n'
        "rule cell:\n"
        '    output: "cells/{cell}.json"\n'
        f'    shell: "{environment.python} cell.py {{wildcards.cell}} {load.seconds} {{output}}"\n'
    )
    command = _command(environment, "snakemake", "--cores", str(load.cores), "--quiet", "all")
    return Setting(timed=(command,), written="cells/*.json", variables=_variables(environment))


def hydra_joblib(folder: Path, load: Load, environment: Environment) -> Setting:
    """A Hydra application and a multirun of it with the joblib launcher."""
    (folder / "app.py").write_text(
        "import json, time\nfrom pathlib import Path\n\nimport hydra\n\n\n"
        '@hydra.main(version_base=None, config_path=".", config_name="config")\n'
        "def main(cfg):\n"
        "    time.sleep(cfg.seconds)\n"
        '    result = json.dumps({"cell": cfg.cell, "loss": 1 / (cfg.cell + 1)})\n'
        "    output = hydra.core.hydra_config.HydraConfig.get().runtime.output_dir\n"
        '    Path(output, "cell.json").write_text(result)\n\n\n'
        'if __name__ == "__main__":\n    main()\n'
    )
    (folder / "config.yaml").write_text(
        "defaults:\n  - override hydra/launcher: joblib\n\n"
        f"cell: 0\nseconds: {load.seconds}\n"
        f"hydra:\n  launcher:\n    n_jobs: {load.cores}\n"
    )
    sweep = f"cell=range({load.cells})"
    command = (str(environment.python), "app.py", "--multirun", sweep)
    written = "multirun/*/*/*/cell.json"
    return Setting(timed=(command,), written=written, variables=_variables(environment))


def dvc_repository(folder: Path, environment: Environment, pipeline: str) -> Setting:
    """Write a repository with script and pipeline; return how it is committed, nothing timed."""
    (folder / "cell.py").write_text(CELL)
    (folder / "dvc.yaml").write_text(pipeline)
    author = ("-c", "user.name=Bench", "-c", "user.email=bench@localhost")
    prepared = (
        ("git", "init", "--quiet"),
        _command(environment, "dvc", "init", "--quiet"),
        _command(environment, "dvc", "config", "core.analytics", "false"),
        ("git", "add", "--all"),
        ("git", *author, "commit", "--quiet", "--message", "Cells"),
    )
    variables = _variables(environment) | {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Bench"), ("EMAIL", "bench@localhost"))
    }
    return Setting(prepared=prepared, timed=(), written="", variables=variables)


def dvc_queue(folder: Path, load: Load, environment: Environment) -> Setting:
    """A stage with a parameter, and a queue of experiments that differ in it."""
    (folder / "params.yaml").write_text(f"cell: 0\nseconds: {load.seconds}\n")
    pipeline = (
        "stages:\n  cell:\n    params: [cell, seconds]\n    deps: [cell.py]\n"
        f"    cmd: {environment.python} cell.py ${{cell}} ${{seconds}} cell.json\n"
        "    metrics: [cell.json: {cache: false}]\n"
    )
    setting = dvc_repository(folder, environment, pipeline)
    dvc = _command(environment, "dvc", "exp", "run", "--quiet")
    return Setting(
        prepared=setting.prepared,
        timed=(
            (*dvc, "--queue", "--set-param", f"cell=range(1,{load.cells + 1})"),
            (*dvc, "--run-all", "--jobs", str(load.cores)),
        ),
        written=".git/refs/exps/*/*/*",
        variables=setting.variables,
    )


def dvc_repro(folder: Path, load: Load, environment: Environment) -> Setting:
    """A pipeline of stages by `foreach`, which `dvc repro` runs one after the other."""
    pipeline = (
        f"stages:\n  cell:\n    foreach: {list(range(load.cells))}\n    do:\n"
        "      deps: [cell.py]\n"
        f"      cmd: {environment.python} cell.py ${{item}} {load.seconds} ${{item}}.json\n"
        "      outs: ['${item}.json']\n"
    )
    setting = dvc_repository(folder, environment, pipeline)
    return Setting(
        prepared=setting.prepared,
        timed=(_command(environment, "dvc", "repro", "--quiet"),),
        written="[0-9]*.json",
        variables=setting.variables,
    )


def _command(environment: Environment, name: str, *arguments: str) -> tuple[str, ...]:
    return str(environment.bin / name), *arguments


def _variables(environment: Environment) -> dict[str, str]:
    path = os.pathsep.join([str(environment.bin), os.environ["PATH"]])
    return os.environ | {"PATH": path, "DVC_NO_ANALYTICS": "1"}


ORCHESTRATORS = (
    Orchestrator(
        name="Gridproof, trainings",
        needs=None,
        set_up=gridproof_trainings,
        note="`snakemake train`: imports, locks, resume state, metrics and weights of each cell",
    ),
    Orchestrator(
        name="Gridproof, with report",
        needs=None,
        set_up=gridproof_report,
        note="`gridproof run`: tables, claims and the page as well, which no other tool makes",
    ),
    Orchestrator(
        name="Snakemake",
        needs="Snakemake",
        set_up=snakemake_scripts,
        note="a rule that calls a script of seven lines",
    ),
    Orchestrator(
        name="Hydra, joblib",
        needs="Hydra",
        set_up=hydra_joblib,
        note="`--multirun` with the joblib launcher: processes stay; a second run trains all again",
    ),
    Orchestrator(
        name="DVC, queue",
        needs="DVC",
        set_up=dvc_queue,
        note="`dvc exp run --queue` and `--run-all --jobs`: a copy and a commit for each cell",
    ),
    Orchestrator(
        name="DVC, repro",
        needs="DVC",
        set_up=dvc_repro,
        note="`dvc repro` of stages by `foreach` is not parallel: a tenth of the cells, one slot",
        sequential=True,
    ),
)
