"""Reads a pickle without Python's unpickler: a small machine for its opcodes that can only build our own values.

Format: https://peps.python.org/pep-3154/ and https://github.com/python/cpython/blob/main/Lib/pickletools.py,
protocols 2 to 5. Nothing is imported and nothing of the file's is called: a global is looked up as one exact
pair of words in a table of our own stand-ins, and whatever is not there is refused. Long byte strings stay
views into the file, so reading costs no copy of it.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ModelRefused

MOST_STEPS = 600_000
"""Opcodes; networks take 10,000 to 100,000."""
LONG_TEXT, MOST_TEXT = 1 << 20, 24 << 20
"""Bytes from which a text is only looked at where it lies; bytes of text that are decoded at most."""
SHORT = 256
"""Bytes up to which a byte string is copied."""
CALL_COST = 100
WIDEST_NUMBER = 32
"""Bytes of an integer."""

Words = Mapping[tuple[str, str], Callable[..., Any]]
"""(module, name) → what makes our own value of it."""


class Damaged(ModelRefused):
    """What is in the file is not what a model file has, with the reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A global that the file names: a key of our table, never the thing itself."""

    module: str
    name: str
    make: Callable[..., Any]


@dataclass(frozen=True, slots=True, eq=False)
class LongText:
    """A text that is too long to be one: protocol 2 writes byte strings like this. UTF-8, still in the file."""

    view: memoryview


@dataclass(slots=True, eq=False)
class Thing:
    """An object that is kept for its state, which nobody gave a meaning."""

    kind: str
    given: tuple[Any, ...] = ()
    state: Any = None

    def built(self, state: Any) -> None:
        self.state = state


@dataclass(slots=True, eq=False)
class Unpickling:
    """One pickle on its way."""

    view: memoryview
    at: int
    words: Words
    persistent: Callable[[Any], Any] | None = None
    """Makes a value of a persistent id; None: there may be none."""
    stack: list[Any] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)
    steps: int = 0
    text: int = 0

    def run(self) -> Any:
        """The pickled value. Raises Damaged."""
        try:
            return self._run()
        except (IndexError, KeyError, TypeError, ValueError, AttributeError, OverflowError, struct.error) as error:
            raise Damaged(f"its pickle makes no sense ({type(error).__name__})") from None

    def _run(self) -> Any:
        view, table = self.view, TABLE
        while True:
            code = view[self.at]
            self.at += 1
            if code == STOP:
                return self.stack.pop()
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise Damaged(f"its pickle has more than {MOST_STEPS:,} steps")
            step = table.get(code)
            if step is None:
                raise Damaged(f"its pickle has an opcode 0x{code:02x}, which no model needs")
            step(self)

    # Bytes ---------------------------------------------------------------------------------

    def take(self, count: int) -> memoryview:
        """The next ``count`` bytes."""
        if not 0 <= count <= len(self.view) - self.at:
            raise Damaged("its pickle ends too soon, or claims more bytes than there are")
        self.at += count
        return self.view[self.at - count : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def line(self) -> str:
        """Up to the end of the line: names are written like this."""
        piece = bytes(self.view[self.at : self.at + 300])
        end = piece.index(b"\n")
        self.at += end + 1
        return piece[:end].decode("utf8")

    # What the opcodes do -------------------------------------------------------------------

    def push_text(self, size: int) -> None:
        piece = self.take(size)
        if size > LONG_TEXT:
            self.stack.append(LongText(piece))
            return
        self.text += size
        if self.text > MOST_TEXT:
            raise Damaged("it is mostly text")
        self.stack.append(str(piece, "utf8", "surrogatepass"))

    def push_bytes(self, size: int) -> None:
        piece = self.take(size)
        self.stack.append(bytes(piece) if size <= SHORT else piece)

    def push_old_text(self, size: int) -> None:
        """What Python 2 called a string: a word, or bytes."""
        piece = self.take(size)
        self.stack.append(str(piece, "ascii") if size <= SHORT and bytes(piece).isascii() else piece)

    def push_long(self, size: int) -> None:
        if size > WIDEST_NUMBER:
            raise Damaged("it has a number of hundreds of digits")
        self.stack.append(int.from_bytes(self.take(size), "little", signed=True))

    def since_mark(self) -> list[Any]:
        """Everything above the last mark, taken off the stack."""
        begin = self.marks.pop()
        found = self.stack[begin:]
        del self.stack[begin:]
        return found

    def tuple_of(self, count: int) -> None:
        found = tuple(self.stack[-count:])
        if len(found) != count:
            raise Damaged("its pickle makes no sense")
        self.stack[-count:] = [found]

    def add(self, found: list[Any]) -> None:
        """To the list on top."""
        _a(list, self.stack[-1]).extend(found)

    def set_items(self, found: list[Any]) -> None:
        """Into the dict on top: key, value, key, value."""
        held = _a(dict, self.stack[-1])
        if len(found) % 2:
            raise Damaged("its pickle makes no sense")
        for key, value in zip(found[::2], found[1::2], strict=True):
            held[_key(key)] = value

    def add_items(self) -> None:
        found = self.since_mark()
        _a(set, self.stack[-1]).update(_key(each) for each in found)

    def named(self, module: Any, name: Any) -> None:
        """Push the stand-in for a global; a word that is not in the table is not looked for anywhere else."""
        make = self.words.get((module, name)) if isinstance(module, str) and isinstance(name, str) else None
        if make is None:
            raise Damaged(
                f"it asks for {_shown(module)}.{_shown(name)}, which no model file needs",
                hint="such a file can run programs: ask whoever made it for another",
            )
        self.stack.append(Name(module, name, make))

    def call(self, count: int) -> None:
        """REDUCE and NEWOBJ: a stand-in makes a value of ours from the arguments."""
        given = self.stack.pop()
        words = _a(dict, given) if count == 3 else {}
        given = _a(tuple, self.stack.pop() if count == 3 else given)
        name = _a(Name, self.stack.pop())
        if words:
            raise Damaged(f"it makes {name.name} in a way that is not known")
        self.steps += sum(_cost(each) for each in given)
        self.stack.append(name.make(*given))

    def build(self) -> None:
        state = self.stack.pop()
        built = getattr(self.stack[-1], "built", None)
        if built is not None:
            built(state)
        elif not isinstance(self.stack[-1], dict):
            raise Damaged("it gives a state to something that has none")

    def remember(self, key: int) -> None:
        self.memo[key] = self.stack[-1]

    def from_id(self) -> None:
        if self.persistent is None:
            raise Damaged("it points at something outside of itself")
        self.stack.append(self.persistent(self.stack.pop()))


def unpickled(view: memoryview, at: int, words: Words, persistent: Callable[[Any], Any] | None = None) -> tuple[Any, int]:
    """The value pickled at ``at`` and where it ends. ``words``: the globals that may be named, each with a
    function of ours that makes a value from the arguments. Raises Damaged."""
    reading = Unpickling(view, at, words, persistent)
    return reading.run(), reading.at


def _cost(given: Any) -> int:
    """Steps that a call is charged for an argument, so that little text cannot ask for much work."""
    if isinstance(given, (list, tuple, dict, set)):
        return len(given)
    if isinstance(given, (bytes, memoryview)):
        return CALL_COST
    return CALL_COST + len(given.view) // 4096 if isinstance(given, LongText) else 0


def _a(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise Damaged("its pickle makes no sense")
    return value


def _key(value: Any) -> Any:
    """A key whose hash cannot be chosen so that all collide."""
    if isinstance(value, (str, bool, float, type(None))) or (isinstance(value, int) and abs(value) < 1 << 64):
        return value
    raise Damaged("it has a table with keys that are no words")


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else "?"
    return "".join(c if c.isprintable() else "·" for c in text[:40])


def _frame(m: Unpickling) -> None:
    m.number(8)


def _protocol(m: Unpickling) -> None:
    if not 2 <= m.number(1) <= 5:
        raise Damaged("its pickle has a protocol that is not known")


def _fraction(m: Unpickling) -> None:
    m.stack.append(struct.unpack(">d", m.take(8))[0])


def _global(m: Unpickling) -> None:
    m.named(m.line(), m.line())


def _stack_global(m: Unpickling) -> None:
    name = m.stack.pop()
    m.named(m.stack.pop(), name)


def _dict(m: Unpickling) -> None:
    found = m.since_mark()
    m.stack.append({})
    m.set_items(found)


def _set_item(m: Unpickling) -> None:
    found = m.stack[-2:]
    del m.stack[-2:]
    m.set_items(found)


def _tuple(m: Unpickling) -> None:
    m.stack.append(tuple(m.since_mark()))


def _append(m: Unpickling) -> None:
    m.add([m.stack.pop()])


STOP = ord(".")
TABLE: dict[int, Callable[[Unpickling], Any]] = {
    0x80: _protocol,
    0x95: _frame,
    # values
    ord("N"): lambda m: m.stack.append(None),
    0x88: lambda m: m.stack.append(True),
    0x89: lambda m: m.stack.append(False),
    ord("K"): lambda m: m.stack.append(m.number(1)),
    ord("M"): lambda m: m.stack.append(m.number(2)),
    ord("J"): lambda m: m.push_long(4),
    0x8A: lambda m: m.push_long(m.number(1)),
    0x8B: lambda m: m.push_long(m.number(4)),
    ord("G"): _fraction,
    0x8C: lambda m: m.push_text(m.number(1)),
    ord("X"): lambda m: m.push_text(m.number(4)),
    0x8D: lambda m: m.push_text(m.number(8)),
    ord("U"): lambda m: m.push_old_text(m.number(1)),
    ord("T"): lambda m: m.push_old_text(m.number(4)),
    ord("C"): lambda m: m.push_bytes(m.number(1)),
    ord("B"): lambda m: m.push_bytes(m.number(4)),
    0x8E: lambda m: m.push_bytes(m.number(8)),
    0x96: lambda m: m.push_bytes(m.number(8)),
    # containers
    ord("("): lambda m: m.marks.append(len(m.stack)),
    ord(")"): lambda m: m.stack.append(()),
    ord("]"): lambda m: m.stack.append([]),
    ord("}"): lambda m: m.stack.append({}),
    0x8F: lambda m: m.stack.append(set()),
    ord("t"): _tuple,
    0x85: lambda m: m.tuple_of(1),
    0x86: lambda m: m.tuple_of(2),
    0x87: lambda m: m.tuple_of(3),
    ord("l"): lambda m: m.stack.append(m.since_mark()),
    ord("d"): _dict,
    0x91: lambda m: m.stack.append({_key(each) for each in m.since_mark()}),
    ord("a"): _append,
    ord("e"): lambda m: m.add(m.since_mark()),
    ord("s"): _set_item,
    ord("u"): lambda m: m.set_items(m.since_mark()),
    0x90: lambda m: m.add_items(),
    # the stack and the memo
    ord("0"): lambda m: m.stack.pop(),
    ord("1"): lambda m: m.since_mark(),
    ord("2"): lambda m: m.stack.append(m.stack[-1]),
    ord("q"): lambda m: m.remember(m.number(1)),
    ord("r"): lambda m: m.remember(m.number(4)),
    0x94: lambda m: m.remember(len(m.memo)),
    ord("h"): lambda m: m.stack.append(m.memo[m.number(1)]),
    ord("j"): lambda m: m.stack.append(m.memo[m.number(4)]),
    # objects
    ord("c"): _global,
    0x93: _stack_global,
    ord("R"): lambda m: m.call(2),
    0x81: lambda m: m.call(2),
    0x92: lambda m: m.call(3),
    ord("b"): lambda m: m.build(),
    ord("Q"): lambda m: m.from_id(),
}
