"""What a patch says about the ears and eyes of the show: ``[audio]`` and ``[camera]``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .table import Table, near

LOUDEST_GAIN = 1000.0
SOURCES = (
    "level", "bass", "mid", "treble", "hit", "centroid", "pitch", "pitch/hz", "pitch/note", "pitch/confidence",
    *(f"bands/{i}" for i in range(8)), *(f"chroma/{i}" for i in range(12)),
)  # fmt: skip
"""What can be smoothed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """What the show listens to."""

    input: str = ""
    """``default``, a device's name or a part of it, or a sound file beside the patch; empty: nothing."""
    gain: float | None = None
    """A factor instead of the automatic gain."""
    loop: bool = True
    """Whether a file begins again at its end."""
    smooth: Mapping[str, tuple[float, float]] = field(default_factory=lambda: MappingProxyType({}))
    """Source → (min_cutoff, beta) of the one-euro filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """What the show looks at."""

    device: int | str | None = None
    """A number from 0, or a film beside the patch; None: nothing."""
    to: str = ""
    """The generator that it is shown to."""
    fps: float = 15.0
    """Pictures a second that are shown at most."""
    mirror: bool = True
    """Whether it is shown as in a mirror."""


def audio(table: Table) -> Audio:
    """``[audio]``. Raises PatchError."""
    smooth = table.table("smooth")
    found = Audio(
        input=table.text("input", ""),
        gain=_gain(table),
        loop=table.flag("loop", True),
        smooth=MappingProxyType({name: _one_euro(smooth, name, value) for name, value in smooth.items()}),
    )
    table.done()
    return found


def _gain(table: Table) -> float | None:
    given = table.any("gain", "auto")
    return None if given == "auto" else table.finite("gain", given, 0.001, LOUDEST_GAIN)


def _one_euro(table: Table, name: str, value: Any) -> tuple[float, float]:
    if name not in SOURCES:
        raise table.error(name, f"there is no source {name[:40]!r} to smooth", hint=near(name, SOURCES))
    table.expect(name, value, list)
    if len(value) != 2:
        raise table.error(name, f"{name} has {len(value)} numbers", hint="write [1.0, 0.0]: Hz at rest, then Hz per speed")
    return table.finite(name, value[0], 0.001, 1000.0), table.finite(name, value[1], 0.0, 1000.0)


def camera(table: Table, generators: Iterable[str]) -> Camera:
    """``[camera]``. Raises PatchError."""
    device = table.any("device", None)
    if device is not None and (isinstance(device, bool) or not isinstance(device, int | str)):
        raise table.error("device", "device is neither a number nor a text", hint="0 is the first camera; or the name of a film beside the patch")
    if isinstance(device, int) and not 0 <= device < 64:
        raise table.error("device", f"device is {device}", hint="a whole number from 0 to 63")
    found = Camera(
        device=device,
        to=table.text("to", "", among=["", *generators]),
        fps=table.number("fps", 15.0, low=0.2, high=60.0),
        mirror=table.flag("mirror", True),
    )
    table.done()
    return found
