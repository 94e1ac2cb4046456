"""Measure training steps, their growth and the running of cells against what others offer.

    python benchmarks/bench.py             # all of it, under 15 minutes on two cores
    python benchmarks/bench.py --quick     # less of each, under 3 minutes
    python benchmarks/bench.py --only steps --output /tmp/measured

What it is measured against is installed on first use, into benchmarks/.venv. Writes results.md,
results.json and results.svg. Exit code 1: a peer's losses are not those of the reference.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from measuring import growth, orchestration, steps
from measuring.cases import CASES, quick
from measuring.environment import BENCHMARKS, Environment, prepare_environment, versions
from measuring.growth import Growth, measure_growth
from measuring.markdown import results_text
from measuring.orchestration import Run, measure_orchestration
from measuring.orchestrators import Load
from measuring.picture import write_picture
from measuring.steps import CaseResult, Pool, measure_case, processor_share

PARTS = ("steps", "growth", "orchestration")
LOADS = {False: Load(cells=100, seconds=5, cores=16), True: Load(cells=12, seconds=0.5, cores=4)}
N_QUICK = 3
"""Cases of the quick benchmark: the first."""
ROUNDS = {False: 3, True: 2}
FIRST_LIMIT = 30.0
"""Seconds that a round may take, the first with its compilation; importing is not counted."""
TOOL_LIMIT = {False: 110.0, True: 40.0}
"""Seconds that a tool may take over its cells."""


def machine_facts(environment: Environment) -> dict[str, object]:
    """Return what the measurements depend on: processor, versions, commit and date."""
    git = ("git", "-C", str(BENCHMARKS))
    commit = subprocess.run((*git, "rev-parse", "HEAD"), capture_output=True, text=True).stdout
    changed = subprocess.run((*git, "status", "--porcelain"), capture_output=True, text=True).stdout
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    own = versions(Path(sys.executable), ["torch", "numpy", "snakemake"])
    return {
        "commit": commit.strip()[:12] + (", with changes" if changed else ""),
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "processor": f"{models[0] if models else platform.processor()}, "
        f"{len(os.sched_getaffinity(0))} cores",
        "Python": platform.python_version(),
        "this project's": ", ".join(f"{name} {version}" for name, version in own.items()),
        "measured against": ", ".join(
            f"{name} {version}" for name, version in environment.versions().items()
        ),
    }


def measure_steps(environment: Environment, is_quick: bool) -> list[CaseResult]:
    """Return what all peers took for all cases, or for a few of them with fewer steps."""
    cases = [quick(case) for case in CASES[:N_QUICK]] if is_quick else CASES
    results = []
    with tempfile.TemporaryDirectory() as name, closing(Pool(environment, Path(name))) as pool:
        for at, case in enumerate(cases):
            folder = Path(name, str(at))
            told = {"rounds": ROUNDS[is_quick], "limit": FIRST_LIMIT}
            results.append(measure_case(case, pool, folder, **told))
    return results


def write_results(
    folder: Path,
    facts: dict[str, object],
    measured: Sequence[CaseResult],
    grown: Sequence[Growth],
    runs: Sequence[Run],
) -> None:
    """Write page, picture and all rounds."""
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        **facts,
        "steps": steps.as_json(measured),
        "growth": growth.as_json(grown),
        "orchestration": orchestration.as_json(runs),
    }
    (folder / "results.json").write_text(json.dumps(values, indent=1) + "\n")
    (folder / "results.md").write_text(results_text(facts, measured, grown, runs))
    if measured:
        write_picture(measured, folder / "results.svg")


def failures(measured: Sequence[CaseResult]) -> list[str]:
    """Return a line for each peer that did not train what it was asked to."""
    return [
        f"{result.case.name}: the losses of {name} differ from the reference's by "
        f"{result.peers[name].difference.mean:.1e}, expected at most {result.case.tolerance:.0e}"
        for result in measured
        for name in result.disagreeing()
    ]


def main() -> int:
    """Measure what the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer steps, sizes and cells")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part; may be repeated")
    parser.add_argument("--output", type=Path, default=BENCHMARKS, help="folder of the results")
    arguments = parser.parse_args()
    parts, is_quick = arguments.only or PARTS, arguments.quick
    environment = prepare_environment()
    started = time.perf_counter()
    measured = measure_steps(environment, is_quick) if "steps" in parts else []
    grown: list[Growth] = []
    if "growth" in parts:
        grown = measure_growth(quick=is_quick, rounds=3, limit=FIRST_LIMIT)
    runs: list[Run] = []
    if "orchestration" in parts:
        runs = measure_orchestration(LOADS[is_quick], environment, limit=TOOL_LIMIT[is_quick])
    facts = machine_facts(environment)
    facts["took"] = f"{time.perf_counter() - started:.0f} s" + (", quick" if is_quick else "")
    if measured:
        share = f"{processor_share(measured):.0%} of the timed steps"
        facts["processor's share"] = f"{share}: under 95% means that other work was beside them"
    write_results(arguments.output, facts, measured, grown, runs)
    print((arguments.output / "results.md").read_text())
    for line in (wrong := failures(measured)):
        print(f"bench: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
