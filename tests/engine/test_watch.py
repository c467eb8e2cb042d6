"""Alarms say that something looks wrong, and change nothing."""

import numpy as np

from livegen.engine.voice import Track, Voice
from livegen.engine.watch import Alarms
from livegen.generators.base import Picture, Request
from livegen.latent import Latent, from_seed


def watch(seconds: float, *, picture_moves: bool, asked_to_move: bool) -> tuple[str, ...]:
    alarms, track = Alarms(), Track(Voice(name="main", advance=lambda snapshot: None))
    for i in range(int(seconds * 10)):
        pixels = np.full((32, 32, 4), i % 200 if picture_moves else 9, np.uint8)
        latent = Latent(from_seed(i if asked_to_move else 1, 4))
        request = Request(instance="main", latent=latent, time=i / 10)
        alarms.see(i / 10, track, request, Picture(pixels=pixels))
    return alarms.sounding


def test_a_frozen_picture_is_noticed_after_ten_seconds():
    """It was asked to move, and did not."""
    assert ((), ("frozen main",)) == tuple(
        watch(seconds, picture_moves=False, asked_to_move=True) for seconds in (9.0, 11.0)
    )


def test_a_picture_that_is_asked_to_stand_still_may():
    """Freezing a show is not a fault."""
    assert () == watch(30.0, picture_moves=False, asked_to_move=False)


def test_a_moving_picture_is_fine():
    """However long."""
    assert () == watch(30.0, picture_moves=True, asked_to_move=True)
