"""The text generator at play: what it is told, what it writes, and its page. Needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...frame import Pixels
from ...latent import Floats
from ...marks import Mark, Token
from .. import weights
from ..base import Info, Picture, Request
from .choose import Taste
from .page import Page, Scroll, Style, style_of
from .step import Step
from .telling import Telling
from .words import KNOBS, LATENT, LONGEST_PRIME, configure, describe, model_of
from .writer import Wishes, Writer, drift_of, mind_of

MOST_AT_ONCE = 40
"""Characters that are written in one frame at most; what the rate asks beyond that is forgotten."""

PRIME_AT_ONCE = 400
"""Characters that a voice reads in one frame: of a longer prime given live the end counts."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """What a request leaves for the next one."""

    telling: Telling
    scroll: Scroll = field(default_factory=Scroll)

    def rested(self) -> "State":
        """The same for another time: nothing is due from the time between."""
        telling = self.telling.copy()
        telling.paid = None
        return State(telling=telling, scroll=self.scroll)


class TextGenerator:
    """Writes and paints. Everything that goes on from frame to frame is in the requests' state."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Raises ModelRefused."""
        self.info: Info = describe(config)
        self.config = configure(config)
        header, tensors = weights.read(model_of(config))
        self.writer = Writer(Step(header.config, tensors), header.digest)
        basis = tensors.get("moods.basis")
        self._basis: Floats | None = None if basis is None else basis.astype("float32")
        self._a = self.writer.voice(self.config.prime)
        self._axes = self._basis if self._basis is not None else random_axes(self._a.state.shape)
        self._b = self.writer.voice(self.config.other) if self.config.other else None
        self._page = Page(self.config.font)

    def render(self, request: Request, out: Pixels) -> Picture:
        """Follow what was told, write what is due, paint the page."""
        state = request.state if isinstance(request.state, State) else None
        telling = self._telling(request, state)
        for address, given in request.told:
            telling = self._follow(telling, address, given)
        knobs = {knob.address: request.knobs.get(knob.address, knob.default) for knob in KNOBS}
        count = due(telling, float(knobs["rate"]))
        marks: tuple[Mark, ...] = tuple(self.writer.write(telling, count, self._wishes(knobs, request)))
        if marks and isinstance(marks[-1], Token):
            marks = (*marks[:-1], replace(marks[-1], mind=mind_of(self._axes, telling, float(knobs["morph"]))))
        style = self._style(knobs, request.size)
        scroll = state.scroll if state else Scroll()
        scroll = self._page.paint(telling, style, scroll, time=request.time, out=out)
        return Picture(pixels=out, state=State(telling=telling, scroll=scroll), marks=marks)

    def warm_up(self, size: tuple[int, int]) -> None:
        """Draw the alphabet once at the usual size of the type."""
        style = self._style({knob.address: knob.default for knob in KNOBS}, size)
        glyphs = self._page.prepare(style)
        alphabet = self.writer.step.alphabet
        for piece in map(alphabet.piece, range(len(alphabet))):
            if len(piece) == 1 and 0x20 <= piece[0] < 0x7F:
                glyphs[piece.decode()]

    # Inside ----------------------------------------------------------------------------------------

    def _begin(self, seed: int) -> Telling:
        shown = self.config.prime if self.config.shown else ""
        return self.writer.begin(seed, self._a, self._b, left=-1 if self.config.writing else 0, shown=shown)

    def _telling(self, request: Request, state: State | None) -> Telling:
        """The telling to go on with: a copy, begun anew for another seed, taken over by other weights."""
        if state is None:
            return self._begin(request.seed)
        if state.telling.seed != request.seed:
            new = self._begin(request.seed)
            new.left, new.paid, new.kept = state.telling.left, state.telling.paid, state.telling.kept
            return new
        if state.telling.digest != self.writer.digest:
            return self.writer.again(state.telling, self._a, self._b)
        telling = state.telling.copy()
        telling.b = telling.b or self._b  # an edited patch may have given it one
        return telling

    def _follow(self, telling: Telling, address: str, given: tuple[Any, ...]) -> Telling:
        """The telling after one event."""
        said = " ".join(str(each) for each in given)[-LONGEST_PRIME:]
        match address:
            case "text/feed":
                self.writer.feed(telling, said)
            case "text/seed" | "text/reset":
                new = self._begin(telling.seed)
                new.left, new.paid, new.kept = telling.left, telling.paid, telling.kept
                if address == "text/seed" and said:
                    new.tail, new.surprises = "", b""
                    self.writer.feed(new, said)
                return new
            case "text/prime":
                telling.a = self.writer.voice(said[-PRIME_AT_ONCE:])
            case "text/voice":
                self._give_voice(telling, given)
            case "text/generate":
                telling.left = max(0, int(given[0])) if given else -1
            case "text/stop":
                telling.left = 0
            case "text/keep":
                self.writer.keep(telling, said)
            case "text/recall":
                self.writer.recall(telling, said)
        return telling

    def _give_voice(self, telling: Telling, given: tuple[Any, ...]) -> None:
        which, said = str(given[0] if given else ""), " ".join(str(each) for each in given[1:])[-PRIME_AT_ONCE:]
        if which == "a":
            telling.a = self.writer.voice(said)
        elif which == "b":
            telling.b = self.writer.voice(said) if said else None

    def _wishes(self, knobs: Mapping[str, Any], request: Request) -> Wishes:
        taste = Taste(
            temperature=float(knobs["temperature"]), top_p=float(knobs["top_p"]), min_p=float(knobs["min_p"])
        )
        pull = float(knobs["pull"])
        return Wishes(
            taste=taste, morph=float(knobs["morph"]), pull=pull,
            drift=drift_of(self._basis, request.latent.values) if pull > 0 else None, lines=float(knobs["lines"]),
            boost=str(knobs["boost"]), ban=str(knobs["ban"]), by=float(knobs["push"]), guard=float(knobs["guard"]),
        )  # fmt: skip

    @staticmethod
    def _style(knobs: Mapping[str, Any], size: tuple[int, int]) -> Style:
        return style_of(
            size, lines=float(knobs["type"]), paper=float(knobs["paper"]), hue=float(knobs["hue"]),
            glow=float(knobs["glow"]),
        )  # fmt: skip


def due(telling: Telling, integral: float) -> int:
    """How many characters are to be written now that the rate's integral is ``integral``; whole ones are
    paid, those beyond MOST_AT_ONCE are forgotten, and an integral that went back owes nothing."""
    paid = telling.paid
    if paid is None or integral < paid:
        telling.paid = integral
        return 0
    count = int(integral - paid)
    telling.paid = paid + count
    return min(count, MOST_AT_ONCE)


def build(config: Mapping[str, Any], device: str = "cpu") -> TextGenerator:
    """The generator; it writes on the CPU whatever ``device`` is. Raises ModelRefused."""
    return TextGenerator(config)


def build_fallback(config: Mapping[str, Any]) -> TextGenerator:
    """The same: numpy is all it needs."""
    return TextGenerator(config)


def random_axes(shape: tuple[int, ...]) -> Floats:
    """Axes to look at a state along, for a model that has learned none: always the same."""
    axes: Floats = np.random.default_rng(8).standard_normal((LATENT, *shape)).astype(np.float32)
    return axes / np.float32(np.sqrt(axes[0].size) / 4)
