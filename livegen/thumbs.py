"""Thumbnails of cues: small pictures painted by the numpy stand-in, beside the show."""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import simplejpeg

from .generators.base import Generator, Request, build_fallback
from .latent import Latent
from .patch import GeneratorSpec

LONGEST = 256
"""Pixels of the longer side."""
QUALITY = 82


class Thumbs:
    """JPEGs of cues by name. Painted in a thread of its own, so that looking never waits."""

    def __init__(
        self, generator: Callable[[], Generator], size: tuple[int, int], instance: str = "main"
    ) -> None:
        """``generator`` makes the painter (in the thread); ``size`` is the show's, for the aspect."""
        self._make = generator
        self._instance = instance
        scale = LONGEST / max(size)
        self._size = (max(8, round(size[0] * scale)), max(8, round(size[1] * scale)))
        self._kept: dict[str, tuple[str, bytes]] = {}
        self._wanted: Mapping[str, tuple[Latent, Mapping[str, Any]]] = {}
        self._some = threading.Event()
        self._closed = False
        self.fault: Exception | None = None
        """Why the last one could not be painted."""
        threading.Thread(target=self._run, name="livegen thumbnails", daemon=True).start()

    def show(self, looks: Mapping[str, tuple[Latent, Mapping[str, Any]]]) -> None:
        """These are the cues now: name → (latent, knobs). Painted soon; what is unchanged is kept."""
        self._wanted = dict(looks)
        self._some.set()

    def jpeg(self, name: str) -> bytes | None:
        """The thumbnail of a cue; empty while it is not painted yet, None when there is no such cue."""
        kept = self._kept.get(name)
        return kept[1] if kept else b"" if name in self._wanted else None

    def close(self) -> None:
        self._closed = True
        self._some.set()

    def _run(self) -> None:
        painter: Generator | None = None
        while not self._closed:
            self._some.wait()
            self._some.clear()
            wanted = self._wanted
            self._kept = {name: kept for name, kept in self._kept.items() if name in wanted}
            for name, (latent, knobs) in wanted.items():
                key = f"{latent.digest()} {sorted(knobs.items())}"
                if self._closed or self._some.is_set() or self._kept.get(name, ("", b""))[0] == key:
                    continue
                try:
                    painter = painter or self._make()
                    self._kept[name] = (key, self._paint(painter, latent, knobs))
                except Exception as error:  # a thumbnail is never worth a show
                    self.fault = error

    def _paint(self, painter: Generator, latent: Latent, knobs: Mapping[str, Any]) -> bytes:
        width, height = self._size
        out = np.zeros((height, width, 4), np.uint8)
        picture = painter.render(
            Request(instance=self._instance, latent=latent, knobs=knobs, size=self._size), out
        )
        return bytes(simplejpeg.encode_jpeg(picture.pixels, quality=QUALITY, colorspace="RGBX"))


class Gallery:
    """The thumbnails of every instance of a patch."""

    def __init__(self) -> None:
        self._thumbs: dict[str, Thumbs] = {}
        self._painted: dict[str, tuple[Any, ...]] = {}
        """Instance → what its painter was made from."""

    def show(
        self, specs: Mapping[str, GeneratorSpec],
        looks: Callable[[str], Mapping[str, tuple[Latent, Mapping[str, Any]]]],
    ) -> None:
        """Have every cue painted; instances that are new, changed or gone get their thumbnails or lose them.
        ``looks`` gives an instance's cues."""
        for name in [name for name in self._thumbs if name not in specs]:
            self._thumbs.pop(name).close()
        for name, spec in specs.items():
            painted = (spec.kind, dict(spec.config), spec.size)
            if name in self._thumbs and self._painted[name] != painted:
                self._thumbs.pop(name).close()
            if name not in self._thumbs:
                self._painted[name] = painted
                self._thumbs[name] = Thumbs(partial(build_fallback, spec.kind, spec.config), spec.size, name)
            self._thumbs[name].show(looks(name))

    def jpeg(self, cue: str, instance: str) -> bytes | None:
        """The thumbnail of a cue; empty while it is not painted yet, None when there is no such cue."""
        thumbs = self._thumbs.get(instance)
        return thumbs.jpeg(cue) if thumbs else None

    def faults(self) -> dict[str, str]:
        """Instance → why its last thumbnail could not be painted; empty when all is well."""
        return {name: repr(thumbs.fault) if thumbs.fault else "" for name, thumbs in self._thumbs.items()}

    def close(self) -> None:
        for thumbs in self._thumbs.values():
            thumbs.close()
