"""A client that brings models, and the files that it brings."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import websockets

from livegen.wire.bring import HEAD, MAGIC, PIECE, WINDOW

sys.path.insert(0, str(Path(__file__).parent / "importing"))
import stylegan_rig

CARD = {"title": "Nets", "author": "Ada", "licence": "CC0-1.0", "data": "my own drawings"}


def pickle_of(**words: Any) -> bytes:
    """A small random StyleGAN2 as its repository writes it."""
    return stylegan_rig.pickled(stylegan_rig.stylegan2(**words))


class Bringer:
    """``async with Bringer(port) as client``: keeps to the window, as a client should."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> "Bringer":
        self.socket = await websockets.connect(f"ws://127.0.0.1:{self.port}/", compression=None, max_size=None)
        await self.say("hello", client="test", version=1, generators=[])
        return self

    async def __aexit__(self, *_: object) -> None:
        self.socket.transport.abort()

    async def say(self, kind: str, **more: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **more}))

    async def told(self, *states: str, kind: str = "brought", seconds: float = 60) -> dict[str, Any]:
        """What is said next in one of these states; a refusal that was not waited for fails."""
        async with asyncio.timeout(seconds):
            while True:
                said = json.loads(await self.socket.recv())
                if said["type"] == kind and (not states or said.get("state") in states):
                    return said
                assert said.get("state") != "refused", said

    async def piece(self, id_: int, offset: int, data: bytes) -> None:
        await self.socket.send(HEAD.pack(MAGIC, id_, offset) + data)

    async def upload(self, data: bytes, id_: int = 1, until: int | None = None) -> None:
        """Everything that was announced, or the first ``until`` bytes."""
        end, sent = len(data) if until is None else until, 0
        while True:
            taken = (await self.told("receiving"))["taken"]
            while sent < end and sent - taken < WINDOW:
                await self.piece(id_, sent, data[sent : min(end, sent + PIECE)])
                sent = min(end, sent + PIECE)
            if taken >= end:
                return

    async def bring(self, data: bytes, name: str = "my net.pkl", id_: int = 1, **more: Any) -> None:
        """Announce one file and send it."""
        await self.say("bring", id=id_, files=[{"name": name, "size": len(data)}], **more)
        await self.upload(data, id_)
