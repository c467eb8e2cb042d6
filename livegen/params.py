"""A parameter: one typed, named, ranged knob. One row says everything there is to say about it.

From a row come the OSC address, the WebSocket schema, the OSCQuery node, the studio's control,
the TouchDesigner custom parameter and the docs page.
"""

import math
from dataclasses import dataclass
from typing import Any

from .errors import BadValue
from .message import BANG, Bang

FLOAT, INT, BOOL, STRING, ENUM = "float", "int", "bool", "string", "enum"
TRIGGER, VECTOR, COMMAND = "trigger", "vector", "command"
TYPES = (FLOAT, INT, BOOL, STRING, ENUM, TRIGGER, VECTOR, COMMAND)
READ, WRITE, READ_WRITE = 1, 2, 3
LONGEST_STRING = 8192
"""Bytes of UTF-8 that a string value may hold."""

Value = float | int | bool | str | tuple[float, ...]
"""What a parameter can hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One knob.

    Types: ``float``, ``int``, ``bool``, ``string``, ``enum`` (one of ``choices``), ``vector``
    (``size`` floats), ``trigger`` (happens, holds nothing), ``command`` (happens, with arguments).
    """

    address: str
    type: str = FLOAT
    low: float = 0.0
    high: float = 1.0
    default: Value = 0.0
    unit: str = ""
    description: str = ""
    curve: str = "linear"
    """How 0..1 travels over the range: ``linear``, ``exp`` (equal ratios, low must be > 0)
    or ``square`` (finer near the low end)."""
    slew: float = 0.0
    """Seconds that a change takes to arrive."""
    live: bool = True
    """False: a change takes effect when the patch is loaded again."""
    rate: bool = False
    """A speed: the board integrates it into ``Snapshot.phases``, so turning it never jumps."""
    choices: tuple[str, ...] = ()
    blend: bool = False
    """An enum whose picture can stand between choices: snapshots give weights over ``choices``."""
    switch: str = ""
    """When a morph switches it, where nothing lies between its values: ``middle`` or ``end``; empty: as the cue says."""
    size: int = 0
    """Length of a vector."""
    listed: int = 16
    """How many components of a vector get a node of their own in the OSCQuery tree."""
    access: int = READ_WRITE
    tags: str = ""
    """OSC type tags of a command's arguments, such as ``sf``; optional ones in lower case too."""
    group: str = ""
    """Heading under which pages show it; empty: hidden from the studio's sliders."""

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise BadValue(f"{self.address} has type {self.type!r}", hint=f"one of {', '.join(TYPES)}")
        if self.curve not in ("linear", "exp", "square"):
            raise BadValue(f"{self.address} has curve {self.curve!r}", hint="linear, exp or square")
        if self.type in (FLOAT, INT) and not self.low < self.high:
            raise BadValue(
                f"{self.address} ranges from {self.low} to {self.high}", hint="low must be below high"
            )
        if self.curve == "exp" and self.low <= 0:
            raise BadValue(f"{self.address} has an exp curve from {self.low}", hint="exp needs low above 0")
        if self.type == ENUM and (not self.choices or self.default not in self.choices):
            raise BadValue(
                f"{self.address} starts at {self.default!r}", hint=f"one of {', '.join(self.choices)}"
            )

    @property
    def holds(self) -> bool:
        """Whether it keeps a value; triggers and commands only happen."""
        return self.type not in (TRIGGER, COMMAND)

    @property
    def initial(self) -> Value:
        """The default, as the type that the parameter holds."""
        if self.type == VECTOR:
            given = self.default if isinstance(self.default, tuple) else (self.default,) * self.size
            return tuple(number(self.address, x) for x in given)
        return self.default if self.type in (STRING, ENUM) else self.gate((self.default,))

    def gate(self, args: tuple[Any, ...]) -> Value:
        """``args`` as a value that this parameter can hold: coerced, finite, clamped.

        Several arguments for a scalar: the last counts (TouchDesigner's time slices).
        Raises BadValue when nothing sensible can be made of them.
        """
        if self.type == VECTOR:
            return tuple(self._clamp(number(self.address, arg)) for arg in flat(args)[: self.size])
        if not args:
            raise BadValue(f"{self.address} was sent no value", hint=f"send {self.wants}", code="no_value")
        return self._scalar(args[-1])

    def whole(self, value: Value) -> Value:
        """``value`` with what it leaves out, where it is a vector, as at the start."""
        if not isinstance(value, tuple) or not isinstance(self.initial, tuple):
            return value
        return value + self.initial[len(value) :]

    @property
    def wants(self) -> str:
        """What to send, in words: ``a number from 0 to 1``."""
        if self.type in (FLOAT, INT):
            return f"a{' whole' if self.type == INT else ''} number from {self.low:g} to {self.high:g}"
        if self.type == ENUM:
            return "one of " + ", ".join(self.choices)
        words = {
            BOOL: "true or false",
            STRING: "a text",
            VECTOR: f"up to {self.size} numbers",
            TRIGGER: "nothing, true or a number other than 0",
            COMMAND: f"arguments {self.tags or 'none'}",
        }
        return words[self.type]

    def to_normalized(self, value: float) -> float:
        """Where ``value`` stands in the range, 0..1."""
        if self.type == ENUM:
            return self.choices.index(str(value)) / max(1, len(self.choices) - 1)
        if self.type == BOOL:
            return float(value)
        if self.curve == "exp":
            return math.log(value / self.low) / math.log(self.high / self.low)
        share = float(value - self.low) / (self.high - self.low)
        return math.sqrt(max(0.0, share)) if self.curve == "square" else share

    def from_normalized(self, share: float) -> Value:
        """The value at ``share`` (clamped to 0..1) of the range. Raises BadValue for other types."""
        share = min(1.0, max(0.0, share))
        if self.type == BOOL:
            return share >= 0.5
        if self.type == ENUM:
            return self.choices[min(len(self.choices) - 1, int(share * len(self.choices)))]
        if self.type not in (FLOAT, INT):
            raise BadValue(f"{self.address} is a {self.type} and has no range to normalize")
        if self.curve == "exp":
            value = self.low * float((self.high / self.low) ** share)
        else:
            value = self.low + (self.high - self.low) * (share**2 if self.curve == "square" else share)
        return round(value) if self.type == INT else value

    def shifted(self, value: Any, by: float) -> Any:
        """``value`` moved by a share of the range, along its curve, within its ends."""
        return self.from_normalized(self.to_normalized(self._clamp(value)) + by)

    def _scalar(self, arg: Any) -> Value:
        if self.type == STRING:
            return text(self.address, arg)
        if self.type == ENUM:
            return self._choice(arg)
        if self.type == BOOL:
            return truth(self.address, arg)
        value = self._clamp(number(self.address, arg))
        return round(value) if self.type == INT else value

    def _clamp(self, value: float) -> float:
        return min(self.high, max(self.low, value))

    def _choice(self, arg: Any) -> str:
        if isinstance(arg, str):
            if arg in self.choices:
                return arg
            raise BadValue(
                f"{self.address} has no choice {arg[:40]!r}",
                hint=f"one of {', '.join(self.choices)}",
                code="no_choice",
            )
        index = round(number(self.address, arg))
        return self.choices[min(len(self.choices) - 1, max(0, index))]


def flat(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """OSC arrays opened one level: ``([1, 2],)`` and ``(1, 2)`` mean the same to a vector."""
    if any(isinstance(arg, (list, tuple)) for arg in args):
        return tuple(x for arg in args for x in (arg if isinstance(arg, (list, tuple)) else (arg,)))
    return args


def number(address: str, arg: Any) -> float:
    """``arg`` as a finite float, from whatever number type came."""
    if arg is None or isinstance(arg, (bytes, list, tuple, dict)):
        raise BadValue(f"{address} was sent {type(arg).__name__}", hint="send a number", code="not_a_number")
    if isinstance(arg, Bang):
        return 1.0
    try:
        value = float(arg)
    except (TypeError, ValueError, OverflowError):
        raise BadValue(
            f"{address} was sent {str(arg)[:40]!r}", hint="send a number", code="not_a_number"
        ) from None
    if not math.isfinite(value):
        raise BadValue(f"{address} was sent {value}", hint="send a finite number", code="not_finite")
    return value


def truth(address: str, arg: Any) -> bool:
    """``arg`` as a switch: true words, true, a bang or a number of at least a half."""
    if isinstance(arg, str) and arg.strip().lower() in ("true", "on", "yes", "false", "off", "no"):
        return arg.strip().lower() in ("true", "on", "yes")
    return number(address, arg) >= 0.5


def text(address: str, arg: Any) -> str:
    """``arg`` as a text of bounded length that can be written as UTF-8."""
    said = arg if isinstance(arg, str) else f"{number(address, arg):g}"
    try:
        size = len(said.encode())
    except UnicodeEncodeError:
        raise BadValue(
            f"{address} was sent half a character", hint="send whole UTF-8", code="bad_text"
        ) from None
    if size > LONGEST_STRING:
        raise BadValue(
            f"{address} was sent {size} bytes of text", hint=f"at most {LONGEST_STRING}", code="too_long"
        )
    return said


def is_bang(arg: Any) -> bool:
    """Whether an argument says "now" by its kind alone: OSC's I, T, or JSON's true."""
    return arg is BANG or arg is True
