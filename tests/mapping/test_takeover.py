"""Take-over: after a recall a fader picks the value up, scales to it, or jumps, as its link says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mapping_rig import MAIN, Rig

from livegen.errors import BadValue
from livegen.mapping import Route
from livegen.mapping.takeover import MODES, scaled, taken
from livegen.message import Message

HUE = f"{MAIN}/params/hue"
shares = st.floats(0, 1)


class Fader:
    """A fader on a route to one target, and where the target stands after each of its words, 0..1."""

    def __init__(self, to=HUE, **how):
        self.rig = Rig(routes=[Route(source="/f", to=to, **how)])
        self.to = to
        self.rig.tick()

    def say(self, *values, source="/f"):
        for value in values:
            self.rig.clock.jump(0.04)
            self.rig.router.hear(Message(source, value, self.rig.clock.now(), "midi box"))
            for message in self.rig.router.tick(self.rig.clock.now(), self.rig.board.value):
                self.rig.board.apply(message)
        return self.value

    def recall(self, share):
        """Somebody else moves the value."""
        self.rig.board.apply(Message(f"{self.to}/normalized", share, self.rig.clock.now(), "ws 1"))

    @property
    def value(self):
        return round(self.rig.board.value(f"{self.to}/normalized"), 6)


def test_pickup_waits_until_the_fader_passes_the_value():
    """From either side, however large the steps; then it holds it until somebody else moves it."""
    fader = Fader(takeover="pickup")
    assert 0.5 == fader.say(0.0, 0.2, 0.4)
    assert 0.6 == fader.say(0.6)
    assert 0.1 == fader.say(0.1)
    fader.recall(0.9)
    assert 0.9 == fader.say(0.2, 0.5, 0.85)
    assert 0.95 == fader.say(0.95)
    fader.recall(0.3)
    assert 0.3 == fader.say(1.0, 0.5)
    assert 0.305 == fader.say(0.305)


def test_pickup_needs_to_have_seen_the_fader_on_the_other_side():
    """The first word of all says only where the fader is, unless it is there already."""
    assert 0.5 == Fader(takeover="pickup").say(0.9)
    assert 0.505 == Fader(takeover="pickup").say(0.505)


def test_scale_moves_with_the_fader_and_meets_it_at_the_ends():
    """Half of what is left of the fader's way is half of what is left of the value's."""
    fader = Fader(takeover="scale")
    fader.say(0.0)
    assert 0.0 == fader.value
    fader.say(0.2)
    fader.recall(0.6)
    assert pytest.approx(0.8) == fader.say(0.6)
    assert pytest.approx(0.4) == fader.say(0.3)
    assert 1.0 == fader.say(1.0)
    assert pytest.approx(0.7) == fader.say(0.7)
    assert pytest.approx(0.1) == fader.say(0.1)


def test_scale_says_nothing_where_it_does_not_know_the_fader():
    """No jump at the first touch of an evening."""
    fader = Fader(takeover="scale")
    assert 0.5 == fader.say(0.9)
    assert pytest.approx(0.75) == fader.say(0.95)


def test_jump_goes_to_the_fader():
    """As every route does that says nothing else."""
    assert 0.9 == Fader().say(0.9)


@given(shares, shares, shares)
def test_scale_never_leaves_the_range_and_never_turns_back(hand, stands, before):
    """Up is up, down is down."""
    share = scaled(hand, stands, before)
    if share is None:
        assert hand == before
    elif hand > before:
        assert stands <= share <= 1.0 or hand == 1.0
    elif hand not in (0.0, 1.0):
        assert 0.0 <= share <= stands


@given(st.lists(st.one_of(shares, st.tuples(shares)), min_size=1, max_size=30))
def test_pickup_never_jumps_further_than_the_fader(moves):
    """Each word of the fader moves the value by no more than the fader went; tuples are recalls by others."""
    fader, hand = Fader(takeover="pickup"), None
    for move in moves:
        if isinstance(move, tuple):
            fader.recall(move[0])
            continue
        before, way = fader.value, 0.0 if hand is None else abs(move - hand)
        hand = move
        assert abs(fader.say(move) - before) <= way + 0.0121


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_is_a_pure_function(mode):
    """The same numbers, the same answer."""
    assert taken(mode, 0.3, 0.6, 0.2, False) == taken(mode, 0.3, 0.6, 0.2, False)


def test_an_encoder_goes_on_from_wherever_the_value_stands():
    """Every step counts, also several between two ticks; choices take three."""
    rig = Fader()
    rig.rig = Rig(routes=[Route(source="/e/turn", to=HUE), Route(source="/l/turn", to=f"{MAIN}/params/look")])
    rig.rig.tick()
    assert pytest.approx(0.5 + 10 / 127, abs=1e-5) == rig.say(10, source="/e/turn")
    rig.recall(0.2)
    for step in (1, 1, -3):
        rig.rig.router.hear(Message("/e/turn", step, 0.0, "midi box"))
    assert pytest.approx(0.2, abs=1e-5) == rig.say(1, source="/e/turn")
    look = f"{MAIN}/params/look"
    seen = []
    for _ in range(6):
        rig.say(1, source="/l/turn")
        seen.append(rig.rig.board.value(look))
    assert ["silk", "silk", "ink", "ink", "ink", "neon"] == seen


def test_presses_step_through_choices_switches_and_whole_numbers():
    """On the rising edge, round and round; a release is no press."""
    for target, wanted in (
        ("look", ["ink", "neon", "silk"]), ("mirror", [True, False, True]), ("count", [3, 4, 5]),
    ):  # fmt: skip
        to = f"{MAIN}/params/{target}"
        fader = Fader.__new__(Fader)
        fader.rig, fader.to = Rig(routes=[Route(source="/f", to=to, step=True)]), to
        seen = []
        for _ in wanted:
            fader.say(1.0, 0.0)
            seen.append(fader.rig.board.value(to))
        assert wanted == seen
    with pytest.raises(BadValue, match="by steps"):
        Rig(routes=[Route(source="/f", to=HUE, step=True)])


def test_a_fader_with_a_range_of_its_own_picks_up_within_that_range():
    """Where ``out`` covers half of the parameter, the fader's middle is a quarter of it."""
    fader = Fader(takeover="pickup", out=(0.0, 0.5))
    fader.recall(0.75)
    assert 0.75 == fader.say(0.1, 0.4)
    assert 0.8 == fader.say(0.6)


def test_smoothing_and_pickup_go_together():
    """What the route itself is still moving is not taken for somebody else's hand."""
    fader = Fader(takeover="pickup", slew=1.0)
    fader.say(0.4, 0.5)
    fader.say(1.0)
    assert 0.5 < fader.value < 0.6
    fader.say(0.9)
    for _ in range(40):
        fader.rig.clock.jump(0.04)
        for message in fader.rig.router.tick(fader.rig.clock.now(), fader.rig.board.value):
            fader.rig.board.apply(message)
    assert pytest.approx(0.9) == fader.value
