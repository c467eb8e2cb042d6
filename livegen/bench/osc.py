"""OSC: what a message costs, against python-osc on the same bytes in the same run, and what a flood
through a real socket does to everybody else on the event loop."""

import asyncio
import socket
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from pythonosc.dispatcher import Dispatcher

from ..board import Board
from ..clock import SystemClock
from ..controls.osc import OscDoor, OscOptions
from ..params import Param
from ..wire import osc

ADDRESSES = tuple(f"/livegen/main/params/knob_{n}" for n in range(32))
ROUND = 200
"""Passes over a set of packets between two looks at the clock."""
BURST = 500
"""Datagrams sent before the event loop has a turn."""


def packets() -> dict[str, tuple[list[bytes], int]]:
    """name → (packets, messages in each)."""
    single = [osc.encode(address, (n / 32,)) for n, address in enumerate(ADDRESSES)]
    (bundle,) = osc.bundles((single * 4)[:100], most=osc.LARGEST)
    latent = osc.encode("/livegen/main/z", tuple(n / 512 for n in range(512)))
    return {"message": (single, 1), "bundle_of_100": ([bundle], 100), "latent_of_512": ([latent], 1)}


def scenario(seconds: float = 6.0) -> dict[str, Any]:
    """Microseconds per message, ours and python-osc's, decoded and dispatched to 32 addresses.

    ``ratio`` is the median of the ratios of neighbouring rounds, so that a machine which slows
    down meanwhile slows both.
    """
    found: dict[str, Any] = {}
    sets = packets()
    share = seconds / (len(sets) + 1)
    for name, (data, each) in sets.items():
        found[name] = compare(data, each, share)
    found["flood"] = asyncio.run(flood(share))
    found["ratio"] = min(found[name]["ratio"] for name in sets)
    return found


def compare(data: Sequence[bytes], each: int, seconds: float) -> dict[str, float]:
    """One set of packets, by turns."""
    ours, theirs = with_ours(data), with_python_osc(data)
    rounds = max(1, ROUND * 32 // (len(data) * each * 8))
    pairs: list[tuple[float, float]] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or len(pairs) < 3:
        pairs.append((timed(ours, rounds), timed(theirs, rounds)))
    scale = 1e6 / (rounds * len(data) * each)
    return {
        "ours_us": round(statistics.median(a for a, _ in pairs) * scale, 2),
        "python_osc_us": round(statistics.median(b for _, b in pairs) * scale, 2),
        "ratio": round(statistics.median(b / a for a, b in pairs), 2),
    }


def with_ours(data: Sequence[bytes]) -> Callable[[], None]:
    """Decode, look the address up, call."""
    table: dict[str, Callable[..., None]] = {address: reached for address in (*ADDRESSES, "/livegen/main/z")}

    def once() -> None:
        for packet in data:
            for message in osc.decode(packet):
                table[message.address](message.address, *message.args)

    return once


def with_python_osc(data: Sequence[bytes]) -> Callable[[], None]:
    """Parse and dispatch, as its servers do for every datagram."""
    dispatcher = Dispatcher(strict_timing=False)
    for address in (*ADDRESSES, "/livegen/main/z"):
        dispatcher.map(address, reached)

    def once() -> None:
        for packet in data:
            dispatcher.call_handlers_for_packet(packet, ("127.0.0.1", 9))

    return once


def reached(address: str, *args: float) -> None:
    """Where a message ends up."""


def timed(once: Callable[[], None], rounds: int) -> float:
    """Seconds of processor time."""
    began = time.process_time()
    for _ in range(rounds):
        once()
    return time.process_time() - began


async def flood(seconds: float) -> dict[str, float]:
    """Datagrams at the rate the socket takes, one in a hundred hostile: how many are handled a second,
    and how long the event loop was kept from others (milliseconds of this thread's own time). The
    sender runs on the same thread, so the port itself could take more."""
    board = Board(tuple(Param(address=address) for address in ADDRESSES))
    door = OscDoor(board.apply, SystemClock(), board, OscOptions(port=0))
    await door.start()
    values = [osc.encode(address, (n / 500,)) for n in range(16) for address in ADDRESSES]
    values = [b"#bundle\0hostile" if n % 100 == 0 else value for n, value in enumerate(values)][:BURST]
    gaps: list[float] = []
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            for value in values:
                sock.sendto(value, ("127.0.0.1", door.port))
            sent += len(values)
            while door.statistics().received < sent and (took := await turn()) > 0.0002:
                gaps.append(took)
        took_all = time.perf_counter() - began
    said = door.statistics()
    await door.close()
    gaps.sort()
    return {
        "sent": sent,
        "handled": said.received,
        "handled_per_s": round(said.received / took_all),
        "hostile": sum(said.refused.values()),
        "gap_p99_ms": round(1000 * gaps[int(len(gaps) * 0.99)], 2) if gaps else 0.0,
        "gap_max_ms": round(1000 * gaps[-1], 2) if gaps else 0.0,
    }


async def turn() -> float:
    """Seconds that the event loop spent on others."""
    began = time.thread_time()
    await asyncio.sleep(0)
    return time.thread_time() - began
