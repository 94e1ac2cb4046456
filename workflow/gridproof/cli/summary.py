"""What a run of the workflow did, in a few lines at its end."""

from __future__ import annotations

import sys
import time

from gridproof.store.layout import replicate_folder
from gridproof.store.manifest import MANIFEST, is_intact
from gridproof.study.plan import Study

WRAPPED = "GRIDPROOF_RUN"


def summary(study: Study, started: float) -> str:
    """Return what was trained since `started` (seconds since 1970), what was reused, and where."""
    trained, reused = count_replicates(study, started)
    lines = [
        f"{trained[0]} of {len(study.cells)} cells trained ({plural(trained[1], 'replicate')}), "
        f"{len(study.cells) - trained[0]} reused ({plural(reused, 'replicate')}), "
        f"in {time.time() - started:.0f} s"
    ]
    report = study.folder / "report" / "index.html"
    if report.exists():
        when = "written" if report.stat().st_mtime >= started else "unchanged"
        lines.append(f"report ({when}): {report.absolute()}")
    if study.note:
        lines.append(f"note: {study.note}")
    return "\n".join(lines)


def count_replicates(study: Study, started: float) -> tuple[tuple[int, int], int]:
    """Return ((cells, replicates) finished since `started`, replicates that were there before)."""
    cells = new = old = 0
    for cell in study.cells.values():
        manifests = [replicate_folder(cell.folder, seed) / MANIFEST for seed in cell.seeds]
        times = [file.stat().st_mtime for file in manifests if file.exists()]
        fresh = sum(moment >= started for moment in times)
        cells += fresh > 0
        new += fresh
        old += len(times) - fresh
    return (cells, new), old


def failures(study: Study) -> str:
    """Return what is finished in spite of a failure and what to do next."""
    replicates = [
        replicate_folder(cell.folder, seed) for cell in study.cells.values() for seed in cell.seeds
    ]
    done = sum(map(is_intact, replicates))
    return (
        f"{done} of {plural(len(replicates), 'replicate')} finished and kept; the log of each "
        "failed job, shown above, says why. Once that is mended, run the same command again."
    )


def plural(count: int, noun: str) -> str:
    """Return `1 replicate` or `2 replicates`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def show(text: str) -> None:
    """Print a closing message between two lines."""
    rule = "-" * 80
    print(f"{rule}\n{text}\n{rule}", file=sys.stderr, flush=True)
