"""Strokes on request, beside the running stream: a drawing, or how one that was begun goes on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...latent import Floats
from ...marks import DOWN, END
from ...wire.ask import Ask
from .. import weights
from .hand import FAR, Hand
from .step import START, Memory, Network, drawn, five
from .words import opened

SLICE = 16
"""Steps between two pauses: a few milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stand:
    """Where a drawing stands."""

    played: Floats
    """(k,) its latent."""
    push: Floats
    """What that adds to every step."""
    memory: Memory
    """The network's."""
    at: tuple[float, float] = (0.0, 0.0)
    """Where the pen is, in drawing units from where it began."""
    count: int = 0
    """Steps so far."""
    ended: bool = False


class StrokeAnswers:
    """A hand that draws what it is asked for, as large as a drawing is: its size is about 1."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand

    def answer(self, ask: Ask, state: Any, pause: Callable[[], None]) -> tuple[Mapping[str, Any], Any]:
        """``strokes`` as [dx, dy, pen] until the drawing ends or ``ask.length`` steps are there."""
        chance = np.random.default_rng(None if ask.seed is None else abs(ask.seed))
        given = np.array(ask.strokes, np.float32).reshape(-1, 3)
        known = isinstance(state, Stand) and not state.ended
        stand = state if known else self._begin(ask, given, chance)
        stand = self._read(stand, given, pause)
        steps: list[list[float]] = []
        heat = float(ask.temperature or 0.0)
        while len(steps) < ask.length and not stand.ended:
            step, stand = self._draw(stand, heat, chance)
            steps.append(step)
            if len(steps) % SLICE == 0:
                pause()
        return {"strokes": steps, "latent": [float(x) for x in stand.played]}, stand

    def _begin(self, ask: Ask, given: Floats, chance: np.random.Generator) -> Stand:
        """A new drawing: of the latent that was asked for, of what was begun by hand, or of any."""
        network = self.hand.network
        played = chance.standard_normal(network.played).astype(np.float32)
        if ask.latent is not None:
            played[:] = 0
            played[: len(ask.latent)] = ask.latent[: len(played)]
        elif len(given) and network.latent:
            played = network.encode(given * self._scale())
        z = network.z(played) if network.latent else played
        push = network.push(z)
        return Stand(played=played, push=push, memory=network.step(START, network.begin(z), push))

    def _read(self, stand: Stand, given: Floats, pause: Callable[[], None]) -> Stand:
        for start in range(0, len(given), SLICE):
            for row in given[start : start + SLICE]:
                stand = self._after(stand, row * self._scale())
            pause()
        return stand

    def _draw(self, stand: Stand, heat: float, chance: np.random.Generator) -> tuple[list[float], Stand]:
        if self._lifted(stand) and self.hand.start is not None:
            dx, dy, pen = float(self.hand.start[0]), float(self.hand.start[1]), DOWN
        else:
            dx, dy, pen = drawn(self.hand.network.odds(stand.memory), chance, temperature=heat)
        x, y = stand.at[0] + dx / self.hand.scale, stand.at[1] + dy / self.hand.scale
        if stand.count + 1 >= self.hand.longest or max(abs(x), abs(y)) > FAR:
            pen = END
        after = self._after(stand, np.array([dx, dy, pen], np.float32))
        return [round(dx / self.hand.scale, 5), round(dy / self.hand.scale, 5), pen], after

    def _after(self, stand: Stand, learned: Floats) -> Stand:
        """After the step (dx, dy, pen) in learned units."""
        scale, memory = self.hand.scale, stand.memory
        if not self._lifted(stand):
            memory = self.hand.network.step(five(learned[None])[0], memory, stand.push)
        return replace(
            stand, memory=memory,
            at=(stand.at[0] + float(learned[0]) / scale, stand.at[1] + float(learned[1]) / scale),
            count=stand.count + 1, ended=int(learned[2]) == END,
        )  # fmt: skip

    def _lifted(self, stand: Stand) -> bool:
        """Whether the next step is the lifted pen's to where the drawing begins, which such a network never learned."""
        return stand.count == 0 and self.hand.start is not None

    def _scale(self) -> Floats:
        return np.array([self.hand.scale, self.hand.scale, 1], np.float32)


def build(config: Mapping[str, Any]) -> StrokeAnswers:
    """For the model that the patch's table names. Raises ModelRefused."""
    path, header, _ = opened(config)
    _, tensors = weights.read(path)
    return StrokeAnswers(Hand(Network(tensors, header.config), header.config))
