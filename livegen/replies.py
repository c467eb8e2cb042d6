"""Replies: what the generators of the patch that plays answer when they are asked beside the stream."""

import base64
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from .casting import Cast
from .errors import LivegenError
from .exploring import Exploring
from .frame import Pixels
from .generators.base import Answers, Generator, Picture, Request, answers, build_fallback
from .latent import Latent
from .mapping.blend import between
from .mapping.cues import look_of
from .mapping.looks import shown
from .patch import GeneratorSpec, tuned
from .streams.encode import Recipe, encode, fit
from .wire.ask import Ask

KINDS = {"text": "text", "odds": "text", "strokes": "strokes", "image": "image", "explore": "image"}
"""What is asked → kind of generator that knows it."""
STRAY = 0.35
"""How far from a cue a picture of that label lies, unless asked for: 0 the cue itself, 1 anywhere."""
LONGEST = 512
"""Pixels of a picture's longer side, unless asked for."""
STARTING = 5.0
"""Seconds that a picture waits for a worker that starts."""
PATIENCE = 10.0
"""Seconds that the worker gets for a picture."""
THUMB = 192
"""Pixels of a variation's longer side, unless asked for."""
LOSSLESS = 256 * 256
"""Pixels up to which a picture goes out as PNG; larger ones are JPEGs of quality 92."""
Said = Mapping[str, Any]


class NoAnswer(LivegenError):
    """Nobody in this patch can answer that."""

    code = "no_answer"


class Replies:
    """Everybody who answers; built when first asked, kept while the patch that plays has them."""

    def __init__(self, cast: Callable[[], Cast], paint: Callable[[Request], "Future[Picture]"] | None = None) -> None:
        """``paint``: by the worker; without it, or when it fails, the numpy stand-ins paint."""
        self._cast, self._paint = cast, paint
        self._tellers: dict[str, Answers] = {}
        self._painters: dict[str, Generator] = {}
        self._exploring = Exploring(lambda request: self._pixels(self._cast().spec(request.instance), request))

    def name_for(self, ask: Ask) -> str:
        """The instance that answers. Raises NoAnswer."""
        infos = self._cast().infos
        there = ", ".join(f"{name} ({info.kind})" for name, info in infos.items())
        if ask.generator:
            if ask.generator not in infos:
                raise NoAnswer(f"there is no generator {ask.generator[:60]!r}", hint=f"there are {there}")
            return ask.generator
        kind = KINDS.get(ask.what, "")
        fits = [name for name, info in infos.items() if kind in ("", info.kind)]
        if not fits:
            article = "a" if kind != "image" else "an"
            raise NoAnswer(
                f"this patch has no {kind} generator, there are {there}",
                hint=f'put {article} {kind} generator into the patch: [generators.{kind}] kind = "{kind}"',
            )
        return fits[0]

    def identity(self, ask: Ask) -> str:
        """Names the instance that answers and its exact weights: only those can go on from a state. Raises NoAnswer."""
        name = self.name_for(ask)
        return f"{name} {self._key(name)}"

    def reply(self, ask: Ask, state: Any, pause: Callable[[], None]) -> tuple[Said, Any]:
        """What is said to ``ask``, and the state in which that ends (None: there is none).

        ``pause`` is called every few milliseconds of work and may raise. Raises NoAnswer, ModelRefused.
        """
        self._forget_gone()
        if ask.what == "about":
            return {"generators": [self._about(name) for name in self._cast().infos]}, None
        name = self.name_for(ask)
        if ask.what == "image":
            return self._image(name, ask), None
        cast = self._cast()
        spec, info = cast.spec(name), cast.infos[name]
        if info.kind != KINDS[ask.what]:
            raise NoAnswer(f"{name} is a generator of kind {info.kind}", hint=f"it has no answer to {ask.what}")
        if ask.what == "explore":
            return self._variation(name, ask), None
        if ask.temperature is None:
            usual = [row.initial for row in tuned(spec, info.params) if row.address == "temperature"]
            ask = msgspec.structs.replace(ask, temperature=float(str(usual[0])) if usual else 1.0)
        key = self._key(name)
        if key not in self._tellers:
            self._tellers[key] = answers(spec.kind, spec.config)
        said, state = self._tellers[key].answer(ask, state, pause)
        return {"generator": name, **said}, state

    def _about(self, name: str) -> dict[str, Any]:
        cast = self._cast()
        spec, info = cast.spec(name), cast.infos[name]
        return {
            "name": name, "kind": info.kind, "family": spec.kind, "model": Path(str(spec.config.get("model", ""))).stem,
            "title": info.card.title, "author": info.card.author, "latent": info.latent,
            "size": list(self._size(name, None)), "labels": list(info.classes or cast.instruments[name].cues),
        }  # fmt: skip

    # Pictures --------------------------------------------------------------------------------

    def _image(self, name: str, ask: Ask) -> Said:
        spec = self._cast().spec(name)
        latent, knobs, seed = self._stand(name, ask)
        size = self._size(name, ask.size)
        pixels = self._pixels(spec, Request(instance=name, latent=latent, knobs=knobs, size=size, seed=seed))
        return {"generator": name, "seed": seed, "latent": [float(x) for x in latent.values], **packed(pixels)}

    def _variation(self, name: str, ask: Ask) -> Said:
        size = self._size(name, ask.size, THUMB)
        said, pixels = self._exploring.variation(name, self._key(name), self._cast().instruments[name], ask, size)
        return {"generator": name, **said, **packed(pixels, "jpeg")}

    def _pixels(self, spec: GeneratorSpec, request: Request) -> Pixels:
        found = self._by_worker(request)
        if found is not None:
            return found
        key = self._key(spec.name)
        if key not in self._painters:
            self._painters[key] = build_fallback(spec.kind, spec.config)
        width, height = request.size
        return self._painters[key].render(request, np.zeros((height, width, 4), np.uint8)).pixels

    def _by_worker(self, request: Request) -> Pixels | None:
        """The worker's picture; None when it cannot paint it now: the stand-in always can, but takes longer."""
        until = time.monotonic() + STARTING
        while self._paint is not None:
            try:
                return self._paint(request).result(PATIENCE).pixels
            except (LivegenError, TimeoutError, CancelledError) as failure:
                if getattr(failure, "code", "") != "starting" or time.monotonic() > until:
                    break
                time.sleep(0.1)
        return None

    def _stand(self, name: str, ask: Ask) -> tuple[Latent, Mapping[str, Any], int]:
        """Where a picture is painted from: the latent that was given, or one near a label, or anywhere."""
        cast = self._cast()
        player, info = cast.instruments[name], cast.infos[name]
        rows = {row.address: row for row in tuned(cast.spec(name), info.params)}
        knobs = {a: 0.0 if row.rate else shown(row.initial, row) for a, row in rows.items() if row.holds}
        seed = int(np.random.default_rng(ask.seed).integers(2**31)) if ask.seed is None else ask.seed
        values = info.sow(seed)
        if ask.label in info.classes:
            knobs["class"] = info.classes.index(ask.label)
        elif ask.label:
            cue = player.cues.get(ask.label)
            if cue is None:
                there = ", ".join(info.classes or player.cues) or "none"
                raise NoAnswer(f"{name} has no label {ask.label[:60]!r}", hint=f"its labels: {there}")
            look = look_of(cue, values, player.rows, player.sow)
            stray = STRAY if ask.temperature is None else min(1.0, ask.temperature)
            values = between(look.z, values, stray, player.space)
            knobs |= {a: v for a, v in look.params.items() if not rows[a].rate}
        if ask.latent is not None:
            if len(ask.latent) > info.latent:
                raise NoAnswer(f"{name} was given {len(ask.latent)} numbers", hint=f"its latent has {info.latent}")
            values = np.zeros(info.latent, np.float32)
            values[: len(ask.latent)] = ask.latent
        return Latent(values, player.space), knobs, seed

    def _size(self, name: str, wanted: tuple[int, int] | None, longest: int = LONGEST) -> tuple[int, int]:
        cast = self._cast()
        info = cast.infos[name]
        native = cast.spec(name).size if info.any_size else info.size
        if wanted is not None:
            return wanted
        return fit(native[0], native[1], longest)

    def _key(self, name: str) -> str:
        """Which generator that is: kind, settings and weights."""
        cast = self._cast()
        spec = cast.spec(name)
        return f"{spec.kind} {dict(spec.config)!r} {cast.infos[name].digest}"

    def _forget_gone(self) -> None:
        keys = {self._key(name) for name in self._cast().infos}
        for kept in (self._tellers, self._painters):
            for key in [key for key in kept if key not in keys]:
                del kept[key]


def packed(pixels: Pixels, codec: str = "") -> Said:
    """A picture as an answer carries it; without a codec, small ones lossless."""
    codec = codec or ("png" if pixels.shape[0] * pixels.shape[1] <= LOSSLESS else "jpeg")
    done = encode(pixels, Recipe(codec=codec, quality=92))
    image = base64.b64encode(bytes(done.payload)).decode()
    return {"codec": codec, "width": done.size[0], "height": done.size[1], "image": image}
