"""What a run of the workflow did, in a few lines at its end."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from gridproof.files.layout import RESULTS, replicate_folder
from gridproof.plan.study import Study
from gridproof.run.manifest import MANIFEST, intact_seeds
from gridproof.words import plural

WRAPPED = "GRIDPROOF_RUN"
MAX_PAGE_BYTES = 10_000_000


def summary(study: Study, started: float) -> str:
    """Return what was trained since `started` (seconds since 1970), what was reused, and where."""
    (trained, new), (reused, old) = count_finished(study, started)
    waiting = len(study.cells) - trained - reused
    lines = [
        f"{trained} of {len(study.cells)} cells trained ({plural(new, 'replicate')}), "
        f"{reused} reused ({plural(old, 'replicate')}), "
        + (f"{waiting} not trained yet, " if waiting else "")
        + f"in {time.time() - started:.0f} s"
    ]
    report = study.folder / "report" / "index.html"
    if report.exists():
        when = "written" if report.stat().st_mtime >= started else "unchanged"
        lines.append(f"report ({when}): {report.absolute()}")
        if (size := report.stat().st_size) > MAX_PAGE_BYTES:
            lines.append(
                f"note: the page has {size / 1e6:.1f} MB, more than {MAX_PAGE_BYTES / 1e6:.0f}: "
                "browsers on phones may be slow with it; fewer `figures:` make it smaller"
            )
    lines += [
        f"left out, as {item.name} is not there ({', '.join(item.files)}): "
        f"{', '.join(item.experiments)}"
        for item in study.missing
    ]
    if study.gaps:
        lines.append(f"partial: {plural(len(study.gaps), 'gap')}, shown in the report")
    if study.note:
        lines.append(f"note: {study.note}")
    return "\n".join(lines)


def count_finished(study: Study, started: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return (cells, replicates) finished since `started`, and those that were there before.

    A cell that got some of its replicates since then counts as one of the first.
    """
    trained = new = reused = old = 0
    for cell in study.cells.values():
        manifests = [replicate_folder(cell.folder, seed) / MANIFEST for seed in cell.seeds]
        times = [file.stat().st_mtime for file in manifests if file.exists()]
        fresh = sum(moment >= started for moment in times)
        trained += fresh > 0
        reused += not fresh and len(times) == len(cell.seeds)
        new += fresh
        old += len(times) - fresh
    return (trained, new), (reused, old)


def failures(study: Study, started: float) -> str:
    """Return what failed since `started` and why, what is finished all the same, what to do."""
    done = sum(len(intact_seeds(cell.folder, cell.seeds)) for cell in study.cells.values())
    asked = sum(len(cell.seeds) for cell in study.cells.values())
    reasons = [f"{log}: {reason}" for log in new_logs(study, started) if (reason := failure(log))]
    return "\n".join(
        [
            *reasons,
            f"{done} of {plural(asked, 'replicate')} finished and kept; "
            "once what failed is mended, run the same command again",
        ]
    )


def new_logs(study: Study, started: float) -> list[Path]:
    """Return the logs of jobs that were written since `started`, the oldest first."""
    rooms = {RESULTS / "logs", study.folder / "logs"}
    logs = {log: log.stat().st_mtime for room in rooms for log in room.rglob("*.log")}
    return sorted((log for log, time in logs.items() if time >= started), key=lambda log: logs[log])


def failure(log: Path) -> str | None:
    """Return the reason of a failure from a job's log: our message, or the end of a traceback."""
    text = log.read_text(encoding="utf-8", errors="replace").rstrip()
    _, found, message = text.rpartition("gridproof: error: ")
    if found:
        return message
    return text.rpartition("\n")[2] if "Traceback (most recent call last)" in text else None


def show(text: str) -> None:
    """Print a closing message between two lines."""
    rule = "-" * 80
    print(f"{rule}\n{text}\n{rule}", file=sys.stderr, flush=True)
