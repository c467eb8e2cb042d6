"""The WebSocket conversation, without a socket: text or bytes in, typed messages out.

JSON is read by strict types: numbers are finite and bounded, nesting stops where the types stop,
half characters and unknown kinds are refused with a sentence. Binary messages that begin with ``/``
or ``#`` are OSC packets, with ``LGF1`` pictures, with ``LGB1`` pieces of a model. ``{"COMMAND": …}`` is OSCQuery's.
"""

import hmac
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ..errors import BadPacket, LivegenError
from ..message import Message, Scalar
from . import bring, shown
from .ask import Ask
from .bring import Bring, BringBack, BringCard, BringEnd, Piece
from .packet import MAGIC
from .shown import Shown

PROTOCOL = 1
LARGEST = 1e30
"""Numbers beyond are nobody's intention; they would overflow somewhere else."""
MAX_SEQ = 0xFFFFFFFF
JsonScalar = bool | int | float | str | None


class Hello(msgspec.Struct, tag="hello", rename={"max_fps": "maxFps", "max_size": "maxSize"}):
    """Who is there and what it wants to see."""

    client: str = ""
    version: int = PROTOCOL
    generators: list[str] | None = None
    """Names of streams; None: all; empty: no pictures."""
    codec: list[str] | str = msgspec.field(default_factory=list)
    """First that the stage knows wins."""
    origin: str = "top-left"
    max_fps: float = 0.0
    max_size: float = 0.0
    quality: float | None = None
    ack: bool = False
    token: str = ""
    name: str = ""


class Set(msgspec.Struct, tag="set"):
    """Values for addresses."""

    values: dict[str, JsonScalar | list[JsonScalar]]
    seq: int = 0


class Ack(msgspec.Struct, tag="ack"):
    """A frame was drawn."""

    seq: int
    stream: int = 0


ACK = msgspec.json.Decoder(Ack)
"""Reads acknowledgements alone: they are half of all messages."""


class Pause(msgspec.Struct, tag="pause"):
    """Nobody looks."""


class Resume(msgspec.Struct, tag="resume"):
    """Somebody looks again."""


class Get(msgspec.Struct, tag="get"):
    """What do these addresses hold?"""

    addresses: list[str]


class Listen(msgspec.Struct, tag="listen"):
    """Tell me when others change what matches. An empty pattern forgets all patterns."""

    pattern: str


class Format(msgspec.Struct, tag="format", rename={"max_fps": "maxFps", "max_size": "maxSize"}):
    """Other pictures from now on; what is left out stays."""

    codec: list[str] | str | None = None
    quality: float | None = None
    max_fps: float | None = None
    max_size: float | None = None
    origin: str | None = None


class Command(msgspec.Struct):
    """OSCQuery over the same socket."""

    COMMAND: str
    DATA: Any = None


@dataclass(frozen=True, slots=True)
class Osc:
    """A binary OSC packet."""

    data: bytes


Bringing = Bring | BringCard | BringEnd | BringBack
Heard = Hello | Set | Ack | Pause | Resume | Get | Listen | Format | Ask | Command | Osc | Shown | Bringing | Piece
_TYPED = msgspec.json.Decoder(Hello | Set | Ack | Pause | Resume | Get | Listen | Format | Ask | Bringing)
_COMMAND = msgspec.json.Decoder(Command)
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """What one conversation may ask for."""

    message: int = 64 << 10
    """Characters or bytes of one message."""
    values: int = 1024
    """Addresses in one ``set`` or ``get``."""
    numbers: int = 8192
    """Numbers in one value."""
    text: int = 8192
    """Characters in one text."""
    patterns: int = 16
    paths: int = 1024
    """Addresses listened to by OSCQuery."""
    errors: float = 10.0
    """Errors told per second; twice as many at once."""


class Session:
    """One client's side of the conversation: what it said so far and what it may be told."""

    def __init__(self, *, origin: str, token: str = "", limits: SessionLimits | None = None) -> None:
        self.origin = origin
        """Names this client in messages: ``ws 3``."""
        self.limits = limits or SessionLimits()
        self.hello: Hello | None = None
        self.trusted = not token
        self.patterns: list[str] = []
        self.paths: set[str] = set()
        self.refused = 0
        self.unsaid = 0
        """Errors that were not told because there were too many."""
        self._token = token
        self._allowance, self._said_at = self.limits.errors * 2, 0.0

    @property
    def client(self) -> str:
        """What the client calls itself; empty for an OSCQuery client."""
        return self.hello.client if self.hello else ""

    def receive(self, data: str | bytes) -> Heard:
        """One message as a typed value; the session keeps what it must remember.

        Raises BadPacket for what is not a message of this protocol, with ``code`` saying why:
        ``bad_json``, ``bad_message``, ``too_deep``, ``too_many``, ``bad_number``, ``token``.
        """
        try:
            heard = self._read(data)
            if not self.trusted:
                self._admit(heard)
        except BadPacket:
            self.refused += 1
            raise
        if isinstance(heard, Hello):
            self.hello = heard
        elif isinstance(heard, Listen):
            self._listen(heard.pattern)
        return heard

    def messages(self, heard: Set, at: float) -> list[Message | LivegenError]:
        """A ``set`` as messages for the board; what cannot be one stands there as its error."""
        made: list[Message | LivegenError] = []
        for address, value in heard.values.items():
            try:
                made.append(Message(address, argument(address, value, self.limits), at, self.origin, heard.seq))
            except BadPacket as error:
                made.append(error)
        return made

    def command(self, heard: Command) -> None:
        """OSCQuery's LISTEN and IGNORE. Raises BadPacket for other commands."""
        if heard.COMMAND not in ("LISTEN", "IGNORE") or not isinstance(heard.DATA, str):
            raise BadPacket(
                f"{self.origin} sent COMMAND {heard.COMMAND[:40]!r}",
                hint="LISTEN and IGNORE with a path as DATA", code="unknown_command",
            )  # fmt: skip
        if heard.COMMAND == "IGNORE":
            self.paths.discard(heard.DATA)
        elif len(self.paths) >= self.limits.paths:
            raise BadPacket(f"{self.origin} listens to {len(self.paths)} paths already", code="too_many")
        else:
            self.paths.add(heard.DATA)

    def listens(self, address: str) -> bool:
        """Whether a change of ``address`` is of interest here."""
        return any(matches(pattern, address) for pattern in self.patterns)

    def may_say(self, now: float) -> bool:
        """Whether one more error may be told; a flood of mistakes must not become a flood of answers."""
        rate = self.limits.errors
        self._allowance = min(rate * 2, self._allowance + (now - self._said_at) * rate)
        self._said_at = now
        if self._allowance < 1:
            self.unsaid += 1
            return False
        self._allowance -= 1
        return True

    def _read(self, data: str | bytes) -> Heard:
        if isinstance(data, bytes) and data[:4] == MAGIC:
            return shown.read(data, self.origin)
        if isinstance(data, bytes) and data[:4] == bring.MAGIC:
            return bring.read(data, self.origin)
        if len(data) > self.limits.message:
            raise BadPacket(
                f"{self.origin} sent {len(data)} bytes at once", hint=f"at most {self.limits.message}", code="too_long"
            )
        if isinstance(data, bytes):
            if data[:1] in (b"/", b"#"):
                return Osc(data)
            raise BadPacket(
                f"{self.origin} sent {len(data)} bytes that are not OSC", hint="binary messages begin with / or # (OSC), LGF1 (a picture) or LGB1 (a model)",
                code="bad_message",
            )  # fmt: skip
        heard = parse(data, self.origin)
        bound(heard, self.origin, self.limits)
        return heard

    def _admit(self, heard: Heard) -> None:
        given = heard.token if isinstance(heard, Hello) else ""
        if not same_token(given, self._token):
            raise BadPacket(
                f"{self.origin} did not give the token of this stage",
                hint="put it into hello's token, or into the address as ?token=", code="token",
            )  # fmt: skip
        self.trusted = True

    def _listen(self, pattern: str) -> None:
        if not pattern:
            self.patterns.clear()
        elif pattern not in self.patterns:
            if len(self.patterns) >= self.limits.patterns:
                raise BadPacket(
                    f"{self.origin} listens to {len(self.patterns)} patterns", hint="one * covers all", code="too_many"
                )
            self.patterns.append(pattern)


def parse(text: str, origin: str) -> Heard:
    """JSON text as a typed message. Raises BadPacket."""
    try:
        # Half characters pass a str but not UTF-8.
        raw = text.encode()
        if '"COMMAND"' in text[:256]:
            return _COMMAND.decode(raw)
        heard: Heard = _TYPED.decode(raw)
        return heard
    except msgspec.ValidationError as error:
        raise BadPacket(f"{origin} sent a message that does not fit: {shorten(error)}", code="bad_message") from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadPacket(f"{origin} sent what is not JSON: {shorten(error)}", code="bad_json") from None
    except RecursionError:
        raise BadPacket(f"{origin} sent JSON that is nested too deep", code="too_deep") from None


def bound(heard: Heard, origin: str, limits: SessionLimits) -> None:
    """Raises BadPacket for counts and numbers that are out of all proportion."""
    many = len(heard.values) if isinstance(heard, Set) else len(heard.addresses) if isinstance(heard, Get) else 0
    if many > limits.values:
        raise BadPacket(f"{origin} named {many} addresses at once", hint=f"at most {limits.values}", code="too_many")
    if isinstance(heard, Set | Ack) and not 0 <= heard.seq <= MAX_SEQ:
        raise BadPacket(f"{origin} sent seq {str(heard.seq)[:20]}", hint=f"0 to {MAX_SEQ}", code="bad_number")
    if isinstance(heard, Hello | Format):
        asked = (heard.max_fps or 0.0, heard.max_size or 0.0, heard.quality or 0.0)
        if not all(0 <= number <= 65535 for number in asked):
            raise BadPacket(
                f"{origin} asked for maxFps, maxSize or quality out of range", hint="0 to 65535", code="bad_number"
            )
    words = (heard.client, heard.name, heard.token, heard.origin) if isinstance(heard, Hello) else ()
    if any(len(word) > 256 for word in words):
        raise BadPacket(f"{origin} introduced itself in more than 256 characters", code="too_many")


def argument(address: str, value: Any, limits: SessionLimits) -> Scalar | tuple[Scalar, ...]:
    """A JSON value as a message's value: lists become tuples, null becomes no argument at all."""
    if value is None:
        return ()
    if isinstance(value, list):
        if len(value) > limits.numbers:
            raise BadPacket(f"{address[:120]} was sent {len(value)} numbers", code="too_many")
        return tuple(checked(address, item, limits) for item in value)
    return checked(address, value, limits)


def checked(address: str, value: Scalar, limits: SessionLimits) -> Scalar:
    if isinstance(value, str) and len(value) > limits.text:
        raise BadPacket(f"{address[:120]} was sent {len(value)} characters", hint=f"at most {limits.text}", code="too_long")
    if isinstance(value, int | float) and not abs(value) <= LARGEST:
        raise BadPacket(f"{address[:120]} was sent a huge number", hint="send a finite number", code="bad_number")
    return value


def matches(pattern: str, address: str) -> bool:
    """Whether ``address`` is what ``pattern`` means; ``*`` stands for anything, slashes included.

    Takes time linear in both: each piece between stars is looked for once.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return address == pattern
    if not address.startswith(first):
        return False
    place, last = len(first), rest.pop()
    for piece in rest:
        place = address.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    return len(address) - place >= len(last) and address.endswith(last)


def same_token(given: str, wanted: str) -> bool:
    """Whether two tokens are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(given.encode("utf8", "surrogatepass"), wanted.encode())


def shorten(error: Exception) -> str:
    return str(error)[:200]


# What the stage says ---------------------------------------------------------------------------


def encode(value: Any) -> str:
    """JSON text; numbers that are not finite become null."""
    return _ENCODER.encode(value).decode()


def say(kind: str, **fields: Any) -> str:
    """A message of ``kind`` as JSON text."""
    return encode({"type": kind, **fields})


def say_error(error: LivegenError, seq: int = 0) -> str:
    """The error message that a client may read: our own sentence, never an internal one."""
    message = error.args[0] if error.args else "refused"
    told = {"code": error.code, "message": str(message)[:400], "hint": error.hint[:200]}
    return say("error", **told, **({"seq": seq} if seq else {}))


def say_values(kind: str, values: Mapping[str, Any], **fields: Any) -> str:
    """``values`` or ``param``: addresses with what they hold."""
    return say(kind, values={address: plain(value) for address, value in values.items()}, **fields)


def plain(value: Any) -> Any:
    """A board's value as JSON can hold it."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
