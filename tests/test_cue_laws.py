"""Two laws of cues, whatever is said in whatever order: nothing jumps unless the time is 0, and everything comes back
to the bit from any tick on."""

import itertools
import json

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_cuelist import Show

from livegen import ensemble as house
from livegen.mapping.recall import BPM, METER, POSITION
from livegen.moment import moment, resume
from livegen.params import INT, READ, Param

PATCH = """
[generators.main]
kind = "cppn"
latent = 16
[generators.main.motion]
kind = "still"
[generators.main.params]
hue = { value = 0.1, slew = 0.0 }
[[cues]]
name = "a"
seed = 1
seconds = 0.6
follow = 0.2
params = { hue = -0.4 }
[[cues]]
name = "b"
seed = 2
seconds = 0.8
quantum = "beat"
params = { hue = 0.4, speed = 0.2 }
[[cues]]
name = "c"
seed = 3
curve = "exp"
seconds = 1.0
follow = 0.0
"""
TICK = 0.01
JUMP = 1.5
"""Of the latent in one tick; between two cues lie five and more."""


class Counting:
    """Somebody who counts 150 beats a minute."""

    name = "counting"

    def __init__(self, patch):
        self.began = None

    def rows(self, patch):
        return (
            Param(address=POSITION, high=1e9, access=READ), Param(address=METER, type=INT, low=1, high=32, default=3),
            Param(address=BPM, low=20, high=400, default=150.0),
        )  # fmt: skip

    def revise(self, patch):
        pass

    def heeds(self, address):
        return False

    happens = heeds

    def hear(self, message):
        pass

    def tick(self, now, board):
        self.began = now if self.began is None else self.began
        board.echo({POSITION: (now - self.began) * 2.5})
        return ()

    def state(self):
        return {"began": self.began}

    def restore(self, state):
        self.began = state["began"]

    moment, resume = state, restore


names = st.sampled_from(["a", "b", "c", "d"])
seconds = st.floats(0.5, 2.0, width=16)
words = st.lists(st.sampled_from(["smooth", "linear", "exp", "now", "beat", "bar", "middle", "end"]), max_size=2)
main = "/livegen/main/"
ACTS = st.one_of(
    st.tuples(st.just("load"), names, seconds, words).map(lambda said: (said[0], said[1], said[2], *said[3])),
    st.tuples(st.just(main + "presets/load"), names, words).map(lambda said: (said[0], said[1], *said[2])),
    st.tuples(st.sampled_from(["go", "back", "stay", "go"])),
    st.tuples(st.just("loop"), st.booleans()),
    st.tuples(st.sampled_from(["save", "delete"]), names),
    st.tuples(st.just("rename"), names, names),
    st.tuples(st.just("move"), names, st.integers(1, 5)),
    st.tuples(st.just("follow"), names, st.sampled_from([-1.0, 0.0, 0.1])),
    st.tuples(st.just("seconds"), names, seconds),
    st.tuples(st.sampled_from([main + "seed"]), st.integers(0, 50)),
    st.tuples(st.just(main + "tour"), st.booleans()),
    st.tuples(st.just(main + "freeze"), st.booleans()),
    st.tuples(st.just(main + "presets/morph"), names, names, st.just(0.5)),
    st.tuples(st.just(main + "presets/place"), names, st.floats(0, 1, width=16), st.floats(0, 1, width=16)),
    st.tuples(st.just(main + "presets/plane"), st.sampled_from(["natural", "distance"])),
    st.tuples(st.just(main + "presets/switch"), names, st.sampled_from(["middle", "end"])),
)
SCRIPTS = st.lists(st.tuples(st.integers(1, 40), st.lists(ACTS, min_size=1, max_size=2)), min_size=1, max_size=10)


def counted(monkeypatch_context):
    monkeypatch_context.setattr(house, "SECTIONS", (Counting,))
    return Show(PATCH)


def played(show, script):
    """The scores of a script: so many ticks, then what is said."""
    scores = [show.tracks[0].score]
    for ticks, acts in script:
        for act in acts:
            show.say(*act)
        for _ in range(ticks):
            show.tick(1, TICK)
            scores.append(show.tracks[0].score)
    return scores


SLOW = settings(
    max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate),  # to shrink takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SLOW
@given(SCRIPTS)
def test_nothing_jumps(monkeypatch, script):
    """Recalls, interruptions, waits for a beat, edits, a tour, a frozen picture, and what follows by itself."""
    with monkeypatch.context() as patched:
        scores = played(counted(patched), [*script, (30, [])])
    for one, other in itertools.pairwise(scores):
        assert np.linalg.norm(other.latent.values - one.latent.values) < JUMP
        assert abs(other.knobs["hue"] - one.knobs["hue"]) < 0.2
        assert abs(other.time - one.time) < 0.1


@SLOW
@given(SCRIPTS, SCRIPTS)
def test_everything_comes_back_to_the_bit(monkeypatch, before, script):
    """A moment of it, as JSON, goes on in another ensemble as it does here."""
    with monkeypatch.context() as patched:
        show, other = counted(patched), counted(patched)
        played(show, before)
        said = json.loads(json.dumps(moment(show.ensemble, show.tracks, show.speech)))
        resume(said, other.ensemble, other.tracks, other.speech)
        other.clock.time = show.clock.time
        script = [*script, (20, [])]
        for one, two in zip(played(show, script)[1:], played(other, script)[1:], strict=True):
            np.testing.assert_array_equal(one.latent.values, two.latent.values)
            assert (dict(one.knobs), one.seed, one.time, dict(one.echo).keys()) == (dict(two.knobs), two.seed, two.time, dict(two.echo).keys())
    assert show.ensemble.cuelist.state() == other.ensemble.cuelist.state()
    cues, others = ([cue.as_dict() for cue in each.player().cues.values()] for each in (show, other))
    assert cues == others


def test_a_time_of_nothing_is_a_cut(monkeypatch):
    """The law's other half: who asks for a cut gets it in the very frame."""
    with monkeypatch.context() as patched:
        show = counted(patched)
    scores = played(show, [(5, []), (1, [("load", "b", 0.0, "now")])])
    assert np.linalg.norm(scores[-1].latent.values - scores[-2].latent.values) > 2 * JUMP
