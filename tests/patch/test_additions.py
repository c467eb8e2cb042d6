"""Oscillators and modulations that are put up in a show: what was asked for, as lines of a patch, and back."""

import pytest

from livegen.errors import BadValue, PatchError
from livegen.mapping import Lfo, Route
from livegen.patch import loads
from livegen.patch.additions import MOST, Additions, lines_of, read

ALONE = loads("""
[generators.main]
kind = "cppn"
[lfos.sea]
period = 9
[[modulate]]
from = "lfo/sea"
to = "main/params/hue"
""")
HUE, ZOOM = "/livegen/main/params/hue", "/livegen/main/params/zoom"
NONE = Additions()


def test_an_oscillator_that_is_not_there_comes_with_what_it_moves():
    """One word is enough for a beginner; the patch that they make together plays both."""
    found = NONE.moving(["lfo/wobble", "main/params/zoom"], ALONE)
    assert found.lfos == (Lfo(name="wobble", beats=4.0),)
    assert [(move.source, move.to, move.depth, move.way) for move in found.moves] == [("lfo/wobble", ZOOM, 0.25, "around")]
    patch = loads(found.after(ALONE.text))
    assert [lfo.name for lfo in patch.lfos] == ["sea", "wobble"] and len(patch.modulations) == 2
    assert loads(NONE.after(ALONE.text)) == ALONE


def test_one_that_is_there_is_taken_and_the_same_again_goes_further():
    """Of the patch or put up before; depth and way in any order that makes sense."""
    found = NONE.moving(["lfo/sea", ZOOM, -0.5, "up"], ALONE)
    assert not found.lfos and (found.moves[0].depth, found.moves[0].way) == (-0.5, "up")
    again = found.moving(["lfo/sea", "main/params/zoom", 0.1], ALONE)
    assert [(move.to, move.depth, move.way) for move in again.moves] == [(ZOOM, 0.1, "around")]
    two = again.moving(["/audio/bass", "main/z/3", 1], ALONE)
    assert [move.source for move in two.moves] == ["lfo/sea", "/audio/bass"]


@pytest.mark.parametrize(("args", "said"), [
    ([], "what moves what"),
    (["lfo/sea"], "what moves what"),
    (["lfo/sea", "main/params/zoom", 0.1, 0.2], "what moves what"),
    (["lfo/sea", "main/params/hue"], "already"),
    (["lfo/Sea!", "main/params/zoom"], "cannot be called"),
    (["lfo/sea", 'main/params/"zoom'], "no address"),
    (["sea", "main/params/zoom"], "no source"),
    (["lfo/sea", "other/params/zoom"], "not a target"),
    (["lfo/sea", "main/params/zoom", 2.0], "depth"),
    (["lfo/sea", "main/params/zoom", 0.0], "moves nothing"),
    (["lfo/sea", "main/params/zoom", "sideways"], "sideways"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_sentence(args, said):
    with pytest.raises((BadValue, PatchError), match=said):
        NONE.moving(args, ALONE)


def test_an_oscillator_of_its_own():
    """A shape, and beats or a division, in any order; four beats of sine where nothing is said."""
    assert NONE.swinging(["a"], ALONE).lfos == (Lfo(name="a", beats=4.0),)
    assert NONE.swinging(["a", "saw", 2], ALONE).lfos == (Lfo(name="a", shape="saw", beats=2.0),)
    assert NONE.swinging(["a", "2 bars", "square"], ALONE).lfos == (Lfo(name="a", shape="square", bars=2.0),)
    for args, said in ((["sea"], "already"), ([], "cannot be called"), (["a", "wavy"], "wavy"), (["a", 1e9], "beats"), (["a", 2, "1/4"], "both")):
        with pytest.raises((BadValue, PatchError), match=said):
            NONE.swinging(args, ALONE)


def test_taken_away_by_target_by_source_by_oscillator_or_all():
    """What the patch says stays, and that is said."""
    found = NONE.moving(["lfo/a", "main/params/zoom"], ALONE).moving(["lfo/sea", "main/params/zoom"], ALONE).moving(["lfo/a", "main/z/0"], ALONE)
    assert len(found.without(["main/params/zoom"]).moves) == 1
    assert [move.source for move in found.without(["main/params/zoom", "lfo/a"]).moves] == ["lfo/sea", "lfo/a"]
    without = found.without(["lfo/a"])
    assert not without.lfos and [move.source for move in without.moves] == ["lfo/sea"]
    assert found.without(["*"]) == NONE
    for args in ([], ["main/params/hue"], ["lfo/sea", "nothing"][1:], ["lfo/b"]):
        with pytest.raises(BadValue, match="not put up here"):
            found.without(args)


def test_every_word_of_it_is_read_again():
    """Written as an artist would, and the same when read."""
    waves = (
        Lfo(name="a", beats=3.0, phase=0.25, shape="random", seed=7), Lfo(name="b", bars=2.0, depth=0.5), Lfo(name="c", period=11.5),
    )  # fmt: skip
    moves = (
        Route(source="lfo/a", to=HUE, depth=-0.3, way="up"),
        Route(source="/audio/bass", to="/livegen/main/z/3", depth=0.1, low_in=0.2, high_in=0.8, invert=True, curve="smooth", slew=0.5),
        Route(source="/hand", arg=1, to=ZOOM, depth=0.1, one_euro=(1.0, 0.02)),
    )
    said = Additions(waves, moves)
    assert read(said.text, "beside", ALONE) == said
    assert "[[routes]]" not in said.text and lines_of(waves[1]) == '[lfos.b]\nshape = "sine"\nbars = 2.0\ndepth = 0.5\n'


def test_a_text_that_holds_anything_else_is_refused():
    """Nobody slips a generator in by the side door."""
    with pytest.raises(PatchError, match="generators"):
        read('[generators.evil]\nkind = "cppn"\n', "beside", ALONE)
    assert read("", "beside", ALONE) == NONE


def test_what_the_patch_says_by_now_is_put_up_no_more():
    """Lines that were moved into the patch by hand do not play twice."""
    found = NONE.moving(["lfo/a", "main/params/zoom"], ALONE)
    assert found.beside(loads(found.after(ALONE.text))) == NONE
    assert found.beside(ALONE) == found


def test_there_is_an_end_to_it():
    """Nobody fills the memory by asking for more."""
    found = NONE
    for number in range(MOST):
        found = found.swinging([f"w{number}"], ALONE)
    with pytest.raises(PatchError, match="take some away"):
        found.swinging(["more"], ALONE)
