"""Speech: what generators of text and strokes say, on its way from their frames to readers, OSC and routes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .frame import Frame
from .mapping.traces import Trace, looked, resting, traced
from .marks import Stroke, Token
from .streams.hub import Hub

LONGEST_LINE = 1000
TAIL = 1000
"""Characters of ``text/out/full``."""
FULL_EVERY = 0.25
"""Seconds between two of those: whoever wants each letter listens to ``text/out/token``."""

Said = tuple[str, tuple[Any, ...]]
"""(address, arguments) of which every one counts."""


@dataclass(slots=True)
class Page:
    """How far one stream's text or drawing has come."""

    seq: int = 0
    """Pieces that were said so far, over all texts."""
    line: str = ""
    tail: str = ""
    tail_due: float = float("inf")
    """Clock seconds at which the tail is to be told; inf: it was."""
    told_at: float = float("-inf")
    trace: Trace = field(default_factory=Trace)
    kind: str = ""
    """``text`` or ``strokes``, once it has said something; ``image`` where routes listen to a picture."""


class Speech:
    """Stands between the engine and the hub. All its methods are the engine's thread's."""

    def __init__(
        self, hub: Hub, *, prefix: Callable[[int], str], echo: Callable[[Mapping[str, Any]], None],
        say: Callable[[Sequence[Said]], None], listens: Callable[[str], bool] = lambda address: False,
    ) -> None:
        """``prefix`` gives a stream's addresses (``/livegen/main``), ``echo`` takes what the board is to
        hold, ``say`` what is to be told message by message; ``listens``: whether a route listens to an address."""
        self._hub, self._prefix, self._echo, self._say, self._listens = hub, prefix, echo, say, listens
        self.pages: dict[int, Page] = {}

    def offer(self, frame: Frame) -> None:
        """Here is a frame: hand it on, and say what came with it. Never waits."""
        self._hub.offer(frame)
        if not frame.held:
            self._trace(frame)
        if frame.marks:
            self._speak(frame)
        elif self.pages and (page := self.pages.get(frame.stream)) and page.tail_due <= frame.at:
            self._echo({f"{self._prefix(frame.stream)}/text/out/full": told_tail(page, frame.at)})

    def _trace(self, frame: Frame) -> None:
        """What this frame gives routes to listen to."""
        page, prefix = self.pages.get(frame.stream), self._prefix(frame.stream)
        if frame.marks:
            page = self.pages.setdefault(frame.stream, Page())
            page.kind = "strokes" if isinstance(frame.marks[-1], Stroke) else "text"
            found = traced(page.trace, frame.marks, frame.at)
        elif page is not None and page.kind in ("text", "strokes"):
            found = resting(page.trace, frame.at, page.kind)
        elif any(self._listens(f"{prefix}/image/out/{word}") for word in ("light", "warmth", "change")):
            page = self.pages.setdefault(frame.stream, Page(kind="image"))
            # What was painted, whatever is shown of it: a take that is played again knows of no curtain.
            found = looked(page.trace, frame.pixels if frame.painted is None else frame.painted, frame.at)
        else:
            return
        self._echo({f"{prefix}/{address}": value for address, value in found.items()})

    def _speak(self, frame: Frame) -> None:
        page = self.pages.setdefault(frame.stream, Page())
        prefix = self._prefix(frame.stream)
        said: list[Said] = []
        newest: Token | None = None
        for mark in frame.marks:
            page.seq += 1
            if isinstance(mark, Stroke):
                self._hub.draw(frame.stream, mark, seq=page.seq)
                said.append((f"{prefix}/stroke/out", (page.seq, float(mark.dx), float(mark.dy), int(mark.pen))))
            else:
                newest = mark
                self._hub.say(frame.stream, mark, seq=page.seq)
                said += [(f"{prefix}/text/out/{name}", args) for name, args in written(page, mark)]
        if newest is not None:
            held = {"probability": float(newest.probability), "entropy": float(newest.entropy)}
            page.tail_due = page.told_at + FULL_EVERY
            if newest.done or page.tail_due <= frame.at:
                held["full"] = told_tail(page, frame.at)  # type: ignore[assignment]
            self._echo({f"{prefix}/text/out/{name}": value for name, value in held.items()})
        self._say(said)


def written(page: Page, token: Token) -> list[Said]:
    """What one more piece of text gives to say; ``page`` goes on by it."""
    said: list[Said] = []
    if not token.index:
        said += [("line", (page.line,))] if page.line else []
        page.line = page.tail = ""
    if token.text:
        said.append(("token", (page.seq, token.text)))
    *whole, page.line = (page.line + token.text).split("\n")
    said += [("line", (line,)) for line in whole]
    page.tail = (page.tail + token.text)[-TAIL:]
    if page.line and (token.done or len(page.line) >= LONGEST_LINE):
        said.append(("line", (page.line,)))
        page.line = ""
    return [*said, ("done", (page.seq,))] if token.done else said


def told_tail(page: Page, now: float) -> str:
    """The tail, as told at ``now``."""
    page.told_at, page.tail_due = now, float("inf")
    return page.tail
