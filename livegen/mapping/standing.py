"""Where a router stands between two ticks, as plain JSON, to the bit."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..wire.plain import packed, unpacked
from .path import Path
from .routes import Router
from .smoothing import OneEuro
from .takeover import KEPT

ROUTER, PATH = ("_events", "_held", "_stamp", "_began"), ("news", *KEPT)
SMOOTHING = ("_at", "_value", "_speed")


def stands(router: Router) -> dict[str, Any]:
    """All that a router remembers."""
    return kept(router, ROUTER) | {"paths": [path_of(path) for path in router.paths]}


def stand(router: Router, said: Mapping[str, Any]) -> None:
    """Stand where ``stands`` was taken, with the same routes. Raises KeyError, TypeError or ValueError."""
    put(router, said, ROUTER)
    for path, stood in zip(router.paths, said["paths"], strict=True):
        put(path, stood, PATH)
        if path.smoothing is not None:
            put(path.smoothing, stood["smoothing"], smoothed(path.smoothing))


def path_of(path: Path) -> dict[str, Any]:
    found = kept(path, PATH)
    return (
        found
        if path.smoothing is None
        else found | {"smoothing": kept(path.smoothing, smoothed(path.smoothing))}
    )


def smoothed(smoothing: object) -> tuple[str, ...]:
    return SMOOTHING if isinstance(smoothing, OneEuro) else SMOOTHING[:2]


def kept(thing: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: packed(getattr(thing, name)) for name in names}


def put(thing: object, said: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in names:
        setattr(thing, name, unpacked(said[name]))
