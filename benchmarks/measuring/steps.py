"""Training steps of five seeds: this project's engines and what a user would run instead."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from .cases import LEARNING_RATE, SEEDS, Case
from .engine import initial_weights, sample_orders
from .environment import Environment
from .losses import Difference, difference
from .peer_process import PeerError, PeerProcess
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
    Peer(name="torch, stacked", script="engine", needs=None, engine="torch"),
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
    difference : largest differences of the losses from the reference's over all rounds.
    failure : why there are no rounds, or no more of them.
    """

    first: float | None = None
    rounds: list[float] = field(default_factory=list)
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


def measure_case(
    case: Case, environment: Environment, folder: Path, *, rounds: int, limit: float
) -> CaseResult:
    """Return what a round of each peer took, peer after peer and then again, `rounds` times.

    All start from the same weights and see the samples in the same order. A peer that is not ready
    within `limit` seconds, or fails, is left out from then on.
    """
    job, reference, without = write_job(case, folder)
    result = CaseResult(case=case, reference=reference, without_updates=without, peers={})
    with ExitStack() as stack:
        running: dict[str, PeerProcess] = {}
        for peer in PEERS:
            print(f"{case.name}: {peer.name}", file=sys.stderr, flush=True)
            measured = result.peers[peer.name] = Measured()
            if (reason := environment.missing.get(peer.needs or "")) is not None:
                measured.failure = reason
                continue
            python = environment.python if peer.needs else Path(sys.executable)
            told = {**job, "engine": peer.engine}
            process = stack.enter_context(
                PeerProcess(python, peer.script, told, pinned=True, scratch=folder)
            )
            if measure_round(measured, process, result, limit):
                running[peer.name] = process
        for _ in range(rounds):
            for name, process in list(running.items()):
                if not measure_round(result.peers[name], process, result, limit):
                    del running[name]
    return result


def measure_round(
    measured: Measured, process: PeerProcess, result: CaseResult, limit: float
) -> bool:
    """Add a round to what was measured of a peer; return whether there was one."""
    try:
        done = process.round(limit)
    except PeerError as error:
        measured.failure = str(error)
        return False
    far = difference(done.losses, result.reference)
    measured.difference = measured.difference.larger(far)
    if measured.first is None:
        measured.first = done.seconds
    else:
        measured.rounds.append(1e6 * done.seconds / result.case.n_steps)
    return True


def write_job(case: Case, folder: Path) -> tuple[dict[str, object], np.ndarray, float]:
    """Write data, orders and weights of a case; return job, reference losses and those of none.

    The last is how far the mean losses of networks that learn nothing are from the reference's.
    """
    prepared = folder / "prepared"
    features, labels = write_prepared(prepared, case.n_rows)
    weights = initial_weights(case, prepared, SEEDS)
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
