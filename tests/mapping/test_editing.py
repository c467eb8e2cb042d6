"""Cues under the hand: what an edit changes, and what it leaves."""

import json

import numpy as np
import pytest
from mapping_rig import MAIN, A, B, C, Rig

from livegen.mapping import Cue


def edited(*said, cues=(A, B, C), **kwargs):
    rig = Rig(list(cues), **kwargs)
    rig.say(*said)
    rig.tick()
    return rig


def test_a_renamed_cue_keeps_its_number_its_place_and_whoever_waits_for_it():
    rig = Rig([A, B, C])
    rig.say("presets/morph", "a", "b", 0.5)
    rig.run(1.0)
    before = rig.score.latent.values
    rig.say("presets/rename", "b", "storm")
    rig.tick()
    assert ("a,storm,c", (1.0, 1.0)) == (rig.board.value(f"{MAIN}/presets/entries"), rig.instrument.places["storm"])
    assert np.array_equal(before, rig.run(0.2)[-1].latent.values)


def test_a_renamed_cue_on_a_ring_stays_where_it_was():
    rig = edited("presets/rename", "x", "z", cues=(Cue(name="x"), Cue(name="y")))
    assert {"z": (0.5, 0.92), "y": (0.5, 0.08)} == {n: tuple(np.round(p, 3)) for n, p in rig.instrument.places.items()}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("presets/rename", "a", "b"), "already"),
        (("presets/rename", "a", "x,y"), "no comma"),
        (("presets/rename", "nobody", "x"), "not there"),
        (("presets/curve", "a", "wild"), "one of linear"),
        (("presets/quantum", "a"), "it takes 2"),
        (("presets/seconds", "a", "soon"), "send a number"),
        (("presets/place", "a", 0.5), "it takes 3"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told_and_changes_nothing(said, why):
    rig = edited(*said)
    assert why in rig.score.notes[0]
    assert dict(zip("abc", (A, B, C), strict=True)) == dict(rig.instrument.cues)


def test_the_order_is_changed_and_kept():
    rig = edited("presets/move", "c", 1)
    assert ["c", "a", "b"] == list(rig.instrument.cues)
    other = Rig([A, B, C])
    other.instrument.restore(json.loads(json.dumps(rig.instrument.state())))
    assert ["c", "a", "b"] == list(other.instrument.cues)


def test_times_and_words_are_written_into_the_cue():
    rig = Rig([A, B])
    for said in (("seconds", 7), ("curve", "exp"), ("quantum", "bar"), ("switch", "end"), ("follow", 3.5)):
        rig.say(f"presets/{said[0]}", "b", said[1])
    rig.tick()
    cue = rig.instrument.cues["b"]
    assert (7.0, "exp", "bar", "end", 3.5) == (cue.seconds, cue.curve, cue.quantum, cue.switch, cue.follow)
    rig.say("presets/follow", "b", "off")
    rig.tick()
    assert rig.instrument.cues["b"].follow is None


def test_saving_a_cue_again_keeps_its_times():
    rig = Rig([A, B])
    rig.say("presets/seconds", "b", 7)
    rig.say("presets/save", "b")
    rig.tick()
    assert (7.0, 1) == (rig.instrument.cues["b"].seconds, rig.instrument.cues["b"].seed)


def test_a_cue_laid_elsewhere_moves_the_picture_without_a_jump_and_the_others_stay():
    cues = [Cue(name=name, seed=i) for i, name in enumerate("xyz")]
    rig = Rig(cues, start="xy")
    places = dict(rig.instrument.places)
    rig.run(0.5)
    before = rig.score.latent.values
    rig.say("presets/place", "x", 0.55, 0.5)
    scores = rig.run(1.0)
    assert np.linalg.norm(scores[0].latent.values - before) < 0.1 < np.linalg.norm(scores[-1].latent.values - before)
    assert {**places, "x": (0.55, 0.5)} == dict(rig.instrument.places)
