"""Results as the benchmarks would have measured them."""

import numpy as np

from benchmarks.measuring.cases import CASES
from benchmarks.measuring.growth import Growth
from benchmarks.measuring.losses import Difference
from benchmarks.measuring.orchestration import Run
from benchmarks.measuring.orchestrators import Load
from benchmarks.measuring.steps import PEERS, CaseResult, Measured

FAILING, MISSING = "torch.compile", "skorch"


def case_results() -> list[CaseResult]:
    """Return two cases: one peer does not compile in time, one could not be installed."""
    results = []
    for case in CASES[:2]:
        peers = {
            peer.name: Measured(
                first=3.0,
                rounds=[100.0 * place, 110.0 * place, 150.0 * place],
                processor=[90.0 * place, 99.0 * place, 135.0 * place],
                difference=Difference(first=1e-7, mean=2e-7),
            )
            for place, peer in enumerate(PEERS, start=1)
        }
        peers[FAILING] = Measured(failure="not ready within 90 s")
        peers[MISSING] = Measured(failure="could not be installed: no | such package")
        results.append(
            CaseResult(case=case, reference=np.ones((5, 3)), without_updates=1e-3, peers=peers)
        )
    return results


def growth() -> Growth:
    """Return a growth in proportion."""
    rounds = ((0.9, 1.0, 1.1), (9.0, 10.0, 11.0))
    return Growth(axis="rows", sizes=(10_000, 100_000), rounds=rounds, failure=None)


def runs() -> list[Run]:
    """Return a tool with all of its cells and one that was stopped."""
    load = Load(cells=100, seconds=5, cores=16)
    return [
        Run(name="quick", note="a", load=load, seconds=62.5, written=100, failure=None),
        Run(name="slow", note="b", load=load, seconds=150.0, written=63, failure="stopped"),
    ]
