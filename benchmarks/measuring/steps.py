"""Training steps of five seeds: this project's engines and what a user would run instead."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from .cases import LEARNING_RATE, SEEDS, Case
from .engine import initial_weights, sample_orders
from .environment import Environment
from .losses import Difference, difference
from .peer_process import PeerError, PeerProcess, Round
from .reference import reference_losses
from .synthetic import write_prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One way to train: a script of benchmarks/peers/, and the peer whose packages it needs."""

    name: str
    script: str
    needs: str | None
    engine: str = ""


NONE = Difference(first=0.0, mean=0.0)
PEERS = (
    Peer(name="native", script="engine", needs=None, engine="native"),
    Peer(name="torch engine", script="engine", needs=None, engine="torch"),
    Peer(name="JAX", script="jax_scan", needs="JAX"),
    Peer(name="torch.compile", script="compiled_step", needs="PyTorch"),
    Peer(name="notebook's loop", script="notebook_loop", needs="PyTorch"),
    Peer(name="skorch", script="skorch_fit", needs="skorch"),
    Peer(name="Lightning", script="lightning_trainer", needs="Lightning"),
)
"""The first two are engines of this project."""


@dataclass(slots=True, kw_only=True)
class Measured:
    """What was measured of a peer and a case.

    Attributes
    ----------
    first : seconds of the first round, compilation included; None if there was none.
    rounds : microseconds a step of all seeds, in each round after the first.
    processor : the same of the processor: fewer where other work was beside it.
    difference : largest differences of the losses from the reference's over all rounds.
    failure : why there are no rounds, or no more of them.
    """

    first: float | None = None
    rounds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    difference: Difference = NONE
    failure: str | None = None


@dataclass(slots=True, kw_only=True)
class CaseResult:
    """A case, its reference losses (n_seeds, n_steps) in nats, and what was measured by peer.

    `without_updates` is how far the mean losses of networks that learn nothing are from them.
    """

    case: Case
    reference: np.ndarray
    without_updates: float
    peers: dict[str, Measured]

    def disagreeing(self) -> list[str]:
        """Return the peers whose losses are not the reference's, within the tolerance."""
        return [
            name
            for name, measured in self.peers.items()
            if measured.first is not None and not measured.difference.within(self.case.tolerance)
        ]


class Pool:
    """The processes of the peers, kept from case to case; one that failed is begun anew."""

    def __init__(self, environment: Environment, folder: Path) -> None:
        self.environment, self.folder = environment, folder
        self.processes: dict[str, PeerProcess] = {}

    def begin(self, peer: Peer, job: Mapping[str, object]) -> None:
        """Hand a job to a peer; PeerError if it is not installed."""
        if (reason := self.environment.missing.get(peer.needs or "")) is not None:
            raise PeerError(reason)
        if peer.name not in self.processes:
            python = self.environment.python if peer.needs else Path(sys.executable)
            process = PeerProcess(python, peer.script, scratch=self.folder)
            self.processes[peer.name] = process
        self.processes[peer.name].begin({**job, "engine": peer.engine})

    def round(self, name: str, limit: float) -> Round:
        """Return one more round of a peer; PeerError if it fails."""
        return self.processes[name].round(limit)

    def close(self) -> None:
        """End all processes."""
        for name in list(self.processes):
            self.drop(name)

    def drop(self, name: str) -> None:
        """End the process of a peer, if it has one."""
        if name in self.processes:
            self.processes.pop(name).close()


def measure_case(case: Case, pool: Pool, folder: Path, *, rounds: int, limit: float) -> CaseResult:
    """Return what a round of each peer took, peer after peer and then again, `rounds` times.

    All start from the same weights and see the samples in the same order. A peer that is not ready
    within `limit` seconds, or fails, is left out from then on. `folder` is there for files.
    """
    job, reference, without = write_job(case, folder)
    result = CaseResult(case=case, reference=reference, without_updates=without, peers={})
    for peer in PEERS:
        print(f"{case.name}: {peer.name}", file=sys.stderr, flush=True)
        measured = result.peers[peer.name] = Measured()
        try:
            pool.begin(peer, job)
        except PeerError as error:
            measured.failure = str(error)
            pool.drop(peer.name)
            continue
        measure_round(measured, pool, peer.name, result, limit)
    for _ in range(rounds):
        for name, measured in result.peers.items():
            if measured.failure is None:
                measure_round(measured, pool, name, result, limit)
    return result


def measure_round(
    measured: Measured, pool: Pool, name: str, result: CaseResult, limit: float
) -> None:
    """Add a round to what was measured of a peer, or why there was none."""
    try:
        done = pool.round(name, limit)
    except PeerError as error:
        measured.failure = str(error)
        pool.drop(name)
        return
    far = difference(done.losses, result.reference)
    measured.difference = measured.difference.larger(far)
    if measured.first is None:
        measured.first = done.seconds
    else:
        measured.rounds.append(1e6 * done.seconds / result.case.n_steps)
        measured.processor.append(1e6 * done.processor_seconds / result.case.n_steps)


def write_job(case: Case, folder: Path) -> tuple[dict[str, object], np.ndarray, float]:
    """Write data, orders and weights of a case; return job, reference losses and those of none.

    The last is how far the mean losses of networks that learn nothing are from the reference's.
    """
    prepared = folder / "prepared"
    features, labels = write_prepared(prepared, case.n_rows)
    weights = initial_weights(case.depth, case.width, prepared, SEEDS)
    orders = sample_orders(case.n_rows, SEEDS)
    arrays = folder / "arrays.npz"
    np.savez(arrays, features=features, labels=labels, orders=orders, **weights)
    given = (case, features, labels, orders, weights)
    reference = reference_losses(*given, LEARNING_RATE)
    without = difference(reference_losses(*given, 0.0), reference).mean
    job = {
        "folder": str(prepared),
        "arrays": str(arrays),
        "depth": case.depth,
        "width": case.width,
        "batch_size": case.batch_size,
        "batch_norm": case.batch_norm,
        "learning_rate": LEARNING_RATE,
        "seeds": list(SEEDS),
        "threads": 1,
    }
    return job, reference, without


def processor_share(results: Sequence[CaseResult]) -> float:
    """Return which part of the timed seconds the processor worked for the peers, from 0 to 1."""
    peers = [measured for result in results for measured in result.peers.values()]
    seconds = sum(sum(peer.rounds) for peer in peers)
    return sum(sum(peer.processor) for peer in peers) / seconds if seconds else 0.0


def as_json(results: Sequence[CaseResult]) -> list[Mapping[str, object]]:
    """Return all that was measured, for results.json."""
    return [
        {
            "name": result.case.name,
            **asdict(result),
            "reference": result.reference.mean(1).tolist(),
        }
        for result in results
    ]
