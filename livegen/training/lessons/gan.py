"""The lesson of a GAN: pictures of one size, a generator and a discriminator for them."""

from dataclasses import replace
from pathlib import Path

from ...generators.gan.plan import MLP, Mlp, written
from ...generators.styled.shape import Shape
from .. import gan
from ..lesson import Lesson, Tell, Wish, altered
from . import framing

CHANNELS = {"small": (4096, 128), "medium": (8192, 256)}
"""Budget → (channel_base, channel_max)."""
FEW = 200
"""Pictures below which rectangles are cut out of them as well."""


def lesson(source: Path, wish: Wish, cache: Path | None, tell: Tell) -> Lesson:
    """Raises DataRefused, BadValue, ModelRefused."""
    width, height = framing.wanted_size(source, wish)
    base, most = CHANNELS[wish.budget]
    if wish.net == MLP:
        config = written(Mlp(width=width, height=height))
    else:
        config = written(Shape(width=width, height=height, channel_base=base, channel_max=most))
    pictures = framing.read(source, (width, height), wish, cache, tell)
    settings = gan.FIRST_LESSON if wish.net == MLP else gan.Settings(cutout=len(pictures) < FEW)
    settings = altered(replace(settings, flip=wish.flip), wish.more)
    return Lesson(
        data=pictures.pixels, settings=settings, config=config, loop=gan.train,
        entries=pictures.entries, left_out=pictures.left_out, remarks=framing.remarks(pictures, "gan"),
        per_step=settings.batch, unit="pictures", whole=len(pictures), reference=framing.shown(pictures),
    )  # fmt: skip
