"""Exploring: the pictures of the variations that an instrument offers, and words for what is different in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import traits
from .errors import LivegenError
from .frame import Pixels
from .generators.base import Request
from .latent import Latent
from .mapping import Instrument, Score
from .mapping.explore import COUNT, Offers
from .wire.ask import Ask


class NothingOffered(LivegenError):
    """No variations are offered yet, or others than those that were asked for."""

    code = "nothing_offered"


KEPT = 256 * 256
"""Pixels up to which a picture is kept for the next who asks."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a round began from: everything that a picture depends on but the latent, and that picture."""

    model: str
    offers: Offers
    score: Score
    latents: tuple[Latent, ...]
    """Of the offers, as they are painted."""
    home: Pixels
    """(3, H, W) uint8."""
    painted: dict[int, tuple[Mapping[str, Any], Pixels]] = field(default_factory=dict)
    """What was said and painted already, by the variation's number."""


class Exploring:
    """Remembers, for each instance, what its round began from, so that what moves meanwhile changes no words."""

    def __init__(self, paint: Callable[[Request], Pixels]) -> None:
        """``paint``: (H, W, 4) uint8 beside the show."""
        self._paint = paint
        self._seen: dict[str, Seen] = {}

    def variation(
        self, name: str, model: str, player: Instrument, ask: Ask, size: tuple[int, int]
    ) -> tuple[Mapping[str, Any], Pixels]:
        """One offer of the round that is on: what is said of it, and its picture, (H, W, 4) uint8 of ``size``.

        ``model`` names the exact weights that ``name`` plays. Raises NothingOffered.
        """
        seen = self._begun(name, model, player, size)
        if ask.index not in seen.painted:
            told = self._looked(name, seen, ask.index, size)
            if size[0] * size[1] > KEPT:
                return told
            seen.painted[ask.index] = told
        return seen.painted[ask.index]

    def _looked(self, name: str, seen: Seen, index: int, size: tuple[int, int]) -> tuple[Mapping[str, Any], Pixels]:
        pixels = self._picture(name, seen.score, seen.latents[index - 1], size)
        z = seen.offers.latents[index - 1]
        said = {
            "round": seen.offers.round, "index": index, "count": COUNT, "latent": [float(x) for x in z],
            "words": traits.changed(seen.home, flat(pixels)),
        }  # fmt: skip
        return said, pixels

    def _begun(self, name: str, model: str, player: Instrument, size: tuple[int, int]) -> Seen:
        now, score, kept = player.explorer.now, player.score, self._seen.get(name)
        if not len(now.latents) or score is None:
            raise NothingOffered(f"{name} offers no variations yet", hint=f"send {player.prefix}/explore/next")
        wanted = (model, (3, size[1], size[0]))
        if kept is not None and kept.offers.latents is now.latents and (kept.model, kept.home.shape) == wanted:
            return kept
        home = flat(self._picture(name, score, player.played(now.here), size))
        self._seen[name] = Seen(model, now, score, tuple(player.played(z) for z in now.latents), home)
        return self._seen[name]

    def _picture(self, name: str, score: Score, latent: Latent, size: tuple[int, int]) -> Pixels:
        return self._paint(
            Request(instance=name, latent=latent, knobs=score.knobs, size=size, seed=score.seed, time=score.time)
        )


def flat(pixels: Pixels) -> Pixels:
    """(H, W, 4) -> (3, H, W)."""
    return np.ascontiguousarray(pixels[..., :3].transpose(2, 0, 1))
