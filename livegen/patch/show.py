"""A patch as values: what a TOML file says about a whole show."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from ..mapping import Cue, Lfo, Motion, Route
from ..params import Param
from .where import Keys, Place


def nothing() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a patch says about one parameter: the fields that are not None replace those of its row."""

    value: Any = None
    low: float | None = None
    high: float | None = None
    slew: float | None = None
    """Seconds."""
    curve: str | None = None
    """``linear``, ``exp`` or ``square``."""

    def on(self, row: Param) -> Param:
        """The row with this patch's wishes. Raises BadValue when they do not fit together."""
        ends = {"low": self.low, "high": self.high, "slew": self.slew, "curve": self.curve}
        row = replace(row, **{name: end for name, end in ends.items() if end is not None})  # type: ignore[arg-type]
        given = row.initial if self.value is None else self.value
        return replace(row, default=row.whole(row.gate(given if isinstance(given, tuple) else (given,))))


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorSpec:
    """One generator of the show, which is one stream."""

    name: str
    """What addresses call it: ``/livegen/<name>/…``."""
    kind: str
    """Its row in the table of generators, such as ``cppn``."""
    size: tuple[int, int]
    """(width, height) in pixels."""
    start: str = ""
    """A cue's name, ``seed`` or ``xy``; empty: the first cue."""
    config: Mapping[str, Any] = field(default_factory=nothing)
    """The generator's own settings, as its ``describe`` reads them."""
    params: Mapping[str, Override] = field(default_factory=nothing)
    """Bare name → what the patch says about that parameter."""
    motion: Motion = field(default_factory=Motion)
    """What it does when nobody plays it."""

    @property
    def prefix(self) -> str:
        return f"/livegen/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wekinator:
    """How Wekinator's outputs are taken: the n-th number, 0..1, goes to the n-th target."""

    listen: bool = False
    """Whether ``/wek/outputs`` is listened to."""
    port: int = 0
    """A UDP port of its own, Wekinator's usual 12000; 0: the main port only."""
    to: tuple[str, ...] = ()
    """Full addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Osc:
    """OSC beyond the UDP port."""

    tcp_port: int = 0
    """A port for OSC over TCP; 0: none."""
    feedback: tuple[str, ...] = ()
    """``host:port`` that are told of every change from the start."""
    feedback_rate: float = 30.0
    """Times a second that feedback is sent at most."""
    patterns: bool = True
    """Whether ``*`` and its kin in incoming addresses are followed."""
    schedule: bool = False
    """Whether a bundle waits for its time stamp instead of being followed at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What viewers get unless they ask for something else."""

    codec: str = "jpeg"
    """``jpeg``, ``webp``, ``png`` or ``raw``."""
    quality: int = 85
    """JPEG and WebP quality, 10..100."""
    max_viewers: int = 32
    """Seats that stream pictures."""
    max_size: int = 4096
    """Longest side that a viewer is sent, pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What keeps a show presentable."""

    safe_cue: str = ""
    """Where the panic button goes; empty: the first cue."""
    fade: float = 1.0
    """Seconds of the fade to black and back."""
    governor: bool = True
    """Whether the picture may get smaller to keep the frame rate."""
    smallest: float = 0.5
    """How far the governor may go down, as a share of each side."""


class Brought(NamedTuple):
    """Somebody came to play another model while the show went on."""

    instance: str
    kind: str
    model: str
    """Its name on the shelf."""
    digest: str
    """Of its weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """The whole show."""

    title: str = ""
    fps: float = 30.0
    """Frames a second, 1..240."""
    size: tuple[int, int] = (512, 512)
    """(width, height) in pixels of generators that name none."""
    seed: int = 1
    """What all chance in the show grows from."""
    generators: Mapping[str, GeneratorSpec] = field(default_factory=nothing)
    """Instance → generator, in the order of the file; the first is stream 0."""
    cues: tuple[Cue, ...] = ()
    routes: tuple[Route, ...] = ()
    """Those of ``[[routes]]`` and those that ``[wekinator]`` makes."""
    lfos: tuple[Lfo, ...] = ()
    wekinator: Wekinator = field(default_factory=Wekinator)
    osc: Osc = field(default_factory=Osc)
    outputs: Outputs = field(default_factory=Outputs)
    safety: Safety = field(default_factory=Safety)
    name: str = ""
    """The file it came from, for error messages."""
    places: Mapping[Keys, Place] = field(default_factory=nothing, compare=False, repr=False)
    """Path of keys → (line, column) in that file."""
    text: str = field(default="", compare=False, repr=False)
    """What stood in it."""
    brought: "tuple[Brought, ...]" = field(default=(), compare=False, repr=False)
    """The models that came in since, which the text does not know of, the first first."""

    def cues_of(self, instance: str) -> tuple[Cue, ...]:
        """The cues of one generator, in the order of the file."""
        return tuple(cue for cue in self.cues if cue.on == instance)
