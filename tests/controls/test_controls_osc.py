"""The OSC door on real sockets, spoken to by other people's software."""

import asyncio
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tracemalloc

import pytest
from pythonosc.udp_client import SimpleUDPClient

from livegen.board import Board
from livegen.clock import SystemClock
from livegen.controls.osc import OscDoor, OscOptions
from livegen.errors import BadValue, PortTaken
from livegen.params import Param
from livegen.wire import osc
from livegen.wire.osc_stream import SIZE, SLIP, frame

HUE, FADE, Z, RANDOMIZE = (
    "/livegen/main/params/hue",
    "/livegen/main/params/fade",
    "/livegen/main/z",
    "/livegen/main/randomize",
)
ROWS = (
    Param(address=HUE),
    Param(address=FADE, type="bool", default=False),
    Param(address=Z, type="vector", size=16, low=-4.0, high=4.0),
    Param(address=RANDOMIZE, type="trigger"),
)
HOSTILE = json.loads((pathlib.Path(__file__).parents[1] / "hostile" / "osc.json").read_text(encoding="utf8"))
ADMIN = (
    "shutdown",
    "quit",
    "restart",
    "load",
    "model/load",
    "patch/load",
    "save",
    "delete",
    "host",
    "port",
    "token",
)
READERS = [False, True]
"""With a reader on the socket, and with the loop's own transport as on Windows."""


@pytest.fixture
def board():
    return Board(ROWS)


@pytest.fixture(params=READERS, ids=["reader", "transport"])
async def door(request, board):
    opened = OscDoor(
        board.apply, SystemClock(), board, OscOptions(port=0, tcp_port=0, datagram_callbacks=request.param)
    )
    await opened.start()
    yield opened
    await opened.close()


async def until(condition, seconds=20.0):
    """Wait for something that another program causes."""
    for _ in range(int(seconds * 200)):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


def listener():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


async def hear(sock, seconds=20.0):
    """address → args of the next packet."""
    data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(sock, 65536), seconds)
    return {m.address: m.args for m in osc.decode(data)}


@pytest.mark.skipif(not shutil.which("oscsend"), reason="oscsend (liblo-tools) is not installed")
async def test_oscsend_plays_the_board(door, board):
    """liblo is a foreign sender: nothing of ours built these packets."""
    for args in (["f", "0.5"], ["i", "1"]):
        await asyncio.to_thread(
            subprocess.run, ["oscsend", "127.0.0.1", str(door.port), HUE, *args], check=True
        )
    await until(lambda: 1.0 == board.value(HUE))
    await asyncio.to_thread(subprocess.run, ["oscsend", "127.0.0.1", str(door.port), FADE, "T"], check=True)
    await until(lambda: board.value(FADE))
    assert {} == dict(door.statistics().refused)


async def test_python_osc_plays_the_board(door, board):
    """Another foreign sender, with a whole latent at once."""
    client = SimpleUDPClient("127.0.0.1", door.port)
    client.send_message(Z, [0.25] * 16)
    client.send_message(RANDOMIZE, [])
    await until(lambda: door.statistics().applied == 2)
    assert (0.25,) * 16 == board.value(Z)
    assert [RANDOMIZE] == [w.address for w in board.latch(0.0).writes if w.address == RANDOMIZE]
    client._sock.close()


async def test_origins_name_the_peer(door, board):
    """So that nobody is sent an echo of what it said."""
    with listener() as sock:
        sock.sendto(osc.encode(HUE, (0.5,)), ("127.0.0.1", door.port))
        await until(lambda: door.statistics().applied == 1)
        assert (
            f"osc 127.0.0.1:{sock.getsockname()[1]}" == board.changes(0)[1][0][2] == door.statistics().sender
        )


async def test_hostile_datagrams_are_counted_and_hurt_nobody(door, board):
    """Every finding is sent to the real port, the stage plays on."""
    with listener() as sock:
        for row in HOSTILE:
            data = b"".join(bytes.fromhex(text) * times for text, times in row["bytes"])
            if len(data) < 60000:
                sock.sendto(data, ("127.0.0.1", door.port))
                await asyncio.sleep(0)
        sock.sendto(osc.encode(HUE, (0.75,)), ("127.0.0.1", door.port))
        await until(lambda: 0.75 == board.value(HUE))
    assert set(door.statistics().refused) >= {
        "bad_size",
        "not_finite",
        "too_deep",
        "bad_address",
        "truncated",
    }


async def test_a_flood_leaves_the_newest_value_and_no_memory(door, board):
    """50,000 messages in bursts, some of them hostile: nothing queues up."""
    moves = [b"#bundle\0hostile" if n % 100 == 0 else osc_float(HUE, n / 2000) for n in range(1000)]
    with listener() as sock:
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(50):
            for data in moves:
                sock.sendto(data, ("127.0.0.1", door.port))
            await asyncio.sleep(0)
        # Where the system's buffer was full at the end, the last move of the hand still lands.
        while board.value(HUE) != 1.0:
            sock.sendto(osc_float(HUE, 1.0), ("127.0.0.1", door.port))
            await asyncio.sleep(0.01)
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    assert grown < 2_000_000
    assert door.statistics().refused.keys() <= {"misaligned"}


def osc_float(address: str, value: float) -> bytes:
    return osc.encode(address, (value,))


async def test_administration_is_not_on_osc(door, board):
    """Verbs that would change files, models or the server do nothing but count as unmatched."""
    with listener() as sock:
        before = board.changes(0)
        for verb in ADMIN:
            for address in (f"/livegen/{verb}", f"/livegen/main/{verb}", f"/{verb}"):
                sock.sendto(osc.encode(address, ("../../etc/passwd",)), ("127.0.0.1", door.port))
        await until(lambda: door.statistics().unmatched == 3 * len(ADMIN))
    assert (before, 0) == (board.changes(0), door.statistics().applied)


async def test_nothing_is_sent_to_who_did_not_subscribe(door):
    """Reflection: packets of every kind bring no byte back."""
    with listener() as sock:
        for address, args in (
            (HUE, (0.5,)),
            ("/nobody", ()),
            ("/livegen/subscribe", ()),
            ("/livegen/subscribe", ("x",)),
        ):
            sock.sendto(osc.encode(address, args), ("127.0.0.1", door.port))
        await until(lambda: door.statistics().received == 4)
        await asyncio.sleep(0.1)
        with pytest.raises(BlockingIOError):
            sock.recv(100)
    assert (0, ()) == (door.feedback_statistics().octets, door.feedback_statistics().subscribers)


async def test_a_subscriber_hears_what_others_change(door, board):
    """Subscribe, hear the state, hear another's change, stop."""
    with listener() as ear, listener() as mouth:
        port = ear.getsockname()[1]
        mouth.sendto(osc.encode("/livegen/subscribe", (port, 60)), ("127.0.0.1", door.port))
        assert (0.0,) == (await hear(ear))[HUE]
        door.take(osc.encode(HUE, (0.5,)), "ws 1", 0.0)
        assert {HUE: (0.5,)} == await hear(ear)
        mouth.sendto(osc.encode(HUE, (0.6,)), ("127.0.0.1", door.port))
        await until(lambda: pytest.approx(0.6) == board.value(HUE))
        door.take(osc.encode(FADE, (True,)), "ws 1", 0.0)
        assert {FADE: (True,)} == await hear(ear)
        mouth.sendto(osc.encode("/livegen/subscribe", (0,)), ("127.0.0.1", door.port))
        await until(lambda: not door.feedback_statistics().subscribers)


async def test_a_closed_reply_port_disturbs_nobody(door, board):
    """Its "port unreachable" must not reach the socket that listens."""
    with listener() as sock:
        closed = listener()
        port = closed.getsockname()[1]
        closed.close()
        sock.sendto(osc.encode("/livegen/subscribe", (port, 60)), ("127.0.0.1", door.port))
        await until(lambda: door.feedback_statistics().datagrams > 0)
        for n in range(20):
            door.take(osc.encode(HUE, (n / 40,)), "ws 1", 0.0)
            await asyncio.sleep(0.01)
        sock.sendto(osc.encode(HUE, (0.9,)), ("127.0.0.1", door.port))
        await until(lambda: pytest.approx(0.9) == board.value(HUE))
    assert 0 == door.reopened


async def test_targets_of_the_patch_need_no_subscription(board):
    """Feedback goes there from the start."""
    with listener() as ear:
        options = OscOptions(port=0, targets=(("127.0.0.1", ear.getsockname()[1]),))
        door = OscDoor(board.apply, SystemClock(), board, options)
        await door.start()
        assert HUE in await hear(ear)
        await door.close()


async def test_a_broken_socket_is_opened_again_on_the_same_port(door, board):
    """Within a second, without anybody noticing."""
    port = door.port
    door.lost(OSError("the cable"))
    await until(lambda: door.reopened == 1)
    assert port == door.port
    with listener() as sock:
        sock.sendto(osc.encode(HUE, (0.5,)), ("127.0.0.1", port))
        await until(lambda: 0.5 == board.value(HUE))


async def test_networks_that_are_not_allowed_are_not_read(board):
    """Counted, and not a byte of theirs is looked at."""
    door = OscDoor(board.apply, SystemClock(), board, OscOptions(port=0, allow=("10.9.8.0/24",)))
    await door.start()
    with listener() as sock:
        sock.sendto(osc.encode(HUE, (0.5,)), ("127.0.0.1", door.port))
        await until(lambda: door.statistics().refused.get("network") == 1)
    assert (0.0, 0) == (board.value(HUE), door.statistics().received)
    await door.close()


async def test_a_taken_port_stops_the_start_and_names_its_holder(board):
    """livegen never moves to another port by itself."""
    with listener() as sock:
        door = OscDoor(board.apply, SystemClock(), board, OscOptions(port=sock.getsockname()[1]))
        with pytest.raises(PortTaken) as caught:
            await door.start()
    assert f"UDP port {door.options.port}" in str(caught.value)
    if sys.platform == "linux":
        assert "(pid " in str(caught.value)


async def test_a_taken_tcp_port_closes_the_udp_port_again(board):
    """Half a start is no start."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        door = OscDoor(board.apply, SystemClock(), board, OscOptions(port=0, tcp_port=sock.getsockname()[1]))
        with pytest.raises(PortTaken, match="TCP port"):
            await door.start()
        assert door.port == 0


async def test_a_host_that_this_machine_does_not_have_is_named(board):
    """In words, before anything starts."""
    door = OscDoor(board.apply, SystemClock(), board, OscOptions(host="192.0.2.1", port=0))
    with pytest.raises(BadValue, match=r"192\.0\.2\.1"):
        await door.start()


async def test_a_second_port_feeds_the_same_board(door, board):
    """Wekinator sends to 12000: that is one more door."""
    second = OscDoor(board.apply, SystemClock(), board, OscOptions(port=0), own_ports=frozenset({door.port}))
    await second.start()
    with listener() as sock:
        sock.sendto(osc.encode(HUE, (0.5,)), ("127.0.0.1", second.port))
        await until(lambda: 0.5 == board.value(HUE))
    await second.close()


async def test_scheduled_bundles_arrive_in_their_time(board):
    """With scheduling on, the event loop is free meanwhile."""
    door = OscDoor(board.apply, SystemClock(), board, OscOptions(port=0, schedule=2.0))
    await door.start()
    message = osc.encode(HUE, (0.5,))
    tag = int((door.intake._wall() + 0.2 + osc.NTP_TO_UNIX) * 2**32).to_bytes(8, "big")
    door.take(b"#bundle\0" + tag + len(message).to_bytes(4, "big") + message, "test", SystemClock().now())
    assert 0.0 == board.value(HUE)
    await until(lambda: 0.5 == board.value(HUE))
    await door.close()


@pytest.mark.parametrize("framing", [SIZE, SLIP])
async def test_tcp_takes_both_framings(door, board, framing):
    """Cut in the middle of a packet, as networks do."""
    _, writer = await asyncio.open_connection("127.0.0.1", door.tcp_port)
    stream = b"".join(frame(osc.encode(a, (v,)), framing) for a, v in ((HUE, 0.25), (HUE, 0.5), (FADE, True)))
    for n in range(0, len(stream), 7):
        writer.write(stream[n : n + 7])
        await writer.drain()
    await until(lambda: board.value(FADE))
    assert 0.5 == board.value(HUE)
    assert door.statistics().sender.startswith("osc-tcp 127.0.0.1:")
    writer.close()


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\0", b"\0\2\0\0"])
async def test_tcp_closes_what_it_cannot_follow(door, data):
    """And counts why; other connections live on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.tcp_port)
    _, out = await asyncio.open_connection("127.0.0.1", door.tcp_port)
    writer.write(data)
    with pytest.raises(ConnectionError):
        if b"" == await asyncio.wait_for(reader.read(), 5):
            raise ConnectionResetError
    out.write(frame(osc.encode(HUE, (0.5,)), SIZE))
    await until(lambda: door.statistics().applied == 1)
    assert 1 == sum(door.statistics().refused.values())
    writer.close()
    out.close()


async def test_tcp_connections_are_bounded(door):
    """The seventeenth is turned away and the sixteen stay."""
    pairs = [await asyncio.open_connection("127.0.0.1", door.tcp_port) for _ in range(17)]
    await until(lambda: door.statistics().refused.get("connections") == 1)
    for _, writer in pairs:
        writer.close()


async def test_bad_packets_in_a_stream_cost_only_themselves(door, board):
    """The framing holds, so the connection does too."""
    _, writer = await asyncio.open_connection("127.0.0.1", door.tcp_port)
    for packet in (b"/abc", osc.encode(HUE, (0.5,))):
        writer.write(frame(packet, SIZE))
    await until(lambda: 0.5 == board.value(HUE))
    assert {"unterminated": 1} == dict(door.statistics().refused)
    writer.close()


async def test_ipv6_loopback_works_where_there_is_one(board):
    """Peers there have longer names."""
    door = OscDoor(board.apply, SystemClock(), board, OscOptions(host="::1", port=0))
    try:
        await door.start()
    except BadValue:
        pytest.skip("this machine has no IPv6 loopback")
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.sendto(osc.encode(HUE, (0.5,)), ("::1", door.port))
        await until(lambda: 0.5 == board.value(HUE))
    assert door.statistics().sender.startswith("osc ::1:")
    await door.close()


async def test_closing_twice_is_closing_once(board):
    """And a closed door frees its port."""
    door = OscDoor(board.apply, SystemClock(), board, OscOptions(port=0))
    await door.start()
    port = door.port
    await door.close()
    await door.close()
    again = OscDoor(board.apply, SystemClock(), board, OscOptions(port=port))
    await again.start()
    await again.close()
