"""Looking back: the past lies over what plays, touches nothing of it, and can be played on from."""

import json

import numpy as np
import pytest
from mapping_rig import FPS, MAIN, SIZE, A, B, C, Rig
from test_moments import same

from livegen.mapping import Lfo, Motion, Route
from livegen.mapping.lookback import MOST_WAITING, SCRUB
from livegen.mapping.moments import moment_of, read, seen, written
from livegen.mapping.tape import Tape
from livegen.moment import instrument, resume_instrument

WALK = Motion(kind="walk")
AGO, ENTRIES = f"{MAIN}/past/ago", f"{MAIN}/presets/entries"


class Remembered(Rig):
    """With a tape, as the stage has one."""

    def __init__(self, *args, **kwargs):
        self.tape = Tape(SIZE, seconds=600, limit=1 << 24)
        super().__init__(*args, **kwargs)

    def tick(self, seconds=1 / FPS):
        score = super().tick(seconds)
        if not self.instrument.lookback.looking:
            self.tape.add(moment_of(self.instrument), self.instrument.rows)
        return score

    def look(self, ago):
        moment = self.tape.near(self.tape.newest - ago)
        self.say("past/stand", written(moment, ago))
        return moment


def test_the_past_is_seen_and_what_plays_goes_on_unseen():
    """A morph, a walk and a fader under it arrive as if nobody had looked."""
    twins = Remembered([A, B, C], motion=WALK), Rig([A, B, C], motion=WALK)
    past = []
    for rig in twins:
        rig.run(1.0)
        past.append(rig.score)
        rig.say("presets/load", "b", 2.0)
        rig.run(1.0)
    moment = twins[0].look(1.0)
    for rig in twins:
        rig.run(0.5)
    same(past[0], seen(twins[0].instrument, moment))
    assert np.array_equal(past[0].latent.values, twins[0].score.latent.values)
    assert (past[0].knobs, past[0].time) == (twins[0].score.knobs, twins[0].score.time)
    assert 1.0 == twins[0].board.value(AGO)
    twins[0].say("past/leave", 0.0)
    for rig in twins:
        rig.run(1.5)
    one, two = twins[0].score, twins[1].score
    assert np.array_equal(one.latent.values, two.latent.values) and one.knobs == two.knobs
    assert 0.0 == twins[0].board.value(AGO)


def test_scrubbing_goes_from_moment_to_moment_without_a_jump():
    """Over a tenth of a second; then it is the moment to the bit."""
    rig = Remembered([A, B], motion=WALK)
    rig.run(1.0)
    rig.say("presets/load", "b", 0.0)
    rig.run(1.0)
    moment, before = rig.look(1.5), rig.score.latent.values
    way = [score.latent.values for score in rig.run(2 * SCRUB)]
    to = seen(rig.instrument, moment).latent
    assert np.linalg.norm(way[0] - before) < 0.9 * np.linalg.norm(to - before)
    assert np.array_equal(to, way[-1])


def test_playing_on_begins_exactly_where_one_looked():
    """Latent, parameters, seed and what turns by itself; then all of it goes on from there."""
    rig = Remembered([A, B], motion=WALK)
    rig.say("params/spin", 0.5)
    then = rig.run(1.0)[-1]
    rig.say("presets/load", "b", 0.0)
    rig.say("seed", 99)
    rig.run(2.0)
    rig.look(2.0)
    rig.run(1.0)
    rig.say("past/play")
    first = rig.tick()
    assert np.linalg.norm(first.latent.values - then.latent.values) < 0.05
    assert (then.seed, 0.0) == (first.seed, rig.board.value(AGO))
    assert abs(first.time - then.time) < 2 / FPS and abs(first.knobs["spin"] - then.knobs["spin"]) < 0.1
    rig.run(1.0)
    assert rig.score.time == pytest.approx(then.time + 1.0, abs=0.1)
    assert (-0.4, "ink") == (rig.board.value(f"{MAIN}/params/hue"), rig.board.value(f"{MAIN}/params/look"))
    rig.say("params/hue", 0.3)
    assert 0.3 == pytest.approx(rig.tick().knobs["hue"])


def test_a_moment_is_kept_as_it_was_seen():
    """Its latent where it had strayed to; the show is not moved by it."""
    rig = Remembered([A, B], motion=WALK)
    rig.say("params/walk", 1.0)
    then = rig.run(1.0)[-1]
    rig.say("presets/load", "b", 0.0)
    rig.run(1.0)
    rig.look(1.0)
    rig.say("past/keep", "dawn")
    rig.tick()
    cue = rig.instrument.cues["dawn"]
    assert np.array_equal(then.latent.values, np.float32(cue.z))
    assert (-0.4, "ink") == (cue.params["hue"], cue.params["look"])
    assert "a,b,dawn" == rig.board.value(ENTRIES)
    assert rig.instrument.lookback.looking


def test_instructions_wait_for_the_moment_that_they_are_about():
    """Look, keep and play in one breath: the stage says the moment a tick later."""
    rig = Remembered([A, B])
    rig.run(1.0)
    rig.say("presets/load", "b", 0.0)
    rig.run(1.0)
    rig.say("past/look", -1.5)
    rig.say("past/keep", "first")
    rig.say("past/play", 0.0)
    rig.tick()
    assert () == rig.score.notes and "first" not in rig.instrument.cues
    rig.look(1.5)
    rig.tick()
    assert not rig.instrument.lookback.looking
    assert np.array_equal(np.float32(rig.instrument.cues["first"].z), rig.tick().latent.values)
    for _ in range(3 * MOST_WAITING):
        rig.say("past/look", 1.0)
        rig.say("past/keep", "again")
    rig.tick()
    assert MOST_WAITING == len(rig.instrument.lookback.waiting)


def test_without_a_past_it_says_so():
    """Nothing looked at, nothing remembered, no number, no moment."""
    rig = Rig([A])
    for words, said in (
        (("past/play",), "nothing of the past"), (("past/keep", "x"), "nothing of the past"), (("past/stand", ""), "nothing of the past"),
        (("past/look", "now"), "not_a_number|sent 'now'"), (("past/stand", "{}"), "no moment"),
    ):  # fmt: skip
        rig.say(*words)
        rig.tick()
        assert 1 == len(rig.score.notes)
        assert any(part in rig.score.notes[0] for part in said.split("|")), rig.score.notes
    rig.say("past/leave")
    rig.tick()
    assert () == rig.score.notes


@pytest.mark.parametrize(
    "words", [("presets/load", "b", 0.0), ("randomize",), ("xy", 0.5, 0.5), ("explore/pick", 1), ("reset",)]
)
def test_whoever_plays_sees_what_is_played(words):
    """An instruction that sends the picture somewhere ends looking back."""
    rig = Remembered([A, B])
    rig.say("explore/next")
    rig.run(1.0)
    rig.look(0.5)
    rig.run(0.5)
    assert rig.instrument.lookback.looking
    rig.say(*words)
    rig.tick()
    assert not rig.instrument.lookback.looking and 0.0 == rig.board.value(AGO)


def test_a_slider_that_is_moved_shows_at_once_and_is_kept_when_playing_on():
    """The others stay as they were then."""
    rig = Remembered([A, B])
    rig.run(1.0)
    rig.say("presets/load", "b", 0.0)
    rig.run(1.0)
    rig.look(1.5)
    rig.run(0.5)
    rig.say("params/zoom", 3.0)
    assert (3.0, -0.4) == (rig.tick().knobs["zoom"], rig.score.knobs["hue"])
    rig.say("past/play", 0.0)
    rig.run(0.2)
    assert (3.0, -0.4) == (rig.score.knobs["zoom"], rig.score.knobs["hue"])


def test_what_moves_by_itself_does_not_end_it():
    """Oscillators write all the time; the past stays as it was."""
    rig = Remembered(
        [A, B], lfos=[Lfo(name="slow", period=0.5)],
        routes=[Route(source="lfo/slow", to=f"{MAIN}/params/hue"), Route(source="lfo/slow", to=f"{MAIN}/xy")],
    )  # fmt: skip
    rig.run(1.0)
    moment = rig.look(0.5)
    rig.run(0.5)
    assert rig.instrument.lookback.looking
    assert moment.look.params["hue"] == rig.score.knobs["hue"]
    assert np.array_equal(seen(rig.instrument, moment).latent, rig.score.latent.values)


def test_it_works_while_frozen():
    """Time stands still for what plays, not for who looks; playing on stays frozen, there."""
    rig = Remembered([A, B], motion=WALK)
    then = rig.run(1.0)[-1]
    rig.say("presets/load", "b", 0.0)
    rig.run(1.0)
    rig.say("freeze", True)
    rig.run(0.2)
    rig.look(1.2)
    rig.run(0.5)
    assert np.array_equal(then.latent.values, rig.score.latent.values)
    rig.say("past/play", 0.0)
    rig.run(1.0)
    assert np.array_equal(then.latent.values, rig.score.latent.values) and then.time == rig.score.time


def test_a_moment_holds_what_is_looked_at():
    """So that a take may begin while somebody scrubs."""
    rig, other = (Remembered([A, B], motion=WALK) for _ in range(2))
    rig.run(1.0)
    rig.look(0.5)
    rig.run(2.2 / FPS)
    other.clock.time = rig.clock.now()
    resume_instrument(json.loads(json.dumps(instrument(rig.instrument))), other.instrument)
    for score, again in zip(rig.run(0.5), other.run(0.5), strict=True):
        assert np.array_equal(score.latent.values, again.latent.values)
    assert other.instrument.lookback.ago == 0.5


def test_another_patch_ends_it():
    """Other parameters: what was looked at is no more."""
    rig = Remembered([A, B])
    rig.run(1.0)
    rig.look(0.5)
    rig.tick()
    rig.instrument.revise(params=[], cues=[A], motion=WALK)
    assert not rig.instrument.lookback.looking
    rig.tick()


def test_a_moment_of_another_show_is_fitted_or_refused():
    """Of another size: refused; the picture stays."""
    rig = Remembered([A, B])
    rig.run(0.5)
    said = json.loads(written(moment_of(rig.instrument), 1.0))
    rig.say("past/stand", json.dumps(said | {"z": said["z"][:16]}))
    rig.tick()
    assert "no moment" in rig.score.notes[0] and not rig.instrument.lookback.looking
    assert read(json.dumps(said), rig.instrument)
