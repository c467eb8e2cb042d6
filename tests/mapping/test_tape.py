"""A tape: every tick of the last minutes, in memory that stays within its bounds."""

import time

import numpy as np
import pytest
from mapping_rig import A, B, C, Rig
from test_moments import same

from livegen.latent import from_seed
from livegen.mapping import Motion
from livegen.mapping.looks import Look
from livegen.mapping.moments import MOTION, Moment, moment_of, seen
from livegen.mapping.tape import BLOCK, CHUNK_BYTES, Tape
from livegen.params import Param

ROWS = {f"p{i}": Param(address=f"p{i}") for i in range(24)}
KNOBS = {name: row.initial for name, row in MOTION.items()}


def plain(at, z, value=0.5):
    return Moment(at, Look(z, dict.fromkeys(ROWS, value)), {"speed": at, "walk_speed": at / 10}, KNOBS, 7)


def test_every_tick_comes_back_to_the_bit():
    """A thousand of them, over blocks, morphs, walks and words."""
    rig, tape, scores = Rig([A, B, C], motion=Motion(kind="walk")), Tape(16, seconds=600, limit=1 << 24), []
    for number in range(1000):
        if number % 90 == 10:
            rig.say("presets/load", "abc"[number // 90 % 3], 0.5)
        if number % 200 == 50:
            rig.say("params/title", f"title {number}")
        rig.tick()
        moment = moment_of(rig.instrument)
        tape.add(moment, rig.instrument.rows)
        scores.append((moment.at, rig.score))
    for at, score in scores[::7]:
        found = tape.near(at)
        assert at == found.at
        same(score, seen(rig.instrument, found))


def test_the_nearest_moment_is_found():
    """Between two ticks, before the first, after the last, at the seam of two blocks."""
    tape, z = Tape(4, seconds=600, limit=1 << 24), from_seed(1, 4)
    assert tape.near(3.0) is None and tape.newest is None
    for number in range(3 * BLOCK):
        tape.add(plain(number / 10, z), ROWS)
    assert [0.0, 0.1, 0.2] == [tape.near(at).at for at in (-5.0, 0.14, 0.16)]
    seam = (BLOCK - 1) / 10
    assert [seam, seam + 0.1] == pytest.approx([tape.near(seam + 0.04).at, tape.near(seam + 0.06).at])
    assert tape.newest == tape.near(1e9).at == (3 * BLOCK - 1) / 10


def test_a_latent_that_stands_still_is_written_once():
    """And one that comes back equal is the same one."""
    tape, z = Tape(512, seconds=600, limit=1 << 26), from_seed(1, 512)
    for number in range(2000):
        tape.add(plain(number / 30, z if number % 2 else z.copy()), ROWS)
    assert 1 == tape.statistics().latents
    assert tape.statistics().bytes < 2000 * 400 + CHUNK_BYTES + BLOCK * 400


@pytest.mark.parametrize("size", [64, 512])
def test_twenty_minutes_take_no_more_than_ten(size):
    """At 60 ticks a second, the latent never still: what is older than ten minutes, or too much, makes room, and the
    newest is always there."""
    limit = 48 << 20
    tape, z, most, at = Tape(size, seconds=600, limit=limit), np.zeros(size, np.float32), [], 0.0
    for number in range(20 * 60 * 60):
        at = number / 60
        z = z + np.float32(1e-4)
        tape.add(plain(at, z, number % 7 / 7), ROWS)
        if number % 2400 == 0:
            most.append(tape.statistics().bytes)
    said = tape.statistics()
    assert max(most) <= limit and said.bytes <= limit
    assert max(most[len(most) // 2 :]) <= 1.02 * most[len(most) // 2]
    reach = 600 if size == 64 else 0.7 * limit / (60 * (4 * size + 8 * 32))
    assert reach <= said.seconds <= 606
    assert at == tape.newest and np.array_equal(z, tape.near(at).look.z)
    old = tape.near(at - said.seconds / 2)
    assert np.allclose(old.look.z, (old.at * 60 + 1) * 1e-4, rtol=1e-2)


def test_an_edited_patch_goes_on_the_same_tape():
    """Moments of before and of after, each with the names that it had."""
    tape, z = Tape(4, seconds=600, limit=1 << 24), from_seed(1, 4)
    other = {"only": Param(address="only", high=9.0)}
    tape.add(plain(0.0, z), ROWS)
    tape.add(Moment(1.0, Look(z, {"only": 4.0}), {"speed": 1.0}, KNOBS, 3), other)
    tape.add(plain(2.0, z), ROWS)
    assert [set(ROWS), {"only"}, set(ROWS)] == [set(tape.near(at).look.params) for at in (0.0, 1.0, 2.0)]


@pytest.mark.parametrize("size", [64, 512])
def test_a_tick_costs_microseconds(size):
    """Also where the latent moves: well under a tenth of a millisecond."""
    tape, z = Tape(size, seconds=600, limit=64 << 20), np.zeros(size, np.float32)
    moments = [plain(number / 60, z + np.float32(number)) for number in range(3000)]
    took = []
    for moment in moments:
        began = time.perf_counter()
        tape.add(moment, ROWS)
        took.append(time.perf_counter() - began)
    assert np.median(took) < 100e-6
