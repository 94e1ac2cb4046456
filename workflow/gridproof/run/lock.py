"""A kernel lock on a block of a cell: one trainer writes, the next one waits."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock at `path`; if a living process has it, say so once and wait.

    The kernel frees the lock when its holder dies, however it dies.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        logger.info("another process trains %s: waiting for it to end", path.parent)
        lock.acquire(poll_interval=POLL_SECONDS)
    try:
        yield
    finally:
        lock.release()
