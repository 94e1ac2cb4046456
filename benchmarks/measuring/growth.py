"""How an epoch of the native engine grows: with seeds, width, rows and threads."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .cases import LEARNING_RATE
from .peer_process import PeerError, PeerProcess
from .statistics import exponent, spread
from .synthetic import write_prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A training of depth 6 without batch norm, a batch of 256, and an epoch of so many rows."""

    seeds: int = 5
    width: int = 16
    rows: int = 25_600
    threads: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Seconds of an epoch by what grows.

    `sizes` are the values of it, `rounds` the seconds of each round for each of them; a failure
    says at which size there was one.
    """

    axis: str
    sizes: tuple[int, ...]
    rounds: tuple[tuple[float, ...], ...]
    failure: str | None

    @property
    def medians(self) -> list[float]:
        """Median seconds of an epoch, for each size."""
        return [spread(rounds).median for rounds in self.rounds]

    @property
    def exponent(self) -> float | None:
        """The power of the size with which an epoch grows, over all sizes; None for less than 2."""
        return exponent(self.sizes, self.medians) if len(self.sizes) > 1 else None

    @property
    def last_exponent(self) -> float | None:
        """The same from the last size but one to the last."""
        return exponent(self.sizes[-2:], self.medians[-2:]) if len(self.sizes) > 1 else None


def sizes_of(quick: bool) -> dict[str, list[Size]]:
    """Return what is measured, by what grows."""
    cores = len(os.sched_getaffinity(0))
    threads = sorted({1, min(2, cores), cores})
    if quick:
        return {
            "seeds": [Size(seeds=n, rows=5_120) for n in (1, 8, 64)],
            "width": [Size(width=n, rows=5_120) for n in (4, 32, 256)],
            "rows": [Size(rows=n) for n in (10_000, 100_000)],
            "threads": [Size(seeds=16, rows=10_240, threads=n) for n in threads],
        }
    return {
        "seeds": [Size(seeds=n) for n in (1, 2, 4, 8, 16, 32, 64)],
        "width": [Size(width=n) for n in (4, 8, 16, 32, 64, 128, 256)],
        "rows": [Size(rows=n) for n in (10_000, 100_000, 1_000_000)],
        "threads": [Size(seeds=16, rows=102_400, threads=n) for n in threads],
    }


def measure_growth(*, quick: bool, rounds: int, limit: float) -> list[Growth]:
    """Return how an epoch grows with each axis; a round takes at most `limit` seconds."""
    results = []
    for axis, sizes in sizes_of(quick).items():
        print(f"growth with {axis}", file=sys.stderr, flush=True)
        measured: list[tuple[float, ...]] = []
        failure = None
        for size in sizes:
            try:
                measured.append(epoch_seconds(size, rounds=rounds, limit=limit))
            except PeerError as error:
                failure = f"{getattr(size, axis):,} {axis}: {error}"
                break
        values = tuple(getattr(size, axis) for size in sizes)[: len(measured)]
        results.append(Growth(axis=axis, sizes=values, rounds=tuple(measured), failure=failure))
    return results


def epoch_seconds(size: Size, *, rounds: int, limit: float) -> tuple[float, ...]:
    """Return the seconds of an epoch in each round after a first one that is not counted.

    Raises
    ------
    PeerError : the engine fails, or takes longer than `limit` seconds.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_prepared(folder / "prepared", size.rows)
        job = {
            "folder": str(folder / "prepared"),
            "arrays": "",
            "depth": 6,
            "width": size.width,
            "batch_size": 256,
            "batch_norm": False,
            "learning_rate": LEARNING_RATE,
            "seeds": list(range(size.seeds)),
            "engine": "native",
            "threads": size.threads,
        }
        one = size.threads == 1
        with PeerProcess(Path(sys.executable), "engine", pinned=one, scratch=folder) as engine:
            engine.begin(job)
            engine.round(limit)
            return tuple(engine.round(limit).seconds for _ in range(rounds))


def as_json(results: Sequence[Growth]) -> list[Mapping[str, object]]:
    """Return all that was measured, for results.json."""
    return [
        {**asdict(r), "exponent": r.exponent, "last_exponent": r.last_exponent} for r in results
    ]
