"""Steps: one row says everything, and a step is a pure function of latent and snapshot."""

import numpy as np
from mapping_rig import MAIN, SIZE

from livegen.board import Snapshot
from livegen.latent import Latent, from_seed
from livegen.mapping import steps

Z = Latent(from_seed(1, SIZE))


def snapshot(at=0.0, phases=None, **values):
    return Snapshot(at=at, values={f"{MAIN}/params/{n}": x for n, x in values.items()}, phases=phases or {})


def played(settings, shot):
    return steps.play(steps.chain(MAIN, settings), Z, shot).values


def test_every_knob_of_the_table_is_a_row():
    assert {"walk", "walk_speed", "gain"} == {p.address for row in steps.STEPS.values() for p in row.params}
    assert all(p.description and p.group for row in steps.STEPS.values() for p in row.params)


def test_a_still_instrument_without_gain_is_left_untouched():
    assert Z.values is played(steps.Motion(kind="still"), snapshot(walk=1.0))


def test_the_walk_follows_its_phase_and_the_loop_the_time():
    walk, loop = steps.Motion(kind="walk"), steps.Motion(kind="loop", seconds=8.0)
    address = f"{MAIN}/params/walk_speed"
    assert not np.allclose(
        played(walk, snapshot(walk=1.0)), played(walk, snapshot(walk=1.0, phases={address: 1.0}))
    )
    assert np.array_equal(played(loop, snapshot(at=3.0, walk=1.0)), played(loop, snapshot(at=11.0, walk=1.0)))


def test_what_a_step_gives_cannot_be_written():
    assert not played(steps.Motion(), snapshot(walk=1.0, gain=0.5)).flags.writeable
