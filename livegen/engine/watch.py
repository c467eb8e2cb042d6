"""Alarms about what comes out: they are said, and change nothing by themselves."""

import zlib

import numpy as np

from ..generators.base import Picture, Request
from .voice import Track

FROZEN_S = 10.0


class Alarms:
    """Notices a picture that stands still although it is asked to move."""

    def __init__(self, frozen_s: float = FROZEN_S) -> None:
        self._frozen_s = frozen_s
        self._asked: dict[str, int] = {}
        self._sounding: set[str] = set()

    @property
    def sounding(self) -> tuple[str, ...]:
        return tuple(sorted(self._sounding))

    def see(self, now: float, track: Track, request: Request, picture: Picture) -> None:
        """A new picture of ``track``, as answer to ``request``."""
        # Not the time: many a generator paints the same at any time.
        name, asked = track.voice.name, hash((request.latent.digest(), request.seed))
        # Every sixteenth pixel each way is enough to tell, and a thousandth of the work.
        sample = zlib.crc32(np.ascontiguousarray(picture.pixels[::16, ::16]).tobytes())
        still_asked = asked == self._asked.get(name)
        self._asked[name] = asked
        if sample != track.sample or still_asked:
            track.sample, track.moved_at = sample, now
            self._sounding.discard(f"frozen {name}")
        elif now - track.moved_at > self._frozen_s:
            self._sounding.add(f"frozen {name}")
