"""The lesson of a GAN: pictures of one size, a generator and a discriminator for them."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import torch

from ...errors import BadValue
from ...generators.gan.plan import MLP, Mlp, Plan, written
from ...generators.styled.packed import best_type
from ...generators.styled.shape import Shape
from .. import gan
from ..lesson import Lesson, Tell, Wish, altered
from . import framing

FEW = 200
"""Fewer pictures than this are shown with pieces cut out."""
TILE_BEGIN = 16
"""Pixels at most of the constant that tiles are grown from: textures find their pattern there."""
LARGEST_PLAIN = 32
"""Pixels of the plain net's longer side, when nobody chose one."""


def lesson(source: Path, wish: Wish, cache: Path | None, tell: Tell) -> Lesson:
    """Raises DataRefused, BadValue, ModelRefused."""
    width, height = framing.wanted_size(source, wish)
    if wish.net == MLP and wish.size is None:
        width, height = (max(8, side * LARGEST_PLAIN // max(width, height)) for side in (width, height))
    plan, more = planned(wish, (width, height))
    pictures = framing.read(source, (width, height), wish, cache, tell)
    settings = altered(first_settings(wish, len(pictures)), more)
    if settings.loss not in gan.LOSSES:
        raise BadValue(f"there is no loss {settings.loss[:40]!r}", hint=f"one of {', '.join(gan.LOSSES)}")
    return Lesson(
        data=pictures.pixels, settings=settings, config=written(plan), loop=gan.train,
        entries=pictures.entries, left_out=pictures.left_out, remarks=framing.remarks(pictures, "gan"),
        per_step=settings.batch, unit="pictures", whole=len(pictures), reference=framing.shown(pictures),
    )  # fmt: skip


def first_settings(wish: Wish, count: int) -> gan.Settings:
    """Settings for ``count`` pictures, before the artist's own words."""
    if wish.net == MLP:
        return replace(gan.FIRST_LESSON, flip=wish.flip)
    half = best_type(wish.device) == torch.bfloat16
    return gan.Settings(flip=wish.flip, cutout=count < FEW, batch=16 if wish.device == "cpu" else 32, half=half)


def planned(wish: Wish, size: tuple[int, int]) -> tuple[Plan, dict[str, str]]:
    """The plan of the net, and those of the artist's words that are not about it."""
    width, height = size
    plan: Plan = Mlp(width=width, height=height)
    if wish.net != MLP:
        plan = replace(Shape(width=width, height=height), **channels(wish, min(size)))
    names = {each.name for each in fields(plan)} - {"width", "height"}
    about = {name: value for name, value in wish.more.items() if name in names}
    if isinstance(plan, Shape) and altered(plan, about).wrap:
        plan = replace(plan, begin=max(4, min(TILE_BEGIN, min(size) // 4)))
    return altered(plan, about), {name: value for name, value in wish.more.items() if name not in names}


def channels(wish: Wish, side: int) -> dict[str, Any]:
    """What this machine can train within the budget, by a picture's shorter side."""
    if wish.device == "cpu":
        return {"channel_base": (48 if wish.budget == "medium" else 24) * side, "channel_max": 128, "w": 128}
    if wish.budget == "medium":
        return {"channel_base": 8192, "channel_max": 256, "w": 512 if side >= 256 else 256}
    return {"channel_base": 4096, "channel_max": 128, "w": 256}
