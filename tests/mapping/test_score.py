"""The small values that an instrument moves by."""

from mapping_rig import MAIN, SIZE

from livegen.board import Snapshot
from livegen.latent import from_seed
from livegen.mapping.score import SEEDS, Clockwork, drawn, pinned


def test_a_draw_is_the_same_for_the_same_show_and_another_for_the_next():
    assert drawn(1, 1) == drawn(1, 1)
    assert 100 == len({drawn(1, counter) for counter in range(100)})
    assert all(0 <= drawn(seed, 1) < SEEDS for seed in range(50))


def test_a_pin_holds_one_component_and_leaves_the_original():
    z = from_seed(1, SIZE)
    held = pinned(z, {2: 0.5})
    assert (0.5, from_seed(1, SIZE)[2]) == (held[2], z[2])
    assert not held.flags.writeable


def test_a_clockwork_goes_by_what_the_board_integrated():
    """Own time starts at 0 whatever the board's clock and phases say."""
    clock = Clockwork(phases={"speed": 0.0})
    address = f"{MAIN}/params/speed"
    shots = [Snapshot(at=at, values={}, phases={address: at * 2}) for at in (100.0, 101.5)]
    clock.advance(*shots, MAIN)
    assert (1.5, 3.0) == (clock.elapsed, clock.time)
    own = clock.own(shots[1], MAIN)
    assert (3.0, {address: 3.0, f"{MAIN}/song": 0.0}) == (own.at, own.phases)
