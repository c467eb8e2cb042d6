"""Connections that mean harm or have died: they are let go, and nobody else notices."""

import asyncio
import contextlib
import json
import random
import socket

import numpy as np
import pytest
from door_rig import BIG, HUE, get, hello, masked, open_door, raw, shown, stalled, told, until
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.frames import Opcode

from livegen.streams.seat import SeatLimits
from livegen.web.line import LONGEST_ACK, Ledger, Line, LineLimits, lone_text
from livegen.web.server import Limits
from livegen.web.stage import Usual
from livegen.wire import packet


@pytest.mark.parametrize("words", [{"ack": True}, {"ack": False}, {"ack": False, "codec": "raw"}], ids=str)
async def test_stalled_viewers_are_aborted_while_a_good_one_sees_every_frame(words):
    """Eight that never read, with and without acknowledgements; one that does."""
    async with open_door(seats=SeatLimits(stall=0.5)) as rig, rig.ws() as good:
        lines = [await stalled(rig.port, **words) for _ in range(8)]
        await until(lambda: rig.hub.statistics().viewers == 8)
        await hello(good)
        buffered = 0
        async with asyncio.timeout(30):
            while rig.hub.statistics().aborted < 8:
                painted = rig.paint(BIG ^ np.uint8(rig.seq % 256))
                assert painted.seq == packet.unpack(await shown(good))[0].seq
                await good.send(json.dumps({"type": "ack", "seq": painted.seq}))
                buffered = max(buffered, *(line.buffered() for line in rig.door.ledger.lines))
        # At most two frames of the largest kind wait for anybody.
        assert buffered <= 2 * BIG.nbytes + 4096
        assert 1 == rig.hub.statistics().viewers
        await until(lambda: len(rig.door.visitors) == 1)
        for line in lines:
            line.close()


async def test_a_stalled_reader_of_text_is_let_go():
    """Who asks and never reads the answers is ended by what piles up, not by what it costs."""
    limits = Limits(lines=LineLimits(stall=0.5))
    async with open_door(limits=limits) as rig:
        line, _ = await raw(rig.port)
        ask = masked(json.dumps({"type": "get", "addresses": ["/livegen/main/note"]})) * 10
        with pytest.raises(OSError):
            async with asyncio.timeout(20):
                while rig.door.visitors or not rig.door.statistics().connections:
                    await asyncio.get_running_loop().sock_sendall(line, ask)
                    await asyncio.sleep(0)
                raise ConnectionResetError
        await until(lambda: not rig.door.visitors)
        line.close()


async def test_half_handshakes_do_not_keep_others_out():
    """Four hundred that never finish: a good client comes in meanwhile, and they are gone in time."""
    limits = Limits(lines=LineLimits(open_timeout=0.6, waiting=100))
    async with open_door(limits=limits) as rig:
        halves = []
        for _ in range(400):
            line = socket.socket()
            line.setblocking(False)
            await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", rig.port))
            await asyncio.get_running_loop().sock_sendall(line, b"GET / HTTP/1.1\r\nHost: ")
            halves.append(line)
        assert len(rig.door.ledger.lines) <= 101
        async with rig.ws() as ws:
            assert "welcome" == (await hello(ws))["type"]
            await until(lambda: len(rig.door.ledger.lines) == 1)
            assert 200 == (await get(rig.port, "/health"))[0]
        for line in halves:
            line.close()


async def test_a_slow_request_is_not_waited_for():
    """One byte now and then does not hold a place for ever."""
    async with open_door(limits=Limits(lines=LineLimits(open_timeout=0.2))) as rig:
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            async with asyncio.timeout(5):
                while True:
                    writer.write(b"G" if not rig.door.ledger.lines else b"E")
                    await writer.drain()
                    if reader.at_eof():
                        raise ConnectionResetError
                    await asyncio.sleep(0.02)
        writer.close()


async def test_seats_are_bounded():
    """The fifth of four is told so; when one leaves there is room again."""
    limits = Limits(lines=LineLimits(seats=10, seats_per_loopback=4))
    async with open_door(limits=limits) as rig:
        seated = [await raw(rig.port) for _ in range(4)]
        _, head = await raw(rig.port)
        assert head.startswith("HTTP/1.1 503")
        assert 503 == (await get(rig.port, "/stream.mjpg"))[0]
        assert 200 == (await get(rig.port, "/health"))[0]
        seated[0][0].close()
        await until(lambda: sum(line.seated for line in rig.door.ledger.lines) == 3)
        assert (await raw(rig.port))[1].startswith("HTTP/1.1 101")


async def test_one_other_machine_does_not_take_all_seats(monkeypatch):
    """Eight from one address beyond this machine."""
    monkeypatch.setattr("livegen.web.line.is_loopback", lambda peer: False)
    async with open_door() as rig:
        guests = [await raw(rig.port) for _ in range(10)]
        assert ["HTTP/1.1 101"] * 8 + ["HTTP/1.1 503"] * 2 == [head[:12] for _, head in guests]


async def test_two_hundred_come_back_at_once():
    """After a restart everybody reconnects in the same second; where there is room, all are served."""
    limits = Limits(lines=LineLimits(seats=300, seats_per_loopback=300))
    async with open_door(limits=limits, usual=lambda: Usual(viewers=300)) as rig:

        async def come():
            async with rig.ws() as ws:
                await hello(ws)
                packet.unpack(await shown(ws))

        with rig.painting(fps=20):
            async with asyncio.timeout(20):
                await asyncio.gather(*(come() for _ in range(200)))


@pytest.mark.parametrize("size", [0, 1], ids=["empty", "one-byte"])
async def test_fragments_without_end_are_refused(size):
    """A message in a hundred thousand pieces ends its own connection."""
    async with open_door() as rig:
        line, _ = await raw(rig.port)
        loop = asyncio.get_running_loop()
        piece = masked(b"x" * size, Opcode.CONT, fin=False) * 500
        await loop.sock_sendall(line, masked(b"x", fin=False))
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(10):
                for _ in range(2000):
                    await loop.sock_sendall(line, piece)
                    await asyncio.sleep(0)
        await until(lambda: not rig.door.visitors)
        line.close()


async def test_compression_is_never_agreed_on():
    """A bomb of 200 KB that unpacks to 200 MB is a protocol error here, because nothing unpacks."""
    async with open_door() as rig:
        line, head = await raw(rig.port, "Sec-WebSocket-Extensions: permessage-deflate\r\n")
        assert "permessage-deflate" not in head
        packed = bytearray(masked(b"\x00" * 2000))
        packed[0] |= 0x40  # the bit that says "compressed"
        await asyncio.get_running_loop().sock_sendall(line, packed)
        said = await asyncio.get_running_loop().sock_recv(line, 4)
        assert (0x88, 1002) == (said[0], int.from_bytes(said[2:4], "big"))
        line.close()


async def test_too_large_a_message_is_an_error_and_far_too_large_a_one_the_end():
    """Text beyond 64 KiB is answered with a sentence; what no picture may have either is a closed door."""
    async with open_door() as rig, rig.ws() as ws:
        await ws.send("x" * 70_000)
        assert "too_long" == (await told(ws, "error"))["code"]
        await ws.send("x" * (rig.door.limits.message_hard + 1))
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(10):
                while True:
                    await ws.recv()
        assert 1009 == ws.close_code


@pytest.mark.parametrize("data", [b"\xff\xfe\xfd", b"\xed\xa0\x80", b"{\xc0\xaf}"])
async def test_text_that_is_not_utf8_ends_the_connection(data):
    """As the protocol says."""
    async with open_door() as rig, rig.ws() as ws:
        await ws.send(data, text=True)
        with pytest.raises(ConnectionClosed):
            await ws.recv()
        assert 1007 == ws.close_code


async def test_damaged_frames_disturb_nobody():
    """A thousand connections of damaged protocol; one good client sets and sees all the while."""
    chance = random.Random(3)
    good_bytes = [masked(json.dumps({"type": "set", "seq": 1, "values": {HUE: 0.1}})), masked(b"", Opcode.PING), masked(b"/a\0\0,\0\0\0", Opcode.BINARY)]
    async with open_door() as rig, rig.ws() as good:
        await hello(good)

        async def harm():
            line, _ = await raw(rig.port)
            data = bytearray(b"".join(chance.choices(good_bytes, k=3)))
            for _ in range(chance.randint(1, 6)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            with contextlib.suppress(OSError):
                await asyncio.get_running_loop().sock_sendall(line, bytes(data[: chance.randint(1, len(data))]))
            line.close()

        for round_ in range(50):
            await asyncio.gather(*(harm() for _ in range(20)))
            await good.send(json.dumps({"type": "set", "seq": round_ + 1, "values": {HUE: round_ / 50}}))
            await good.send(json.dumps({"type": "get", "addresses": [HUE]}))
            await told(good, "values")
        await until(lambda: len(rig.door.ledger.lines) == 1)
        assert (0, 1) == (rig.door.statistics().faults, len(rig.door.visitors))


async def test_damaged_requests_disturb_nobody():
    """The same for HTTP: whatever comes, it is answered or let go, and the door stays open."""
    chance = random.Random(4)
    async with open_door(limits=Limits(lines=LineLimits(open_timeout=0.5))) as rig:
        base = f"GET /health?VALUE HTTP/1.1\r\nHost: 127.0.0.1:{rig.port}\r\nAccept: */*\r\n\r\n".encode()

        async def harm():
            data = bytearray(base)
            for _ in range(chance.randint(1, 5)):
                at = chance.randrange(len(data))
                data[at : at + chance.randint(0, 3)] = bytes(chance.randrange(256) for _ in range(chance.randint(0, 3)))
            reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
            try:
                writer.write(bytes(data))
                if writer.can_write_eof():
                    writer.write_eof()
                async with asyncio.timeout(20):
                    await reader.read()
            except OSError:
                pass
            finally:
                writer.close()

        for _ in range(30):
            await asyncio.gather(*(harm() for _ in range(20)))
        assert (200, 0) == ((await get(rig.port, "/health"))[0], rig.door.statistics().faults)


async def test_a_flood_from_one_client_leaves_the_loop_to_the_others():
    """Thousands of large sets in a row: a second client's question is answered in between."""
    values = {f"/livegen/main/z/{i}": 0.5 for i in range(8)} | {f"/no/{i}": 1 for i in range(800)}
    flood = masked(json.dumps({"type": "set", "seq": 1, "values": values})) * 50
    async with open_door() as rig, rig.ws() as other:
        line, _ = await raw(rig.port)
        sending = asyncio.create_task(asyncio.get_running_loop().sock_sendall(line, flood))
        await until(lambda: rig.board.statistics().applied > 8)
        before = rig.board.statistics().applied
        await other.send(json.dumps({"type": "get", "addresses": [HUE]}))
        await told(other, "values")
        assert rig.board.statistics().applied - before < 50 * 8 / 2
        sending.cancel()
        line.close()


@given(st.binary(min_size=1, max_size=200), st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.CONT]), st.booleans())
def test_a_lone_text_is_read_as_the_general_parser_would(data, opcode, whole):
    """Short, whole text messages are unmasked; everything else is left to others."""
    expected = data if opcode is Opcode.TEXT and whole and len(data) < LONGEST_ACK else b""
    assert expected == lone_text(masked(data, opcode, fin=whole))
    assert b"" == lone_text(masked(data, opcode, fin=whole) * 2) or len(data) > 90


class Idle:
    """A transport that says how much waits."""

    def __init__(self):
        self.size, self.gone = 0, False

    def get_write_buffer_size(self):
        return self.size

    def abort(self):
        self.gone = True


def test_the_ledger_forgives_what_the_stage_did_itself():
    """After a suspend nobody is thrown out; who stalls afterwards is."""
    ledger = Ledger(LineLimits(stall=5.0))
    line = Line.__new__(Line)
    line.ledger, line.transport, line.moved_at, line._high, line.watched = ledger, Idle(), 0.0, 0, False
    ledger.lines[line] = None
    line.transport.size = 100
    ledger.check(1.0)
    ledger.forgive(60.0)
    ledger.check(62.0)
    assert not line.transport.gone
    ledger.check(66.1)
    assert line.transport.gone


async def test_small_messages_never_hold_back_the_next_frame():
    """Nagle is off on every accepted connection: with it a status line costs the next picture 40 ms."""
    async with open_door() as rig, rig.ws() as ws:
        await hello(ws)
        lines = [line.transport.get_extra_info("socket") for line in rig.door.ledger.lines]
        assert lines and all(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for sock in lines)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system does not know it")
async def test_a_peer_that_vanished_is_noticed_in_half_a_minute():
    """Also while something is said to it that nobody confirms; the system would wait a quarter of an hour."""
    async with open_door() as rig, rig.ws():
        (line,) = rig.door.ledger.lines
        own = line.transport.get_extra_info("socket")
        assert 25_000 == own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
