"""A board, an instrument and a router on a clock that is moved by hand."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from livegen.board import Board
from livegen.mapping import Cue, Instrument, Lfo, Motion, Route, Router, Score, stage_params
from livegen.message import Message
from livegen.params import BOOL, ENUM, INT, STRING, Param
from livegen.testing import ManualClock

MAIN = "/livegen/main"
SIZE = 16
FPS = 30.0
STILL = Motion(kind="still")
PARAMS = (
    Param(address="hue", low=-0.5, high=0.5, default=0.0),
    Param(address="zoom", low=0.25, high=4.0, default=1.0, curve="exp"),
    Param(address="count", type=INT, low=0, high=10, default=2),
    Param(address="mirror", type=BOOL, default=False),
    Param(address="look", type=ENUM, choices=("silk", "ink", "neon"), default="silk", blend=True),
    Param(address="paper", type=ENUM, choices=("white", "black"), default="white"),
    Param(address="title", type=STRING, default="none"),
    Param(address="spin", low=-1.0, high=1.0, default=0.0, rate=True),
)
A = Cue(name="a", seed=1, params={"hue": -0.4, "look": "ink"}, place=(0.0, 0.0), curve="linear")
B = Cue(
    name="b", seed=2, params={"hue": 0.4, "look": "neon", "paper": "black"}, place=(1.0, 1.0), curve="linear"
)
C = Cue(name="c", seed=3, place=(1.0, 0.0), curve="linear")


class Rig:
    """What the engine does for one instance, one tick at a time."""

    def __init__(
        self,
        cues: Sequence[Cue] = (),
        *,
        motion: Motion = STILL,
        start: str = "",
        seed: int = 5,
        routes: Sequence[Route] = (),
        lfos: Sequence[Lfo] = (),
        params: Sequence[Param] = PARAMS,
    ) -> None:
        rows = (
            *stage_params(MAIN, SIZE, [cue.name for cue in cues], seed),
            *(replace(row, address=f"{MAIN}/params/{row.address}") for row in params),
        )
        self.clock, self.board = ManualClock(10.0), Board(rows)
        self.instrument = Instrument(
            MAIN, latent=SIZE, params=params, cues=cues, motion=motion, start=start, seed=seed
        )
        self.router = Router(routes, self.board.params, lfos, self.board.aliases)
        self.score = self.tick(0.0)

    def say(self, name: str, *args: Any, origin: str = "hand", seq: int = 0) -> None:
        """A message to an address under ``/livegen/main/``, heard now."""
        self.board.apply(Message(f"{MAIN}/{name}", args, at=self.clock.now(), origin=origin, seq=seq))

    def tick(self, seconds: float = 1 / FPS) -> Score:
        """Let that much time pass, then play one frame."""
        self.clock.jump(seconds)
        for message in self.router.tick(self.clock.now()):
            self.board.apply(message)
        self.score = self.instrument.advance(self.board.latch(self.clock.now()))
        self.board.echo(self.score.echo)
        return self.score

    def run(self, seconds: float) -> list[Score]:
        """All the frames of so many seconds."""
        return [self.tick() for _ in range(round(seconds * FPS))]
