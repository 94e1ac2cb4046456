"""How an epoch of the native engine grows: with seeds, width and rows."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
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
    if quick:
        return {
            "seeds": [Size(seeds=n, rows=5_120) for n in (1, 8, 64)],
            "width": [Size(width=n, rows=5_120) for n in (4, 32, 256)],
            "rows": [Size(rows=n) for n in (10_000, 100_000)],
        }
    return {
        "seeds": [Size(seeds=n) for n in (1, 2, 4, 8, 16, 32, 64)],
        "width": [Size(width=n) for n in (4, 8, 16, 32, 64, 128, 256)],
        "rows": [Size(rows=n) for n in (10_000, 100_000, 1_000_000)],
    }


def measure_growth(*, quick: bool, rounds: int, limit: float) -> list[Growth]:
    """Return how an epoch grows with each axis; a round takes at most `limit` seconds."""
    results = []
    for axis, sizes in sizes_of(quick).items():
        print(f"growth with {axis}", file=sys.stderr, flush=True)
        measured: list[tuple[float, ...]] = []
        failure = None
        with tempfile.TemporaryDirectory() as name:
            folder, python = Path(name), Path(sys.executable)
            with closing(PeerProcess(python, "engine", scratch=folder)) as engine:
                try:
                    for size in sizes:
                        engine.begin(write_job(size, folder / str(len(measured))))
                        engine.round(limit)
                        measured.append(tuple(engine.round(limit).seconds for _ in range(rounds)))
                except PeerError as error:
                    failure = f"{getattr(sizes[len(measured)], axis):,} {axis}: {error}"
        values = tuple(getattr(size, axis) for size in sizes)[: len(measured)]
        results.append(Growth(axis=axis, sizes=values, rounds=tuple(measured), failure=failure))
    return results


def write_job(size: Size, folder: Path) -> dict[str, object]:
    """Write the data of a size; return what the engine is told."""
    write_prepared(folder / "prepared", size.rows)
    return {
        "folder": str(folder / "prepared"),
        "arrays": "",
        "depth": 6,
        "width": size.width,
        "batch_size": 256,
        "batch_norm": False,
        "learning_rate": LEARNING_RATE,
        "seeds": list(range(size.seeds)),
        "engine": "native",
        "threads": 1,
    }


def as_json(results: Sequence[Growth]) -> list[Mapping[str, object]]:
    """Return all that was measured, for results.json."""
    return [
        {**asdict(r), "exponent": r.exponent, "last_exponent": r.last_exponent} for r in results
    ]
