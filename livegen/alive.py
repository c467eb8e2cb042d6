"""Sources: what moves right now and could be routed: messages of every door, sound, oscillators. For whoever looks."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .controls.audio.words import ADDRESSES
from .ensemble import Ensemble
from .message import Message
from .namespace import ROOT

MOST = 160
"""Addresses that are remembered."""
FRESH = 20.0
"""Seconds after which what says nothing any more is forgotten."""
OWN = f"{ROOT}/"
HAND = ("x", "y", "pinch", "open", "tilt", "size", "speed", "here")
FACE = ("x", "y", "size", "tilt", "turn", "nod", "mouth", "smile", "eyes", "speed", "here")
NAMED = (
    *ADDRESSES, *(f"{who}/{word}" for who in ("/hand", "/hand/left", "/hand/right") for word in HAND), *(f"/face/{word}" for word in FACE),
)  # fmt: skip
"""What pages can say by themselves: sound, hands and faces."""


class Sources:
    """Remembers the newest number of every address that is no parameter."""

    def __init__(self, ensemble: Ensemble, now: Callable[[], float], heard: Callable[[], Mapping[str, float]]) -> None:
        """``heard``: address → number of what is known without being told, such as sound."""
        self._ensemble, self._now, self._heard = ensemble, now, heard
        self._newest: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def note(self, message: Message) -> None:
        """A message came. Any thread; cheap for those that play a parameter."""
        address = message.address
        if address.startswith(OWN):
            return
        numbers = numbers_of(message.args)
        with self._lock:
            for index, number in enumerate(numbers[:4]):
                key = address if len(numbers) == 1 else f"{address} {index}"
                self._newest[key] = (number, self._now())
            while len(self._newest) > MOST:
                del self._newest[min(self._newest, key=lambda each: self._newest[each][1])]

    def heeded(self) -> list[str]:
        """Which of the named sources anybody listens to: pages send no others."""
        return [address for address in NAMED if self._ensemble.heeds(address)]

    def lines(self) -> list[tuple[str, float, bool]]:
        """(source, number, whether somebody listens to it) of everything that is alive, as a route would name it;
        ``/gesture 1`` is its second number."""
        now = self._now()
        with self._lock:
            self._newest = {key: said for key, said in self._newest.items() if now - said[1] < FRESH}
            found = {key: number for key, (number, _) in self._newest.items()}
        found |= self._heard()
        heeds, router = self._ensemble.heeds, self._ensemble.cast.router
        said = [(key, round(number, 4), heeds(key.partition(" ")[0])) for key, number in sorted(found.items(), key=place)]
        used = {path.route.source for path in router.paths}
        return said + [(name, round(value, 4), name in used) for name, value in router.moving(now)]


def place(item: tuple[str, Any]) -> tuple[int, str]:
    """Sound in its own order, all else by name."""
    return (0, "") if item[0].startswith("/audio/") else (1, item[0])


def numbers_of(args: Iterable[Any]) -> list[float]:
    """The arguments that are numbers; a bang and a truth are one too."""
    found = []
    for arg in args:
        if isinstance(arg, bool | int | float) and arg == arg and abs(arg) < 1e12:
            found.append(float(arg))
        elif isinstance(arg, tuple | list):
            found += numbers_of(arg)
    return found
