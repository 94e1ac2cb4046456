"""A request to stop, as schedulers send it before they kill: noted, not obeyed at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class StopRequest:
    """Whether somebody asked this process to stop."""

    def __init__(self) -> None:
        self.asked = False


@contextmanager
def noting_sigterm() -> Iterator[StopRequest]:
    """Note a SIGTERM inside this block instead of dying of it.

    Outside the main thread, where Python allows no handler, SIGTERM keeps its effect.
    """
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return

    def note(_signal: int, _frame: object) -> None:
        request.asked = True

    before = signal.signal(signal.SIGTERM, note)
    try:
        yield request
    finally:
        signal.signal(signal.SIGTERM, before)
