"""The end of a show: what asks for it from outside."""

import asyncio
import signal
from collections.abc import Callable

WORDS = ("SIGINT", "SIGTERM", "SIGBREAK", "SIGHUP")
"""Ctrl-C, the system's stop, Ctrl-Break on Windows, and a terminal that was closed."""


def listen_for_the_end(loop: asyncio.AbstractEventLoop, end: Callable[[], None]) -> Callable[[], None]:
    """Have ``end`` called on ``loop`` when this process is asked to stop; gives back what undoes that."""
    numbers = [getattr(signal, name) for name in WORDS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        # Not loop.add_signal_handler: Windows has none.
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))

    def restore() -> None:
        for number, old in before.items():
            signal.signal(number, old)

    return restore
