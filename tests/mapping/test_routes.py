"""Routes: what comes in plays what it is connected to, in the same tick, newest first."""

import threading

import pytest
from mapping_rig import MAIN, A, B, Rig

from livegen.errors import BadValue
from livegen.mapping import Lfo, Route, Router
from livegen.message import BANG, Message


def hear(rig, address, *args, origin="osc 1", seq=0):
    return rig.router.hear(Message(address, args, at=rig.clock.now(), origin=origin, seq=seq))


def test_a_fader_plays_the_whole_range_in_the_very_tick():
    """0..1 in, the target's range out along its own curve."""
    rig = Rig(
        routes=[Route(source="/f", to=f"{MAIN}/params/hue"), Route(source="/g", to=f"{MAIN}/params/zoom")]
    )
    assert hear(rig, "/f", 1.0)
    hear(rig, "/g", 0.5)
    score = rig.tick()
    assert (0.5, pytest.approx(1.0)) == (score.knobs["hue"], score.knobs["zoom"])


def test_only_the_newest_of_many_counts():
    """A flood of one fader is one message to the board."""
    rig = Rig(routes=[Route(source="/f", to=f"{MAIN}/params/hue")])
    for i in range(1000):
        hear(rig, "/f", i / 1000)
    said = rig.router.tick(11.0)
    assert 1 == len(said)
    assert pytest.approx((0.499,)) == said[0].value


def test_of_two_routes_to_one_target_the_one_heard_last_wins():
    """Whatever their order in the patch."""
    rig = Rig(
        routes=[Route(source="/f", to=f"{MAIN}/params/hue"), Route(source="/g", to=f"{MAIN}/params/hue")]
    )
    hear(rig, "/g", 1.0)
    hear(rig, "/f", 0.0)
    assert -0.5 == rig.tick().knobs["hue"]
    hear(rig, "/f", 0.0)
    hear(rig, "/g", 1.0)
    assert 0.5 == rig.tick().knobs["hue"]


def test_a_message_keeps_its_sender_number_and_time():
    """So that the frame can carry the latency back."""
    rig = Rig(routes=[Route(source="/f", to=f"{MAIN}/params/hue", slew=1.0)])
    hear(rig, "/f", 0.0)
    rig.tick()
    hear(rig, "/f", 1.0, origin="ws 3", seq=17)
    first, later = rig.router.tick(10.1)[0], rig.router.tick(10.2)[0]
    assert ("ws 3", 17, rig.clock.now()) == (first.origin, first.seq, first.at)
    assert ("route", 0, 10.2) == (later.origin, later.seq, later.at)


def test_an_unknown_address_is_not_heard():
    """The door then asks the board, and complains if that does not know it either."""
    assert not hear(Rig(routes=[Route(source="/f", to=f"{MAIN}/params/hue")]), "/other", 1.0)


def test_presses_are_all_kept_and_come_in_order():
    """Two hundred presses within a tick are two hundred random seeds."""
    rig = Rig(
        [A, B],
        routes=[
            Route(source="/press", to=f"{MAIN}/randomize"),
            Route(source="/cue", to=f"{MAIN}/presets/load", send=("b", 0.0)),
        ],
    )
    for _ in range(200):
        hear(rig, "/press")
    hear(rig, "/cue", BANG)
    said = rig.router.tick(11.0)
    assert [f"{MAIN}/randomize"] * 200 + [f"{MAIN}/presets/load"] == [m.address for m in said]
    assert ("b", 0.0) == said[-1].value


def test_a_button_counts_when_it_goes_down_and_not_when_it_comes_up():
    """Numbers are positions: 1 fires, 1 again does not, 0 does not, 1 does. Each sender for itself."""
    rig = Rig(routes=[Route(source="/b", to=f"{MAIN}/randomize")])
    counts = []
    for value, origin in ((1.0, "x"), (1.0, "x"), (1.0, "y"), (0.0, "x"), (1.0, "x")):
        hear(rig, "/b", value, origin=origin)
        counts.append(len(rig.router.tick(11.0)))
    assert [1, 0, 1, 0, 1] == counts


def test_a_command_without_send_is_given_what_came():
    """/next/look "b" 2.0 is presets/load "b" 2.0."""
    rig = Rig([A, B], routes=[Route(source="/look", to=f"{MAIN}/presets/load")])
    hear(rig, "/look", "b", 2.0)
    assert ("b", 2.0) == rig.router.tick(11.0)[0].value


def test_range_invert_curve_and_out_come_in_their_order():
    """in 0..127 → 1-x → x² → 10..20."""
    route = Route(
        source="/f", to=f"{MAIN}/params/count", low_in=0, high_in=127, invert=True, curve="square", out=(0, 8)
    )
    rig = Rig(routes=[route])
    hear(rig, "/f", 63.5)
    assert 2 == rig.tick().knobs["count"]


def test_an_argument_can_be_picked_and_a_shorter_list_changes_nothing():
    """Wekinator: the n-th number goes to the n-th target."""
    rig = Rig(
        routes=[
            Route(source="/wek/outputs", to=f"{MAIN}/params/hue", arg=0),
            Route(source="/wek/outputs", to=f"{MAIN}/z/3", arg=1),
        ]
    )
    hear(rig, "/wek/outputs", 1.0, 0.25)
    score = rig.tick()
    assert (0.5, -1.0) == (score.knobs["hue"], score.latent.values[3])
    hear(rig, "/wek/outputs", 0.0)
    score = rig.tick()
    assert (-0.5, -1.0) == (score.knobs["hue"], score.latent.values[3])


def test_a_list_plays_a_vector():
    """Two numbers to xy; more than it has are left out."""
    rig = Rig([A, B], routes=[Route(source="/pos", to=f"{MAIN}/xy", low_in=0.0, high_in=4.0)])
    hear(rig, "/pos", 4.0, 2.0, 9.0)
    rig.tick()
    assert (1.0, 0.5) == rig.board.value(f"{MAIN}/xy")


def test_a_choice_can_come_as_a_word_or_as_a_number():
    rig = Rig(routes=[Route(source="/look", to=f"{MAIN}/params/look")])
    hear(rig, "/look", "neon")
    rig.tick()
    assert "neon" == rig.board.value(f"{MAIN}/params/look")
    hear(rig, "/look", 0.5)
    rig.tick()
    assert "ink" == rig.board.value(f"{MAIN}/params/look")


@pytest.mark.parametrize("smoothing", [{"slew": 1.0}, {"one_euro": (2.0, 0.0)}])
def test_smoothing_goes_on_until_it_has_arrived_and_then_is_silent(smoothing):
    """Evaluated each tick; the goal itself is the last thing said."""
    rig = Rig(routes=[Route(source="/f", to=f"{MAIN}/params/hue", **smoothing)])
    hear(rig, "/f", 0.0)
    rig.tick()
    hear(rig, "/f", 1.0)
    hues = [score.knobs["hue"] for score in rig.run(4.0)]
    assert hues == sorted(hues)
    assert -0.5 < hues[5] < 0.5
    assert (0.5, ()) == (hues[-1], rig.router.tick(rig.clock.now()))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "much", None, b"x"])
def test_what_is_no_number_is_refused_counted_and_forgotten(value):
    rig = Rig(routes=[Route(source="/f", to=f"{MAIN}/z/0")])
    with pytest.raises(BadValue):
        hear(rig, "/f", value)
    assert () == rig.router.tick(11.0)
    assert 1 == sum(rig.router.statistics().refused.values())


def test_an_oscillator_plays_a_parameter():
    """A triangle of four seconds is at its top after two, and says nothing while it stands."""
    rig = Rig(
        routes=[Route(source="lfo/sea", to=f"{MAIN}/params/hue")], lfos=[Lfo(name="sea", shape="triangle")]
    )
    rig.run(2.0)
    assert pytest.approx(0.5, abs=0.02) == rig.score.knobs["hue"]
    square = Rig(
        routes=[Route(source="lfo/b", to=f"{MAIN}/params/hue")], lfos=[Lfo(name="b", shape="square")]
    )
    assert () == square.router.tick(square.clock.now() + 0.1)


def test_a_square_wave_presses_a_button_once_a_round():
    """Where it begins does not count: three rounds are three presses."""
    rig = Rig(
        routes=[Route(source="lfo/b", to=f"{MAIN}/randomize")],
        lfos=[Lfo(name="b", shape="square", period=1.0)],
    )
    seeds = {score.seed for score in rig.run(3.3)}
    assert 4 == len(seeds)


def test_time_is_a_source():
    """Seconds since the start, over a range."""
    rig = Rig(routes=[Route(source="time", to=f"{MAIN}/params/hue", low_in=0.0, high_in=10.0)])
    rig.run(5.0)
    assert pytest.approx(0.0, abs=0.01) == rig.score.knobs["hue"]


@pytest.mark.parametrize(
    "to", [f"{MAIN}/params/nothing", f"{MAIN}/z/99", f"{MAIN}/presets/entries", f"{MAIN}/z/from"]
)
def test_a_route_to_nowhere_is_refused(to):
    rig = Rig()
    with pytest.raises(BadValue):
        Router([Route(source="/f", to=to)], rig.board.params, aliases=rig.board.aliases)


def test_an_edited_patch_takes_over_phases_smoothing_and_presses():
    """Nothing that waits is lost and no oscillator jumps when the router is replaced."""
    route, button = (
        Route(source="/f", to=f"{MAIN}/params/hue", slew=2.0),
        Route(source="/b", to=f"{MAIN}/randomize"),
    )
    lfo, moving = Lfo(name="x", shape="saw", period=8.0), Route(source="lfo/x", to=f"{MAIN}/z/0")
    rig = Rig(routes=[route, button, moving], lfos=[lfo])
    hear(rig, "/f", 0.0)
    rig.run(1.0)
    hear(rig, "/f", 1.0)
    before = rig.run(0.5)[-1]
    hear(rig, "/b")
    new = Router([button, moving, route], rig.board.params, [lfo], rig.board.aliases)
    new.adopt(rig.router)
    rig.router = new
    after = rig.tick()
    assert after.seed != before.seed
    assert pytest.approx(before.knobs["hue"] + 0.0167, abs=0.002) == after.knobs["hue"]
    assert pytest.approx(before.latent.values[0] + 4 / 8 / 30, abs=0.02) == after.latent.values[0]


def test_threads_may_all_talk_at_once():
    """Four doors, a thousand presses each: four thousand come out."""
    rig = Rig(
        routes=[Route(source="/b", to=f"{MAIN}/randomize"), Route(source="/f", to=f"{MAIN}/params/hue")]
    )
    heard: list[Message] = []
    done = threading.Event()

    def talk(name):
        for i in range(1000):
            hear(rig, "/b", origin=name)
            hear(rig, "/f", i / 1000, origin=name)

    def listen():
        while not done.is_set():
            heard.extend(rig.router.tick(11.0))

    listener = threading.Thread(target=listen)
    talkers = [threading.Thread(target=talk, args=(f"t{i}",)) for i in range(4)]
    for thread in (listener, *talkers):
        thread.start()
    for thread in talkers:
        thread.join()
    done.set()
    listener.join()
    heard.extend(rig.router.tick(11.0))
    assert 4000 == sum(message.address.endswith("randomize") for message in heard)
