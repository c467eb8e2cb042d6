"""The lesson of a VAE: pictures of one size, an encoder and a decoder for them."""

from pathlib import Path

from .. import vae
from ..lesson import Lesson, Tell, Wish, altered
from . import framing


def lesson(source: Path, wish: Wish, cache: Path | None, tell: Tell) -> Lesson:
    """Raises DataRefused, BadValue, ModelRefused."""
    size = framing.wanted_size(source, wish)
    settings = vae.settings_for(size, net=wish.net, budget=wish.budget, device=wish.device, flip=wish.flip)
    settings = altered(settings, wish.more)
    pictures = framing.read(source, vae.framed(settings.plan), wish, cache, tell)
    return Lesson(
        data=pictures.pixels, settings=settings, config=settings.plan.as_dict(), loop=vae.train,
        entries=pictures.entries, left_out=pictures.left_out, remarks=framing.remarks(pictures, "vae"),
        per_step=settings.batch, unit="pictures", whole=len(pictures), reference=framing.shown(pictures),
    )  # fmt: skip
