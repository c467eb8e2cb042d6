"""The lesson of a VAE: pictures of one size, an encoder and a decoder for them."""

from dataclasses import replace
from pathlib import Path

from ...generators.vae.plan import MLP
from .. import vae
from ..lesson import Lesson, Tell, Wish, altered
from . import framing

LARGEST_PLAIN = 32
"""Pixels of the plain net's longer side, when nobody chose one."""
SMALLEST = 16
STEP = 8


def lesson(source: Path, wish: Wish, cache: Path | None, tell: Tell) -> Lesson:
    """Raises DataRefused, BadValue, ModelRefused."""
    settings, more = first_settings(wish, wanted_size(source, wish))
    settings = altered(settings, more)
    pictures = framing.read(source, vae.framed(settings.plan), wish, cache, tell)
    return Lesson(
        data=pictures.pixels, settings=settings, config=settings.plan.as_dict(), loop=vae.train,
        entries=pictures.entries, left_out=pictures.left_out, remarks=framing.remarks(pictures, "vae"),
        per_step=settings.batch, unit="pictures", whole=len(pictures), reference=framing.shown(pictures),
    )  # fmt: skip


def wanted_size(source: Path, wish: Wish) -> tuple[int, int]:
    """(width, height); a plain net, whose layers grow with the area, gets small pictures."""
    width, height = framing.wanted_size(source, wish)
    if wish.net != MLP or wish.size is not None:
        return width, height
    share = min(1.0, LARGEST_PLAIN / max(width, height))
    return max(SMALLEST, round(width * share / STEP) * STEP), max(SMALLEST, round(height * share / STEP) * STEP)


def first_settings(wish: Wish, size: tuple[int, int]) -> tuple[vae.Settings, dict[str, str]]:
    """Settings with the nets as the artist asked for them, and those of the words that are not about these."""
    settings = vae.settings_for(size, net=wish.net, budget=wish.budget, device=wish.device, flip=wish.flip)
    shape, more = settings.plan.shape, dict(wish.more)
    if "latent" in more:
        more["z"] = more.pop("latent")
    words: dict[str, str] = {name: more.pop(name) for name in ("z", "w", "channel_base", "channel_max", "wrap") if name in more}
    plan = replace(settings.plan, shape=altered(shape, words))
    if "hidden" in more:
        plan = altered(plan, {"hidden": more.pop("hidden")})
    return replace(settings, plan=plan), more
