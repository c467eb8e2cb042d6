"""What the web door is given: the running stage as plain callables, never the app itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import __version__
from ..board import Board
from ..clock import Clock
from ..errors import BadPacket, LivegenError
from ..message import Message
from ..streams.encode import QUALITY
from ..streams.hub import Hub
from ..wire.ask import Ask, sorry
from ..wire.bring import Brings
from ..wire.shown import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """One stream as ``welcome`` introduces it."""

    id: int
    name: str
    kind: str = "image"
    width: int = 0
    height: int = 0
    fps: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What viewers get unless they ask for something else, and the most they get."""

    codec: str = "jpeg"
    quality: int = QUALITY
    """10..100, for JPEG and WebP."""
    longest: int = 0
    """Pixels of the longer side at most; 0: as painted."""
    viewers: int = 64
    """Picture seats in all."""


def nothing_found(path: str) -> dict[str, Any] | None:
    return None


def nothing_known(path: str, attribute: str) -> tuple[int, dict[str, Any] | None]:
    return 404, None


Reply = Callable[[Mapping[str, Any]], None]
"""Takes an answer; from any thread."""


def nobody_asked(ask: Ask, origin: str, reply: Reply) -> None:
    reply(sorry(ask, LivegenError("this stage answers no questions", code="no_answers")))


def nothing_heard(since: int) -> tuple[int, Sequence[Mapping[str, Any]]]:
    return since, ()


def nobody_looks(shown: Shown, origin: str, sorry: Callable[[LivegenError], None]) -> None:
    raise BadPacket(f"{origin} showed a picture, and nothing here looks at pictures", code="unknown_stream")


def nobody_takes(heard: Brings, origin: str, tell: Reply) -> None:
    raise BadPacket(f"{origin} brings a model, and this stage takes none", code="no_models")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything the door may ask for. Only ``board``, ``hub``, ``clock`` and ``apply`` must be given."""

    board: Board
    hub: Hub
    clock: Clock
    apply: Callable[[Message], None]
    """Take a control message; raises LivegenError."""
    osc_apply: Callable[[bytes, str, float], None] = lambda data, peer, at: None
    """Take a binary OSC packet from ``peer`` (``ws 3``) heard at clock seconds; raises LivegenError."""
    osc_packet: Callable[[str, Any], bytes] | None = None
    """An OSC message with this address and value, for OSCQuery's LISTEN."""
    streams: Callable[[], Sequence[StreamInfo]] = lambda: (StreamInfo(id=0, name="main"),)
    usual: Callable[[], Usual] = Usual
    """What the patch that plays says about its streams."""
    health: Callable[[], Mapping[str, Any]] = dict
    """What ``/health`` and ``status`` tell, the hub's figures included."""
    cues: Callable[[], Sequence[Any]] = tuple
    tree: Callable[[str], Mapping[str, Any] | None] = nothing_found
    """The OSCQuery node at a path; None: there is none."""
    attribute: Callable[[str, str], tuple[int, Mapping[str, Any] | None]] = nothing_known
    """One OSCQuery attribute: its status (200, 204, 400 or 404) and its JSON."""
    host_info: Callable[[], Mapping[str, Any]] = dict
    docs: Callable[[], str] = lambda: ""
    """``/docs/osc`` as HTML; empty: there is none."""
    thumbs: Callable[[str, str], bytes | None] = lambda cue, stream: None
    """The JPEG of a cue of a stream (empty: the first); empty bytes: it is not painted yet; None: there
    is no such cue."""
    past: Callable[[str, int], Mapping[str, Any] | None] = lambda instance, since: None
    """What can be looked back at: of an instance, its small pictures after a number; None: no such instance."""
    glimpses: Callable[[str, int], bytes | None] = lambda instance, number: None
    """A small JPEG of what was shown, by its number; None: there is none, or none any more."""
    models: Callable[[], Mapping[str, Any]] = dict
    """Who plays: instance → its model, card and run, for ``/models``. May read files."""
    maps: Callable[[], Sequence[Any]] = tuple
    """The learned maps with their examples, for ``/maps``."""
    pictures: Callable[[str, str], bytes | None] = lambda instance, name: None
    """A JPEG that belongs to an instance's model; None when there is none of that name. May read files."""
    heard: Callable[[int], tuple[int, Sequence[Mapping[str, Any]]]] = nothing_heard
    """The monitor's feed since a version: (version now, lines)."""
    sources: Callable[[], Sequence[tuple[str, float, bool]]] = tuple
    """What moves right now and could be routed: (source, number, whether it is)."""
    ask: Callable[[Ask, str, Reply], None] = nobody_asked
    """Take a question of a client (``ws 3``); never waits, and the answer always comes."""
    show: Callable[[Shown, str, Callable[[LivegenError], None]], None] = nobody_looks
    """Take a picture of a client (``ws 3``); never waits. Raises LivegenError, or tells it later, on another
    thread, to the callable."""
    bring: Callable[[Brings, str, Reply], None] = nobody_takes
    """Take a part of a model that a client brings; never waits. Raises LivegenError; what becomes of the model
    is told to the callable, on the loop."""
    hush: Callable[[str], None] = lambda origin: None
    """That client is gone: drop its questions and what was kept for it."""
    files: Mapping[str, Path] = field(default_factory=dict)
    """Folders (``/studio/`` → path) and single files (``/p5.livegen.js`` → path) to serve."""
    index: str = "/studio/index.html"
    """The page at ``/``, one of the served files."""
    loose: Sequence[str] = ("/p5/",)
    """Prefixes whose pages are sketches: p5 needs a wider Content-Security-Policy."""
    token: str = ""
    hosts: Sequence[str] = ()
    origins: Sequence[str] = ()
    epoch: str = ""
    """Names this start of the stage; a client that sees another one starts over."""
    version: str = __version__
