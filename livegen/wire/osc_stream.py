"""OSC over a stream: both framings of the standard, told apart by their first byte.

OSC 1.0 puts each packet's size before it (a big-endian int32); OSC 1.1 wraps it in SLIP (RFC 1055)
with an END on both sides. No size below 64 KiB starts with SLIP's END, so one byte is enough.
"""

from collections import Counter

from ..errors import BadPacket
from .osc import LARGEST

END, ESC, ESC_END, ESC_ESC = b"\xc0", b"\xdb", b"\xdc", b"\xdd"
SIZE, SLIP = "1.0", "1.1"


class Unframer:
    """The receiving end of one connection: pieces of bytes in, whole packets out."""

    def __init__(self, largest: int = LARGEST) -> None:
        self.framing = ""
        """``1.0`` or ``1.1`` once the first byte was seen."""
        self.refused: Counter[str] = Counter()
        """Packets that were left out because their escapes were wrong, by reason."""
        self._largest = largest
        self._held = bytearray()
        self._searched = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Packets that ``data`` completes, oldest first.

        Raises BadPacket when the stream cannot be followed any further; the connection must close.
        """
        if not data:
            return []
        if not self.framing:
            self.framing = self._recognize(data[0])
        self._held += data
        return self._sized() if self.framing == SIZE else self._slip()

    @property
    def waiting(self) -> int:
        """Bytes held for a packet that is not complete."""
        return len(self._held)

    def _recognize(self, first: int) -> str:
        if first == END[0]:
            return SLIP
        if first << 24 <= self._largest:
            return SIZE
        raise BadPacket(f"a stream that starts with byte {first:#04x} is not OSC", code="bad_framing")

    def _sized(self) -> list[bytes]:
        packets, here = [], 0
        while len(self._held) - here >= 4:
            size = int.from_bytes(self._held[here : here + 4], "big")
            if not 0 < size <= self._largest:
                raise BadPacket(f"a stream announces a packet of {size} bytes", code="bad_size")
            if len(self._held) - here - 4 < size:
                break
            packets.append(bytes(self._held[here + 4 : here + 4 + size]))
            here += 4 + size
        del self._held[:here]
        return packets

    def _slip(self) -> list[bytes]:
        packets, here = [], 0
        while (end := self._held.find(END, max(here, self._searched))) >= 0:
            raw, here = bytes(self._held[here:end]), end + 1
            # Two ENDs with nothing between them are the double END, one is RFC 1055's: both are legal.
            if raw and (packet := self._unescaped(raw)) is not None:
                packets.append(packet)
        del self._held[:here]
        self._searched = len(self._held)
        if len(self._held) > 2 * self._largest:
            raise BadPacket(f"{len(self._held)} bytes of a stream without an END", code="too_big")
        return packets

    def _unescaped(self, raw: bytes) -> bytes | None:
        if raw.count(ESC) != raw.count(ESC + ESC_END) + raw.count(ESC + ESC_ESC):
            self.refused["bad_escape"] += 1
            return None
        packet = raw.replace(ESC + ESC_END, END).replace(ESC + ESC_ESC, ESC)
        if len(packet) > self._largest:
            self.refused["too_big"] += 1
            return None
        return packet


def frame(packet: bytes, framing: str) -> bytes:
    """A packet as it travels on a stream of that framing (``1.0`` or ``1.1``)."""
    if framing == SIZE:
        return len(packet).to_bytes(4, "big") + packet
    return END + packet.replace(ESC, ESC + ESC_ESC).replace(END, ESC + ESC_END) + END


__all__ = ["SIZE", "SLIP", "Unframer", "frame"]
