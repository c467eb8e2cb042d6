"""``livegen monitor`` says what arrives, and what was meant."""

import asyncio
import io
import json
import socket
import threading
import time

import pytest
from rich.console import Console
from websockets.asyncio.server import serve

from livegen.board import Board
from livegen.errors import PortTaken
from livegen.monitor import Page, Seen, arguments, monitor, shown
from livegen.params import Param
from livegen.wire import osc

HUE = "/livegen/main/params/hue"


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def heard(*packets: bytes, board: Board | None = None) -> tuple[int, str]:
    """(exit code, what was printed) while these packets arrive."""
    out, port, ended = io.StringIO(), free_port(), threading.Event()

    def speak():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            while not ended.wait(0.05):
                for packet in packets:
                    sock.sendto(packet, ("127.0.0.1", port))

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        code = monitor(port, board=board, seconds=0.5, console=Console(file=out, width=300))
    finally:
        ended.set()
        speaker.join()
    return code, out.getvalue()


def test_what_arrives_is_printed_matched_or_not():
    """With what was probably meant, and what a value should have been."""
    code, said = heard(
        osc.encode(HUE, (0.5,)),
        osc.encode("/livegen/main/params/hve", (0.25,)),
        osc.encode("/livegen/*/params/sp?ed", (0.75,)),
        b"/bad",
        board=Board((Param(address=HUE), Param(address="/livegen/main/params/speed"))),
    )
    lines = said.splitlines()
    assert 0 == code
    assert any(f"✓ {HUE}  0.5" in line for line in lines)
    assert any(
        "✗ /livegen/main/params/hve  0.25" in line and f"did you mean {HUE}?" in line for line in lines
    )
    assert any("✓ /livegen/main/params/speed  0.75" in line for line in lines)
    assert any("refused" in line and "unterminated" in line for line in lines)


def test_without_a_patch_nothing_is_judged():
    """Then every message is as good as another."""
    code, said = heard(osc.encode("/anything", ("text", 1, True)))
    assert 0 == code
    assert "/anything  'text' 1 True" in said
    assert "✗" not in said


def test_silence_says_where_to_look():
    """The most common complaint, answered with an exit code for scripts."""
    code, said = heard()
    assert 1 == code
    assert "firewall" in said


async def test_beside_a_running_stage_the_stage_is_asked():
    """The port is taken by livegen itself: what it hears is shown."""
    hellos = []

    async def stage(client):
        hellos.append(json.loads(await client.recv()))
        line = {"address": HUE, "args": [0.5], "origin": "osc 10.0.0.7:5", "matched": True, "hint": ""}
        await client.send(json.dumps({"type": "heard", "lines": [line]}))
        await client.wait_closed()

    out = io.StringIO()
    async with serve(stage, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", port))
            console = Console(file=out, width=300)
            code = await asyncio.to_thread(monitor, port, seconds=0.5, console=console)
    assert (0, "hello", "studio", []) == (code, *(hellos[0][key] for key in ("type", "client", "generators")))
    assert f"✓ {HUE}  0.5" in out.getvalue()


def test_a_port_that_somebody_else_holds_is_named():
    """And nothing is guessed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(PortTaken):
            monitor(taken.getsockname()[1], seconds=1, console=Console(file=io.StringIO()))


def test_a_stream_is_one_line_with_a_count():
    """Sixty messages a second can be read."""
    out = io.StringIO()
    page = Page(Console(file=out, width=200), judge=True)
    for n in range(60):
        page.note(Seen(HUE, (n / 60,), "osc 10.0.0.7:5", True, ""))
    page.turn()
    assert (1, 60) == (len(out.getvalue().splitlines()), page.total)
    assert "×60" in out.getvalue()
    assert "0.9833" in out.getvalue()


def test_what_strangers_send_cannot_write_on_the_terminal():
    """No escape sequence, no line end, no endless list, no markup."""
    out = io.StringIO()
    page = Page(Console(file=out, width=200), judge=True)
    page.note(Seen("/a\x1b[2J\n[red]", ("\x1b]0;x\x07",), "osc\n", False, "\x1b[31m"))
    page.turn()
    assert "\x1b" not in out.getvalue()
    assert 1 == len(out.getvalue().splitlines())
    assert "[red]" in out.getvalue()
    assert len(arguments(tuple(float(n) for n in range(1000)))) < 100
    assert len(shown("x" * 1000)) == 200


def test_lines_carry_the_time():
    """So that a rehearsal can be read afterwards."""
    page = Page(Console(file=io.StringIO()), judge=False)
    assert time.strftime("%H:") in str(page.line(Seen(HUE, (), "osc 10.0.0.7:5", True, "")))
