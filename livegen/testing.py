"""Shipped stand-ins for tests and scripts: a clock that moves by hand, generators that stand still or
fail on demand, and a running show without sockets or processes."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .board import Board, Snapshot
from .card import Card
from .engine.governor import Governor
from .engine.loop import Engine
from .engine.renderer import InlineRenderer
from .engine.rescue import Rules
from .engine.voice import Voice
from .frame import Frame, Pixels
from .generators.base import Generator, Info, Picture, Request
from .latent import Floats, Latent
from .mapping import event_rows, told
from .marks import DOWN, END, UP, Mark, Stroke, Token
from .params import COMMAND, ENUM, TRIGGER, Param

FAULTS = (
    "none", "raise", "memory", "sticky", "nan", "sleep", "busy", "exit", "shape", "leak", "segfault", "noise",
)
"""What a FaultyGenerator can do instead of painting."""


class ManualClock:
    """A clock that stands still until it is moved; sleeping moves it to the deadline at once."""

    def __init__(self, start: float = 0.0) -> None:
        self.time = start

    def now(self) -> float:
        return self.time

    def jump(self, seconds: float) -> None:
        self.time += seconds

    def sleep_until(self, deadline: float) -> None:
        self.time = max(self.time, deadline)


# Generators ----------------------------------------------------------------------------------


def describe_still(config: Mapping[str, Any]) -> Info:
    """A plain colour: red is the knob ``level``, green the first number of the latent, blue the seed."""
    return Info(
        name="still", latent=int(config.get("latent", 4)), any_size=True, size=(64, 64),
        params=(Param(address="level", default=0.5, group="still", description="How red it is."),),
        card=Card(title="A still colour", author="livegen", licence="MIT"), digest=str(config.get("digest", "")),
    )


class StillGenerator:
    """Paints one colour that says what it was asked for; ``slow`` seconds later if wanted."""

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self.config = config or {}
        self.info = describe_still(self.config)

    def render(self, request: Request, out: Pixels) -> Picture:
        time.sleep(float(self.config.get("slow", 0.0)))
        green = np.clip(request.latent.values[0] * 32 + 128, 0, 255)
        level = float(request.knobs.get("level", 0.5))
        out[...] = (round(255 * level), int(green), request.seed & 255, 255)
        return Picture(pixels=out)

    def warm_up(self, size: tuple[int, int]) -> None:
        """Nothing to warm."""


def build_still(config: Mapping[str, Any], device: str = "cpu") -> StillGenerator:
    return StillGenerator(config)


def describe_faulty(config: Mapping[str, Any]) -> Info:
    """A still colour that fails on demand, by its knob ``fault``."""
    fault = Param(
        address="fault", type=ENUM, choices=FAULTS, default="none", group="faulty",
        description="What to do instead of painting.",
    )
    still = describe_still(config)
    return Info(
        name="faulty", latent=still.latent, any_size=True, size=still.size, params=(*still.params, fault),
        card=Card(title="A colour that fails on demand", author="livegen", licence="MIT"),
    )


class AcceleratorError(RuntimeError):
    """As torch's of the same name: after it, this process cannot use the device any more."""


class FaultyGenerator(StillGenerator):
    """Paints like StillGenerator, but for what it is told to do wrong.

    The knob ``fault`` asks for a fault at one request. ``config`` asks for it always:
    ``fault`` (one of FAULTS), ``where`` (``build``, ``warm_up`` or ``render``), ``after`` (only
    from this request of the process on), ``every`` (at every n-th request only), ``limit`` (only
    for pictures of more than so many pixels), ``hang`` (seconds that ``sleep`` and ``busy`` take).
    """

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        super().__init__(config)
        self.info = describe_faulty(self.config)
        self.asked = 0
        self.broken = False
        self.hoard: list[Floats] = []
        if self.config.get("where") == "build":
            self.fail(str(self.config.get("fault", "raise")))

    def warm_up(self, size: tuple[int, int]) -> None:
        if self.config.get("where") == "warm_up":
            self.fail(str(self.config.get("fault", "raise")))

    def render(self, request: Request, out: Pixels) -> Picture:
        self.asked += 1
        if self.broken:
            raise AcceleratorError("CUDA error: device-side assert triggered (again)")
        fault = str(request.knobs.get("fault", "none"))
        if fault == "none" and self._is_time(request):
            fault = str(self.config.get("fault", "none"))
        if fault == "shape":
            return Picture(pixels=np.zeros((3, 5, 4), np.uint8))
        if fault == "nan":
            out[...] = 0
            return Picture(pixels=out, finite=False)
        if fault == "noise":
            print("x" * 4000, flush=True)
        self.fail(fault)
        return super().render(request, out)

    def fail(self, fault: str) -> None:
        """Do what is wrong, if it is of the kind that happens outside the picture."""
        if fault == "raise":
            raise ValueError("told to fail")
        if fault == "memory":
            raise MemoryError("told to run out of memory")
        if fault == "sticky":
            self.broken = True
            raise AcceleratorError("CUDA error: device-side assert triggered")
        if fault == "exit":
            os._exit(3)
        if fault == "segfault":
            os.abort()
        if fault == "leak":
            self.hoard.append(np.ones(2500, np.float32))
        if fault in ("sleep", "busy"):
            self._hang(fault)

    def _is_time(self, request: Request) -> bool:
        config = self.config
        if config.get("where", "render") != "render" or self.asked <= int(config.get("after", 0)):
            return False
        if request.size[0] * request.size[1] <= int(config.get("limit", 0)):
            return False
        return self.asked % int(config.get("every", 1)) == 0

    def _hang(self, fault: str) -> None:
        until = time.perf_counter() + float(self.config.get("hang", 3600.0))
        while time.perf_counter() < until:
            if fault == "sleep":
                time.sleep(0.05)


def build_faulty(config: Mapping[str, Any], device: str = "cpu") -> FaultyGenerator:
    return FaultyGenerator(config)


def numbers(count: int) -> str:
    """The first ``count`` characters of ``0 1 2 3 …``: a text in which nothing can be lost or doubled unseen."""
    words, size, n = [], 0, 0
    while size < count:
        words.append(f"{n} ")
        size += len(words[-1])
        n += 1
    return "".join(words)[:count]


def describe_talking(config: Mapping[str, Any]) -> Info:
    """A text generator that counts aloud: ``0 1 2 3 …``, at ``rate`` characters a second."""
    return Info(
        name="talking", kind="text", latent=2, size=(64, 64), any_size=True, abilities=frozenset({"step"}),
        params=(
            Param(address="rate", low=0.0, high=1000.0, default=20.0, rate=True, group="text", description="Speed."),
            Param(address="temperature", high=2.0, default=1.0, group="text", description="Entropy of what it says."),
        ),
        events=(
            Param(address="text/feed", type=COMMAND, tags="s", description="Say this."),
            Param(address="text/reset", type=TRIGGER, description="Begin again."),
        ),
        card=Card(title="Somebody who counts", author="livegen", licence="MIT"),
    )


class TalkingGenerator:
    """Counts aloud; what it is fed it says at once, in brackets. Its picture's red is the count."""

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self.config = config or {}
        self.info = describe_talking(self.config)

    def render(self, request: Request, out: Pixels) -> Picture:
        time.sleep(float(self.config.get("slow", 0.0)))
        wanted = int(request.knobs.get("rate", 0.0))
        count, index, seen = request.state or (0, 0, wanted)
        marks: list[Mark] = []
        for name, args in request.told:
            said = "" if name == "text/reset" else f"[{args[0]}]"
            count, index = (0, 0) if name == "text/reset" else (count, index)
            if said:
                marks.append(Token(text=said, index=index))
                index += len(said)
        more = min(20, wanted - seen)
        for char in numbers(count + more)[count:] if more > 0 else "":
            surprise = float(request.knobs.get("temperature", 1.0))
            marks.append(Token(text=char, index=index, probability=0.5, entropy=surprise))
            count, index = count + 1, index + 1
        out[...] = (count & 255, 0, 0, 255)
        return Picture(pixels=out, state=(count, index, wanted), marks=tuple(marks))

    def warm_up(self, size: tuple[int, int]) -> None:
        """Nothing to warm."""


def build_talking(config: Mapping[str, Any], device: str = "cpu") -> TalkingGenerator:
    return TalkingGenerator(config)


def describe_drawing(config: Mapping[str, Any]) -> Info:
    """A stroke generator that draws squares, one side a frame."""
    return Info(
        name="drawing", kind="strokes", latent=2, size=(64, 64), any_size=True, abilities=frozenset({"step"}),
        events=(
            Param(address="stroke/feed", type=COMMAND, tags="ffi", description="Steps of a hand."),
            Param(address="stroke/reset", type=TRIGGER, description="An empty paper."),
        ),
        card=Card(title="Somebody who draws squares", author="livegen", licence="MIT"),
    )


class DrawingGenerator:
    """Draws a square, one side a frame, and then the next one; repeats the steps that it is fed."""

    SIDES = ((0.2, 0.0, DOWN), (0.0, 0.2, DOWN), (-0.2, 0.0, DOWN), (0.0, -0.2, UP), (0.3, 0.1, END))

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self.config = config or {}
        self.info = describe_drawing(self.config)

    def render(self, request: Request, out: Pixels) -> Picture:
        index = int(request.state or 0)
        fed = [args[i : i + 3] for name, args in request.told if name == "stroke/feed" for i in range(0, len(args), 3)]
        if any(name == "stroke/reset" for name, _ in request.told):
            index = 0
        marks = [
            Stroke(dx=dx, dy=dy, pen=pen, index=index + n)
            for n, (dx, dy, pen) in enumerate([*fed, self.SIDES[index % len(self.SIDES)]])
        ]
        index = 0 if marks[-1].pen == END else index + len(marks)
        out[...] = (0, index & 255, 0, 255)
        return Picture(pixels=out, state=index, marks=tuple(marks))

    def warm_up(self, size: tuple[int, int]) -> None:
        """Nothing to warm."""


def build_drawing(config: Mapping[str, Any], device: str = "cpu") -> DrawingGenerator:
    return DrawingGenerator(config)


class SlowRenderer(InlineRenderer):
    """An InlineRenderer whose pictures take time on the clock that was handed in."""

    def __init__(
        self, generators: Mapping[str, Generator], clock: ManualClock, takes: Callable[[Request], float]
    ) -> None:
        """``takes``: seconds that a request's picture takes."""
        super().__init__(generators)
        self.clock, self.takes = clock, takes
        self._done_at = 0.0

    def begin(self, request: Request) -> None:
        super().begin(request)
        self._done_at = self.clock.now() + self.takes(request)

    def finish(self, timeout: float = 0.0) -> Picture | None:
        self.clock.sleep_until(min(self._done_at, self.clock.now() + timeout))
        return super().finish() if self.clock.now() >= self._done_at else None


# A show ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainScore:
    """What PlainInstrument makes of a snapshot."""

    latent: Latent
    knobs: Mapping[str, Any]
    seed: int = 0
    time: float = 0.0
    echo: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    state: Any = None


class PlainInstrument:
    """The simplest mapping: knobs from ``/livegen/<name>/params/``, a seed, nothing else."""

    def __init__(self, name: str = "main", info: Info | None = None) -> None:
        self.name = name
        self.info = info or describe_still({})

    def params(self) -> tuple[Param, ...]:
        """The rows that its board needs."""
        head = f"/livegen/{self.name}/"
        knobs = tuple(
            Param(
                address=f"{head}params/{p.address}", type=p.type, low=p.low, high=p.high, default=p.default,
                choices=p.choices, rate=p.rate, curve=p.curve,
            )
            for p in self.info.params
        )
        seed = Param(address=f"{head}seed", type="int", low=-1, high=2**31 - 1, default=1)
        return (*knobs, seed, *event_rows(head[:-1], self.info.events))

    def advance(self, snapshot: Snapshot) -> PlainScore:
        head = f"/livegen/{self.name}/"
        knobs = {
            p.address: (snapshot.phases if p.rate else snapshot.values)[f"{head}params/{p.address}"]
            for p in self.info.params
        }
        seed = int(snapshot.values[f"{head}seed"])
        latent = Latent(self.info.sow(seed), self.info.spaces[0])
        said, _ = told(snapshot.writes, head[:-1], {row.address: row for row in self.info.events})
        return PlainScore(latent=latent, knobs=knobs, seed=seed, time=snapshot.at, told=said)


PANIC = (
    Param(address="/livegen/panic/hold", type="bool", default=False),
    Param(address="/livegen/panic/black", type="bool", default=False),
)


class Playing:
    """A running show, moved on by hand."""

    def __init__(self, engine: Engine, clock: ManualClock, board: Board) -> None:
        self.engine, self.clock, self.board = engine, clock, board

    def round(self) -> list[Frame]:
        """Move on by one period: the frames of all voices."""
        began = self.clock.now()
        frames = self.engine.tick()
        self.clock.sleep_until(began + self.engine.period)
        return frames

    def tick(self) -> Frame:
        """Move on by one period: the first voice's newest frame."""
        first = self.engine.voices[0].stream
        return [frame for frame in self.round() if frame.stream == first][-1]


@contextmanager
def playing(
    board: Board | None = None, voices: Sequence[Voice] = (), generators: Mapping[str, Generator] | None = None,
    *, clock: ManualClock | None = None, publish: Callable[[Frame], None] | None = None,
    fallback: Mapping[str, Generator] | None = None, fps: float = 30.0, rules: Rules | None = None,
    before: Callable[[float], None] | None = None, governor: Governor | None = None,
    takes: Callable[[Request], float] | None = None,
) -> Iterator[Playing]:
    """An engine that paints in this process and waits to be ticked.

    Without arguments it plays a StillGenerator as ``main`` at 64x64. ``takes`` says how many
    seconds of the clock a picture takes.
    """
    instrument = PlainInstrument()
    clock = clock or ManualClock()
    board = board or Board((*instrument.params(), *PANIC))
    generators = generators or {"main": StillGenerator()}
    renderer = SlowRenderer(generators, clock, takes) if takes else InlineRenderer(generators)
    engine = Engine(
        board=board, clock=clock, renderer=renderer, fps=fps, rules=rules, before=before,
        voices=voices or [Voice(name="main", advance=instrument.advance, size=(64, 64), generator="still")],
        publish=publish or (lambda frame: None), governor=governor or Governor(fixed=True),
        fallback=InlineRenderer(fallback) if fallback else None,
    )
    try:
        yield Playing(engine, clock, board)
    finally:
        renderer.close()
