"""Recalls: what a message asks for, and the beat it waits for."""

import itertools
import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from mapping_rig import MAIN, PARAMS, SIZE, A, B, C, Rig

from livegen.board import Board
from livegen.errors import BadValue
from livegen.mapping import Instrument
from livegen.mapping.cues import BAR, BEAT
from livegen.mapping.recall import BPM, METER, POSITION, RUNNING, Recall, recall_of, revived
from livegen.params import BOOL, INT, READ, Param

TEMPO = (
    Param(address=POSITION, high=1e9, access=READ), Param(address=METER, type=INT, low=1, high=32, default=4),
    Param(address=BPM, low=20, high=400, default=120.0), Param(address=RUNNING, type=BOOL, default=True, access=READ),
)  # fmt: skip


class Timed(Rig):
    """With somebody who counts: 120 beats a minute from 0 on."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.board = Board((*self.board.params.values(), *TEMPO))
        self.began, self.beats = self.clock.now(), 2.0

    def tick(self, seconds=1 / 30):
        if hasattr(self, "began"):
            at = (self.clock.now() + seconds - self.began) * self.beats
            self.board.echo({POSITION: at})
        return super().tick(seconds)


def asked(*said):
    return SimpleNamespace(value=("b", *said), origin="osc", address="/livegen/main/presets/load")


@pytest.mark.parametrize("said", [(3, "exp", "bar", "end"), ("end", "bar", 3.0, "exp"), ("bar", "exp", "end", 3)])
def test_the_words_come_in_any_order(said):
    assert Recall(name="b", seconds=3.0, curve="exp", quantum=BAR, switch="end") == recall_of(B, asked(*said))


def test_what_is_left_out_is_the_cue_s():
    cue = replace(B, seconds=5.0, quantum=BEAT, switch="end")
    assert Recall(name="b", seconds=5.0, curve="linear", quantum=BEAT, switch="end") == recall_of(cue, asked())
    assert "now" == recall_of(cue, asked("now")).quantum


def test_a_word_that_is_none_is_refused_with_the_nearest():
    with pytest.raises(BadValue, match=r"osc wants 'b' recalled with 'smoth'; did you mean smooth\?"):
        recall_of(B, asked("smoth"))


def test_without_a_clock_nobody_waits():
    rig = Rig([A, B])
    rig.say("presets/load", "b", 0, "bar")
    assert "b" == (rig.tick(), rig.board.value("/livegen/main/presets/current"))[1]


@pytest.mark.parametrize("stops", [0, 3])
def test_for_a_clock_that_stands_nobody_waits(stops):
    """Neither where it stands already nor where it stops in the middle of the wait."""
    rig = Timed([A, B])
    rig.run(0.3)
    if not stops:
        rig.board.echo({RUNNING: False})
    rig.say("presets/load", "b", 0, "bar")
    for _ in range(stops):
        rig.tick()
        assert "b" != rig.board.value("/livegen/main/presets/current")
    rig.board.echo({RUNNING: False})
    rig.tick()
    assert "b" == rig.board.value("/livegen/main/presets/current")


def test_a_recall_waits_for_the_bar_and_begins_exactly_on_it():
    """The bar comes between two frames: half a frame of the way is gone when the frame after it is painted."""
    rig = Timed([A, B])
    rig.run(0.3)
    rig.say("presets/load", "b", 1.0, "bar")
    while rig.clock.now() - rig.began < 1.95:
        assert 1 == rig.tick().seed and np.array_equal(rig.instrument.book.looks["a"].z, rig.score.latent.values)
        assert "b" == rig.board.value("/livegen/main/presets/waiting")
    rig.tick(2.02 - (rig.clock.now() - rig.began))
    assert pytest.approx(0.02, abs=1e-6) == rig.instrument.passage.share(rig.instrument.clock.elapsed)
    assert ("", 0.02) == tuple(rig.board.value(f"/livegen/main/presets/{name}") for name in ("waiting", "progress"))


def test_a_morph_goes_on_while_another_recall_waits_and_is_then_interrupted_without_a_jump():
    rig = Timed([A, B, C])
    rig.say("presets/load", "b", 1.0)
    rig.run(0.3)
    rig.say("presets/load", "c", 1.0, "beat")
    scores = [rig.score, *rig.run(1.6)]
    moves = [float(np.linalg.norm(y.latent.values - x.latent.values)) for x, y in itertools.pairwise(scores)]
    assert 0.0 < moves[0] and max(moves) < 1.0
    assert "c" == rig.board.value("/livegen/main/presets/current")


@pytest.mark.parametrize("other", [("seed", 9), ("presets/load", "a", 0.0), ("reset",), ("tour", True)])
def test_a_newer_instruction_ends_the_wait(other):
    rig = Timed([A, B])
    rig.run(0.1)
    rig.say("presets/load", "b", 0.0, "bar")
    rig.run(0.2)
    rig.say(*other)
    rig.run(3.0)
    assert "b" != rig.board.value("/livegen/main/presets/current")


def test_a_count_that_begins_anew_is_a_bar():
    rig = Timed([A, B])
    rig.run(1.0)
    rig.say("presets/load", "b", 0.0, "bar")
    rig.run(0.2)
    rig.began = rig.clock.now() + 1 / 30
    rig.run(0.1)
    assert "b" == rig.board.value("/livegen/main/presets/current")


def test_what_was_pressed_before_the_bar_goes_with_it_though_the_frame_is_later():
    """The message came 5 ms before the bar, the tick 15 ms after it."""
    rig = Timed([A, B])
    rig.tick(1.98)
    rig.clock.jump(0.015)
    rig.say("presets/load", "b", 0.0, "bar")
    rig.tick(0.02)
    assert "b" == rig.board.value("/livegen/main/presets/current")


@pytest.mark.parametrize("later", [0.41, 6.71])
def test_after_a_restart_it_goes_on_the_next_bar(later):
    """Its own, or if that has passed the one after; a morph that was under way is there meanwhile, as ever."""
    rig = Timed([A, B, C])
    rig.say("presets/load", "c", 5.0)
    rig.run(0.3)
    rig.say("presets/load", "b", 0.5, "bar", "exp", "end")
    rig.run(0.2)
    stored = json.loads(json.dumps(rig.instrument.state(), allow_nan=False))
    again = Timed([A, B, C])
    again.instrument = Instrument(MAIN, latent=SIZE, params=PARAMS, cues=[A, B, C], seed=5)
    again.instrument.restore(stored)
    again.began = again.clock.now() - 0.5 - later
    while (again.clock.now() + 1 / 30 - again.began) % 2.0 > 1 / 30:
        again.tick()
        assert ("c", "b") == tuple(again.board.value(f"/livegen/main/presets/{name}") for name in ("current", "waiting"))
    again.tick()
    assert ("b", "") == tuple(again.board.value(f"/livegen/main/presets/{name}") for name in ("current", "waiting"))
    assert ("exp", "end", 0.5) == (again.instrument.passage.curve, again.instrument.passage.switch, again.instrument.passage.seconds)


def test_without_a_clock_or_without_its_cue_nothing_waits_after_a_restart():
    """It goes at once, or nowhere."""
    stored = {"name": "b", "seconds": 0.0, "curve": "smooth", "quantum": "bar", "switch": "middle", "origin": "osc"}
    for cues, at in (([A, B], "b"), ([A], "a")):
        rig = Rig(cues)
        rig.instrument.restore({**rig.instrument.state(), "waiting": stored})
        rig.tick()
        assert (at, None) == (rig.instrument.current, rig.instrument.waiting)


@pytest.mark.parametrize("wrong", [{"seconds": float("nan")}, {"seconds": -1.0}, {"curve": "x"}, {"quantum": "year"}, {"switch": ""}])
def test_a_wait_that_makes_no_sense_is_not_revived(wrong):
    stored = {"name": "b", "seconds": 0.0, "curve": "smooth", "quantum": "bar", "switch": "middle", "origin": "osc"}
    assert stored == revived(stored).as_dict()
    with pytest.raises(ValueError):
        revived({**stored, **wrong})
