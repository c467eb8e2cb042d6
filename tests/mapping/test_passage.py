"""Passages: whoever interrupts one neither jumps nor halts."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from mapping_rig import FPS, A, B, C, Rig

from livegen.mapping.passage import DEEPEST

A, B, C = (replace(cue, curve="smooth") for cue in (A, B, C))


def speeds(scores):
    """Lengths of the latent's moves, units a second."""
    return [float(np.linalg.norm(b.latent.values - a.latent.values)) * FPS for a, b in itertools.pairwise(scores)]


def test_an_interrupted_morph_keeps_its_momentum():
    """Half way to b, where it is fastest, c is recalled: the speed goes on from where it was, and all of c is reached."""
    rig = Rig([A, B, C])
    rig.say("presets/load", "b", 2.0)
    before = [rig.score, *rig.run(1.0)]
    rig.say("presets/load", "c", 2.0)
    after = [rig.score, *rig.run(2.2)]
    fast = speeds(before)[-1]
    assert fast > 2.0
    assert pytest.approx(fast, rel=0.1) == speeds(after)[0]
    assert max(speeds(after)) < 2.5 * max(speeds(before))
    assert np.array_equal(rig.instrument.book.looks["c"].z, rig.score.latent.values)
    assert rig.instrument.passage is None


def test_a_parameter_under_a_hand_does_not_go_on_beneath():
    """The hand took the hue from the first morph: the second one begins where the hand left it."""
    rig = Rig([A, B, C])
    rig.say("presets/load", "b", 2.0)
    rig.run(0.5)
    rig.say("params/hue", 0.25)
    rig.run(0.3)
    rig.say("presets/load", "a", 2.0)
    hues = [score.knobs["hue"] for score in rig.run(2.2)]
    assert pytest.approx(0.25, abs=0.02) == hues[0]
    assert hues == sorted(hues, reverse=True) and -0.4 == hues[-1]


def test_a_nervous_hand_piles_nothing_up():
    """A hundred recalls in a second: bounded, continuous, and the last one is reached."""
    rig, scores = Rig([A, B, C]), []
    for i in range(100):
        rig.say("presets/load", "abc"[i % 3], 1.0)
        scores.append(rig.tick(0.01))
        assert rig.instrument.passage.depth <= DEEPEST + 1
    rig.run(1.2)
    assert max(np.linalg.norm(b.latent.values - a.latent.values) for a, b in itertools.pairwise(scores)) < 0.2
    assert np.array_equal(rig.instrument.book.looks["a"].z, rig.score.latent.values)


@pytest.mark.parametrize(("switch", "shares"), [("middle", (0.45, 0.55)), ("end", (0.95, 1.1))])
def test_what_cannot_stand_between_switches_in_the_middle_or_at_the_end(switch, shares):
    rig = Rig([A, B])
    rig.say("presets/load", "b", 1.0, switch)
    papers = [rig.tick(seconds).knobs["paper"] for seconds in (shares[0], shares[1] - shares[0])]
    assert ["white", "black"] == papers


def test_a_seed_switches_with_the_rest():
    """What grows from the seed alone, such as a text, does not begin anew when the way begins."""
    rig = Rig([A, B])
    rig.say("presets/load", "b", 1.0)
    rig.run(0.4)
    assert (1, 2) == (rig.score.seed, rig.board.value("/livegen/main/seed"))
    rig.run(0.2)
    assert 2 == rig.score.seed


def test_the_stage_s_own_parameters_are_part_of_a_cue():
    """Speed and walk travel to what was saved; a cue that does not name them leaves them alone."""
    rig = Rig([A, B])
    rig.say("params/speed", 0.5)
    rig.say("params/walk", 0.8)
    rig.run(1.0)
    rig.say("presets/save", "slow")
    rig.tick()
    rig.say("params/speed", 2.0)
    rig.say("params/walk", 0.0)
    rig.run(1.0)
    rig.say("presets/load", "b", 0.0)
    rig.tick()
    assert 2.0 == rig.board.value("/livegen/main/params/speed")
    rig.say("presets/load", "slow", 1.0)
    rig.run(0.5)
    assert 0.5 < rig.board.value("/livegen/main/params/speed") < 2.0
    rig.run(0.6)
    assert (0.5, 0.8) == tuple(rig.board.value(f"/livegen/main/params/{name}") for name in ("speed", "walk"))
