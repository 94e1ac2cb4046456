"""A peer as a process of its own, which waits between its rounds."""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

PEERS = Path(__file__).resolve().parents[1] / "peers"
START_LIMIT = 120.0
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
    "CUDA_VISIBLE_DEVICES": "",
}


class PeerError(Exception):
    """A peer that could not be measured, and why, in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Seconds of an epoch of all seeds, and losses (n_seeds, n_steps) in nats.

    `processor_seconds` are those of the processor: fewer where other work was beside it.
    """

    seconds: float
    processor_seconds: float
    losses: np.ndarray


class PeerProcess:
    """A process that answers rounds, on one core: the last that this one may use."""

    def __init__(self, python: Path, script: str, *, scratch: Path) -> None:
        self.script = script
        self.log = tempfile.TemporaryFile("w+", dir=scratch)  # noqa: SIM115
        caches = {"TORCHINDUCTOR_CACHE_DIR": str(scratch / f"inductor-{script}-{id(self)}")}
        path = os.pathsep.join([str(PEERS.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
        core = max(os.sched_getaffinity(0))
        self.process = subprocess.Popen(
            [str(python), str(PEERS / f"{script}.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            cwd=scratch,
            env=os.environ | ONE_THREAD | caches | {"PYTHONPATH": path},
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )

    def begin(self, job: Mapping[str, object]) -> None:
        """Hand over a job and wait for the peer to have imported and read what it needs.

        Raises
        ------
        PeerError : it fails, or takes more than two minutes.
        """
        self._ask(json.dumps(job), START_LIMIT)

    def round(self, limit: float) -> Round:
        """Return one more round; PeerError if it fails, or takes more than `limit` seconds."""
        answer = self._ask("", limit)
        return Round(
            seconds=answer["seconds"],
            processor_seconds=answer["processor_seconds"],
            losses=np.array(answer["losses"]),
        )

    def _ask(self, line: str, limit: float) -> dict[str, Any]:
        self._send(line)
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], limit)
        if not ready:
            self.process.kill()
            raise PeerError(f"not ready within {limit:.0f} s")
        answer = self.process.stdout.readline()
        if not answer:
            raise PeerError(self._last_words())
        return dict(json.loads(answer))

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()
        self.log.close()

    def _send(self, line: str) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise PeerError(self._last_words()) from error

    def _last_words(self) -> str:
        """Return the last line that the process printed as an error."""
        self.process.wait()
        self.log.seek(0)
        lines = [line.strip() for line in self.log if line.strip()]
        return lines[-1][:200] if lines else f"ended with exit code {self.process.returncode}"
