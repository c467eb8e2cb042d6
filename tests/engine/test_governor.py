"""The frame rate is held by smaller pictures, which come back when there is room."""

from livegen.engine.governor import LADDER, Governor, scaled


def run(governor: Governor, seconds: float, cost, start: float = 0.0) -> tuple[float, list[float]]:
    """Play at 30 fps; ``cost(now, scale)`` is the painting time in seconds. Scales as they change."""
    now, seen = start, [governor.scale]
    while now < start + seconds:
        took = cost(now, governor.scale)
        governor.observe(now, took, 1 / 30)
        if governor.scale != seen[-1]:
            seen.append(governor.scale)
        now += max(1 / 30, took)
    return now, seen


def test_quick_pictures_keep_their_size():
    """Nothing happens while there is room."""
    assert [1.0] == run(Governor(), 60, lambda now, scale: 0.02)[1]


def test_slow_pictures_become_smaller_after_two_seconds():
    """Not sooner: a hiccup is no reason."""
    governor = Governor()
    run(governor, 1.9, lambda now, scale: 0.032 * scale**2)
    before = governor.scale
    run(governor, 1.0, lambda now, scale: 0.032 * scale**2, start=1.9)
    assert (1.0, 0.75) == (before, governor.scale)
    assert "75%" in governor.note


def test_much_too_slow_pictures_take_several_steps_at_once():
    """Three times too slow is answered within three seconds."""
    governor = Governor()
    run(governor, 3.0, lambda now, scale: 0.1 * scale**2)
    assert 0.5 == governor.scale


def test_a_single_spike_changes_nothing():
    """Nor does a spike every few seconds."""
    assert [1.0] == run(Governor(), 60, lambda now, scale: 0.3 if now % 3 < 0.03 else 0.01)[1]


def test_spikes_above_quick_pictures_are_somebody_elses():
    """Painting smaller would not help against a machine that is busy elsewhere."""
    assert [1.0] == run(Governor(), 20, lambda now, scale: 0.05 if int(now * 30) % 4 == 0 else 0.004)[1]


def test_the_size_comes_back_after_half_a_minute_of_calm():
    """Once the trouble is over, in single steps."""
    governor = Governor()
    now, _ = run(governor, 5, lambda now, scale: 0.1 * scale**2)
    _, seen = run(governor, 100, lambda now, scale: 0.01 * scale**2, start=now)
    assert [0.5, 0.75, 1.0] == seen


def test_without_room_it_does_not_try():
    """The estimate says that the next size would be too slow again: no see-saw."""
    assert [1.0, 0.5] == run(Governor(), 300, lambda now, scale: 0.07 * scale**2)[1]


def test_a_step_up_that_does_not_hold_is_tried_ever_more_rarely():
    """Where the estimate is wrong, the see-saw slows down instead of going on every half minute."""
    _, seen = run(Governor(), 1200, lambda now, scale: 0.06 if scale == 1.0 else 0.005)
    assert 3 <= seen.count(1.0) <= 5  # every time after the same calm, it would be twenty


def test_the_smallest_size_is_the_end_of_the_ladder():
    """It says so, and goes on."""
    governor = Governor()
    run(governor, 30, lambda now, scale: 0.5)
    assert (LADDER[-1], True) == (governor.scale, "smallest" in governor.note)


def test_memory_running_out_shrinks_at_once():
    """And a fixed governor never does anything."""
    governor, fixed = Governor(), Governor(fixed=True)
    governor.shrink(0.0, "out of memory")
    fixed.shrink(0.0, "out of memory")
    assert (0.75, 1.0, True) == (governor.scale, fixed.scale, "memory" in governor.note)


def test_sizes_are_multiples_of_eight_and_keep_their_shape():
    """A wall stays a wall; full size is exact."""
    sizes = [scaled((1920, 540), scale) for scale in LADDER]
    assert [(1920, 540), (1440, 408), (960, 272), (720, 200), (480, 136)] == sizes


def test_the_picture_never_gets_smaller_than_the_patch_allows():
    """A wall that must stay legible says how far it may shrink."""
    governor = Governor(smallest=0.5)
    for tick in range(3000):
        governor.observe(tick / 30, 0.2, 1 / 30)
    assert 0.5 == governor.scale
    assert "smallest" in governor.note
    governor.shrink(200.0, "out of memory")
    assert 0.5 == governor.scale


def test_other_bounds_take_hold_while_it_plays():
    """An edited patch: a higher floor lifts the picture at once, a fixed size ends the shrinking."""
    governor = Governor()
    for tick in range(3000):
        governor.observe(tick / 30, 0.2, 1 / 30)
    assert 0.25 == governor.scale
    governor.tune(fixed=False, smallest=0.4)
    assert 0.5 == governor.scale
    governor.tune(fixed=True, smallest=0.4)
    governor.observe(101.0, 0.2, 1 / 30)
    assert 1.0 == governor.scale
