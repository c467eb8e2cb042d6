"""Lights: each control shows what it moves, whatever lies between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegen.controls.midi_lights import Lights, places, unbent
from livegen.ensemble import Ensemble
from livegen.mapping import Route
from livegen.mapping.curve import CURVES, bend
from livegen.patch import loads

MAIN = "/livegen/main"


def lit(*routes, **values):
    """What the controls of one box are told where the board holds ``values``."""
    board = Ensemble(loads('[generators.main]\nkind = "cppn"\nlatent = 8\n[[cues]]\nname = "silk"\nseed = 1\n')).board
    board.echo({f"{MAIN}/{name.replace('__', '/')}": value for name, value in values.items()})
    return [data.hex(" ") for _, data in Lights(board, lambda: routes).due(10.0, ("box",))]


def test_every_kind_of_target_is_shown_by_every_kind_of_control():
    """Upside down, bent, over a part of the range, as a lamp, on an encoder's ring."""
    zoom = f"{MAIN}/params/light"
    assert ["b0 07 40"] == lit(Route(source="/midi/1/cc/7", to=zoom), params__light=0.0)
    assert ["b0 07 00"] == lit(Route(source="/midi/1/cc/7", to=zoom, invert=True), params__light=1.0)
    assert ["b0 07 5a"] == lit(Route(source="/midi/1/cc/7", to=zoom, curve="square"), params__light=0.0)
    assert ["e0 7f 7f"] == lit(Route(source="/midi/1/bend", to=zoom, low_in=-1.0), params__light=1.0)
    assert ["b0 10 7f"] == lit(Route(source="/midi/1/cc/16/turn", to=zoom), params__light=1.0)
    assert ["90 24 7f"] == lit(Route(source="/midi/1/note/36", to=f"{MAIN}/presets/load", send=("silk",)), presets__current="silk")
    assert ["90 24 00"] == lit(Route(source="/midi/1/note/36", to=f"{MAIN}/presets/load", send=("silk",)), presets__current="")
    assert ["90 29 7f"] == lit(Route(source="/midi/1/note/41", to=f"{MAIN}/freeze", step=True), freeze=True)
    assert ["b0 08 7f"] == lit(Route(source="/midi/1/cc/8", to=f"{MAIN}/z/2", out=(0.0, 1.0)), z=[0, 0, 2, 0, 0, 0, 0, 0])


def test_where_controls_stand_is_said_for_boxes_that_others_hold():
    """As numbers, at once and again, whatever a hand does there."""
    board = Ensemble(loads('[generators.main]\nkind = "cppn"\nlatent = 8\n')).board
    routes = [Route(source="/midi/1/cc/7", to=f"{MAIN}/params/light", invert=True), Route(source="/midi/box/1/cc/8", to=f"{MAIN}/params/light"), Route(source="/midi/2/cc/16/turn", to=f"{MAIN}/params/light")]
    board.echo({f"{MAIN}/params/light": board.params[f"{MAIN}/params/light"].from_normalized(0.75)})
    lights = Lights(board, lambda: routes)
    assert {"1/cc/7": 0.25, "2/cc/16": 0.75} == lights.stand() == lights.stand()


def test_what_has_nothing_to_show_is_left_dark():
    """Triggers, planes, clocks, faders that are not MIDI."""
    targets = ("randomize", "xy", "presets/save")
    routes = [Route(source="/midi/1/note/1", to=f"{MAIN}/{to}") for to in targets]
    assert [] == lit(*routes, Route(source="/osc/1", to=f"{MAIN}/params/hue"), Route(source="/midi/clock", to=f"{MAIN}/params/hue"))


def test_an_address_with_a_device_means_that_device():
    """Without one, every device that can be told."""
    assert [("a", "1/cc/7"), ("b", "1/cc/7")] == places("/midi/1/cc/7", ("a", "b"))
    assert [("b", "1/cc/7")] == places("/midi/b/1/cc/7/turn", ("a", "b"))
    assert [] == places("/midi/c/1/cc/7", ("a", "b"))


@given(st.floats(0, 1), st.sampled_from(sorted(CURVES)))
def test_a_curve_is_found_backwards(share, curve):
    """Within a hundredth of a step of seven bits."""
    assert pytest.approx(share, abs=1e-4) == bend(unbent(share, curve), curve)
