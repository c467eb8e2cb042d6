"""Between looks: numbers along their curves, weights for what can blend, a switch for the rest."""

import numpy as np
import pytest
from mapping_rig import PARAMS, SIZE

from livegen.latent import from_seed
from livegen.mapping.looks import Look, between, held, mix, mixed, shown
from livegen.params import VECTOR, Param

ROWS = {row.address: row for row in PARAMS}
NEAR = Look(
    from_seed(1, SIZE), {"zoom": 0.25, "count": 0, "mirror": False, "paper": "white", "look": (1.0, 0.0, 0.0)}
)
FAR = Look(
    from_seed(2, SIZE), {"zoom": 4.0, "count": 10, "mirror": True, "paper": "black", "look": (0.0, 0.0, 1.0)}
)


def test_half_way():
    """zoom has equal ratios, so half way from 1/4 to 4 is 1."""
    look = between(NEAR, FAR, 0.5, ROWS)
    assert (pytest.approx(1.0), 5, pytest.approx((0.5, 0.0, 0.5))) == tuple(
        look.params[n] for n in ("zoom", "count", "look")
    )
    assert (False, "white") == tuple(between(NEAR, FAR, 0.49, ROWS).params[n] for n in ("mirror", "paper"))
    assert (True, "black") == (look.params["mirror"], look.params["paper"])


def test_the_ends_are_exact():
    for share, end in ((0.0, NEAR), (1.0, FAR)):
        look = between(NEAR, FAR, share, ROWS)
        assert np.array_equal(end.z, look.z)
        assert end.params == look.params


def test_what_only_one_of_them_names_is_left_alone():
    assert {"count": 5} == between(
        Look(NEAR.z, {"count": 0, "zoom": 1.0}), Look(FAR.z, {"count": 10}), 0.5, ROWS
    ).params


def test_a_mix_of_three_takes_the_heaviest_where_it_cannot_blend():
    look = mix([NEAR, FAR, NEAR], [0.3, 0.4, 0.3], ROWS)
    assert "black" == look.params["paper"]
    assert 4 == look.params["count"]


def test_where_one_stands_alone_it_is_given_back_exactly():
    """Not by way of the curve, which rounds."""
    odd = Look(NEAR.z, {"zoom": 0.7})
    assert odd is mix([odd, FAR], [1.0, 0.0], ROWS)


def test_equal_values_stay_equal():
    """Rounding does not make a still number tremble."""
    assert pytest.approx(0.3, abs=1e-12) == mixed([0.3, 0.3, 0.3], [0.2, 0.5, 0.3], ROWS["hue"])


def test_a_choice_is_shown_as_weights_and_held_as_a_word():
    assert (0.0, 1.0, 0.0) == shown("ink", ROWS["look"])
    assert "neon" == held((0.2, 0.3, 0.5), ROWS["look"])
    assert "black" == shown("black", ROWS["paper"]) == held("black", ROWS["paper"])


def test_a_vector_is_blended_number_by_number():
    """Whether a snapshot gave it as an array or a cue as numbers; kept as plain numbers."""
    row = Param(address="layers", type=VECTOR, size=3, default=1.0)
    halfway = mixed([np.array([0.0, 1.0, 0.5], np.float32), (1.0, 1.0, 0.0)], (0.5, 0.5), row)
    assert (0.5, 1.0, 0.25) == halfway
    assert (0.5, 1.0) == held(np.array([0.5, 1.0], np.float32), row)
    assert all(type(number) is float for number in held(np.zeros(2, np.float32), row))
