"""One row says everything, and its gate lets nothing through that would hurt a show."""

import math

import pytest

from livegen.errors import BadValue
from livegen.message import BANG
from livegen.params import Param

HUE = Param(address="/hue", low=0.0, high=2.0, default=0.5)
STEPS = Param(address="/steps", type="int", low=1, high=9, default=3)
LOOK = Param(address="/look", type="enum", choices=("silk", "ink", "ember"), default="silk")
FREEZE = Param(address="/freeze", type="bool", default=False)
NAME = Param(address="/name", type="string", default="")
Z = Param(address="/z", type="vector", size=4, low=-4.0, high=4.0)


@pytest.mark.parametrize(
    ("param", "args", "expected"),
    [
        (HUE, (1,), 1.0),
        (HUE, ("1.5",), 1.5),
        (HUE, (True,), 1.0),
        (HUE, (9.0,), 2.0),
        (HUE, (-9,), 0.0),
        (HUE, (0.1, 0.2, 0.3), 0.3),
        (STEPS, (4.6,), 5),
        (STEPS, (1e300,), 9),
        (LOOK, ("ink",), "ink"),
        (LOOK, (2.0,), "ember"),
        (LOOK, (77,), "ember"),
        (FREEZE, (1.0,), True),
        (FREEZE, ("off",), False),
        (FREEZE, (BANG,), True),
        (NAME, ("dusk",), "dusk"),
        (NAME, (3.0,), "3"),
        (Z, (1, 2.5), (1.0, 2.5)),
        (Z, ((1, 2), 9), (1.0, 2.0, 4.0)),
        (Z, (1, 2, 3, 4, 5, 6), (1.0, 2.0, 3.0, 4.0)),
    ],
)
def test_the_gate_coerces_and_clamps_whatever_number_came(param, args, expected):
    """A float for an int, a number in a string, too much or too many: never refused, always in range."""
    assert expected == param.gate(args)
    assert type(expected) is type(param.gate(args))


@pytest.mark.parametrize(
    ("param", "args", "code"),
    [
        (HUE, (math.nan,), "not_finite"),
        (HUE, (math.inf,), "not_finite"),
        (HUE, (-math.inf,), "not_finite"),
        (HUE, (10**400,), "not_a_number"),
        (HUE, ("blue",), "not_a_number"),
        (HUE, (None,), "not_a_number"),
        (HUE, (b"\x00",), "not_a_number"),
        (HUE, (), "no_value"),
        (LOOK, ("mud",), "no_choice"),
        (NAME, ("\ud800",), "bad_text"),
        (NAME, ("x" * 9000,), "too_long"),
        (Z, (1.0, math.nan), "not_finite"),
    ],
)
def test_what_cannot_be_a_value_is_refused_with_a_reason(param, args, code):
    """The reason is a stable word to count by, and the sentence names the address."""
    with pytest.raises(BadValue) as caught:
        param.gate(args)
    assert code == caught.value.code
    assert param.address in str(caught.value)


@pytest.mark.parametrize("curve", ["linear", "exp", "square"])
def test_normalized_there_and_back_is_the_same_value(curve):
    """0..1 is the MIDI and TouchOSC way in; every curve can be walked both ways."""
    param = Param(address="/f", low=0.1, high=10.0, default=1.0, curve=curve)
    for share in (0.0, 0.1, 0.5, 0.9, 1.0):
        assert share == pytest.approx(param.to_normalized(param.from_normalized(share)))


def test_normalized_reaches_every_choice():
    """A fader over an enum gives each choice an equal part of its way."""
    assert ["silk", "silk", "ink", "ember", "ember"] == [
        LOOK.from_normalized(x) for x in (-1, 0.3, 0.5, 0.9, 2)
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"type": "flaot"},
        {"low": 1.0, "high": 0.0},
        {"curve": "exp", "low": 0.0},
        {"curve": "bent"},
        {"type": "enum", "choices": ("a",), "default": "b"},
    ],
)
def test_a_row_that_makes_no_sense_is_refused_where_it_is_written(row):
    """A wrong row is the author's mistake and must not wait for the stage to show."""
    with pytest.raises(BadValue, match="/p"):
        Param(address="/p", **row)
