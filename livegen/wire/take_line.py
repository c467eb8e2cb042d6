"""The lines of a take: what a show was told and what became of it, as text.

Each line is JSON behind eight hexadecimal digits of its CRC-32, and can be read by itself. The first says where
everybody stood (and stands there twice, since nothing can be played without it); then, for every tick of the show, one
line: its time and what happened since the tick before, in that order.

Times are whole microseconds of the stage's clock, so that they come back to the bit. Numbers that came in single
precision, as OSC has them, are written as short as that allows.
"""

import base64
import json
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..errors import BadPacket
from ..message import BANG, Bang, Message

FORMAT, READ_TOO = 2, (1,)
"""The format that is written, and older ones that are read as well."""
SUFFIX = ".take"
LONGEST_LINE = 8 << 20
"""Bytes of one line that are read."""
MICRO = 1_000_000
LARGEST_SINGLE = 3.4e38
MOST_ORIGINS = 4096
EDIT = b'["p",'
"""Stands in lines before which another patch came."""
NAMES = b',"as":'
"""Stands in lines that give a number to somebody."""
NOBODY: Mapping[int, str] = MappingProxyType({})


Model = tuple[str, str, str, str]
"""A model that was brought in: the instance that plays it, its kind, its name, the digest of its weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How a take begins."""

    patch: str
    """The patch's text."""
    brought: tuple[Model, ...] = ()
    """The models that had come in since it was written."""
    name: str = ""
    """The name of its file."""
    seed: int | None = None
    """The seed that was chosen instead of the patch's."""
    began: int
    """Microseconds of the stage's clock."""
    wall: float = 0.0
    """Seconds since 1970."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """Instance → digest of its weights."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """What the show was restored from."""
    moment: Mapping[str, Any] = field(default_factory=dict)
    """Where everybody stood, to the bit, in a take that was begun in the middle of a show."""
    addresses: tuple[str, ...] = ()
    """Those that lines call by number."""
    sizes: tuple[tuple[int, int], ...] = ()
    """(width, height) of each stream's pictures, where a line says no other."""
    made_by: Mapping[str, str] = field(default_factory=dict)
    """Versions and device, to say why a frame may come out otherwise."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message was applied."""

    message: Message


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture was asked for."""

    stream: int
    size: tuple[int, int]
    """(width, height), pixels."""
    aside: bool = False
    """Of the stand-in."""


@dataclass(frozen=True, slots=True)
class Came:
    """The picture that was asked for has come."""

    stream: int
    check: int = 0
    """CRC-32 of its pixels; 0: nobody looked."""
    way: str = ""
    """How it was painted, where there are several ways."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It will not come."""

    stream: int
    code: str


@dataclass(frozen=True, slots=True)
class StoodIn:
    """The stand-in's picture has come."""

    stream: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A generator was shown a picture that it had not seen before."""

    stream: int
    size: tuple[int, int]
    pixels: bytes
    """(height, width, 3) uint8."""


@dataclass(frozen=True, slots=True)
class Read:
    """Routes heard what the stage measures of itself."""

    address: str
    value: Any


@dataclass(frozen=True, slots=True)
class Edited:
    """Another patch plays from here on."""

    patch: str
    brought: tuple[Model, ...] = ()
    """The models that had come in since it was written."""
    digests: tuple[tuple[str, str], ...] = ()
    """Instance → digest of its weights."""


Event = Heard | Asked | Came | Failed | StoodIn | Seen | Read | Edited


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick: when the board was read, and what had happened since the one before."""

    at: int
    """Microseconds of the stage's clock."""
    events: tuple[Event, ...] = ()


# Writing -------------------------------------------------------------------------------------


def packed(said: Any) -> bytes:
    """One line."""
    text = json.dumps(said, allow_nan=False, separators=(",", ":"), ensure_ascii=False).encode()
    return b"%08x " % zlib.crc32(text) + text + b"\n"


def head_line(head: Head) -> bytes:
    """The first line of a take."""
    return packed(
        {
            "livegen take": FORMAT, "name": head.name, "seed": head.seed, "began": head.began, "wall": head.wall, "made_by": dict(head.made_by),
            "digests": dict(head.digests), "addresses": list(head.addresses), "sizes": [list(size) for size in head.sizes],
            "state": dict(head.state), "moment": dict(head.moment), "patch": head.patch,
            "brought": [list(each) for each in head.brought],
        }
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Short:
    """What lines need not say, since the head says it."""

    began: int = 0
    numbers: Mapping[str, int] = field(default_factory=dict)
    """What ``Head.addresses`` are called."""
    sizes: tuple[tuple[int, int], ...] = ()
    origins: dict[str, int] = field(default_factory=dict)
    """What those that messages came from are called; grows as they come."""

    @classmethod
    def of(cls, head: Head) -> "Short":
        return cls(head.began, {address: i for i, address in enumerate(head.addresses)}, head.sizes)


def tick_line(tick: Tick, short: Short) -> bytes:
    """A tick as a line."""
    return packed([tick.at - short.began, *rows_of(tick, short)])


def end_line(rest: Tick | None = None, short: Short | None = None) -> bytes:
    """The last line of a take that was ended; ``rest``: what happened after its last tick."""
    if rest is None or short is None:
        return packed({"end": True})
    return packed({"end": True, "rest": [rest.at - short.began, *rows_of(rest, short)]})


def rows_of(tick: Tick, short: Short) -> list[Any]:
    """What happened until a tick."""
    origin, said = "", list[Any]()
    for event in tick.events:
        if isinstance(event, Heard):
            said.append(heard(event.message, short, tick.at, origin))
            origin = event.message.origin
        elif isinstance(event, Asked):
            usual = short.sizes[event.stream : event.stream + 1] == (tuple(event.size),)
            said.append(["b" if event.aside else "a", event.stream, *(() if usual else event.size)])
        elif isinstance(event, Came) and said[-1:] == [["a", event.stream]]:
            said[-1] = ["d", *WRITE[Came](event)[1:]]  # asked for and there: what happens at most ticks
        else:
            said.append(WRITE[type(event)](event))
    return said


def heard(message: Message, short: Short, at: int, origin: str) -> list[Any]:
    """A message: where to, microseconds before the tick, from whom if that is news, and its arguments. A number below
    zero is an address whose arguments are in single precision."""
    where: int | str = short.numbers.get(message.address, message.address)
    args = [plain(arg) for arg in message.args]
    if isinstance(where, int) and (shorter := singles(message.args)) is not None:
        where, args = -1 - where, shorter
    who = [] if message.origin == origin else [called(message.origin, short.origins)]
    return [where, at - micros(message.at), *who, *args]


def called(origin: str, origins: dict[str, int]) -> dict[str, Any]:
    """Whom a message came from: in full with the number that stands for it from here on, or that number."""
    if origin in origins:
        return {"from": origins[origin]}
    if len(origins) >= MOST_ORIGINS:
        return {"from": origin}
    origins[origin] = len(origins)
    return {"from": origin, "as": origins[origin]}


def named(said: Any) -> dict[int, str]:
    """number → who it stands for, as far as a line says."""
    found = (row[2] for row in said[1:] if isinstance(row, list) and len(row) > 2) if isinstance(said, list) else ()
    return {each["as"]: str(each["from"]) for each in found if isinstance(each, dict) and isinstance(each.get("as"), int) and "from" in each}


def singles(args: Sequence[Any]) -> list[Any] | None:
    """The arguments with their numbers as short as single precision allows; None unless all of them are such."""
    found: list[Any] = []
    for arg in args:
        if type(arg) is not float or not math.isfinite(arg) or abs(arg) > LARGEST_SINGLE:
            return None
        single = np.float32(arg)
        if float(single) != arg:
            return None
        found.append(float(str(single)))
    return found or None


def plain(arg: Any) -> Any:
    """An argument as JSON has it."""
    if isinstance(arg, Bang):
        return {"bang": 1}
    if isinstance(arg, float) and not math.isfinite(arg):
        return {"float": repr(arg)}
    if isinstance(arg, (list, tuple)):
        return [plain(each) for each in arg]
    return {"bytes": base64.b64encode(bytes(arg)).decode()} if isinstance(arg, (bytes, bytearray, memoryview)) else arg


def micros(seconds: float) -> int:
    return round(seconds * MICRO)


WRITE: Mapping[type, Callable[[Any], list[Any]]] = {
    Came: lambda e: ["c", e.stream, *([e.check] if e.check or e.way else []), *([e.way] if e.way else [])],
    Failed: lambda e: ["f", e.stream, e.code],
    StoodIn: lambda e: ["s", e.stream],
    Seen: lambda e: ["i", e.stream, *e.size, base64.b64encode(zlib.compress(e.pixels, 1)).decode()],
    Read: lambda e: ["r", e.address, e.value],
    Edited: lambda e: ["p", e.patch, [list(each) for each in e.brought], [list(each) for each in e.digests]],
}


# Reading -------------------------------------------------------------------------------------


def sound(line: bytes) -> bool:
    """Whether a line is whole and as it was written."""
    return line[8:9] == b" " and line[-1:] == b"\n" and line[:8] == b"%08x" % zlib.crc32(memoryview(line)[9:-1])


def opened(line: bytes) -> Any:
    """What a line says; None when a byte of it is missing or changed."""
    try:
        return json.loads(line[9:]) if sound(line) else None
    except (ValueError, RecursionError):
        return None


def head_of(said: Any, name: str) -> Head:
    """The head that a first line gives. Raises BadPacket."""
    if not isinstance(said, dict) or "livegen take" not in said:
        raise BadPacket(f"{name} is no take", hint="livegen run --record writes one", code="no_take")
    if said["livegen take"] not in (FORMAT, *READ_TOO):
        raise BadPacket(
            f"{name} has format {str(said['livegen take'])[:20]} and this livegen reads {FORMAT}", hint="update livegen", code="no_take"
        )
    try:
        return Head(
            patch=str(said["patch"]), brought=models(said.get("brought", ())), name=str(said["name"]), seed=None if said["seed"] is None else int(said["seed"]),
            began=int(said["began"]), wall=float(said["wall"]),
            digests={str(k): str(v) for k, v in said["digests"].items()}, state=dict(said["state"]), moment=dict(said["moment"]),
            addresses=tuple(str(each) for each in said["addresses"]),
            sizes=tuple((int(size[0]), int(size[1])) for size in said.get("sizes", ())),
            made_by={str(k): str(v) for k, v in said["made_by"].items()},
        )  # fmt: skip
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BadPacket(f"{name} does not begin as a take does: {error}", code="no_take") from None


def tick_of(said: Sequence[Any], head: Head, origins: Mapping[int, str] = NOBODY) -> Tick | None:
    """The tick that a line tells; None when it makes no sense. ``origins``: whom numbers stand for."""
    try:
        at = head.began + int(said[0])
        return Tick(at, tuple(events_of(said[1:], head, at, origins)))
    except (LookupError, TypeError, ValueError, OverflowError, zlib.error):
        return None


def events_of(rows: Iterable[Any], head: Head, at: int, origins: Mapping[int, str]) -> Iterator[Event]:
    """Raises what a row that makes no sense brings about."""
    origin = ""
    for row in rows:
        where = row[0]
        if where in ("a", "b"):
            size = row[2:4] if len(row) > 2 else head.sizes[row[1]]
            yield Asked(int(row[1]), (int(size[0]), int(size[1])), aside=where == "b")
            continue
        if where == "d":
            yield Asked(int(row[1]), head.sizes[row[1]])
            yield READ["c"](row)
            continue
        if isinstance(where, str) and not where.startswith("/"):
            yield READ[where](row)
            continue
        single = not isinstance(where, str) and where < 0
        address = where if isinstance(where, str) else head.addresses[-1 - where if single else where]
        rest = row[2:]
        if rest and isinstance(rest[0], dict) and "from" in rest[0]:
            who, rest = rest[0]["from"], rest[1:]
            # The line that said who that is may be lost: the number is as good a name.
            origin = origins.get(who, f"origin {who}") if isinstance(who, int) else str(who)
        args = tuple(float(np.float32(arg)) for arg in rest) if single else tuple(argument(arg) for arg in rest)
        yield Heard(Message(address, args, (at - int(row[1])) / MICRO, origin))


def argument(said: Any) -> Any:
    if isinstance(said, list):
        return tuple(argument(each) for each in said)
    if not isinstance(said, dict):
        return said
    if "bang" in said:
        return BANG
    return float(said["float"]) if "float" in said else base64.b64decode(said["bytes"])


def models(said: Sequence[Sequence[Any]]) -> tuple[Model, ...]:
    return tuple((str(instance), str(kind), str(model), str(digest)) for instance, kind, model, digest in said)


def digests(said: Sequence[Sequence[Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(digest)) for name, digest in said)


def seen(row: Sequence[Any]) -> Seen:
    size = (int(row[2]), int(row[3]))
    unpacker = zlib.decompressobj()
    wanted = 3 * size[0] * size[1]
    pixels = unpacker.decompress(base64.b64decode(row[4]), wanted + 1)
    if len(pixels) != wanted:
        raise ValueError("a picture of another size")
    return Seen(int(row[1]), size, pixels)


READ: Mapping[str, Callable[[Sequence[Any]], Event]] = {
    "c": lambda row: Came(int(row[1]), int(row[2]) if len(row) > 2 else 0, str(row[3]) if len(row) > 3 else ""),
    "f": lambda row: Failed(int(row[1]), str(row[2])),
    "s": lambda row: StoodIn(int(row[1])),
    "i": seen,
    "r": lambda row: Read(str(row[1]), row[2]),
    "p": lambda row: Edited(str(row[1]), models(row[2] if len(row) > 2 else ()), digests(row[3] if len(row) > 3 else ())),
}
