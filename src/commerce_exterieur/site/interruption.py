"""Ctrl-C and SIGTERM, taken when nothing breaks by them.

An exception may come up between any two lines of Python. Inside a library that is
starting a process or a thread it leaves them half started, and comes out as another
error or not at all; so there it waits.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_asked = False
_held = False


@contextmanager
def taken() -> Iterator[None]:
    """Raise KeyboardInterrupt for SIGINT and SIGTERM within; in the main thread."""
    global _asked
    _asked = False
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        each: signal.signal(each, _take) for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def held() -> Iterator[None]:
    """Let an interruption wait until the end of the block."""
    global _held
    before, _held = _held, True
    try:
        yield
    finally:
        _held = before
    check()


def check() -> None:
    """Raise KeyboardInterrupt if an interruption waits, or was taken for an error."""
    if _asked and not _held:
        raise KeyboardInterrupt


def is_asked() -> bool:
    """Tell whether an interruption has come, whatever it was raised as."""
    return _asked


def _take(*_: object) -> None:
    global _asked
    _asked = True
    check()
