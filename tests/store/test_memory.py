import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
from gridproof.store.memory import keep_freed_memory

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
