"""What a client asks for, and what it is given."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import simplejpeg
from PIL import Image

from ..errors import BadPacket, LivegenError
from ..frame import Pixels
from ..marks import PENS, Stroke, Token
from ..wire import packet

CODECS = {number: word for word, number in packet.CODECS.items()}


class NotConnected(LivegenError):
    """There is no connection to the stage at the moment, or none could be made in time."""

    code = "not_connected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a client asks for in its hello."""

    generators: tuple[str, ...] | None = None
    """Streams to see, by name; None: all; empty: no pictures at all."""
    codec: tuple[str, ...] = ("jpeg",)
    """Of ``jpeg``, ``webp``, ``png``, ``raw``; the first that the stage knows."""
    max_fps: float = 0.0
    """Frames a second at most; 0: every frame."""
    max_size: int = 0
    """Pixels of the longer side at most; 0: as painted."""
    quality: int = 0
    """10..100 for JPEG and WebP; 0: the stage's choice."""
    origin: str = "top-left"
    client: str = "python"
    name: str = ""

    def hello(self, token: str) -> dict[str, Any]:
        """The first message of a connection."""
        said = asdict(self)
        said["maxFps"], said["maxSize"] = said.pop("max_fps"), said.pop("max_size")
        kept = {key: value for key, value in said.items() if value not in (None, "", 0)}
        return {"type": "hello", "version": 1, "ack": True, **kept, **({"token": token} if token else {})}


@dataclass(frozen=True, eq=False, kw_only=True)
class Seen:
    """One picture as it arrived."""

    seq: int
    stream: int
    width: int
    height: int
    codec: str
    time: float
    """Server clock, seconds, when its controls were latched."""
    applied: int
    """Number of our newest ``set`` that it contains; 0 for none."""
    received: float
    """Our own clock, seconds."""
    payload: memoryview
    flags: int = 0

    @cached_property
    def pixels(self) -> Pixels:
        """(height, width, 4) uint8 RGBA, row 0 at the top. Decoded when first asked for.

        Raises BadPacket for bytes that are not a picture.
        """
        try:
            pixels = self._decoded()
        except (OSError, ValueError) as error:
            raise BadPacket(f"frame {self.seq} is not a {self.codec} picture: {error}", code="bad_picture") from None
        return np.ascontiguousarray(pixels[::-1]) if self.flags & packet.BOTTOM else pixels

    def _decoded(self) -> Pixels:
        if self.codec == "jpeg":
            return simplejpeg.decode_jpeg(self.payload, colorspace="RGBA")  # type: ignore[no-any-return]
        if self.codec == "raw":
            pixels = np.frombuffer(self.payload, np.uint8).reshape(self.height, self.width, 4)
            return np.ascontiguousarray(pixels[..., [2, 1, 0, 3]]) if self.flags & packet.BGRA else pixels
        with Image.open(io.BytesIO(self.payload)) as opened:
            return np.asarray(opened.convert("RGBA"))


@dataclass(frozen=True, slots=True)
class ClientStatistics:
    """What became of what arrived."""

    received: int
    """Frames."""
    dropped: int
    """Frames that a newer one replaced before they were taken."""
    lost: Mapping[str, int]
    """Messages by kind that nobody read in time."""
    connections: int


def token_of(said: Mapping[str, Any]) -> Token:
    """A ``text`` message as the piece of text that it tells."""
    return Token(
        text=str(said.get("delta", "")), index=int(said.get("index", 0)), probability=float(said.get("p", 1.0)),
        entropy=float(said.get("bits", 0.0)), done=bool(said.get("done", False)),
    )  # fmt: skip


def stroke_of(said: Mapping[str, Any]) -> Stroke:
    """A ``stroke`` message as the step that it tells. Raises ValueError for a pen that does nothing known."""
    return step_of((said["dx"], said["dy"], said["pen"]), int(said.get("index", 0)))


def step_of(step: Sequence[Any], index: int = 0) -> Stroke:
    """A step as welcomes list them: right, down, ``down``, ``up`` or ``end``."""
    dx, dy, pen = step
    return Stroke(dx=float(dx), dy=float(dy), pen=PENS.index(pen), index=index)


def at_websocket(url: str) -> str:
    """An address as people type it, as a WebSocket URL: ``localhost:9210``, ``http://…`` and ``ws://…`` work."""
    scheme, found, rest = url.partition("://")
    if not found:
        return f"ws://{url}"
    return f"{ {'http': 'ws', 'https': 'wss'}.get(scheme, scheme) }://{rest}"
