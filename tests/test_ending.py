"""What ends a show from outside."""

import asyncio
import signal

from livegen.ending import listen_for_the_end


async def test_a_stop_signal_asks_for_the_end_and_everything_is_put_back():
    """On the loop, not in the middle of whatever ran; afterwards the signal is as it was."""
    before, asked = signal.getsignal(signal.SIGTERM), asyncio.Event()
    restore = listen_for_the_end(asyncio.get_running_loop(), asked.set)
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(asked.wait(), 2)
    restore()
    assert before == signal.getsignal(signal.SIGTERM)
