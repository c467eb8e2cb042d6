"""Gliding: a cue holds how oscillators are turned, and goes there as a morph does."""

import json
from itertools import pairwise

import pytest
from test_oscillators import HUE, PATCH, SLOW, WAVE, Shown

LOAD, SAVE = "/livegen/cues/load", "/livegen/cues/save"


def saved(text=PATCH):
    """Two cues: "first" as the patch begins, "far" with everything turned; it stands at "first"."""
    shown = Shown(text)
    shown.tick(count=4)
    shown.tell(SAVE, "first")
    shown.tick()
    for address, value in ((f"{WAVE}/beats", 16.0), (f"{WAVE}/depth", 0.0), (f"{SLOW}/shape", "saw"), (f"{HUE}/depth", -0.5)):
        shown.tell(address, value)
    shown.tick(count=6)
    shown.tell(SAVE, "far")
    shown.tick()
    shown.tell(LOAD, "first", 0.0)
    shown.tick(count=20)
    return shown


def test_numbers_morph_along_their_curve_and_shapes_switch_in_the_middle():
    """Half way from 4 beats to 16 are 8."""
    shown = saved()
    assert (4.0, 1.0, "sine", 0.5) == stands(shown)
    shown.tell(LOAD, "far", 2.0, "linear")
    found = []
    for _ in range(50):
        shown.tick()
        found.append(stands(shown))
    middle = min(found, key=lambda said: abs(said[1] - 0.5))
    assert (8.0, 0.0) == (pytest.approx(middle[0], rel=0.1), pytest.approx(middle[3], abs=0.05))
    assert {"sine"} == {said[2] for said in found[:15]} and {"saw"} == {said[2] for said in found[25:]}
    assert (16.0, 0.0, "saw", -0.5) == found[-1]
    for one, other in pairwise(found):
        assert abs(one[1] - other[1]) < 0.03


def stands(shown):
    return tuple(shown.value(at) for at in (f"{WAVE}/beats", f"{WAVE}/depth", f"{SLOW}/shape", f"{HUE}/depth"))


def test_a_cut_is_a_cut_and_a_switch_may_wait_for_the_end():
    """The recall's own words count."""
    shown = saved()
    shown.tell(LOAD, "far", 0.0)
    shown.tick(count=2)
    assert (16.0, 0.0, "saw", -0.5) == stands(shown)
    shown.tell(LOAD, "first", 1.0, "end")
    shown.tick(count=17)
    assert "saw" == shown.value(f"{SLOW}/shape")
    shown.tick(count=6)
    assert (4.0, 1.0, "sine", 0.5) == stands(shown)


def test_what_a_hand_turns_meanwhile_is_the_hands():
    """The rest goes on."""
    shown = saved()
    shown.tell(LOAD, "far", 2.0)
    shown.tick(count=10)
    shown.tell(f"{WAVE}/depth", 0.7)
    shown.tick(count=50)
    assert (16.0, 0.7, "saw", -0.5) == stands(shown)


def test_the_same_cue_again_takes_back_what_was_turned_since():
    """Where the list stands does not change by that."""
    shown = saved()
    shown.tell(f"{WAVE}/depth", 0.3)
    shown.tick(count=5)
    shown.tell(LOAD, "first", 0.0)
    shown.tick(count=3)
    assert 1.0 == shown.value(f"{WAVE}/depth") and "first" == shown.value("/livegen/cues/current")


def test_a_cue_that_says_nothing_of_them_leaves_them_alone():
    """Such as one of the patch's text."""
    shown = saved()
    shown.tell(f"{WAVE}/depth", 0.3)
    shown.tell(LOAD, "a", 0.0)
    shown.tick(count=5)
    assert 0.3 == shown.value(f"{WAVE}/depth")


def test_a_text_can_say_it_and_nonsense_is_noted():
    """Under ``sets``, as ``cues/write`` writes it."""
    sets = f'sets = {{ "{WAVE}/beats" = 2, "{SLOW}/shape" = "wobble", "{HUE}/depth" = 0.25 }}\n'
    shown = Shown(PATCH.replace("[lfos.wave]", f'[[cues]]\nname = "b"\nseconds = 0.2\n{sets}[lfos.wave]'))
    shown.tell(LOAD, "b")
    shown.tick(count=10)
    assert (2.0, 1.0, "sine", 0.25) == stands(shown)
    assert any("wobble" in note for note in shown.show.notes)


def test_a_way_goes_on_in_another_show_to_the_bit_and_arrives_after_a_restart():
    """Half way, in both."""
    shown, other = saved(), saved()
    shown.tell(LOAD, "far", 2.0)
    shown.tick(count=15)
    cuelist = shown.show.cuelist
    kept = json.loads(json.dumps([cuelist.moment(), shown.show.state()]))
    other.show.cuelist.resume(kept[0])
    assert cuelist.glides.moment() == other.show.cuelist.glides.moment() != {}
    other.show.restore(kept[1])
    other.tick(count=2)
    assert (16.0, 0.0, "saw", -0.5) == stands(other)
    with pytest.raises(Exception, match="cue list stood"):
        other.show.cuelist.restore({**kept[1]["sections"]["cues"], "glides": {"/x": {"began": 1}}})
