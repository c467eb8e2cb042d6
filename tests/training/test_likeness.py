"""Near twins: what counts as the same picture."""

import numpy as np
from PIL import Image, ImageEnhance

from livegen.training.likeness import different_bits, hash_of, near_twins, small


def scenes(count=6):
    """Smooth pictures that are unlike each other."""
    rng = np.random.default_rng(5)
    return [
        Image.fromarray(rng.integers(0, 256, (6, 6, 3)).astype(np.uint8)).resize((96, 96), Image.Resampling.BICUBIC)
        for _ in range(count)
    ]


def twins(images):
    return near_twins([hash_of(image) for image in images], [small(image) for image in images])


def test_the_same_picture_in_another_size_is_a_twin():
    """Smaller, or a little brighter: still the same; all others are not."""
    first = scenes()
    again = [first[2].resize((40, 40)), ImageEnhance.Brightness(first[4]).enhance(1.02)]
    assert [(2, 6), (4, 7)] == twins([*first, *again])


def test_plain_pictures_are_twins_only_in_the_same_colour():
    """Nothing but their colour tells them apart."""
    plain = [Image.new("RGB", (32, 32), colour) for colour in ("black", "navy", "black")]
    assert [(0, 2)] == twins(plain)


def test_small_things_on_one_ground_are_not_twins():
    """Most of the picture is the same, and what matters is not."""
    images = []
    for corner in ((4, 4), (40, 40)):
        image = Image.new("RGB", (64, 64), (24, 24, 28))
        image.paste((250, 220, 40), (*corner, corner[0] + 12, corner[1] + 12))
        images.append(image)
    assert [] == twins(images)


def test_bits_are_counted():
    """Against Python's own count, for numbers of 64 bits."""
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 1 << 64, (2, 50), np.uint64)
    assert [(int(x) ^ int(y)).bit_count() for x, y in zip(a, b, strict=True)] == different_bits(a, b).tolist()
