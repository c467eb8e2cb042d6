"""Traits: what can be said of pictures by numbers, and in words."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from .frame import Pixels
from .latent import Floats

WORDS: Mapping[str, tuple[str, str]] = MappingProxyType({
    "light": ("darker", "lighter"),
    "warmth": ("colder", "warmer"),
    "green": ("pinker", "greener"),
    "contrast": ("softer", "harder"),
    "detail": ("smoother", "finer"),
    "colour": ("greyer", "more colourful"),
    "upright": ("more level", "more upright"),
    "middle": ("brighter edges", "brighter middle"),
    "above": ("light below", "light above"),
    "aside": ("light on the left", "light on the right"),
})  # fmt: skip
"""Trait → what less and what more of it is called."""
STEPS: Mapping[str, float] = MappingProxyType({
    "light": 0.03, "warmth": 0.04, "green": 0.03, "contrast": 0.03, "detail": 0.03, "colour": 0.05, "upright": 0.03,
    "middle": 0.1, "above": 0.12, "aside": 0.12,
})  # fmt: skip
"""Trait → the least difference that an eye sees from one picture to the next."""
MUCH = 5.0
"""Such steps from which on a difference is called much."""
MOST = 2
"""Differences that are named."""
SMALLEST = 8
"""Pixels of a side below which nothing is said."""
MOVED = 0.04
"""Mean difference of pixels, 0..1, from which on two pictures that have the same traits show other forms."""


def measured(pixels: Pixels) -> dict[str, Floats]:
    """The traits of (N, 3, H, W) uint8 pictures, each (N,)."""
    x = pixels.astype(np.float32) / 255.0
    red, green, blue = (x[:, i].mean((1, 2)) for i in range(3))
    grey = x.mean(1)
    contrast = grey.std((1, 2))
    steps = np.abs(np.diff(grey, axis=1)).mean((1, 2)), np.abs(np.diff(grey, axis=2)).mean((1, 2))
    high, wide = grey.shape[1] // 2, grey.shape[2] // 2
    middle = grey[:, high // 2 : high // 2 + max(1, high), wide // 2 : wide // 2 + max(1, wide)]
    return {
        "light": grey.mean((1, 2)),
        "warmth": red - blue,
        "green": green - 0.5 * (red + blue),
        "contrast": contrast,
        "detail": (steps[0] + steps[1]) / (contrast + 0.02),
        "colour": (x.max(1) - x.min(1)).mean((1, 2)),
        "upright": (steps[1] - steps[0]) / (contrast + 0.02),
        "middle": middle.mean((1, 2)) - grey.mean((1, 2)),
        "above": grey[:, :high].mean((1, 2)) - grey[:, high:].mean((1, 2)),
        "aside": grey[:, :, wide:].mean((1, 2)) - grey[:, :, :wide].mean((1, 2)),
    }


def changed(before: Pixels, after: Pixels) -> str:
    """One to three words for what is different in the second of two (3, H, W) uint8 pictures: ``warmer, softer``."""
    if min(before.shape[1:]) < SMALLEST:
        return "too small to tell"
    traits = measured(np.stack((before, after)))
    steps = {name: float(both[1] - both[0]) / STEPS[name] for name, both in traits.items()}
    found = [name for name in sorted(steps, key=lambda name: -abs(steps[name])) if abs(steps[name]) >= 1.0][:MOST]
    if not found:
        apart = float(np.abs(before.astype(np.float32) - after).mean() / 255)
        return "other forms" if apart > MOVED else "nearly the same"
    words = [WORDS[name][int(steps[name] > 0)] for name in found]
    return ", ".join(("much " if abs(steps[found[0]]) >= MUCH else "") * (not i) + word for i, word in enumerate(words))


def leading(before: Pixels, after: Pixels) -> tuple[str, float]:
    """(trait, steps): what changes most from each of (N, 3, H, W) uint8 pictures to its partner, alike in all of
    them, and by how many noticeable steps, below 0 for less of it. ``("", 0.0)`` when there is no such trait."""
    first, second = measured(before), measured(after)
    found = ("", 0.0)
    for name, step in STEPS.items():
        steps = (second[name] - first[name]) / step
        mean = float(steps.mean())
        if abs(np.sign(steps).sum()) == len(steps) and abs(mean) >= max(1.0, abs(found[1])):
            found = (name, mean)
    return found


def ways(name: str) -> str:
    """What a direction of that name changes, to either side: ``darker or lighter``; other names say nothing."""
    return " or ".join(WORDS[name]) if name in WORDS else "other forms"
