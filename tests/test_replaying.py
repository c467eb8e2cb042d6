"""Replaying: the same frames again, to the bit."""

import numpy as np
import pytest
from take_rig import Played

from livegen.replaying import Player, inline
from livegen.wire.take import read


@pytest.mark.parametrize("seed", range(4))
def test_any_performance_comes_back_to_the_bit(tmp_path, seed):
    """Cues and morphs that are interrupted, faders, seeds, nonsense: every frame that was painted, in its place."""
    show = Played(tmp_path / "a.take")
    show.perform(np.random.default_rng(seed))
    take = read(show.close())
    assert (0, True) == (take.damaged, take.ended)
    player = Player(take, inline())
    shots = [shot for tick in player.play() for shot in tick]
    wanted = [frame for frame in show.frames]
    assert len(wanted) - 1 <= len(shots) <= len(wanted)
    for (stream, at, pixels), shot in zip(wanted, shots, strict=False):
        assert (stream, at) == (shot.stream, shot.at)
        np.testing.assert_array_equal(pixels, shot.pixels)
        assert shot.same in (True, None)
