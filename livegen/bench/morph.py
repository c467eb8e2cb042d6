"""Morphs: how far the picture goes from one frame to the next, beside a straight re-seed.

A CPPN of 256 x 256 pixels is played by hand at 60 frames a second, without sockets and without walking by itself.
Every morph goes from one cue to another of other seeds and colours.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.latching import latched
from ..engine.renderer import InlineRenderer, built
from ..engine.voice import Track
from ..ensemble import Ensemble
from ..frame import Pixels
from ..latent import Floats
from ..message import Message
from ..patch import loads

FPS = 60
MAIN = "/livegen/main"
PATCH = """
title = "bench"
fps = 60
size = [256, 256]
seed = 3
[generators.main]
kind = "cppn"
[generators.main.motion]
kind = "still"
[generators.main.params]
spin = 0.0
pulse = 0.0
flow = 0.0
{cues}
"""
CUE = '[[cues]]\nname = "{name}"\nseed = {seed}\nparams = {{ hue = {hue}, zoom = {zoom} }}\n'
HUES, ZOOMS = (-0.2, 0.3, 0.0, -0.4), (1.0, 1.4, 0.8, 1.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """One frame: the picture and where it stands."""

    pixels: Pixels
    z: Floats


class Stage:
    """A show that is moved on by hand."""

    def __init__(self, text: str) -> None:
        self.ensemble = Ensemble(loads(text))
        self.tracks = [Track(voice) for voice in self.ensemble.voices()]
        self.renderer = InlineRenderer(built(self.ensemble.cast.specs(), "cpu"))
        self.now = 0.0

    def say(self, name: str, *args: Any) -> None:
        self.ensemble.apply(Message(f"{MAIN}/{name}", args, self.now, "bench"))

    def frame(self) -> Still:
        self.now += 1 / FPS
        latched(self.ensemble.board, self.ensemble.before, self.tracks, self.now, fail)
        track = self.tracks[0]
        self.renderer.begin(track.request(track.voice.size))
        picture = self.renderer.finish()
        if picture is None or track.score is None:
            raise RuntimeError("a picture in this very process is there when it is asked for")
        return Still(pixels=picture.pixels.copy(), z=track.score.latent.values)

    def film(self, seconds: float) -> Iterator[Still]:
        for _ in range(round(seconds * FPS)):
            yield self.frame()


def scenario(seconds: float = 12.0) -> dict[str, Any]:
    """What is measured → the largest step: ``pixels``, mean absolute difference in byte steps, and ``latent``, distance.

    ``morph``: of two seconds; ``interrupted``: each after 0.8 s by the next; ``nervous``: a recall every 0.1 s;
    ``cut``: a time of 0; ``reseed``: another seed without a glide; ``share``: the largest step of a morph, interrupted
    or not, as a share of the re-seed's; ``halt``: how fast the latent still moves right after it was interrupted, as a
    share of its speed before; 1 does not halt.
    """
    rounds = max(1, round(seconds / 4))
    found: dict[str, Any] = {}
    for name, script in SCRIPTS.items():
        found[name] = largest(step for turn in range(rounds) for step in steps(script(stage(turn))))
    worst = {what: max(found[name][what] for name in ("morph", "interrupted", "nervous")) for what in ("pixels", "latent")}
    found["share"] = {what: round(worst[what] / found["reseed"][what], 4) for what in worst}
    found["halt"] = round(min(momentum(stage(turn)) for turn in range(rounds)), 3)
    return found


def stage(turn: int) -> Stage:
    """A show whose cues are others in every round."""
    cues = (CUE.format(name=name, seed=10 * turn + i, hue=HUES[i], zoom=ZOOMS[i]) for i, name in enumerate("abcd"))
    played = Stage(PATCH.format(cues="".join(cues)))
    played.say("params/glide", 0.0)
    played.frame()
    return played


def morph(show: Stage) -> Iterator[Still]:
    yield show.frame()
    show.say("presets/load", "b", 2.0)
    yield from show.film(2.2)


def interrupted(show: Stage) -> Iterator[Still]:
    yield show.frame()
    for name in "bcda":
        show.say("presets/load", name, 2.0)
        yield from show.film(0.8)


def nervous(show: Stage) -> Iterator[Still]:
    yield show.frame()
    for name in "bcdabcdabcd":
        show.say("presets/load", name, 2.0)
        yield from show.film(0.1)


def cut(show: Stage) -> Iterator[Still]:
    yield show.frame()
    for name in "bcda":
        show.say("presets/load", name, 0.0)
        yield show.frame()


def reseed(show: Stage) -> Iterator[Still]:
    yield show.frame()
    for seed in range(500, 504):
        show.say("seed", seed)
        yield show.frame()


SCRIPTS: Mapping[str, Callable[[Stage], Iterator[Still]]] = {
    "morph": morph, "interrupted": interrupted, "nervous": nervous, "cut": cut, "reseed": reseed,
}  # fmt: skip


def momentum(show: Stage) -> float:
    """The latent's speed in the frame after an interruption, as a share of that in the frame before."""
    show.say("presets/load", "b", 2.0)
    before = list(show.film(1.0))[-2:]
    show.say("presets/load", "c", 2.0)
    return far(before[1], show.frame()) / far(*before)


def steps(film: Iterator[Still]) -> Iterator[tuple[float, float]]:
    """(pixels, latent) from every frame to the next."""
    for one, other in itertools.pairwise(film):
        difference = np.abs(one.pixels[..., :3].astype(np.int16) - other.pixels[..., :3]).mean()
        yield float(difference), far(one, other)


def far(one: Still, other: Still) -> float:
    return float(np.linalg.norm(other.z - one.z))


def largest(found: Iterator[tuple[float, float]] | Sequence[tuple[float, float]]) -> dict[str, float]:
    pixels, latent = zip(*found, strict=True)
    return {"pixels": round(max(pixels), 2), "latent": round(max(latent), 3)}


def fail(error: Exception) -> None:
    raise error
