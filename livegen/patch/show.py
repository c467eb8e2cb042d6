"""A patch as values: what a TOML file says about a whole show."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from ..mapping import Cue, Lfo, Motion, Route
from ..params import Param
from .beats import TempoSpec
from .listening import Audio, Camera
from .maps import MapSpec
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
    switch: str | None = None
    """When a morph switches it, where nothing lies between its values: ``middle`` or ``end``."""

    def on(self, row: Param) -> Param:
        """The row with this patch's wishes. Raises BadValue when they do not fit together."""
        ends = {"low": self.low, "high": self.high, "slew": self.slew, "curve": self.curve, "switch": self.switch}
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
class Midi:
    """MIDI ports, and what their controllers do not say of themselves."""

    wanted: bool = False
    """Whether the patch speaks of MIDI at all."""
    listen: bool = True
    inputs: tuple[str, ...] = ()
    """Parts of the names of the ports that are opened; empty: all of them."""
    outputs: tuple[str, ...] = ()
    """Those that are told what changes; empty: every one that has an input of the same name."""
    feedback: bool = True
    """Whether lamps and motor faders are kept up to date."""
    named: bool = False
    """Whether addresses begin with the device's name: ``/midi/nanokontrol2/1/cc/7``."""
    relative: tuple[str, ...] = ()
    """Endless encoders, such as ``1/cc/16``, ``*/cc/16-31``, ``1/cc/16 offset``."""
    fourteen: tuple[str, ...] = ()
    """Controllers that come as two, rough and fine."""
    program: bool = False
    """Whether program change n recalls cue n of the first generator."""
    api: str = ""
    """``jack`` instead of the system's own way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learn:
    """How what is learned by touching behaves."""

    takeover: str = "jump"
    """``jump``, ``pickup`` or ``scale``, for what is learned from now on."""


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
    flashes: str = "watch"
    """``watch`` counts them, ``tame`` holds back what would flash too often, ``off``."""
    flash_rate: float = 3.0
    """Flashes a second that are harmless: three, by WCAG 2."""
    brightness_rate: float = 0.0
    """How much relative luminance (0..1) may change in a second; 0: any."""


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
    modulations: tuple[Route, ...] = ()
    """Those of ``[[modulate]]``: routes that move around what a hand has set."""
    tempo: TempoSpec = field(default_factory=TempoSpec)
    wekinator: Wekinator = field(default_factory=Wekinator)
    maps: tuple[MapSpec, ...] = ()
    """Maps that are learned from examples; none: there is one, and it is empty."""
    osc: Osc = field(default_factory=Osc)
    midi: Midi = field(default_factory=Midi)
    learn: Learn = field(default_factory=Learn)
    outputs: Outputs = field(default_factory=Outputs)
    safety: Safety = field(default_factory=Safety)
    audio: Audio = field(default_factory=Audio)
    camera: Camera = field(default_factory=Camera)
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
