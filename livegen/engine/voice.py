"""A voice: one instance of the patch as the loop sees it, and what the loop remembers about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..board import Snapshot
from ..frame import Frame, Pixels
from ..generators.base import Picture, Request
from ..latent import Latent
from .dissolve import Dissolve
from .renderer import InlineRenderer, Spec
from .rescue import AWAY, FALLBACK, HOLD, Plight, Rules, show

Told = tuple[str, tuple[Any, ...]]
"""An event and its arguments, as ``Request.told`` holds them."""
MOST_TOLD = 1024
"""Events that may wait for a generator."""
TRIES = 3
"""Requests that may fail with the same events before those are given up."""


class Score(Protocol):
    """What a mapping makes of a snapshot: all that the next picture depends on."""

    @property
    def latent(self) -> Latent: ...
    @property
    def knobs(self) -> Mapping[str, Any]:
        """Bare name → value, for the generator."""
        ...
    @property
    def seed(self) -> int: ...
    @property
    def time(self) -> float:
        """The instance's own seconds."""
        ...
    @property
    def echo(self) -> Mapping[str, Any]:
        """address → value that the mapping arrived at, for those who read the board."""
        ...
    @property
    def told(self) -> tuple[Told, ...]:
        """What the generator was told in this tick."""
        ...
    @property
    def state(self) -> Any:
        """What the generator is to go on from instead of what its last picture left behind; None: from that."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One instance of the patch."""

    name: str
    """Such as ``main``: also the renderer's instance."""
    advance: Callable[[Snapshot], Score]
    """Called once per tick."""
    stream: int = 0
    size: tuple[int, int] = (512, 512)
    """(width, height) that the patch wants."""
    generator: str = ""
    """Row of the generator table, for the lineage."""
    digest: str = ""
    """Names the exact weights, for the lineage."""
    scalable: bool = True
    """Whether the generator paints any size, so that the governor may shrink it."""
    seamless: bool = False
    """Whether the fallback goes on exactly where the generator stopped: it need not wait."""
    image: Callable[[], Pixels | None] = lambda: None
    """The newest picture that it was shown, as ``Request.image`` holds it."""
    left: Callable[[Any], None] = lambda state: None
    """Told before every tick what the last picture left behind."""
    mould: str = ""
    """What a state is made for: it survives an edited patch that leaves this as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What keeps a show presentable."""

    fade_s: float = 0.5
    """Seconds of the fade to black and back."""
    fixed: bool = False
    """Whether the picture keeps its size whatever the frame rate does."""
    smallest: float = 0.25
    """How far it may shrink otherwise, as a share of each side."""
    flashes: str = "watch"
    """``off``, ``watch`` or ``tame``."""
    flash_rate: float = 3.0
    """Flashes a second that are harmless."""
    brightness_rate: float = 0.0
    """How much relative luminance may change in a second; 0: any."""


@dataclass(frozen=True, kw_only=True)
class Show:
    """What a patch brings to the loop; exchanged as a whole at a frame boundary."""

    voices: tuple[Voice, ...]
    specs: Mapping[str, Spec] | None = None
    """The generators, if they differ from those that play: prepared before the exchange."""
    fallback: InlineRenderer | None = None
    """None keeps the present one."""
    fps: float | None = None
    safety: Safety | None = None
    """None keeps the present one."""
    then: Callable[[], None] | None = None
    """Called on the engine's thread just before the exchange, as for ``board.replace``."""


@dataclass(slots=True)
class Track:
    """What the loop remembers about a voice from tick to tick."""

    voice: Voice
    seq: int = 0
    score: Score | None = None
    last: Frame | None = None
    """The last frame worth holding, before any curtain; the fallback's too."""
    plight: Plight = field(default_factory=Plight)
    heard_at: float | None = None
    """The oldest control that no fresh frame shows yet."""
    state: Any = None
    """What the generator's last picture left behind for its next."""
    version: int = 0
    """Counts the states."""
    told: list[Told] = field(default_factory=list)
    """Events that no picture has answered yet."""
    bounced: int = 0
    """Requests in a row that failed with them."""
    turn: int = 0
    """Number of the tick in which it was last asked for: the longest unasked goes first."""
    shown: str = ""
    """What the newest frame was: ``fresh``, ``hold`` or ``fallback``."""
    painter: str = ""
    """Who painted ``last``: ``fresh`` or ``fallback``."""
    sample: int = 0
    moved_at: float = 0.0
    """When its picture last changed."""
    dissolve: Dissolve | None = None
    fallback_after: float = 0.0
    """Not before this is the fallback asked to paint again: it shares the server's own core."""
    round_s: float = 0.0

    def paint(self, frame: Frame, painter: str, dissolve_s: float) -> None:
        """A new picture by ``painter``: ``fresh`` (its generator) or ``fallback``; the other one's dissolves."""
        if self.last is not None and painter != self.painter:
            self.dissolve = Dissolve(self.last.pixels, frame.at, dissolve_s)
        self.last, self.shown, self.painter = frame, painter, painter

    def tell(self, told: Sequence[Told]) -> int:
        """Events for the next request; how many of the oldest had to go because too many wait."""
        self.told += told
        over = max(0, len(self.told) - MOST_TOLD)
        del self.told[:over]
        return over

    def request(self, size: tuple[int, int], seq: int = 0) -> Request:
        """What is asked for now: a picture of (width, height) ``size``. Raises RuntimeError before the first score."""
        score = self.score
        if score is None:
            raise RuntimeError("a request needs a score")
        return Request(
            instance=self.voice.name, seq=seq, latent=score.latent, knobs=score.knobs, size=size, seed=score.seed,
            time=score.time, state=self.state, told=tuple(self.told), image=self.voice.image(),
        )  # fmt: skip

    def settle(self, job: "Job", picture: Picture) -> bool:
        """Take over what a picture leaves behind. False: another picture came in between, so that what
        this one says was said already."""
        if job.version != self.version:
            return picture.state is None and not picture.marks
        del self.told[: len(job.request.told)]
        self.state, self.version, self.bounced = picture.state, self.version + 1, 0
        return True

    def bounce(self, request: Request) -> bool:
        """A request failed. Its events go with the next one, unless it seems to be their fault: True if
        they were given up."""
        self.bounced += bool(request.told)
        if self.bounced < TRIES:
            return False
        del self.told[: len(request.told)]
        self.bounced = 0
        return True

    def wants(self, now: float, rules: Rules) -> str:
        """What to show without a new picture: ``hold`` or ``fallback``."""
        if self.voice.seamless and self.plight.code in AWAY:
            return FALLBACK
        return show(self.plight, now, rules)

    def holding(self, now: float, longest: float) -> bool:
        """Whether a picture has been repeated for more than ``longest`` seconds."""
        return self.shown == HOLD and (self.plight.good_at is None or now - self.plight.good_at > longest)

    def hear(self, heard_at: float | None) -> None:
        """A control came in at ``heard_at`` that is still to be shown."""
        if heard_at is not None and (self.heard_at is None or heard_at < self.heard_at):
            self.heard_at = heard_at


@dataclass(slots=True)
class Job:
    """A request that the renderer has and has not answered."""

    track: Track
    request: Request
    snapshot: Snapshot
    heard_at: float | None
    begun: float
    version: int = 0
    """Of the state that it was given."""
    stale: bool = False
    """Something newer was shown meanwhile."""


def seated(voices: Sequence[Voice], before: Sequence[Track]) -> list[Track]:
    """A track for every voice; those that play on keep what they remember, as far as it was made for them."""
    old = {(track.voice.name, track.voice.stream): track for track in before}
    seqs = {track.voice.stream: track.seq for track in before}
    tracks = []
    for voice in voices:
        track = old.get((voice.name, voice.stream)) or Track(voice, seq=seqs.get(voice.stream, 0))
        if track.voice.mould != voice.mould:
            track.state, track.version = None, track.version + 1
        track.voice = voice
        tracks.append(track)
    return tracks


def earlier(one: float | None, other: float | None) -> float | None:
    """The earlier of two times, either of which may not be there."""
    return min((at for at in (one, other) if at is not None), default=None)
