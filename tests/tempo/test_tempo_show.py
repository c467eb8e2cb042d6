"""The clock in a whole show: routes reach it, loops say when they come round, an edit keeps the beat."""

import pytest

from livegen.engine.latching import latched
from livegen.engine.voice import Track
from livegen.ensemble import Ensemble
from livegen.message import Message
from livegen.patch import loads

PATCH = """
[tempo]
bpm = 120
lead = 0
[generators.main]
kind = "cppn"
latent = 8
[generators.main.motion]
kind = "loop"
beats = 4
[[routes]]
from = "/pad"
to = "tempo/tap"
[[routes]]
from = "/fader"
to = "tempo/bpm"
out = [60, 180]
[[routes]]
from = "/livegen/main/loop"
to = "main/randomize"
"""


class Show:
    def __init__(self, text=PATCH):
        self.ensemble, self.now = Ensemble(loads(text)), 10.0
        self.tracks = [Track(voice) for voice in self.ensemble.voices()]
        self.told = []
        self.ensemble.tell = self.told.extend

    def tick(self, seconds=0.02, count=1):
        for _ in range(count):
            self.now += seconds
            latched(self.ensemble.board, self.ensemble.before, self.tracks, self.now, pytest.fail)

    def tell(self, address, *args, at=None):
        self.ensemble.apply(Message(address, args, self.now if at is None else at, "osc"))

    def value(self, name):
        return self.ensemble.board.value(f"/livegen/{name}")


def test_a_pad_taps_and_a_fader_turns_through_routes():
    """With the pad's own time, however late the tick."""
    show = Show()
    show.tick()
    for at in (10.031, 10.531, 11.037, 11.531, 12.031):
        while show.now + 0.02 < at:
            show.tick()
        show.tell("/pad", True, at=at)
    show.tick(count=60)
    assert 120.0 == pytest.approx(show.value("tempo/bpm"), abs=0.5)
    assert ((show.now - 12.031) * 2.0) % 1.0 == pytest.approx(show.value("tempo/position") % 1.0, abs=0.03)
    show.tell("/fader", 1.0)
    show.tick(count=2)
    assert 180.0 == show.value("tempo/bpm")


def test_a_loop_that_comes_round_says_so_to_listeners_to_readers_and_to_routes():
    """Three rounds in twelve beats: three pulses, a count, and three new seeds."""
    show = Show()
    show.tick(count=2)
    seeds = {show.value("main/seed")}
    for _ in range(310):
        show.tick()
        seeds.add(show.value("main/seed"))
    assert [("/livegen/main/loop", ())] * 3 == show.told
    assert (3, 4) == (show.value("main/rounds"), len(seeds))


def test_what_a_loop_sets_off_counts_from_when_it_came_round():
    """A route follows in the tick after, by which time a glide is as far as if it had begun with the pulse."""
    show = Show()
    player = show.ensemble.cast.instruments["main"]
    while not show.told:
        show.tick()
    here, elapsed, before = player.here.z, player.clock.elapsed, show.value("main/seed")
    assert player.passage is None
    show.tick()
    assert before != show.value("main/seed")
    assert elapsed == pytest.approx(player.passage.began) and (here == player.passage.start.z).all()
    assert 0.02 / 0.6 == pytest.approx(player.passage.share(player.clock.elapsed), abs=1e-6)


def test_an_edited_patch_keeps_the_beat():
    """Another tempo, another loop, and the position goes on."""
    show = Show()
    show.tick(count=100)
    before = show.value("tempo/position")
    show.ensemble.revised(
        loads(PATCH.replace("bpm = 120", "bpm = 90").replace("beats = 4", "beats = 8"))
    ).then()
    show.tick()
    assert before + 0.03 == pytest.approx(show.value("tempo/position"), abs=0.011)
    assert 90.0 == show.value("tempo/bpm")


def test_the_state_of_a_show_has_its_beat():
    """After a crash it goes on from there, at the tempo that hands had set."""
    show, again = Show(), Show()
    show.tell("/livegen/tempo/bpm", 77.0)
    show.tick(count=100)
    again.ensemble.restore(show.ensemble.state())
    again.tick(1e-6)
    assert show.value("tempo/position") == pytest.approx(again.value("tempo/position"), abs=1e-3)
    again.tick(0.5)
    assert 77.0 == again.value("tempo/bpm")
    assert show.value("tempo/position") + 0.5 * 77 / 60 == pytest.approx(
        again.value("tempo/position"), abs=1e-3
    )
