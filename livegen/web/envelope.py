"""A frame's bytes as they go out: WebSocket frame, header, payload, shared by all who get the same."""

from ..frame import Frame
from ..streams.encode import Encoded, Recipe
from ..wire import packet
from .line import framed

MOST = 64


class Envelopes:
    """The newest message per stream and recipe; most viewers have sent nothing, so theirs is the same."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, Recipe], tuple[tuple[int, float], dict[int, bytes]]] = {}

    def wrap(self, frame: Frame, recipe: Recipe, encoded: Encoded, applied: int) -> bytes:
        """The whole binary message, framed. ``applied``: the receiver's newest control number inside."""
        place, mark = (frame.stream, recipe), (frame.seq, frame.at)
        held = self._held.get(place)
        if held is None or held[0] != mark:
            if len(self._held) >= MOST:
                self._held.clear()
            held = self._held[place] = (mark, {})
        made = held[1].get(applied)
        if made is None:
            head = packet.header(frame, recipe.wire_codec, size=encoded.size, flags=recipe.flags, applied=applied)
            made = held[1][applied] = framed(b"".join((head.pack(), encoded.payload)))
        return made
