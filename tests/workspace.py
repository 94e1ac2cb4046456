"""A copy of the repository in a folder of its own, in which tests run the real workflow."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gridproof.run.manifest import is_intact

REPOSITORY = Path(__file__).resolve().parent.parent
COPIED = ("Snakefile", "config.yaml", "config", "profiles", "workflow", "envs", "study", "report")
JOB = re.compile(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", re.MULTILINE)
WILDCARDS = re.compile(r"^    wildcards: (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a dry run would do: `trained` has (cell's slug, seed), `jobs` has rule and wildcards."""

    trained: frozenset[tuple[str, int]]
    jobs: frozenset[str]


class Workspace:
    """A copy of the repository; `study` is the configuration that its runs use."""

    def __init__(self, root: Path, study: str) -> None:
        self.root = root
        self.study = study
        self.variables: Mapping[str, str] = {}
        """What its commands find in their environment besides."""

    @classmethod
    def create(cls, root: Path, study: str) -> Workspace:
        """Copy what a run needs from the repository into the new folder `root`."""
        root.mkdir(parents=True)
        for name in COPIED:
            source = REPOSITORY / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
                shutil.copytree(source, root / name, ignore=ignored)
            else:
                shutil.copy2(source, root / name)
        return cls(root, study)

    @classmethod
    def of_places(cls, root: Path, study: str, text: str, rows: int = 240) -> Workspace:
        """Return a new copy with the study `text` on so many places, nothing of it run."""
        workspace = cls.create(root, study)
        workspace.path(study).write_text(text)
        write_places(workspace.path("data"), rows)
        return workspace

    def copy(self, root: Path) -> Workspace:
        """Return a copy with all results and Snakemake's records, file times included."""
        shutil.copytree(self.root, root, symlinks=True)
        copied = Workspace(root, self.study)
        copied.variables = self.variables
        return copied

    def path(self, name: str) -> Path:
        """Return the path of a file of the workspace."""
        return self.root / name

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        """Replace the text of a file by what `change` makes of it, which must be another text."""
        file = self.path(name)
        before = file.read_text()
        after = change(before)
        assert after != before, f"the edit of {name} changes nothing"
        file.write_text(after)

    def slow_down(self, seconds: float) -> None:
        """Let every epoch of a perceptron last so much longer that it can be interrupted."""
        trainer = "workflow/gridproof/parts/families/mlp/mlp_training.py"
        step = "        self.epoch += 1\n"
        wait = f"        import time\n\n        time.sleep({seconds})\n"
        self.edit(trainer, lambda text: text.replace(step, wait + step))

    def environment(self) -> dict[str, str]:
        """Return the environment of a user who has not activated anything."""
        kept = ("HOME", "PATH", "LANG", "TMPDIR", "CXX")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PYTHONPATH": str(self.root / "workflow"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "GRIDPROOF_SAVE_SECONDS": "0.1",
            **self.variables,
        }

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `gridproof` with arguments; return exit code and output."""
        return self.python("-m", "gridproof", *arguments)

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `snakemake` for the study; return exit code and output."""
        return self.python("-m", "snakemake", "--configfile", self.study, *arguments)

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the workspace, output and errors in one text."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start Python in the workspace in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> str:
        """Run the study to the end; return what was printed."""
        result = self.command("run", "--configfile", self.study, *arguments)
        assert result.returncode == 0, result.stdout
        return result.stdout

    def dry_run(self, *arguments: str) -> Outcome:
        """Return what a run would do now."""
        result = self.snakemake("-n", *arguments)
        assert result.returncode == 0, result.stdout
        trained, jobs = set(), set()
        for rule, body in JOB.findall(result.stdout):
            found = WILDCARDS.search(body)
            pairs = [item.partition("=") for item in found[1].split(", ")] if found else []
            wildcards = {name: value for name, _, value in pairs}
            if rule.startswith("train_"):
                trained |= self._missing(wildcards)
            elif rule != "all":
                jobs.add("/".join([rule, *[without_digest(v) for v in wildcards.values()]]))
        return Outcome(trained=frozenset(trained), jobs=frozenset(jobs))

    def _missing(self, wildcards: dict[str, str]) -> set[tuple[str, int]]:
        cell = self.path("results/cells") / wildcards["cell"]
        seeds = [int(seed) for seed in wildcards["seeds"].split("-")]
        return {
            (without_digest(cell.name), seed)
            for seed in seeds
            if not is_intact(cell / f"seed-{seed}")
        }

    def cells(self) -> dict[str, Path]:
        """Return the folders of all cells by slug; a slug must be of one cell only."""
        return {without_digest(path.name): path for path in self.path("results/cells").iterdir()}


def without_digest(name: str) -> str:
    """Return a folder's readable name without the digest at its end."""
    return re.sub(r"-[0-9a-f]{12}$", "", name)


def study_of_nothing(n_cells: int) -> str:
    """Return a study of so many cells that train nothing."""
    return f"""\
title: Nothing is trained
study: small
data:
  towns:
    {{source: csv, train: data/train.csv, val: data/validation.csv, test: data/test.csv,
     target: country}}
seeds: 1
experiments:
  nothing: {{family: dry, sweep: {{task: {list(range(n_cells))}}}}}
"""


def write_places(folder: Path, rows: int = 240, seed: int = 0) -> None:
    """Write small CSV files in the published form: three classes around three towns."""
    random = np.random.default_rng(seed)
    towns = np.array([[2.0, 48.0], [13.0, 52.0], [20.0, 44.0]])
    folder.mkdir(parents=True, exist_ok=True)
    for split, count in (("train", rows), ("validation", rows // 4), ("test", rows // 4)):
        labels = np.arange(count) % 3
        places = towns[labels] + random.normal(0, 2, (count, 2))
        lines = [",long,lat,country"]
        lines += [
            f"{row},{long:.5f},{lat:.5f},{label}"
            for row, ((long, lat), label) in enumerate(zip(places, labels, strict=True))
        ]
        (folder / f"{split}.csv").write_text("\n".join(lines) + "\n")
