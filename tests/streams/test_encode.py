"""Pixels become what was asked for, the right way up and in the right colours."""

import io

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from livegen.streams.encode import CODECS, Recipe, encode, fit
from livegen.wire import packet

# Four quarters: red, green over blue, white. Any turn or swap shows.
QUARTERS = np.zeros((64, 96, 4), np.uint8)
QUARTERS[:32, :48], QUARTERS[:32, 48:] = (255, 0, 0, 255), (0, 255, 0, 255)
QUARTERS[32:, :48], QUARTERS[32:, 48:] = (0, 0, 255, 255), (255, 255, 255, 255)


def decoded(recipe):
    made = encode(QUARTERS, recipe)
    width, height = made.size
    if recipe.codec == "raw":
        return np.frombuffer(made.payload, np.uint8).reshape(height, width, 4)
    if recipe.codec == "bgra":
        return np.frombuffer(made.payload, np.uint8).reshape(height, width, 4)[..., [2, 1, 0, 3]]
    if recipe.codec == "jpeg":
        return simplejpeg.decode_jpeg(made.payload, colorspace="RGBA")
    return np.asarray(Image.open(io.BytesIO(made.payload)).convert("RGBA"))


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("longest", [0, 48, 33])
@pytest.mark.parametrize("bottom", [False, True])
def test_every_recipe_shows_the_picture(codec, longest, bottom):
    """Each codec at each size and row order: the four quarters stand where they belong."""
    shown = decoded(Recipe(codec=codec, longest=longest, bottom=bottom, quality=90))
    shown = shown[::-1] if bottom else shown
    height, width = shown.shape[:2]
    assert fit(96, 64, longest) == (width, height)
    for y, x, colour in ((0.25, 0.25, (255, 0, 0)), (0.25, 0.75, (0, 255, 0)), (0.75, 0.25, (0, 0, 255)), (0.75, 0.75, (255,) * 3)):
        assert np.allclose(colour, shown[int(height * y), int(width * x), :3], atol=12)


@pytest.mark.parametrize(
    ("expected", "asked"),
    [((512, 512), (512, 512, 0)), ((512, 512), (512, 512, 1024)), ((256, 128), (512, 256, 256)), ((13, 100), (64, 500, 100)),
     ((100, 1), (4000, 3, 100)), ((1, 1), (1, 1, 1))],
)  # fmt: skip
def test_a_size_keeps_its_aspect_and_never_grows(expected, asked):
    """The longer side is bounded, the shorter follows, neither vanishes."""
    assert expected == fit(*asked)


def test_raw_costs_no_copy():
    """Pixels are never written again, so they can go out as they lie."""
    made = encode(QUARTERS, Recipe(codec="raw"))
    assert np.shares_memory(QUARTERS, np.frombuffer(made.payload, np.uint8))


def test_quality_changes_the_size():
    """More quality, more bytes, for both codecs that have it."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 4), dtype=np.uint8)
    for codec in ("jpeg", "webp"):
        low, mid, high = (len(encode(noise, Recipe(codec=codec, quality=q)).payload) for q in (20, 60, 100))
        assert low < mid < high


def test_pixels_that_do_not_lie_in_one_piece_are_encoded_too():
    """A cut-out of a larger picture has gaps between its rows."""
    wide = np.zeros((64, 200, 4), np.uint8)
    wide[:, 50:146] = QUARTERS
    for codec in CODECS:
        assert bytes(encode(QUARTERS, Recipe(codec=codec)).payload) == bytes(encode(wide[:, 50:146], Recipe(codec=codec)).payload)


def test_flags_tell_what_was_done():
    """The header says what the payload is."""
    assert packet.BOTTOM == Recipe(bottom=True).flags
    assert packet.BGRA == Recipe(codec="bgra").flags
    assert ("raw", "webp") == (Recipe(codec="bgra").wire_codec, Recipe(codec="webp").wire_codec)
