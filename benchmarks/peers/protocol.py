"""How a peer is driven: a job as JSON on a line of its input, and an empty line for each round.

A job is answered with an empty object when the peer is ready; a further one begins anew, in the
same process. A round trains one epoch of all seeds again from the initial weights; only the epoch
is timed. It is answered with one line of JSON: its seconds, those of the processor, and the
training loss of each step.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

Arrays = dict[str, np.ndarray]
Losses = list[list[float]]
"""By seed and step, in nats: means over a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a peer trains: a perceptron of `depth` hidden layers of `width` units, for each seed.

    `folder` holds the prepared table, `arrays` the same and all that is random as an npz file.
    `engine` and `threads` are read by the peer of this project alone.
    """

    folder: Path
    arrays: Path
    depth: int
    width: int
    batch_size: int
    batch_norm: bool
    learning_rate: float
    seeds: tuple[int, ...]
    engine: str
    threads: int

    @property
    def n_layers(self) -> int:
        """Linear layers: the hidden ones and the output layer."""
        return self.depth + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What all peers are given alike.

    Attributes
    ----------
    features : float32 array (n_samples, n_features).
    labels : int64 array (n_samples,).
    orders : int64 array (n_seeds, n_samples), the order in which each seed sees the samples.
    weights : by the names `weight.0`, `bias.0` ... float32 arrays with the axis of seeds first:
        (n_seeds, n_out, n_in) and (n_seeds, n_out).
    """

    features: np.ndarray
    labels: np.ndarray
    orders: np.ndarray
    weights: Arrays

    @property
    def n_classes(self) -> int:
        """Classes of the labels, which are all in the training split."""
        return int(self.labels.max()) + 1


class Peer(Protocol):
    """A training that starts again, as often as it is asked to."""

    def reset(self) -> None:
        """Set the initial weights; not timed."""

    def epoch(self) -> Losses:
        """Train one epoch of all seeds; return the loss of each step before its update."""


def read_given(job: Job) -> Given:
    """Return data, orders and initial weights of a job."""
    with np.load(job.arrays) as file:
        arrays = dict(file)
    common = {name: arrays.pop(name) for name in ("features", "labels", "orders")}
    return Given(**common, weights=arrays)


def read_job(text: str) -> Job:
    """Return a job from its JSON."""
    values = json.loads(text)
    paths = {name: Path(values[name]) for name in ("folder", "arrays")}
    return Job(**values | paths | {"seeds": tuple(values["seeds"])})


def serve(prepare: Callable[[Job], Peer]) -> None:
    """Answer rounds until the input ends; what libraries print goes to the standard error."""
    with os.fdopen(os.dup(1), "w", buffering=1) as replies:
        os.dup2(2, 1)
        peer = None
        for line in sys.stdin:
            if line.strip():
                peer = prepare(read_job(line))
                print("{}", file=replies)
                continue
            assert peer is not None, "a round before the first job"
            peer.reset()
            started, processor = time.perf_counter(), time.process_time()
            losses = peer.epoch()
            answer = {
                "seconds": time.perf_counter() - started,
                "processor_seconds": time.process_time() - processor,
                "losses": losses,
            }
            print(json.dumps(answer), file=replies)
