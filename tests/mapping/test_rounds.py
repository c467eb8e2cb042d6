"""Rounds: loops and tours by the clock close on the bar, frozen or not."""

import numpy as np
import pytest
from mapping_rig import MAIN, A, B, C

from livegen.board import Snapshot
from livegen.mapping import Instrument, Motion
from livegen.mapping.rounds import tour


class Danced:
    """An instrument and a clock in beats that one turns."""

    def __init__(self, motion, cues=()):
        self.player = Instrument(MAIN, latent=8, cues=cues, motion=motion, seed=3)
        self.at = 10.0
        self.around = 0

    def at_beat(self, song, seconds=0.02, **values):
        self.at += seconds
        clock = {"position": song, "origin": 0.0, "meter": 4, "running": True, "bpm": 120.0}
        told = {f"/livegen/tempo/{name}": value for name, value in clock.items()} | {
            f"{MAIN}/params/walk": 1.0
        }
        score = self.player.advance(
            Snapshot(at=self.at, values=told | {f"{MAIN}/{k}": v for k, v in values.items()}, phases={})
        )
        self.around += score.around
        return score.latent.values


@pytest.mark.parametrize("settings", [{"beats": 16.0}, {"bars": 4.0}])
def test_a_loop_closes_on_the_bar_and_says_so_each_time(settings):
    """Whatever the tempo is: beats count, not seconds."""
    show = Danced(Motion(kind="loop", **settings))
    first = show.at_beat(0.0)
    between = show.at_beat(7.0, seconds=3.0)
    assert np.abs(first - between).max() > 0.1
    for beat in np.linspace(7.0, 48.0, 400):
        last = show.at_beat(float(beat))
    np.testing.assert_allclose(first, last, atol=1e-5)
    assert 3 == show.around


def test_a_loop_in_seconds_says_when_it_comes_round_too():
    """In its own time."""
    player = Instrument(MAIN, latent=8, motion=Motion(kind="loop", seconds=2.0))
    around = sum(
        player.advance(Snapshot(at=t, values={}, phases={f"{MAIN}/params/speed": t})).around
        for t in np.arange(0.0, 6.05, 0.1)
    )
    assert 3 == around


def test_a_tour_by_the_clock_stands_on_its_cues_on_the_beat():
    """Three cues in twelve beats: one every four."""
    show = Danced(Motion(kind="tour", beats=12.0), (A, B, C))
    for beat, cue in ((0.0, A), (4.0, B), (8.0, C), (12.0, A)):
        np.testing.assert_allclose(show.player.book.looks[cue.name].z, show.at_beat(beat), atol=1e-5)
    assert 1 == show.around
    assert (12.0, 5.0) == (tour(show.player.motion, 5.0).beats, tour(show.player.motion, 5.0).began)


def test_what_was_frozen_hurries_until_it_is_in_time_again():
    """No jump when it is let go, and back on the bar within two rounds."""
    show, twin = Danced(Motion(kind="loop", beats=8.0)), Danced(Motion(kind="loop", beats=8.0))
    beat = 0.0
    for _ in range(40):
        beat += 0.05
        held = show.at_beat(beat)
        twin.at_beat(beat)
    for _ in range(60):
        beat += 0.05
        np.testing.assert_array_equal(held, show.at_beat(beat, freeze=True))
        twin.at_beat(beat)
    steps, last = [], held
    for _ in range(200):
        beat += 0.05
        here, wanted = show.at_beat(beat), twin.at_beat(beat)
        steps.append(np.abs(here - last).max())
        last = here
    np.testing.assert_allclose(wanted, here, atol=1e-5)
    assert max(steps) < 0.2


def test_from_the_top_begins_the_loop_anew():
    """It is what was asked for."""
    show = Danced(Motion(kind="loop", beats=16.0))
    first = show.at_beat(0.0)
    show.at_beat(5.0)
    np.testing.assert_allclose(first, show.at_beat(0.0), atol=1e-6)
    assert 0 == show.around
