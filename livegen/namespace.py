"""The namespace: every address of a running patch, as rows for the board and as aliases.

One table, from which OSC, WebSocket, OSCQuery, the studio, the docs page and the layouts are made.
An address is never renamed between versions; where one must go, an alias stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from . import __version__
from .board import Alias, element_aliases
from .mapping.told import short_names
from .params import BOOL, COMMAND, FLOAT, INT, READ, STRING, TRIGGER, WRITE, Param

ROOT = "/livegen"
STATES = ("starting", "running", "degraded", "holding", "fallback", "stopped")
"""What ``/livegen/status/state`` counts, in this order."""


def prefix(instance: str) -> str:
    """Where an instance's addresses begin: ``/livegen/main``."""
    return f"{ROOT}/{instance}"


def full(address: str) -> str:
    """``main/params/hue`` or ``/livegen/main/params/hue`` as the full address."""
    return address if address.startswith("/") else f"{ROOT}/{address}"


def stage_rows() -> tuple[Param, ...]:
    """The rows that belong to no generator: info, status, panic, takes, films, sound."""
    return (*_info(), *_status(), *_panic(), *_take(), *_film(), *_audio())


def named(instance: str, rows: Sequence[Param]) -> tuple[Param, ...]:
    """A generator's own rows (bare names) under their instance."""
    return tuple(replace(row, address=f"{prefix(instance)}/params/{row.address}") for row in rows)


def other_names(instances: Mapping[str, Sequence[Param]], kinds: Mapping[str, str]) -> dict[str, Alias]:
    """``/livegen/0/…`` for the first generator, ``/livegen/1/…`` for the second, for whoever counts; and
    ``text/rate`` for ``params/rate`` and the like. ``kinds``: instance → ``image``, ``text`` or ``strokes``."""
    found: dict[str, Alias] = {}
    for index, (instance, rows) in enumerate(instances.items()):
        own, short = prefix(instance), f"{ROOT}/{index}"
        parts = element_aliases(rows)
        parts |= short_names(own, kinds.get(instance, "image"), rows)
        found |= {name: alias for name, alias in parts.items() if alias.how == "same"}
        found |= {short + row.address.removeprefix(own): Alias(row.address) for row in rows}
        found |= {short + address.removeprefix(own): alias for address, alias in parts.items()}
    return found


def _info() -> tuple[Param, ...]:
    return (
        Param(
            address=f"{ROOT}/info/name",
            type=STRING,
            default="livegen",
            access=READ,
            description="The patch that plays",
        ),
        Param(
            address=f"{ROOT}/info/version",
            type=STRING,
            default=__version__,
            access=READ,
            description="livegen's version",
        ),
        Param(
            address=f"{ROOT}/info/protocol",
            type=INT,
            low=1,
            high=99,
            default=1,
            access=READ,
            description="Version of the wire",
        ),
        Param(
            address=f"{ROOT}/info/gpu",
            type=STRING,
            default="",
            access=READ,
            description="What the worker paints on",
        ),
        Param(
            address=f"{ROOT}/info/uptime",
            high=1e9,
            unit="s",
            access=READ,
            description="Seconds since the stage started",
        ),
    )


def _status() -> tuple[Param, ...]:
    def meter(name: str, description: str, unit: str = "", high: float = 1e9) -> Param:
        return Param(
            address=f"{ROOT}/status/{name}",
            type=FLOAT,
            high=high,
            unit=unit,
            access=READ,
            description=description,
        )

    return (
        meter("fps", "Frames a second that are delivered", "fps", 1000.0),
        meter("fps_wanted", "Frames a second that the patch asks for", "fps", 1000.0),
        meter("latency_ms", "From a control to the first frame that contains it, median", "ms"),
        meter("render_ms", "Painting one frame, median", "ms"),
        meter("dropped", "Frames that slow viewers did not get, in all"),
        meter("clients", "Viewers that are connected"),
        meter("flashes", "Flashes of the picture by WCAG 2: more than 3 can harm photosensitive viewers", "1/s", 1000.0),
        Param(
            address=f"{ROOT}/status/state",
            type=INT,
            high=len(STATES) - 1,
            default=0,
            access=READ,
            description="How the show is: " + ", ".join(f"{i} {word}" for i, word in enumerate(STATES)),
        ),
        Param(
            address=f"{ROOT}/status/state_name",
            type=STRING,
            default=STATES[0],
            access=READ,
            description="The same as a word",
        ),
        Param(
            address=f"{ROOT}/status/last_error",
            type=STRING,
            default="",
            access=READ,
            description="The last problem, in words",
        ),
    )


def _panic() -> tuple[Param, ...]:
    return (
        Param(
            address=f"{ROOT}/panic/hold",
            type=BOOL,
            default=False,
            description="Hold the picture as it is, whatever happens",
        ),
        Param(address=f"{ROOT}/panic/black", type=BOOL, default=False, description="Fade to black, and back"),
        Param(
            address=f"{ROOT}/panic/safe",
            type=TRIGGER,
            access=WRITE,
            description="Go to the patch's safe cue",
        ),
        Param(
            address=f"{ROOT}/panic/release",
            type=TRIGGER,
            access=WRITE,
            description="End hold and black: what plays is shown again",
        ),
    )


def _take() -> tuple[Param, ...]:
    return (
        Param(
            address=f"{ROOT}/take/start",
            type=COMMAND,
            tags="s",
            access=WRITE,
            description="Record a take from now on, under a name if you like, into the folder takes",
        ),
        Param(address=f"{ROOT}/take/stop", type=TRIGGER, access=WRITE, description="End the take"),
        Param(
            address=f"{ROOT}/take/name",
            type=STRING,
            default="",
            access=READ,
            description="The take that is recorded; empty: none",
        ),
    )


def _audio() -> tuple[Param, ...]:
    return (
        Param(
            address=f"{ROOT}/audio/input",
            type=STRING,
            default="",
            description="What the show listens to: default, a device's name or a part of it, a sound file beside the patch, or off",
        ),
        Param(
            address=f"{ROOT}/audio/gain",
            high=1000.0,
            default=0.0,
            description="A factor instead of the automatic gain; 0 is automatic",
        ),
        Param(
            address=f"{ROOT}/audio/state",
            type=STRING,
            default="",
            access=READ,
            description="What is listened to now, or why nothing is",
        ),
    )


def _film() -> tuple[Param, ...]:
    return (
        Param(
            address=f"{ROOT}/film/start",
            type=COMMAND,
            tags="ss",
            access=WRITE,
            description="Film what is shown from now on, under a name if you like, of the first generator or the one that is named, into the folder films",
        ),
        Param(address=f"{ROOT}/film/stop", type=TRIGGER, access=WRITE, description="End the film"),
        Param(
            address=f"{ROOT}/film/name",
            type=STRING,
            default="",
            access=READ,
            description="The film that is made; empty: none",
        ),
        Param(
            address=f"{ROOT}/film/lost",
            type=INT,
            high=1_000_000_000,
            default=0,
            access=READ,
            description="Pictures that the film lacks because the encoder did not keep up",
        ),
    )
