import resource
import sys

import numpy as np
import pytest

from gridproof.store.memory import keep_freed_memory


def page_faults() -> int:
    """Return how many pages the system has given this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_memory_of_a_step_serves_the_next_one():
    """Tensors of 40 MB that come and go ask the system for their pages once."""
    keep_freed_memory()
    np.ones(5_000_000)
    before = page_faults()
    for _ in range(5):
        np.ones(5_000_000)
    assert page_faults() - before < 5_000_000 * 8 / 4096
