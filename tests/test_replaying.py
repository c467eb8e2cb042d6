"""Replaying: the same frames again, to the bit."""

from dataclasses import replace

import numpy as np
import pytest
from take_rig import PATCH, Played

from livegen.replaying import Player, elsewhere, inline
from livegen.taking import made_by
from livegen.wire.plain import packed
from livegen.wire.take import MICRO, read


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
    assert len(wanted) == len(shots)
    for (stream, at, pixels), shot in zip(wanted, shots, strict=True):
        assert (stream, at) == (shot.stream, shot.at)
        np.testing.assert_array_equal(pixels, shot.pixels)
        assert shot.same in (True, None)


@pytest.mark.parametrize("seed", range(6))
def test_a_take_may_begin_in_the_middle_of_anything(tmp_path, seed):
    """Of a morph, a tour, a slew, frozen or not: from its first tick on it is the show, to the bit."""
    show, draw = Played(tmp_path / "a.take", later=True), np.random.default_rng(100 + seed)
    show.perform(draw, 60)
    show.record()
    show.perform(draw, 60)
    player = Player(read(show.close()), inline())
    shots = [shot for tick in player.play() for shot in tick]
    assert 60 == len(shots)
    for (_, at, pixels), shot in zip(show.frames, shots, strict=True):
        assert at == shot.at
        np.testing.assert_array_equal(pixels, shot.pixels)


@pytest.mark.parametrize("seed", range(6))
def test_who_looks_in_between_changes_nothing(tmp_path, seed):
    """A film at times of its own asks everybody between two ticks; whatever happens at a tick happens as in the show."""
    show = Played(tmp_path / "a.take")
    show.perform(np.random.default_rng(200 + seed))
    take = read(show.close())

    def ticks(shares):
        player = Player(take, inline())
        for tick in take.ticks:
            player.step(tick)
            score = player._tracks[0].score
            told = {**score.knobs, **player.values, "z": score.latent.values, "time": score.time, "seed": score.seed}
            yield {name: repr(packed(value)) for name, value in told.items()}
            for share in shares:
                with player.glance((tick.at + share * 40_000) / MICRO):
                    pass

    for number, (plain, looked_at) in enumerate(zip(ticks(()), ticks((0.2, 0.9)), strict=True)):
        assert {} == {name: (number, plain[name], looked_at[name]) for name in plain if plain[name] != looked_at[name]}


def test_what_routes_hear_of_a_picture_is_what_was_painted(tmp_path):
    """Behind the curtain too: a take that is played again knows of none."""
    heard = '''
[[routes]]
from = "/livegen/main/image/out/light"
to = "/livegen/main/params/twist"
'''
    show = Played(tmp_path / "a.take", PATCH + heard)
    for number in range(40):
        if number % 20 == 10:
            show.tell("/livegen/panic/black", number == 10)
        show.tick()
    shots = [shot for tick in Player(read(show.close()), inline()).play() for shot in tick]
    assert 40 == len(shots)
    for (_, _, pixels), shot in zip(show.painted, shots, strict=True):
        np.testing.assert_array_equal(pixels, shot.pixels)


def test_oscillators_that_were_turned_turn_again(tmp_path):
    """Shape, length, phase and depth, a cue that holds them, a morph to it, and the way back to the beat."""
    lfo, depth = "/livegen/lfo/beat", "/livegen/main/params/zoom/depth"
    turns = (
        (f"{lfo}/shape", "saw"), (f"{lfo}/beats", 3.3), (f"{lfo}/phase", 0.4), (f"{lfo}/depth", 0.5), (depth, -0.3),
        ("/livegen/cues/save", "turned"), ("/livegen/lfo/slow/period", 0.7), (f"{lfo}/depth", 1.0), (f"{lfo}/beats", 1.0),
        ("/livegen/cues/load", "turned", 0.5), (f"{lfo}/sync",), (f"{lfo}/shape", "smooth_random"),
    )
    shown = []
    for name, said in (("turned", turns), ("untouched", [("/nobody",)] * len(turns))):
        show = Played(tmp_path / f"{name}.take")
        show.tick(5)
        for address, *args in said:
            show.tell(address, *args)
            show.tick(6)
        shown.append((show.frames, [shot for tick in Player(read(show.close()), inline()).play() for shot in tick]))
    for frames, shots in shown:
        for (_, at, pixels), shot in zip(frames, shots, strict=True):
            assert at == shot.at
            np.testing.assert_array_equal(pixels, shot.pixels)
    (turned, _), (untouched, _) = shown
    assert 40 < sum(not np.array_equal(one[2], other[2]) for one, other in zip(turned, untouched, strict=True))


def test_a_take_of_another_version_is_played_with_a_word_of_warning(tmp_path):
    """It names what is another one here; what is the same needs none."""
    assert [] == elsewhere(made_by()) == elsewhere({})
    assert ["the take was made with livegen 0.0.1 (" in elsewhere(made_by() | {"livegen": "0.0.1", "python": "3.1"})[0]] == [True]
    show = Played(tmp_path / "a.take")
    show.tick(3)
    take = read(show.close())
    take.head = replace(take.head, made_by={"torch": "1.0"})
    player = Player(take, inline())
    assert "made with torch 1.0 (" in player.notes[0]
    assert 3 == len([shot for tick in player.play() for shot in tick])
