"""The instrument: the newest instruction wins, and no way begins with a jump."""

import itertools
import json

import numpy as np
import pytest
from mapping_rig import FPS, MAIN, PARAMS, SIZE, A, B, C, Rig

from livegen.latent import from_seed
from livegen.mapping import Cue, Motion, Route
from livegen.mapping.instrument import THAW
from livegen.mapping.score import drawn


def z(rig):
    return rig.score.latent.values


def farthest_step(scores):
    """The largest move of the latent from one frame to the next."""
    places = [score.latent.values for score in scores]
    return max(float(np.linalg.norm(b - a)) for a, b in itertools.pairwise(places))


# Where it begins --------------------------------------------------------------------------------


def test_it_begins_on_the_first_cue():
    """With the cue's latent, its parameters, and the patch's values for those it does not name."""
    rig = Rig([A, B])
    assert np.array_equal(from_seed(1, SIZE), z(rig))
    assert (-0.4, 1.0, (0.0, 1.0, 0.0), 1) == (
        rig.score.knobs["hue"],
        rig.score.knobs["zoom"],
        rig.score.knobs["look"],
        rig.score.seed,
    )
    assert (-0.4, "ink") == (rig.board.value(f"{MAIN}/params/hue"), rig.board.value(f"{MAIN}/params/look"))


def test_without_cues_it_begins_on_the_patch_seed():
    assert np.array_equal(from_seed(5, SIZE), z(Rig()))


def test_it_begins_where_the_patch_says():
    """A cue's name, or the plane."""
    assert np.array_equal(from_seed(2, SIZE), z(Rig([A, B], start="b")))
    assert np.array_equal(from_seed(5, SIZE), z(Rig([A, B], start="seed")))
    middle = z(Rig([A, B], start="xy"))
    assert np.allclose((from_seed(1, SIZE) + from_seed(2, SIZE)) / np.sqrt(2), middle, atol=1e-5)


# Seeds ------------------------------------------------------------------------------------------


def test_a_seed_glides_and_arrives_exactly():
    """After ``glide`` seconds the latent is the seed's own, and the board says so too."""
    rig = Rig()
    rig.say("seed", 77)
    scores = [rig.score, *rig.run(1.0)]
    assert farthest_step(scores) < 1.0
    assert np.array_equal(from_seed(77, SIZE), z(rig))
    assert np.array_equal(from_seed(77, SIZE), np.float32(rig.board.value(f"{MAIN}/z")))


def test_without_glide_a_seed_shows_in_the_very_frame():
    """Late latching: what arrives before the tick is in its frame."""
    rig = Rig()
    rig.say("params/glide", 0.0)
    rig.say("seed", 77)
    assert np.array_equal(from_seed(77, SIZE), rig.tick().latent.values)


def test_a_random_seed_follows_from_the_patch_seed():
    """The same show draws the same seeds; -1 and randomize both draw; the board learns the number."""
    drawn_seeds = []
    for _ in range(2):
        rig = Rig(seed=9)
        rig.say("randomize")
        rig.tick()
        rig.say("seed", -1)
        rig.tick()
        drawn_seeds.append((rig.score.seed, rig.board.value(f"{MAIN}/seed")))
    assert [(drawn(9, 2), drawn(9, 2))] * 2 == drawn_seeds


def test_every_randomize_of_one_tick_counts():
    """Triggers are never dropped: three presses draw three seeds."""
    rig = Rig()
    for _ in range(3):
        rig.say("randomize")
    assert drawn(5, 3) == rig.tick().seed


# The latent under a hand ------------------------------------------------------------------------


def test_one_component_follows_a_fader_at_once():
    """The others stay."""
    rig = Rig()
    before = z(rig)
    rig.say("z/3", 1.5)
    after = rig.tick().latent.values
    assert 1.5 == after[3]
    assert np.array_equal(np.delete(before, 3), np.delete(after, 3))


def test_a_fader_on_one_component_does_not_stop_a_seed():
    """A route that moves z/3 in every frame leaves the rest on its way."""
    rig = Rig()
    rig.say("seed", 77)
    for i in range(30):
        rig.say("z/3", i / 30)
        rig.tick()
    assert np.array_equal(np.delete(from_seed(77, SIZE), 3), np.delete(z(rig), 3))
    assert pytest.approx(29 / 30) == z(rig)[3]


def test_a_new_seed_takes_the_latent_out_of_the_fingers():
    """What a fader held before goes along to the seed; only what it says afterwards counts."""
    rig = Rig()
    rig.say("z/3", 1.5)
    rig.tick()
    rig.say("seed", 77)
    rig.run(1.0)
    assert np.array_equal(from_seed(77, SIZE), z(rig))


def test_a_latent_from_a_hand_does_not_stop_the_parameters_of_a_morph():
    """The picture's place is the hand's at once, its colours still travel to the cue."""
    rig = Rig([A, B])
    rig.say("presets/load", "b", 1.0)
    rig.run(0.5)
    rig.say("z", *[0.5] * SIZE)
    half = rig.tick()
    assert np.array_equal(np.float32([0.5] * SIZE), half.latent.values)
    assert pytest.approx(0.03, abs=0.06) == half.knobs["hue"]
    rig.run(1.0)
    assert 0.4 == rig.score.knobs["hue"]
    assert np.array_equal(np.float32([0.5] * SIZE), z(rig))


def test_a_whole_latent_is_taken_as_it_is():
    wanted = np.linspace(-2, 2, SIZE).astype(np.float32)
    rig = Rig([A, B], start="xy")
    rig.say("z", *(float(x) for x in wanted))
    assert np.array_equal(wanted, rig.tick().latent.values)
    assert np.array_equal(wanted, rig.tick().latent.values)


def test_the_newest_instruction_of_a_tick_wins():
    """Seed then latent is the latent; latent then seed heads for the seed."""
    wanted = [0.5] * SIZE
    rig = Rig()
    rig.say("seed", 77)
    rig.say("z", *wanted)
    assert np.array_equal(np.float32(wanted), rig.tick().latent.values)
    rig.say("z", *wanted[::-1])
    rig.say("seed", 78)
    rig.run(1.0)
    assert np.array_equal(from_seed(78, SIZE), z(rig))


# Cues -------------------------------------------------------------------------------------------


def test_a_cue_is_reached_exactly_with_all_its_parameters():
    rig = Rig([A, B])
    rig.say("presets/load", "b", 1.0)
    rig.run(1.2)
    assert np.array_equal(from_seed(2, SIZE), z(rig))
    assert (0.4, (0.0, 0.0, 1.0), "black") == tuple(rig.score.knobs[n] for n in ("hue", "look", "paper"))
    assert ("neon", "black", "b") == tuple(
        rig.board.value(f"{MAIN}/{n}") for n in ("params/look", "params/paper", "presets/current")
    )


def test_half_way_to_a_cue_numbers_and_looks_stand_half_way():
    """Weights for what can blend; the rest switches in the middle."""
    rig = Rig([A, B])
    rig.say("presets/load", "b", 1.0)
    scores = rig.run(1.0)
    before, after = scores[13], scores[16]
    assert pytest.approx(0.0, abs=0.05) == before.knobs["hue"]
    assert pytest.approx((0.0, 0.5, 0.5), abs=0.06) == before.knobs["look"]
    assert ("white", "black") == (before.knobs["paper"], after.knobs["paper"])


def test_an_interrupted_morph_goes_on_from_where_it_stands():
    """No frame jumps, however often one changes one's mind."""
    rig = Rig([A, B, C])
    scores = [rig.score]
    for name in ("b", "c", "a", "b", "a"):
        rig.say("presets/load", name, 1.0)
        scores += rig.run(0.4)
    scores += rig.run(1.0)
    assert farthest_step(scores) < 0.5
    hues = [score.knobs["hue"] for score in scores]
    assert max(abs(b - a) for a, b in itertools.pairwise(hues)) < 0.05
    assert np.array_equal(from_seed(1, SIZE), z(rig))


def test_a_parameter_that_a_hand_takes_leaves_the_morph():
    """From then on it is where the hand put it, also when the cue has arrived."""
    rig = Rig([A, B])
    rig.say("presets/load", "b", 1.0)
    rig.run(0.3)
    rig.say("params/hue", 0.1)
    assert 0.1 == rig.tick().knobs["hue"]
    rig.run(1.5)
    assert (0.1, "neon") == (rig.score.knobs["hue"], rig.board.value(f"{MAIN}/params/look"))


def test_an_echo_never_swallows_what_a_hand_just_wrote():
    """A write between latch and echo shows in the next frame."""
    rig = Rig([A, B])
    rig.say("presets/load", "b", 1.0)
    rig.run(0.3)
    rig.clock.jump(1 / FPS)
    score = rig.instrument.advance(rig.board.latch(rig.clock.now()))
    rig.say("params/hue", 0.123)
    rig.board.echo(score.echo)
    assert 0.123 == rig.tick().knobs["hue"]


def test_the_first_frame_of_a_morph_already_shows_some_of_it():
    """The way counts from when the message was heard, not from the frame after."""
    rig = Rig([A, B])
    before = z(rig)
    rig.say("presets/load", "b", 1.0)
    assert not np.array_equal(before, rig.tick().latent.values)


def test_a_cue_can_be_named_by_number_and_a_stranger_is_told():
    """Counted from 1, as on buttons; an unknown one changes nothing."""
    rig = Rig([A, B])
    rig.say("presets/load", 2, 0.0)
    assert np.array_equal(from_seed(2, SIZE), rig.tick().latent.values)
    rig.say("presets/load", "nowhere")
    score = rig.tick()
    assert "'nowhere', which is not there; one of a, b" in score.notes[0]
    assert np.array_equal(from_seed(2, SIZE), score.latent.values)


@pytest.mark.parametrize("args", [(), ("a", float("inf")), (9,), ("a", "soon")])
def test_a_command_that_makes_no_sense_is_a_note_and_no_crash(args):
    rig = Rig([A, B])
    rig.say("presets/load", *args)
    assert 1 == len(rig.tick().notes)


def test_a_saved_cue_brings_everything_back():
    """Latent and parameters; the list of entries grows, the revision says so."""
    rig = Rig([A, B])
    rig.say("params/hue", 0.2)
    rig.say("z/0", 1.0)
    rig.say("presets/save", "mine")
    rig.tick()
    kept, revision = z(rig), rig.instrument.revision
    assert "a,b,mine" == rig.board.value(f"{MAIN}/presets/entries")
    rig.say("presets/load", "b", 0.0)
    rig.tick()
    rig.say("presets/load", "mine", 0.0)
    score = rig.tick()
    assert np.allclose(kept, score.latent.values)
    assert 0.2 == score.knobs["hue"]
    rig.say("presets/delete", "mine")
    rig.tick()
    assert ("a,b", revision + 1) == (rig.board.value(f"{MAIN}/presets/entries"), rig.instrument.revision)


def test_two_cues_can_be_scrubbed_by_hand():
    """presets/morph a b 0.5 stands half way on the sphere, and follows the hand."""
    rig = Rig([A, B])
    rig.say("params/glide", 0.0)
    rig.say("presets/morph", "a", "b", 1.0)
    assert np.array_equal(from_seed(2, SIZE), rig.tick().latent.values)
    rig.say("presets/morph", "a", "b", 0.25)
    assert pytest.approx(-0.2) == rig.tick().knobs["hue"]


def test_weights_blend_any_number_of_cues():
    rig = Rig([A, B, C])
    rig.say("params/glide", 0.0)
    rig.say("presets/weights", 0.0, 2.0, 0.0)
    assert np.array_equal(from_seed(2, SIZE), rig.tick().latent.values)
    rig.say("presets/weights", 1.0, 1.0, 1.0)
    wanted = sum(from_seed(seed, SIZE) for seed in (1, 2, 3)) / np.sqrt(3)
    assert np.allclose(wanted, rig.tick().latent.values, atol=1e-5)


# The plane --------------------------------------------------------------------------------------


def test_a_corner_of_the_plane_is_exactly_its_cue():
    """Latent and parameters, once the glide over to the plane is done."""
    rig = Rig([A, B, C])
    rig.say("xy", 1.0, 1.0)
    rig.run(1.0)
    assert np.array_equal(from_seed(2, SIZE), z(rig))
    assert (0.4, "black") == (rig.score.knobs["hue"], rig.score.knobs["paper"])


def test_going_over_to_the_plane_does_not_jump():
    """From a seed to the plane, and moving on it, all in small steps."""
    rig = Rig([A, B, C])
    rig.say("seed", 99)
    rig.run(1.0)
    scores = [rig.score]
    for i in range(30):
        rig.say("xy", i / 30, 0.5)
        scores.append(rig.tick())
    assert farthest_step(scores) < 1.0


def test_cues_without_places_lie_on_a_ring():
    """A patch need not place anything for the pad to play; recalling a cue moves the pad's point there."""
    rig = Rig([Cue(name=name, seed=i) for i, name in enumerate("abc", 1)])
    assert {"a", "b", "c"} == set(rig.instrument.places)
    rig.say("presets/load", "a", 0.0)
    rig.tick()
    assert pytest.approx((0.5, 0.92)) == rig.board.value(f"{MAIN}/xy")


# Freeze -----------------------------------------------------------------------------------------


def test_freeze_holds_latent_time_and_rates_and_lets_go_without_a_jump():
    """A walk, a tour and a spin stand still, then go on from there."""
    rig = Rig([A, B], motion=Motion(kind="walk"))
    rig.say("params/walk", 1.0)
    rig.say("params/walk_speed", 0.3)
    rig.say("params/spin", 0.5)
    rig.run(2.0)
    rig.say("freeze", True)
    frozen = rig.tick()
    later = rig.run(5.0)[-1]
    assert np.array_equal(frozen.latent.values, later.latent.values)
    assert (frozen.time, frozen.knobs["spin"]) == (later.time, later.knobs["spin"])
    rig.say("freeze", False)
    free = rig.run(1.0)
    assert farthest_step([later, *free]) < 0.5
    assert pytest.approx(later.time + 1.0, abs=0.04) == free[-1].time
    assert pytest.approx(later.knobs["spin"] + 0.5, abs=0.02) == free[-1].knobs["spin"]


@pytest.mark.parametrize(
    "what", [("seed", 77), ("presets/load", "b", 0.0), ("xy", 0.9, 0.1), ("z", *[0.5] * SIZE)]
)
def test_what_is_said_while_frozen_comes_in_a_glide_afterwards(what):
    """Frozen is frozen; letting go is no jump, and then it is as it was said."""
    rig = Rig([A, B, C], start="xy" if what[0] == "xy" else "")
    rig.say("freeze", True)
    before, seed = rig.tick().latent.values, rig.score.seed
    rig.say(*what)
    assert np.array_equal(before, rig.run(0.5)[-1].latent.values)
    assert seed == rig.score.seed
    rig.say("freeze", False)
    scores = [rig.score, *rig.run(THAW + 0.3)]
    assert farthest_step(scores) < 1.5
    assert not np.allclose(before, z(rig))
    if what[0] == "seed":
        assert np.array_equal(from_seed(77, SIZE), z(rig))


def test_speed_runs_the_own_time_and_turning_it_does_not_jump():
    """Time is the integral of speed."""
    rig = Rig()
    rig.run(1.0)
    rig.say("params/speed", 3.0)
    times = [rig.score.time, *(score.time for score in rig.run(2.0))]
    steps = [b - a for a, b in itertools.pairwise(times)]
    assert all(0 < step <= 3.0 / FPS + 1e-9 for step in steps)
    assert pytest.approx(3.0 / FPS) == steps[-1]


# Motion -----------------------------------------------------------------------------------------


def test_a_noise_loop_returns_after_its_seconds():
    """A round of two seconds at 30 frames: frame 60 is frame 0."""
    rig = Rig(motion=Motion(kind="loop", seconds=2.0))
    rig.say("params/walk", 1.0)
    rig.run(1.0)
    start = z(rig)
    round_ = rig.run(2.0)
    assert np.allclose(start, round_[-1].latent.values, atol=1e-4)
    assert not np.allclose(start, round_[29].latent.values, atol=0.1)


def test_a_tour_visits_every_cue_in_its_seconds_and_the_newest_instruction_ends_it():
    """Three cues in three seconds: one a second, parameters included."""
    rig = Rig([A, B, C], motion=Motion(kind="tour", seconds=3.0))
    assert rig.board.value(f"{MAIN}/tour")
    rig.run(1.0)
    assert np.allclose(from_seed(2, SIZE), z(rig), atol=1e-4)
    assert pytest.approx(0.4, abs=1e-4) == rig.score.knobs["hue"]
    rig.say("seed", 77)
    rig.run(1.0)
    assert not rig.board.value(f"{MAIN}/tour")
    assert np.array_equal(from_seed(77, SIZE), z(rig))
    rig.say("tour", True)
    assert farthest_step([rig.score, *rig.run(1.0)]) < 1.0


def test_gain_scales_the_latent():
    rig = Rig()
    rig.say("params/gain", 0.5)
    rig.run(1.0)
    assert np.allclose(from_seed(5, SIZE) / 2, z(rig))


def test_the_walk_leaves_the_latent_on_the_board_alone():
    """z says where one stands; the walk strays from there, so that faders do not creep."""
    rig = Rig(motion=Motion(kind="walk"))
    rig.say("params/walk", 1.0)
    rig.run(1.0)
    assert np.array_equal(from_seed(5, SIZE), np.float32(rig.board.value(f"{MAIN}/z")))
    assert not np.allclose(from_seed(5, SIZE), z(rig))


# The whole --------------------------------------------------------------------------------------


def test_reset_is_how_it_began():
    """Cue, parameters, time, and not frozen any more."""
    rig = Rig([A, B])
    begin = rig.score
    rig.say("params/spin", 0.7)
    rig.say("presets/load", "b", 0.0)
    rig.say("freeze", True)
    rig.run(1.0)
    rig.say("reset")
    score = rig.tick()
    assert np.array_equal(begin.latent.values, score.latent.values)
    assert (dict(begin.knobs), 1, 0.0) == (dict(score.knobs), score.seed, score.time)
    rig.tick()
    assert not rig.board.value(f"{MAIN}/freeze")


def test_the_same_messages_give_the_same_show():
    """Bit for bit, whatever happened before in another show."""
    shows = []
    for _ in range(2):
        rig = Rig([A, B, C], motion=Motion(kind="walk"), routes=[Route(source="/f", to=f"{MAIN}/params/hue")])
        latents = []
        for i in range(90):
            if i % 20 == 3:
                rig.say("randomize")
            if i % 31 == 7:
                rig.say("presets/load", "abc"[i % 3], 0.7)
            latents.append(rig.tick().latent.digest())
        shows.append(latents)
    assert shows[0] == shows[1]


def test_a_latent_that_was_handed_out_is_never_written_again():
    rig = Rig([A, B], motion=Motion(kind="walk"))
    rig.say("presets/load", "b", 1.0)
    scores = rig.run(1.0)
    assert not any(score.latent.values.flags.writeable for score in scores)


def test_after_a_crash_it_stands_where_it_stood():
    """state() goes through JSON; saved cues, the plane, the counter and the time come back."""
    rig = Rig([A, B, C])
    rig.say("params/hue", 0.2)
    rig.say("presets/save", "mine")
    rig.say("presets/delete", "c")
    rig.say("randomize")
    rig.run(2.0)
    state = json.loads(json.dumps(rig.instrument.state()))
    again = Rig([A, B, C])
    again.instrument.restore(state)
    again.tick()
    assert np.array_equal(rig.instrument.state()["z"], again.instrument.state()["z"])
    assert (rig.score.seed, ["a", "b", "mine"]) == (again.score.seed, list(again.instrument.cues))
    assert pytest.approx(rig.score.time + 1 / FPS, abs=0.05) == again.score.time


def test_a_crash_in_the_middle_of_a_morph_ends_at_the_cue():
    rig = Rig([A, B])
    rig.say("presets/load", "b", 60.0)
    rig.run(0.5)
    again = Rig([A, B])
    again.instrument.restore(json.loads(json.dumps(rig.instrument.state())))
    again.tick()
    assert np.array_equal(from_seed(2, SIZE), z(again))
    assert 0.4 == again.score.knobs["hue"]


def test_an_edited_patch_is_taken_while_playing():
    """Cues change, saved ones stay, and what plays goes on."""
    rig = Rig([A, B])
    rig.say("presets/save", "mine")
    rig.tick()
    before = z(rig)
    rig.instrument.revise(params=PARAMS, cues=[B, C], motion=Motion(kind="still"))
    assert np.array_equal(before, rig.tick().latent.values)
    assert ["b", "c", "mine"] == list(rig.instrument.cues)


def test_an_edit_in_the_middle_of_a_morph_does_not_break_it():
    """Even when a parameter has other choices than before."""
    rig = Rig([A, B], start="xy")
    rig.say("presets/load", "b", 1.0)
    rig.run(0.3)
    rows = tuple(row for row in PARAMS if row.address != "look")
    rig.instrument.revise(params=rows, cues=[A, B], motion=Motion(kind="still"))
    scores = [rig.score, *rig.run(1.5)]
    assert farthest_step(scores) < 0.5
    assert "look" not in scores[-1].knobs


def test_seeds_name_what_the_generator_says_they_name():
    """At the start, by seed, by randomize, and in cues: a space of its own is never filled with plain numbers."""
    rig = Rig([A], start="seed")
    rig.instrument.revise(params=PARAMS, cues=[A], motion=rig.instrument.motion, sow=lambda seed: 2 * from_seed(seed, SIZE))
    rig.say("params/glide", 0.0)
    for name, args, seed in (("seed", (7,), 7), ("randomize", (), drawn(5, 1)), ("presets/load", ("a", 0.0), 1)):
        rig.say(name, *args)
        rig.tick(0.5)
        rig.tick(5.0)
        assert np.allclose(2 * from_seed(seed, SIZE), z(rig))
    assert np.array_equal(2 * from_seed(1, SIZE), rig.instrument.book.looks["a"].z)


# Exploring --------------------------------------------------------------------------------------


def test_a_pick_goes_to_a_variation_within_the_seconds_that_it_names():
    """Nine are offered at a word; the board says which round that is and what was picked."""
    rig = Rig([A])
    rig.say("explore/next")
    rig.tick()
    wanted = rig.instrument.explorer.now.latents[6]
    rig.say("explore/pick", 7, 1.0)
    scores = rig.run(0.5)
    assert not np.allclose(wanted, z(rig)) and farthest_step(scores) < 1.0
    rig.run(0.6)
    assert np.allclose(wanted, z(rig), atol=1e-5)
    assert (1, "7") == (rig.board.value(f"{MAIN}/explore/round"), rig.board.value(f"{MAIN}/explore/picked"))


def test_variations_leave_the_parameters_alone():
    """They are of the latent; a hand's own knobs stay where they are."""
    rig = Rig([A])
    rig.run(0.1)
    rig.say("params/hue", 0.25)
    rig.run(1.0)
    rig.say("explore/next")
    rig.tick()
    rig.say("explore/pick", 1, 0.2)
    rig.run(0.5)
    assert 0.25 == rig.score.knobs["hue"]


def test_more_while_on_the_way_varies_where_that_leads():
    """Who asks for more before a pick has arrived gets variations of the pick."""
    rig = Rig([A])
    rig.say("explore/next")
    rig.tick()
    picked = rig.instrument.explorer.now.latents[4]
    rig.say("explore/pick", 5, 10.0)
    rig.tick()
    rig.say("explore/next")
    rig.tick()
    assert np.array_equal(picked, rig.instrument.explorer.now.here)


def test_back_returns_to_where_it_stood_before_the_pick():
    rig = Rig([A])
    rig.say("explore/next")
    rig.tick()
    before = z(rig)
    rig.say("explore/pick", 9, 0.0)
    rig.tick()
    assert not np.allclose(before, z(rig))
    rig.say("explore/back")
    rig.run(1.0)
    assert np.allclose(before, z(rig), atol=1e-5)
    assert "" == rig.board.value(f"{MAIN}/explore/picked")


def test_a_variation_is_kept_as_a_cue_without_going_there():
    """By its number and a name; it recalls like any other cue."""
    rig = Rig([A])
    rig.say("explore/next")
    rig.tick()
    before, wanted = z(rig), rig.instrument.explorer.now.latents[2]
    rig.say("explore/keep", 3, "moss")
    rig.tick()
    assert np.array_equal(before, z(rig)) and ["a", "moss"] == list(rig.instrument.cues)
    rig.say("presets/load", "moss", 0.0)
    rig.tick()
    assert np.allclose(wanted, z(rig), atol=1e-6)


@pytest.mark.parametrize("name, args", [("pick", ()), ("pick", (3,)), ("keep", (1, "x")), ("back", ())])
def test_exploring_what_is_not_there_is_noted(name, args):
    """Nothing moves, and the sentence says how to begin."""
    rig = Rig([A])
    before = z(rig)
    rig.say(f"explore/{name}", *args)
    rig.tick()
    assert rig.score.notes and "explore/next" in rig.score.notes[0]
    assert np.array_equal(before, z(rig))


def test_reset_forgets_what_was_explored():
    rig = Rig([A])
    rig.say("explore/next")
    rig.tick()
    rig.say("reset")
    rig.run(0.1)
    assert 0 == rig.board.value(f"{MAIN}/explore/round")
