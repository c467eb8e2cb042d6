"""Moments: where an instrument stood, said in one line and found again to the bit."""

import json

import numpy as np
import pytest
from mapping_rig import PARAMS, SIZE, A, B, C, Rig

from livegen.errors import BadValue
from livegen.mapping import Motion
from livegen.mapping.moments import moment_of, read, seen, written
from livegen.params import VECTOR, Param

WALK = Motion(kind="walk")


def same(score, sight):
    """Whether a generator would be given the very same."""
    assert np.array_equal(score.latent.values, sight.latent)
    assert set(score.knobs) == set(sight.knobs)
    assert all(np.array_equal(value, sight.knobs[name]) for name, value in score.knobs.items())
    assert (score.seed, score.time) == (sight.seed, sight.time)


@pytest.mark.parametrize(
    "motion", [WALK, Motion(kind="loop", seconds=3.0), Motion(kind="tour", seconds=2.0), Motion(kind="still")]
)
def test_a_moment_gives_what_was_handed_on_then_to_the_bit(motion):
    """Whatever strays, tours or turns, in the middle of a morph too, after it went through a message."""
    rig = Rig(
        [A, B, C],
        motion=motion,
        params=(*PARAMS, Param(address="layers", type=VECTOR, size=3, high=2.0, default=1.0)),
    )
    rig.say("params/walk", 0.7)
    rig.say("params/layers", 0.25, 0.5, 1.5)
    rig.say("params/title", "ein Satz, mit Komma")
    kept = []
    for number in range(60):
        if number % 17 == 3:
            rig.say("presets/load", "abc"[number % 3], 0.4)
        score = rig.tick()
        kept.append((score, written(moment_of(rig.instrument), 1.0)))
    rig.say("params/walk", 0.1)
    rig.run(1.0)
    for score, text in kept:
        moment, ago = read(text, rig.instrument)
        assert 1.0 == ago
        same(score, seen(rig.instrument, moment))


def test_what_writes_does_not_turn_back():
    """Without phases the moment leaves alone what turns by itself."""
    rig = Rig([A, B])
    rig.say("params/spin", 1.0)
    rig.run(1.0)
    moment, _ = read(written(moment_of(rig.instrument), 0.0, timed=False), rig.instrument)
    sight = seen(rig.instrument, moment)
    assert {} == moment.phases and sight.time is None and "spin" not in sight.knobs and "hue" in sight.knobs


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.pop("z"), lambda said: said.update(z="AAAA"), lambda said: said.update(z="no base64!"),
        lambda said: said.update(z=said["z"][:-4] + "AMB/"), lambda said: said.update(params=[1]),
        lambda said: said.update(seed="x"), lambda said: said.update(seed=-7), lambda said: said.update(phases={"speed": "x"}),
        lambda said: said.update(ago=None), lambda said: said.update(z=7),
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused_in_a_sentence(change):
    """Missing, of another size, not finite, of another kind."""
    rig = Rig([A])
    said = json.loads(written(moment_of(rig.instrument), 1.0))
    change(said)
    with pytest.raises(BadValue, match="no moment of /livegen/main"):
        read(json.dumps(said), rig.instrument)


@pytest.mark.parametrize("text", ["x" * 200_000, "[" * 50_000, '{"z": NaN}', "null", "7"])
def test_hostile_text_costs_nothing(text):
    """Too long, too deep, no object."""
    with pytest.raises(BadValue):
        read(text, Rig([A]).instrument)


def test_values_that_the_patch_cannot_hold_any_more_are_left_out_or_clamped():
    """Gone parameters, gone choices, shares that are none, numbers beyond the range."""
    rig = Rig([A])
    said = json.loads(written(moment_of(rig.instrument), 1.0))
    said["params"] |= {
        "gone": 1.0,
        "paper": "purple",
        "look": [0.5, 0.1, 0.1],
        "zoom": 99.0,
        "mirror": "maybe",
    }
    moment, _ = read(json.dumps(said), rig.instrument)
    assert not {"gone", "paper", "look", "mirror"} & set(moment.look.params)
    assert (4.0, SIZE) == (moment.look.params["zoom"], len(moment.look.z))
