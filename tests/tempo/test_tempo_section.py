"""The clock as a section: who sets it, what it puts on the board, and that nothing throws it."""

import json

import numpy as np
import pytest
from tempo_rig import Clocked, Spec

from livegen.errors import BadValue
from livegen.message import Message
from livegen.tempo import Tempo
from livegen.tempo.rows import BASE


def test_it_counts_beats_and_bars_and_tells_them_when_they_begin():
    """At 120: two beats a second, bar 2 after four of them; readers hear of beats and bars, not of every tick."""
    show = Clocked()
    show.tick(0.01)
    since, _ = show.board.changes(0)
    assert 4.0 == pytest.approx(show.tick(0.01, 200))
    _, news = show.board.changes(since)
    assert {f"{BASE}/beat": 1, f"{BASE}/bar": 2} == {
        a: v for a, v, _ in news if a.endswith(("/beat", "/bar"))
    }
    since, _ = show.board.changes(0)
    show.tick(0.01, 20)
    assert [] == show.board.changes(since)[1]
    assert 4.4 == pytest.approx(show.value("position")) and 0.4 == pytest.approx(show.value("phase"))


def test_a_slider_changes_the_tempo_and_not_the_position():
    """Also by its other name, which only the board knows."""
    show = Clocked()
    before = show.tick(0.01, 100)
    show.tell("bpm", 60.0)
    assert before + 0.01 == pytest.approx(show.tick(0.01), abs=1e-6)
    show.board.apply(Message(f"{BASE}/bpm/normalized", 1.0, show.now, "x"))
    show.tick(0.01)
    assert before + 0.01 + 0.05 + 1.0 == pytest.approx(show.tick(0.01, 20), abs=0.01)
    assert 300.0 == show.value("bpm")


def test_three_taps_set_tempo_and_beat_and_the_downbeat_sets_the_bar():
    """Each with its own time, however late the next tick comes; a button's release is no tap."""
    show = Clocked()
    show.tick(0.05, 3)
    for at in (101.0, 101.6, 102.2, 102.8):
        while show.now < at:
            show.tick(0.05)
        show.tell("tap", 1, at=at)
        show.tell("tap", 0, at=at + 0.1)
    show.tick(0.05, 60)
    assert 100.0 == pytest.approx(show.value("bpm"), abs=0.01)
    beats = (show.now - 102.8) / 0.6
    assert beats % 1.0 == pytest.approx(show.value("position") % 1.0, abs=0.01)
    show.tell("downbeat")
    show.tick(0.05, 40)
    assert (40 * 0.05 / 0.6) % 4.0 == pytest.approx(show.value("position") % 4.0, abs=0.01)


def test_a_midi_clock_is_followed_from_its_start_on():
    """Bar 1 is where the song begins, the picture is on its beat, and it is bar 1 of the show as well."""
    show, rng = Clocked(source="midi"), np.random.default_rng(2)
    show.tick(count=70)
    show.tell("/midi/start")
    begin, period = show.now + 0.01, 60 / 126 / 24
    end = show.pulses(begin, 24 * 16, period, lambda: float(rng.normal(0, 0.002)))
    show.tick()
    song = (show.now - begin) / period / 24
    assert song == pytest.approx(show.value("position") - show.value("origin"), abs=0.02)
    assert int(song // 4) + 1 == show.value("bar") and show.value("locked")
    assert 126.0 == pytest.approx(show.value("bpm"), abs=0.2)
    show.tick(count=60)
    assert not show.value("locked")
    assert (show.now - begin) / period / 24 == pytest.approx(
        show.value("position") - show.value("origin"), abs=0.03
    )
    assert end < show.now


def test_a_midi_song_stops_is_moved_and_goes_on():
    """Song position 32 sixteenths is beat 8, bar 3."""
    show = Clocked(source="midi")
    show.tick(count=10)
    show.tell("/midi/start")
    end = show.pulses(show.now, 24 * 4, 0.02)
    show.tell("/midi/stop", at=end)
    show.tick()
    stood = show.tick(count=30)
    assert not show.value("running") and stood == show.tick(count=30)
    show.tell("/midi/song", 32)
    show.tell("/midi/continue")
    begin = show.now
    show.pulses(begin, 24 * 2 + 12, 0.02)
    show.tick()
    song = 8 + (show.now - begin) / 0.02 / 24
    assert song == pytest.approx(show.value("position") - show.value("origin"), abs=0.03)
    assert 3 == show.value("bar") and show.value("running")


def test_link_sets_tempo_beat_and_peers():
    """Phase within the bar is everybody's; a tempo of one peer is that of all."""
    show = Clocked(source="link")
    show.tick(count=30)
    for step in range(40):
        show.tell("/link/state", 90.0, 1002.25 + step * 0.05 * 1.5, 2, 0)
        show.tick(0.05)
    assert (1002.25 + 40 * 0.05 * 1.5) % 4 == pytest.approx(show.value("position") % 4, abs=0.01)
    assert (90.0, 2, True) == (show.value("bpm"), show.value("peers"), show.value("locked"))
    show.tell("/link/state", 90.0, 1005.25, 2, 1)
    show.tell("/link/state", 90.0, 1005.35, 2, 0)
    stood = show.tick()
    assert stood == show.tick(0.5) and not show.value("running")
    show.tick(0.5, 5)
    assert not show.value("locked")


def test_the_look_ahead_is_the_middle_of_what_is_measured_until_a_hand_sets_it():
    """One bad second does not throw it; the nudge comes on top."""
    show = Clocked()
    for ms in (80, 90, 900, 85, 88):
        show.tell("latency", float(ms))
    show.tick(0.5, 4)
    assert 0.088 == show.value("lead")
    assert 2 * (show.now - 100.5 + 0.088) == pytest.approx(show.value("position"), abs=0.01)
    show.tell("nudge", 12.0)
    show.tell("lead", 0.2)
    show.tick(0.5, 4)
    show.tell("latency", 30.0)
    show.tick(0.5, 4)
    assert (0.2, False) == (show.value("lead"), show.value("lead_auto"))
    assert 2 * (show.now - 100.5 + 0.212) == pytest.approx(show.value("position"), abs=0.01)
    show.tell("lead_auto", True)
    show.tick(0.5, 4)
    assert 0.086 == pytest.approx(show.value("lead"), abs=0.003)


def test_stop_start_and_running():
    """From the top is bar 1, by a leap to where a bar begins."""
    show = Clocked()
    show.tick(0.01, 130)
    show.tell("stop")
    assert show.tick(0.01) == show.tick(0.01, 50)
    show.tell("running", True)
    before = show.value("position")
    assert before + 0.2 == pytest.approx(show.tick(0.01, 11), abs=0.03)
    show.tell("start")
    assert 4.0 == pytest.approx(show.tick(0.01), abs=0.03)
    assert (1, 1, True) == (show.value("beat"), show.value("bar"), show.value("running"))


def test_nonsense_is_refused_with_a_sentence_and_changes_nothing():
    """From whoever it comes."""
    show = Clocked(source="midi")
    show.tick()
    with pytest.raises(BadValue, match="own"):
        show.tell("tap")
    with pytest.raises(BadValue, match="arguments"):
        show.tell("/link/state", 120.0)
    with pytest.raises(BadValue):
        show.tell("/midi/song")
    with pytest.raises(BadValue):
        show.tell("latency", "soon")
    show.tell("/link/state", 9000.0, 1.0, 1, 1)
    assert 2 / 60 == pytest.approx(show.tick())


def test_an_edited_patch_changes_the_tempo_and_the_beat_goes_on():
    """What the edit left alone stays as hands have put it."""
    show = Clocked(bpm=100.0)
    show.tell("meter", 3)
    before = show.tick(0.01, 100)
    edited = Spec(bpm=150.0)
    show.board.replace(show.section.rows(edited), {})
    show.section.revise(edited)
    assert before == pytest.approx(show.tick(0.01), abs=0.03)
    assert (150.0, 3) == (show.value("bpm"), show.value("meter"))


def test_after_a_crash_it_goes_on_from_the_beat_where_it_stood():
    """As plain JSON; half a state is refused, and leaves it as it was."""
    show = Clocked(bpm=100.0)
    show.tell("start")
    show.tick(0.01, 700)
    kept = json.loads(json.dumps(show.section.state()))
    again = Clocked(at=5.0, bpm=100.0)
    again.section.restore(kept)
    assert show.value("position") == pytest.approx(again.tick(0.01), abs=1e-9)
    with pytest.raises(BadValue, match="where the clock stood"):
        again.section.restore({**kept, "position": float("inf")})
    assert show.value("bar") == again.value("bar")


@pytest.mark.parametrize("seed", range(3))
def test_it_never_goes_back_and_a_moment_of_it_goes_on_to_the_bit(seed):
    """Taps, clocks, Link, sliders and edits in any order."""
    rng = np.random.default_rng(seed)
    show = Clocked(source=str(rng.choice(["own", "midi", "link"])))

    def act(*all):
        kind = int(rng.integers(12))
        name, args = [
            ("tap", ()), ("downbeat", ()), ("start", ()), ("stop", ()), ("running", (1,)), ("bpm", (float(rng.uniform(20, 300)),)),
            ("meter", (int(rng.integers(1, 8)),)), ("nudge", (float(rng.uniform(-500, 500)),)), ("latency", (float(rng.uniform(0, 400)),)),
            ("source", (str(rng.choice(["own", "midi", "link"])),)), ("/midi/start", ()), ("/link/state", (float(rng.uniform(60, 180)), float(rng.uniform(0, 99)), 1, int(rng.integers(2)))),
        ][kind]  # fmt: skip
        for each in all:
            try:
                each.tell(name, *args)
            except BadValue:
                continue

    def step(*all):
        if rng.uniform() < 0.3:
            act(*all)
        for _ in range(int(rng.integers(0, 3))):
            late = float(rng.uniform(0, 0.02))
            for each in all:
                each.tell("/midi/clock", at=each.now - late)
        dt = float(rng.uniform(0.005, 0.05))
        return [each.tick(dt) for each in all]

    positions = [step(show)[0] for _ in range(400)]
    assert (np.diff(positions) >= -1e-9).all() and np.diff(positions).max() < 10
    again = Clocked(at=show.now)
    again.section = Tempo(Spec())
    again.section.resume(json.loads(json.dumps(show.section.moment())))
    for name in ("bpm", "meter", "nudge", "lead", "lead_auto", "source", "running"):
        again.board.echo({f"{BASE}/{name}": show.value(name)})
    for _ in range(200):
        one, two = step(show, again)
        assert one == two
