"""What every generator promises, in words that need no torch.

``describe`` answers without waking torch, so the server can build its board from it;
``build`` is called in the worker, where torch lives.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from ..card import Card
from ..errors import ModelRefused
from ..frame import Pixels
from ..latent import Floats, Latent, from_seed
from ..marks import Mark
from ..params import Param
from ..wire.ask import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """How a generator introduces itself."""

    name: str
    """Its row in TABLE, such as ``cppn``."""
    kind: str = "image"
    """``image``, ``text`` or ``strokes``."""
    latent: int
    """Dimensions of z."""
    spaces: tuple[str, ...] = ("z",)
    size: tuple[int, int] = (512, 512)
    """Native (width, height) in pixels."""
    any_size: bool = False
    """Whether it paints any size and aspect natively."""
    params: tuple[Param, ...] = ()
    """Knobs it adds; addresses are bare names such as ``hue``, the stage prefixes them."""
    events: tuple[Param, ...] = ()
    """Triggers and commands it follows, such as ``text/feed``: the stage puts them below its instance
    and hands each one on in ``Request.told``."""
    outlets: tuple[Param, ...] = ()
    """What it says on OSC, such as ``text/out/token``: commands that can only be read."""
    sees: tuple[int, int] | None = None
    """(width, height) that pictures shown to it are scaled to, for those with ``encode``."""
    abilities: frozenset[str] = frozenset()
    """Of ``encode``, ``step``, ``directions``, ``glsl``."""
    classes: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    card: Card
    digest: str = ""
    """Names the exact weights."""
    rise: Callable[[Floats], Floats] | None = None
    """(d,) N(0, 1) numbers that a seed names -> (d,) in ``spaces[0]``; None: they are the same. Needs no torch."""

    def sow(self, seed: int) -> Floats:
        """(d,) The latent that ``seed`` names, the same on every machine."""
        z = from_seed(seed, self.latent)
        return z if self.rise is None else self.rise(z)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """Everything that a frame depends on: the same request gives the same frame."""

    instance: str
    """Which generator of the patch, such as ``main``."""
    seq: int = 0
    latent: Latent
    knobs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Bare name → value of the parameters that ``Info.params`` declared (enums with ``blend`` as
    weights; a ``rate`` parameter as its integral, in cycles since the start)."""
    size: tuple[int, int] = (512, 512)
    """(width, height) to paint, pixels."""
    seed: int = 0
    time: float = 0.0
    """The instance's own time in seconds: stands still while frozen, runs at ``speed``."""
    state: Any = None
    """What the request before left behind, for generators with ``step``."""
    told: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    """(bare address, arguments) of its events since the last request that was answered, in order."""
    image: Pixels | None = None
    """The newest picture that it was shown, (h, w, 3) uint8 at ``Info.sees``; None before the first."""
    way: str = ""
    """Paint it the way that ``Picture.way`` named, if that can be; empty: the quickest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """What came of a request."""

    pixels: Pixels
    """(H, W, 4) uint8 RGBA, row 0 at the top."""
    finite: bool = True
    """False: the network gave non-numbers and the pixels must not be shown."""
    state: Any = None
    """What the next request must bring: plain values and arrays that can be pickled, 1 MiB at most."""
    marks: tuple[Mark, ...] = ()
    """The text or strokes that came with this picture."""
    latent: Floats | None = None
    """Where it really stands, (d,) z, if that is not the request's latent: an encoded image."""
    render_ms: float = 0.0
    way: str = ""
    """How it was painted, such as ``openvino float32``, where there are several ways, equal but for their last digits."""


class Generator(Protocol):
    """A generator that was built and is ready to paint."""

    info: Info

    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint into ``out`` ((H, W, 4) uint8, the request's size) and return it as a Picture."""
        ...

    def warm_up(self, size: tuple[int, int]) -> None:
        """Do now what the first frame of that size would otherwise wait for."""
        ...


class Answers(Protocol):
    """Answers questions beside the stream, without torch and without touching what plays."""

    def answer(self, ask: Ask, state: Any, pause: Callable[[], None]) -> tuple[Mapping[str, Any], Any]:
        """What is said, as plain JSON, and the state in which it ends, for a question that goes on from there.

        ``ask.temperature`` is set. ``pause`` must be called every few milliseconds of work and may raise.
        """
        ...


class Row(NamedTuple):
    """Where a generator's code is, as ``module:name``; nothing is imported until it is asked."""

    describe: str
    """``describe(config) -> Info``, torch-free."""
    build: str
    """``build(config, device) -> Generator``."""
    fallback: str
    """``build(config) -> Generator`` that needs numpy only, for when no worker can paint."""
    glsl: str = ""
    """``export(config, request, dialect) -> str`` for those with the ability ``glsl``."""
    answers: str = ""
    """``answers(config) -> Answers`` for text and strokes, torch-free."""


TABLE: dict[str, Row] = {
    "cppn": Row(
        describe="livegen.generators.cppn.words:describe",
        build="livegen.generators.cppn.paint:build",
        fallback="livegen.generators.cppn.plain:build",
        glsl="livegen.generators.cppn.glsl:export",
    ),
    "gan": Row(
        describe="livegen.generators.gan.words:describe",
        build="livegen.generators.gan.play:build",
        fallback="livegen.generators.gan.plain:build",
    ),
    "vae": Row(
        describe="livegen.generators.vae.words:describe",
        build="livegen.generators.vae.play:build",
        fallback="livegen.generators.vae.plain:build",
    ),
    "text": Row(
        describe="livegen.generators.text.words:describe",
        build="livegen.generators.text.play:build",
        fallback="livegen.generators.text.play:build_fallback",
        answers="livegen.generators.text.answers:build",
    ),
    "strokes": Row(
        describe="livegen.generators.strokes.words:describe",
        build="livegen.generators.strokes.play:build",
        fallback="livegen.generators.strokes.play:build_fallback",
        answers="livegen.generators.strokes.answers:build",
    ),
    "still": Row(
        describe="livegen.testing:describe_still",
        build="livegen.testing:build_still",
        fallback="livegen.testing:build_still",
    ),
    "talking": Row(
        describe="livegen.testing:describe_talking",
        build="livegen.testing:build_talking",
        fallback="livegen.testing:build_talking",
    ),
    "drawing": Row(
        describe="livegen.testing:describe_drawing",
        build="livegen.testing:build_drawing",
        fallback="livegen.testing:build_drawing",
    ),
    "faulty": Row(
        describe="livegen.testing:describe_faulty",
        build="livegen.testing:build_faulty",
        fallback="livegen.testing:build_still",
    ),
}


LEARNING = "livegen.generators.learning"
"""Plays models that are runs of a training, whatever their family."""


def describe(name: str, config: Mapping[str, Any]) -> Info:
    """The generator's introduction under ``config`` (the patch's table for it).

    Raises ModelRefused for an unknown name or a configuration it will not take.
    """
    info: Info = _reach(_row(name).describe)(config)
    if "model" in config and _reach(f"{LEARNING}:run_of")(config) is not None:
        info = _reach(f"{LEARNING}:introduced")(info)
    return info


def build(name: str, config: Mapping[str, Any], device: str = "cpu") -> Generator:
    """The generator itself, on ``device``. Only workers, tests and scripts call this."""

    def made(config: Mapping[str, Any]) -> Generator:
        return _reach(_row(name).build)(config, device)  # type: ignore[no-any-return]

    run = _reach(f"{LEARNING}:run_of")(config) if "model" in config else None
    return made(config) if run is None else _reach(f"{LEARNING}:Learning")(run, config, made)


def export_glsl(name: str, config: Mapping[str, Any], request: Request, dialect: str) -> str:
    """The generator as a fragment shader that stands where ``request`` says; ``dialect`` is ``p5`` or
    ``touchdesigner``. Raises ModelRefused for a generator that cannot be one."""
    if not _row(name).glsl:
        raise ModelRefused(f"a {name} cannot be written as a shader")
    return str(_reach(_row(name).glsl)(config, request, dialect))


def best_device() -> str:
    """The device to paint on when nobody chose one. Wakes torch."""
    return str(_reach("livegen.generators.device:best")())


def build_fallback(name: str, config: Mapping[str, Any]) -> Generator:
    """Its stand-in that needs numpy only."""
    return _reach(_row(name).fallback)(config)  # type: ignore[no-any-return]


def answers(name: str, config: Mapping[str, Any]) -> Answers:
    """Who answers questions for it. Raises ModelRefused for a generator that answers none."""
    if not _row(name).answers:
        raise ModelRefused(f"a {name} answers no questions")
    return _reach(_row(name).answers)(config)  # type: ignore[no-any-return]


def _row(name: str) -> Row:
    if name not in TABLE:
        raise ModelRefused(f"there is no generator {name[:40]!r}", hint=f"one of {', '.join(TABLE)}")
    return TABLE[name]


def _reach(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)
