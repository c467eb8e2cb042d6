"""Paper and ink: the knobs keep them apart, whatever they say."""

import numpy as np
import pytest

from livegen.generators.strokes.colours import mixed, over, packed, painted


def luminance(light):
    return float(light @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("paper", [0.0, 0.2, 0.8, 1.0])
@pytest.mark.parametrize("hue", [-0.5, 0.0, 0.3])
def test_ink_can_be_read_on_every_paper(paper, hue):
    """At least the 3 to 1 that large letters need, for both inks, outside the narrow middle."""
    inks = mixed(paper, hue, 1.0)
    for ink in (inks.ink, inks.wet):
        light, dark = sorted((luminance(inks.paper), luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 3


def test_colours_are_packed_as_the_picture_wants_them():
    """Red, green, blue, opaque; linear light as sRGB."""
    pixels = packed(np.array([[1.0, 0.0, 0.214]])).view(np.uint8)
    assert [255, 0, 127, 255] == pytest.approx(pixels.tolist(), abs=1)


def test_bare_paper_is_paper_and_full_cover_is_ink():
    inks = mixed(1.0, 0.0, 1.0)
    out = np.zeros((1, 3, 4), np.uint8)
    painted(np.array([[0, 128, 255]], np.uint8), inks, out)
    ends = packed(np.stack([inks.paper, inks.ink])).view(np.uint8).reshape(2, 4)
    assert ends.tolist() == [out[0, 0].tolist(), out[0, 2].tolist()]
    assert all(ends[1, c] < out[0, 1, c] < ends[0, c] for c in range(3))


def test_dry_ink_over_ink_changes_nothing_and_wet_ink_has_its_colour():
    inks, dry = mixed(0.0, 0.0, 1.0), np.array([[0, 255, 255]], np.uint8)
    out = np.zeros((1, 3, 4), np.uint8)
    painted(dry, inks, out)
    before = out.copy()
    over(dry, np.array([[0, 255, 0]], np.uint8), inks, 0.0, out)
    assert before.tolist() == out.tolist()
    over(dry, np.array([[255, 0, 0]], np.uint8), inks, 1.0, out)
    assert packed(inks.wet[None]).view(np.uint8).tolist() == out[0, 0].tolist()
    assert before[0, 1:].tolist() == out[0, 1:].tolist()
