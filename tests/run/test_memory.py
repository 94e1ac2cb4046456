import subprocess
import sys
from pathlib import Path

import pytest

FAULTS = """
import resource, sys
from gridproof.run.memory import keep_freed_memory

def faults():
    for _ in range(20):
        [bytearray(b"x") * 3_000_000 for _ in range(8)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

if sys.argv[1] == "kept":
    keep_freed_memory()
faults()
before = faults()
print(faults() - before)
"""


def page_faults(memory: str) -> int:
    """Return how many pages a new process asks for while it uses 24 MB twenty times."""
    command = [sys.executable, "-c", FAULTS, memory]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_memory_that_was_freed_is_used_again():
    """Buffers that come and go ask the system for their pages once, not every time."""
    assert page_faults("kept") < 20 < page_faults("returned")


ON_DEMAND = Path("/sys/kernel/mm/transparent_hugepage/enabled")
HUGE = """
from pathlib import Path
from gridproof.run.memory import keep_freed_memory

keep_freed_memory()
import torch

tensor = torch.ones(16_000_000)
rows = Path("/proc/self/smaps_rollup").read_text().splitlines()
print(next(row.split()[1] for row in rows if row.startswith("AnonHugePages")))
"""


@pytest.mark.skipif(
    not ON_DEMAND.exists() or "[never]" in ON_DEMAND.read_text(),
    reason="this system has no huge pages on demand",
)
def test_large_tensors_lie_in_huge_pages():
    """At least half of 64 MB: the system may lack free ones for the rest."""
    result = subprocess.run(
        [sys.executable, "-c", HUGE], check=True, capture_output=True, text=True
    )
    assert int(result.stdout) >= 32_000
