"""OSC over TCP, both framings on one port; each connection is one peer."""

import asyncio
import contextlib
from collections.abc import Callable

from ..errors import BadPacket
from ..wire.osc_stream import Unframer
from .intake import Peer
from .networks import Networks, plain
from .sockets import why_not

MOST_CONNECTIONS = 16
PIECE = 8192
"""Bytes read before everybody else on the event loop has a turn."""


class TcpDoor:
    """A TCP port: packets go to ``hear``, what was turned away to ``refuse(reason, said, origin)``."""

    def __init__(
        self,
        hear: Callable[[list[tuple[bytes, Peer]]], None],
        refuse: Callable[[str, object, str], None],
        networks: Networks,
    ) -> None:
        self._take_in, self._refuse, self._networks = hear, refuse, networks
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self, host: str, port: int) -> None:
        """Raises PortTaken, and BadValue for a host that this machine does not have."""
        try:
            self._server = await asyncio.start_server(self._serve, host, port, limit=PIECE)
        except OSError as error:
            raise why_not(error, host, port, "TCP") from error

    @property
    def port(self) -> int | None:
        return int(self._server.sockets[0].getsockname()[1]) if self._server else None

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source = writer.get_extra_info("peername") or ("", 0)
        peer = Peer(f"osc-tcp {plain(source[0])}:{source[1]}", plain(source[0]), source[1])
        if peer.ip not in self._networks or len(self._open) >= MOST_CONNECTIONS:
            self._refuse(
                "connections" if peer.ip in self._networks else "network", "turned away", peer.origin
            )
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            with contextlib.suppress(ConnectionError):
                await self._hear(reader, peer)
        except BadPacket as error:
            self._refuse(error.code, error, peer.origin)
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _hear(self, reader: asyncio.StreamReader, peer: Peer) -> None:
        unframer = Unframer()
        while data := await reader.read(PIECE):
            packets = unframer.feed(data)
            for reason in unframer.refused.elements():
                self._refuse(reason, "a packet in a stream", peer.origin)
            unframer.refused.clear()
            if packets:
                self._take_in([(packet, peer) for packet in packets])
            await asyncio.sleep(0)
