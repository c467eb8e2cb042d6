"""OSC packets, bytes to values and back (OSC 1.0, with the type tags of 1.1).

The decoder takes bytes from anybody: it is iterative, every length is exact and bounded, nothing
is compiled from what was sent, and nothing waits. Time tags are reported, never obeyed here.
"""

import math
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from pythonosc.osc_message_builder import OscMessageBuilder

from ..errors import BadPacket
from ..message import BANG

LARGEST = 65536
"""Bytes of a packet."""
DEEPEST = 4
"""Bundles within bundles, and arrays within arrays."""
MOST_MESSAGES = 256
"""Messages of one packet."""
MOST_ARGUMENTS = 1024
"""Arguments of one message, those in arrays included."""
LONGEST_ADDRESS = 255
"""Bytes of an address."""
AT_ONCE = 1
"""The time tag that means "now"."""
DATAGRAM = 1472
"""Bytes that pass an Ethernet or Wi-Fi link in one piece."""
NTP_TO_UNIX = 2208988800
"""Seconds from 1900 to 1970."""

ABOUT_ONE_MESSAGE = frozenset({"not_finite", "unknown_tag", "bad_text", "bad_address"})
"""Refusals that leave the other messages of a bundle standing; all others refuse the packet."""

_BUNDLE = b"#bundle\0"
_PATTERN_SIGNS = frozenset("*?[{")
_NUMBERS = {"i": 4, "f": 4, "h": 8, "d": 8}
_CONSTANTS = {"T": True, "F": False, "N": None, "I": BANG}
_CODES = {"i": ">i", "f": ">f", "h": ">q", "d": ">d", "t": ">Q", "c": ">i", "r": ">4B", "m": ">4B"}
_READERS = {tag: struct.Struct(code) for tag, code in _CODES.items()}
_KNOWN_TAGS = frozenset("ifsbhtdScrmTFNI[]")
_INT32 = struct.Struct(">i")
_UINT64 = struct.Struct(">Q")


class OscMessage(NamedTuple):
    """One message as it was sent."""

    address: str
    """Printable, with its leading slash."""
    args: tuple[Any, ...]
    """float, int, bool, str, None, BANG, bytes (b), 4-tuples of bytes (r, m), tuples (arrays)."""
    at: float
    """Clock seconds at which its packet was heard."""
    timetag: int
    """The innermost bundle's time tag, 64-bit NTP; AT_ONCE outside of bundles."""
    pattern: bool
    """Whether the address asks for several addresses (``* ? [ {`` or ``//``)."""


class _Head(NamedTuple):
    """What the address and the type tags of a message say about the bytes that follow."""

    address: str
    pattern: bool
    tags: str
    numbers: struct.Struct | None
    """Set when every argument is a number of fixed size."""
    size: int
    """Bytes of ``numbers``."""
    real: bool
    """Whether ``numbers`` holds floats, which may not be finite."""
    constant: tuple[Any, ...] | None
    """The arguments themselves, when the tags alone say them."""


def decode(
    data: bytes, at: float = 0.0, *, refused: Callable[[BadPacket], None] | None = None
) -> list[OscMessage]:
    """The messages of one packet, in the order they stand in it.

    Raises BadPacket, whose ``code`` names the broken rule, when the packet as a whole is not OSC:
    then none of it counts. A message whose values alone are refused (ABOUT_ONE_MESSAGE) is handed
    to ``refused`` and the others are returned; without ``refused`` it is raised as well.
    """
    end = len(data)
    if not end or end > LARGEST:
        raise BadPacket(f"an OSC packet of {end} bytes", code="empty" if not end else "too_big")
    if end % 4:
        raise BadPacket(f"an OSC packet of {end} bytes, not a multiple of 4", code="misaligned")
    found: list[OscMessage] = []
    spans: Iterable[tuple[int, int, int]] = ((0, end, AT_ONCE),)
    if data[0] == 35:
        spans = _spans(data)
    for start, stop, timetag in spans:
        try:
            found.append(_message(data, start, stop, at, timetag))
        except BadPacket as error:
            if refused is None or error.code not in ABOUT_ONE_MESSAGE:
                raise
            refused(error)
    return found


def _spans(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Where each message of a bundle starts and stops, with its time tag."""
    count = 0
    open_bundles = [(_bundle(data, 0, len(data)), 16, len(data))]
    while open_bundles:
        timetag, here, stop = open_bundles.pop()
        while here < stop:
            if stop - here < 4:
                raise BadPacket("a bundle ends inside an element's size", code="truncated")
            size = _INT32.unpack_from(data, here)[0]
            start, here = here + 4, here + 4 + size
            if size <= 0 or size % 4 or here > stop:
                raise BadPacket(f"a bundle element says it has {size} bytes", code="bad_size")
            count += 1
            if count > MOST_MESSAGES:
                raise BadPacket(f"a packet of more than {MOST_MESSAGES} elements", code="too_many_messages")
            if data[start] == 35:
                if len(open_bundles) + 2 > DEEPEST:
                    raise BadPacket(f"bundles within bundles, more than {DEEPEST} deep", code="too_deep")
                open_bundles.append((timetag, here, stop))
                timetag, here, stop = _bundle(data, start, here), start + 16, here
            else:
                yield start, here, timetag


def _bundle(data: bytes, start: int, stop: int) -> int:
    """The time tag of the bundle that starts here."""
    if stop - start < 16 or data[start : start + 8] != _BUNDLE:
        raise BadPacket("it starts like a bundle and is none", code="bad_bundle")
    return int(_UINT64.unpack_from(data, start + 8)[0])


def _message(data: bytes, start: int, stop: int, at: float, timetag: int) -> OscMessage:
    comma = _string_end(data, start, stop)
    if comma == stop:
        body = stop
    elif data[comma] != 44:
        raise BadPacket("arguments without type tags", code="no_type_tags")
    else:
        body = _string_end(data, comma, stop)
    head = data[start:body]
    known = (_head if len(head) <= 128 else _long_head)(head, comma - start)
    if known.constant is not None:
        args, here = known.constant, body
    elif known.numbers is not None:
        here = body + known.size
        if here > stop:
            raise BadPacket(f"{known.tags!r} needs {known.size} bytes", code="truncated")
        args = known.numbers.unpack_from(data, body)
        if known.real and not _finite(args):
            raise BadPacket(f"{known.address} was sent a number that is not finite", code="not_finite")
    else:
        args, here = _arguments(data, body, stop, known)
    if here != stop:
        raise BadPacket(f"{stop - here} bytes after the last argument", code="trailing")
    return OscMessage(known.address, args, at, timetag, known.pattern)


def _finite(numbers: tuple[float, ...]) -> bool:
    # A sum is not finite if one term is not; finite doubles can still overflow it.
    total = sum(numbers)
    return total - total == 0.0 or all(math.isfinite(number) for number in numbers)


def _string_end(data: bytes, start: int, stop: int) -> int:
    """Where the padded string that starts here ends; its padding must be zero."""
    zero = data.find(0, start, stop)
    if zero < 0:
        raise BadPacket("a string without an end", code="unterminated")
    # Every element starts at a multiple of 4, so absolute positions can be rounded.
    end = (zero + 4) & ~3
    if end > stop or (end - zero > 1 and data.count(0, zero, end) != end - zero):
        raise BadPacket("a string that is not padded with zeros", code="bad_padding")
    return end


def _read_head(head: bytes, comma: int) -> _Head:
    """Judge the address and the type tags. Raises BadPacket."""
    tags = head[comma + 1 :].rstrip(b"\0").decode("latin-1")
    brackets = tags.count("[") + tags.count("]")
    if len(tags) - brackets > MOST_ARGUMENTS or brackets > 2 * MOST_ARGUMENTS:
        raise BadPacket(f"more than {MOST_ARGUMENTS} arguments", code="too_many_args")
    _judge_brackets(tags)
    address = _read_address(head[:comma].rstrip(b"\0"))
    if not _KNOWN_TAGS.issuperset(tags):
        raise BadPacket(f"{address} has the type tags {tags[:40]!r}", code="unknown_tag")
    pattern = not _PATTERN_SIGNS.isdisjoint(address) or "//" in address
    numbers, size, constant = None, 0, None
    if all(tag in _CONSTANTS for tag in tags):
        constant = tuple(_CONSTANTS[tag] for tag in tags)
    elif all(tag in _NUMBERS for tag in tags):
        runs = (f"{len(list(run))}{tag}" for tag, run in groupby(tags.replace("h", "q")))
        numbers = struct.Struct(">" + "".join(runs))
        size = numbers.size
    return _Head(address, pattern, tags, numbers, size, "f" in tags or "d" in tags, constant)


# Two memories, so that strangers' long heads cannot grow one and cannot push out the short ones.
_head = lru_cache(maxsize=1024)(_read_head)
_long_head = lru_cache(maxsize=64)(_read_head)


def _judge_brackets(tags: str) -> None:
    depth = 0
    for tag in tags:
        depth += (tag == "[") - (tag == "]")
        if depth < 0:
            raise BadPacket("an array is closed that was not opened", code="bad_tags")
        if depth > DEEPEST:
            raise BadPacket(f"arrays within arrays, more than {DEEPEST} deep", code="too_deep")
    if depth:
        raise BadPacket("an array is not closed", code="bad_tags")


def _read_address(raw: bytes) -> str:
    try:
        address = raw.decode()
    except UnicodeDecodeError:
        raise BadPacket(f"the address {raw[:40]!r} is not text", code="bad_address") from None
    # Printable excludes line ends, escape sequences and text that runs backwards: logs stay legible.
    if not address or len(raw) > LONGEST_ADDRESS or not address.isprintable():
        raise BadPacket(f"the address {address[:40]!r} of {len(raw)} bytes", code="bad_address")
    return address if address[0] == "/" else f"/{address}"


def _arguments(data: bytes, here: int, stop: int, head: _Head) -> tuple[tuple[Any, ...], int]:
    """Arguments one by one, for type tags with texts, blobs, arrays and rarer numbers.

    What is wrong with a value waits until every length was checked, so that a packet which is
    not OSC is never mistaken for a good one with a bad value.
    """
    values: list[Any] = []
    outer: list[list[Any]] = []
    wrong: BadPacket | None = None
    for tag in head.tags:
        if tag == "[":
            outer.append(values)
            values = []
        elif tag == "]":
            whole, values = tuple(values), outer.pop()
            values.append(whole)
        elif tag in _CONSTANTS:
            values.append(_CONSTANTS[tag])
        else:
            try:
                value, here = _argument(data, here, stop, tag)
                values.append(_judged(head.address, tag, value))
            except BadPacket as error:
                if error.code not in ABOUT_ONE_MESSAGE:
                    raise
                wrong = wrong or error
    if wrong is not None and here == stop:
        raise wrong
    return tuple(values), here


def _argument(data: bytes, here: int, stop: int, tag: str) -> tuple[Any, int]:
    """One argument as it stands in the packet, and where the next one starts."""
    if tag in "sS":
        end = _string_end(data, here, stop)
        return data[here:end].rstrip(b"\0"), end
    if tag == "b":
        return _blob(data, here, stop)
    reader = _READERS[tag]
    end = here + reader.size
    if end > stop:
        raise BadPacket(f"an argument {tag!r} has no bytes left", code="truncated")
    values = reader.unpack_from(data, here)
    return values if tag in "rm" else values[0], end


def _judged(address: str, tag: str, value: Any) -> Any:
    """The value of an argument whose length was good. Raises BadPacket about this message."""
    if tag in "fd" and not math.isfinite(value):
        raise BadPacket(f"{address} was sent {value}", code="not_finite")
    try:
        if tag in "sS":
            return value.decode()
        if tag == "c":
            # Through UTF-8, which refuses halves of surrogate pairs.
            return chr(value).encode().decode()
    except (ValueError, OverflowError):
        raise BadPacket(f"{address} was sent a text that is not UTF-8", code="bad_text") from None
    return value


def _blob(data: bytes, here: int, stop: int) -> tuple[bytes, int]:
    if stop - here < 4:
        raise BadPacket("a blob has no bytes left for its size", code="truncated")
    size = _INT32.unpack_from(data, here)[0]
    last = here + 4 + size
    end = (last + 3) & ~3
    if size < 0 or end > stop:
        raise BadPacket(f"a blob says it has {size} bytes", code="bad_size")
    if data.count(0, last, end) != end - last:
        raise BadPacket("a blob that is not padded with zeros", code="bad_padding")
    return data[here + 4 : last], end


def seconds_ahead(timetag: int, wall: float) -> float:
    """How far a time tag lies after the wall clock ``wall`` (Unix seconds); 0.0 for AT_ONCE."""
    return 0.0 if timetag <= AT_ONCE else timetag / 2**32 - NTP_TO_UNIX - wall


def encode(address: str, args: Sequence[Any] = ()) -> bytes:
    """One message; python-osc chooses the type tags. A tuple goes out as an array.

    Raises BadPacket for what OSC cannot carry.
    """
    builder = OscMessageBuilder(address)
    try:
        for arg in args:
            builder.add_arg(list(arg) if isinstance(arg, tuple) else arg)
        return bytes(builder.build().dgram)
    except Exception as error:  # python-osc raises errors of four kinds here, none of them public
        raise BadPacket(f"{address} cannot carry {str(args)[:80]}: {error}", code="unsendable") from None


def bundles(messages: Iterable[bytes], most: int = DATAGRAM) -> Iterator[bytes]:
    """Messages packed into as few packets of at most ``most`` bytes as their order allows.

    A message that is longer by itself goes alone.
    """
    held: list[bytes] = []
    size = 16
    for message in messages:
        if held and size + 4 + len(message) > most:
            yield _packed(held)
            held, size = [], 16
        held.append(message)
        size += 4 + len(message)
    if held:
        yield _packed(held)


def _packed(messages: list[bytes]) -> bytes:
    if len(messages) == 1:
        return messages[0]
    parts = [_BUNDLE, _UINT64.pack(AT_ONCE)]
    for message in messages:
        parts += (_INT32.pack(len(message)), message)
    return b"".join(parts)
