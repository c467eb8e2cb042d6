"""Glyphs: characters as small pictures."""

import pytest

from livegen.errors import ModelRefused
from livegen.generators.text.glyphs import WHOLE, Glyphs


def test_letters_have_ink_and_spaces_have_none():
    """And both move the pen."""
    glyphs = Glyphs(24)
    assert WHOLE >= glyphs["g"].share.max() > 200
    assert 0 == glyphs[" "].share.size
    assert 0 < glyphs["i"].advance < glyphs["m"].advance
    assert glyphs["x"].top < 0 < glyphs["g"].top + glyphs["g"].share.shape[0]


def test_a_character_that_no_font_has_is_a_box():
    """Something stands there, so that a reader sees that something was said."""
    box = Glyphs(24)["\U0010fffd"]
    assert box.share.any()
    assert box.advance > 0


def test_a_font_that_is_not_there_is_refused():
    """With the way out."""
    with pytest.raises(ModelRefused, match="leave it out"):
        Glyphs(24, "no-such-font.ttf")
