"""A stroke network that is played: pictures, marks and state."""

import dataclasses

import numpy as np
import pytest
from strokes_rig import Playing, trained

from livegen.generators import weights
from livegen.generators.base import build, build_fallback
from livegen.generators.strokes import hand
from livegen.generators.strokes.play import still


@pytest.fixture
def playing():
    return Playing()


def again(generator, asked):
    out = np.zeros((asked.size[1], asked.size[0], 4), np.uint8)
    generator.render(asked, out)
    return out


def test_the_first_drawing_appears_within_a_second(playing):
    """At its usual rate, from nothing."""
    first = playing.frame() and playing.last.pixels.copy()
    playing.rate = 45.0
    playing.frames_of(30)
    assert len(playing.marks) > 20
    assert (playing.last.pixels != first).any()


def test_a_show_begins_with_a_sheet_that_was_drawn_on_already(playing):
    """All of it dry; a performer who wants a clean one says so."""
    playing.frame()
    begun = len(playing.state.page)
    assert 1 <= begun <= hand.MOST_BEGUN and 0 == playing.state.scroll
    playing.frame(("stroke/reset", ()))
    assert () == playing.state.page


def test_a_picture_follows_from_its_request_alone(playing):
    """Painted by a generator that has seen all pictures before, by one that has seen none, and by the fallback:
    the same, also while the page moves."""
    playing.rate = 200.0
    for _ in range(8):
        playing.frames_of(25)
        asked = dataclasses.replace(playing.last.request)
        shown = playing.last.pixels
        for other in (build("strokes", {"model": str(trained())}), build_fallback("strokes", {"model": str(trained())})):
            assert np.array_equal(shown, again(other, asked))
    assert playing.state.scroll > 0.5


def test_a_page_looks_the_same_wherever_one_began_to_paint_it():
    """A worker that was killed begins further down the page than the one before it: to the bit the same picture."""
    playing = Playing(size=(360, 240), rate=600.0)
    for _ in range(6):
        playing.frames_of(12)
        fresh = build("strokes", {"model": str(trained())})
        assert np.array_equal(playing.last.pixels, again(fresh, playing.last.request))
    assert playing.state.scroll > 3


def test_asking_twice_paints_twice_the_same(playing):
    """What a generator keeps for itself changes nothing: an older request paints what it painted."""
    playing.frames_of(40)
    older, shown = playing.last.request, playing.last.pixels.copy()
    playing.frames_of(60)
    assert np.array_equal(shown, again(playing.generator, older))


@pytest.mark.parametrize("knob, value", [("hue", 0.3), ("paper", 1.0), ("chroma", 0.0), ("width", 0.15), ("smooth", 0.0), ("wet", 0.0)])
def test_every_look_knob_shows(playing, knob, value):
    playing.frames_of(3)
    playing.frame(("stroke/feed", (-0.4, 0.2, 0, 0.2, -0.3, 0, 0.3, -0.1, 0, 0.3, 0.2, 0)))
    before = playing.last
    asked = dataclasses.replace(before.request, knobs={**before.request.knobs, knob: value})
    assert not np.array_equal(before.pixels, again(playing.generator, asked))


@pytest.mark.parametrize("size", [(64, 64), (200, 50), (50, 200), (321, 123), (2, 2)])
def test_any_size_is_painted(size):
    """Opaque, and with ink on it where there is room."""
    playing = Playing(size=size).frames_of(40)
    assert (255 == playing.last.pixels[..., 3]).all()
    assert min(size) < 10 or 2 < len(np.unique(playing.last.pixels[..., 0]))


def test_a_picture_that_shrinks_and_grows_again_is_the_same_drawing(playing):
    """The governor's way: state does not know pixels."""
    playing.frames_of(50)
    playing.size = (48, 32)
    playing.frames_of(2)
    playing.size = (96, 64)
    shown = playing.frame() and playing.last.pixels
    assert np.array_equal(shown, again(build("strokes", {"model": str(trained())}), playing.last.request))


def test_fresh_ink_dries(playing):
    """A finished drawing goes from its wet colour to the ink's."""
    playing.rate = 200.0
    playing.knobs["wet"] = 6.0
    playing.frames_of(60)
    playing.knobs["wet"] = 0.0
    colours = len(np.unique(playing.last.pixels.reshape(-1, 4), axis=0))
    playing.frame()
    assert len(np.unique(playing.last.pixels.reshape(-1, 4), axis=0)) < colours


def test_a_performer_s_line_is_on_the_next_picture(playing):
    playing.knobs["rate"] = 0.0
    before = playing.frame() and playing.last.pixels.copy()
    playing.frame(("stroke/feed", (-0.3, -0.3, 0, 0.6, 0.6, 0)))
    assert (playing.last.pixels != before).sum() > 50


def test_the_latent_of_a_line_that_was_fed_is_told(playing):
    """Picture.latent says where the drawing in progress stands once it left the latent played."""
    assert playing.frame().latent is None
    told = playing.frame(("stroke/feed", (-0.3, -0.3, 0, 0.6, 0.6, 0)), ("stroke/complete", ())).latent
    assert (4,) == told.shape


def test_half_precision_does_no_harm_that_is_seen():
    """The same drawing from the file's halves and from their rounded singles."""
    header, tensors = weights.read(trained())
    assert header.size < 100_000 and any(t.dtype == np.float16 for t in tensors.values())


def test_a_still_shows_the_whole_drawing():
    from livegen.generators.strokes.hand import Hand
    from livegen.generators.strokes.step import Network

    header, tensors = weights.read(trained())
    hand = Hand(Network(tensors, header.config), header.config)
    picture = still(hand.drawing(np.zeros(4, np.float32)), 64)
    assert (64, 64, 3) == picture.shape and 0.01 < (picture < 128).mean() < 0.5
