"""Learned maps on a stage without sockets: taught by messages, played before every tick, kept as text, replayed to the bit."""

import json
from contextlib import suppress

import numpy as np
import pytest
from take_rig import Played

from livegen.engine.latching import latched
from livegen.engine.voice import Track
from livegen.ensemble import Ensemble
from livegen.errors import BadValue, PatchError, UnknownParam
from livegen.mapping.aims import Plane
from livegen.mapping.learned import read
from livegen.maps import teacher as teaching
from livegen.maps.readers import listens_to_generators
from livegen.maps.section import Maps
from livegen.maps.teacher import Teacher
from livegen.message import Message
from livegen.moment import moment, resume
from livegen.patch import loads
from livegen.replaying import Player, inline
from livegen.speaking import Speech
from livegen.streams.hub import Hub
from livegen.testing import ManualClock
from livegen.wire.take import Heard, Tick
from livegen.wire.take import read as read_take

MAP, MAIN, HUE, LOOK, WEIGHTS = (
    "/livegen/map",
    "/livegen/main",
    "/livegen/main/params/hue",
    "/livegen/main/params/look",
    "/livegen/main/presets/weights",
)
PATCH = """
title = "taught"
fps = 25
size = [48, 32]
seed = 5
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
walk = 0.4
glide = 0.1
[[cues]]
name = "one"
seed = 1
seconds = 0
[[cues]]
name = "two"
seed = 2
seconds = 0
"""
PLACES = (
    (0.1, 0.1, 0.2),
    (0.9, 0.1, -0.4),
    (0.1, 0.9, 0.5),
    (0.9, 0.9, 0.3),
    (0.5, 0.5, -0.1),
    (0.5, 0.1, 0.4),
)


class Taught:
    """A show and its teacher, ticked by hand."""

    def __init__(self, folder, text=PATCH):
        self.path = folder / "taught.toml"
        self.ensemble, self.clock = Ensemble(loads(text, str(self.path))), ManualClock(100.0)
        self.teacher = Teacher(self.ensemble, self.path, self.ensemble.apply, self.clock.now)
        self.tracks = [Track(voice) for voice in self.ensemble.voices()]
        self.teacher.begin()
        self.settle()
        self.tick()

    @property
    def section(self):
        return next(each for each in self.ensemble.sections if isinstance(each, Maps))

    def tell(self, address, *args, origin="osc"):
        self.ensemble.apply(Message(address, args, self.clock.now(), origin))

    def tick(self, count=1):
        for _ in range(count):
            self.clock.jump(0.04)
            latched(self.ensemble.board, self.ensemble.before, self.tracks, self.clock.now(), pytest.fail)
            self.teacher.look(self.clock.now())

    def settle(self):
        self.teacher.settle()

    def value(self, address):
        return self.ensemble.board.value(address)

    def show(self, x, y, *looks):
        """One example: the hand is there, these are set, and it is taken down."""
        self.tell("/pad", x, y)
        for address, value in looks:
            self.tell(address, value, origin="ws 1")
        self.tick()
        self.tell(f"{MAP}/add")
        self.tick()

    def learn(self):
        self.tell(f"{MAP}/train")
        self.tick()
        self.settle()
        self.tick()

    def lines(self):
        return [json.loads(line) for line in (self.path.parent / "taught.map.jsonl").read_text().splitlines()]


@pytest.fixture
def show(tmp_path):
    taught = Taught(tmp_path)
    yield taught
    taught.teacher.close()


@pytest.fixture
def six(show):
    """Six places, six hues, learned."""
    show.tell(f"{MAP}/inputs", "/pad:0", "/pad:1")
    show.tell(f"{MAP}/targets", "main/params/hue")
    for x, y, hue in PLACES:
        show.show(x, y, (HUE, hue))
    show.learn()
    return show


# Teaching --------------------------------------------------------------------------------------


def test_six_places_are_shown_six_hues_and_played(six):
    """Nothing plays before it is told to; then the hue goes where it was shown, and between."""
    assert 6 == six.value(f"{MAP}/examples") and "6 examples" in six.value(f"{MAP}/state")
    six.tell("/pad", 0.1, 0.1)
    six.tick(3)
    assert 0.4 == pytest.approx(six.value(HUE))
    six.tell(f"{MAP}/startRunning")
    for x, y, hue in PLACES:
        six.tell("/pad", x, y)
        six.tick()
        assert hue == pytest.approx(six.value(HUE), abs=0.03)
    six.tell("/pad", 0.3, 0.3)
    six.tick(2)
    assert -0.4 < six.value(HUE) < 0.3 and 0.0 == six.value(f"{MAP}/novelty")
    six.tell("/pad", 3.0, 3.0)
    six.tick(3)
    assert 1.0 == six.value(f"{MAP}/novelty")
    six.tell(f"{MAP}/stopRunning")
    before = six.value(HUE)
    six.tell("/pad", 0.1, 0.1)
    six.tick(2)
    assert before == six.value(HUE)


def test_what_a_hand_takes_is_the_hands_until_the_map_is_run_again(six):
    six.tell(f"{MAP}/startRunning")
    six.tell("/pad", 0.1, 0.1)
    six.tick(2)
    six.tell("/livegen/0/params/hue/normalized", 0.95, origin="ws 3")
    six.tick()
    six.tell("/pad", 0.9, 0.1)
    six.tick(2)
    assert 0.45 == pytest.approx(six.value(HUE), abs=1e-6)
    six.tick(2)
    assert "main/params/hue" == six.value(f"{MAP}/hands")
    six.tell(f"{MAP}/startRunning")
    six.tick()
    assert -0.4 == pytest.approx(six.value(HUE), abs=0.03)
    six.tell(HUE, 0.0, origin="ws 3")
    six.tick()
    six.learn()
    assert -0.4 == pytest.approx(six.value(HUE), abs=0.03), "what was learned anew plays everything again"


def test_the_whole_latent_is_played_between_cues(show):
    """Weights over cues: shown by recalling them, let go by recalling another, blended between."""
    show.tell(f"{MAP}/inputs", "/pad:0")
    show.tell(f"{MAP}/targets", "main/presets/weights")
    for x, cue in ((0.0, "one"), (1.0, "two"), (0.05, "one"), (0.95, "two")):
        show.tell(f"{MAIN}/presets/load", cue)
        show.show(x, 0.0)
    show.settle()
    assert {"one": 1.0} == show.lines()[1]["out"]["main/presets/weights"]
    show.learn()
    show.tell(f"{MAP}/run", True)
    show.tell("/pad", 0.5, 0.0)
    show.tick(20)
    one, two, *rest = show.value(WEIGHTS)
    assert 0.3 < one < 0.7 and 1.0 == pytest.approx(one + two) and not any(rest)
    middle = np.array(show.tracks[0].score.latent.values)
    show.tell(f"{MAIN}/presets/load", "one")
    show.tick(5)
    show.tell("/pad", 0.9, 0.0)
    show.tick(10)
    assert "one" == show.value(f"{MAIN}/presets/current") and "main/presets/weights" == show.value(
        f"{MAP}/hands"
    )
    assert not np.allclose(middle, show.tracks[0].score.latent.values)


@pytest.fixture
def plane(show):
    """The point of the plane is the hand; what it plays is the blend of the cues, or the whole latent between them."""

    def taught(what, source=f"{MAIN}/xy"):
        show.tell(f"{MAP}/inputs", source)
        show.tell(f"{MAP}/targets", what)
        for x, cue in ((0.1, "one"), (0.9, "two")):
            for y in (0.2, 0.8):
                show.tell(f"{MAIN}/presets/load", cue)
                show.tick()
                show.tell(f"{MAIN}/xy", x, y)
                show.tick(5)
                show.tell(WEIGHTS, *((1.0, 0.0) if cue == "one" else (0.0, 1.0)))
                show.tick(5)
                show.tell(f"{MAP}/add")
                show.tick()
        show.settle()
        show.learn()
        show.tell(f"{MAP}/startRunning")
        show.tick(5)
        return show

    return taught


def looks(show):
    """How far the latent is from the two cues."""
    player = show.ensemble.cast.instruments["main"]
    return [float(np.linalg.norm(player.here.z - player.book.looks[name].z)) for name in ("one", "two")]


@pytest.mark.parametrize("source", [f"{MAIN}/xy", f"{MAIN}/xy:0", "/livegen/0/xy"])
@pytest.mark.parametrize("what", ["main/presets/weights", "main/z"])
def test_a_map_that_the_plane_plays_is_not_fought_by_the_plane(plane, what, source):
    """The hand on the plane goes from cue to cue and the picture with it, without a glide that begins anew in every
    tick; where the hand moves and the map says the same as before, the picture stays."""
    show = plane(what, source)
    player = show.ensemble.cast.instruments["main"]
    for step in range(41):
        show.tell(f"{MAIN}/xy", 0.1 + 0.8 * step / 40, 0.5)
        show.tick()
        assert not isinstance(player.aim, Plane) and (step < 5 or player.passage is None)
    one, two = looks(show)
    assert two < 0.3 * one
    for step in range(10):
        show.tell(f"{MAIN}/xy", 0.9, 0.5 + (step % 2) * 1e-6)
        show.tick()
    assert two == pytest.approx(looks(show)[1], abs=0.05)


def test_the_plane_is_the_plane_where_no_map_plays(plane):
    """The map that stops, one of which a hand has taken the latent, one whose target is left alone."""
    show = plane("main/presets/weights")
    player = show.ensemble.cast.instruments["main"]

    def moved():
        show.tell(f"{MAIN}/xy", float(show.clock.now() % 0.5), 0.4)
        show.tick()
        return isinstance(player.aim, Plane)

    assert not moved()
    show.tell(f"{MAIN}/presets/load", "one")
    show.tick()
    assert moved()
    show.tell(f"{MAP}/startRunning")
    show.tick()
    assert not moved()
    show.tell(f"{MAP}/disableModelRunning", 1)
    show.tick()
    assert moved()
    show.tell(f"{MAP}/enableModelRunning", 1)
    show.tick(2)
    assert not moved()
    show.tell(f"{MAP}/stopRunning")
    show.tick()
    assert moved()


def test_a_map_of_something_else_leaves_the_plane_alone(show):
    """The point may play the hue and go about the plane."""
    show.tell(f"{MAP}/inputs", f"{MAIN}/xy")
    show.tell(f"{MAP}/targets", "main/params/hue")
    for x, hue in ((0.1, -0.3), (0.9, 0.3)):
        show.tell(f"{MAIN}/xy", x, 0.5)
        show.tell(HUE, hue, origin="ws 1")
        show.tick()
        show.tell(f"{MAP}/add")
        show.tick()
    show.learn()
    show.tell(f"{MAIN}/presets/load", "one")
    show.tell(f"{MAP}/startRunning")
    show.tick()
    for x in (0.5, 0.9):
        show.tell(f"{MAIN}/xy", x, 0.5)
        show.tick(5)
    assert isinstance(show.ensemble.cast.instruments["main"].aim, Plane) and 0.2 < show.value(HUE)


def test_a_gesture_is_taken_down_while_it_moves(show):
    """At a bounded rate, thinned where nothing stirs, as one demonstration."""
    show.tell(f"{MAP}/inputs", "/pad:0", "/pad:1")
    show.tell(f"{MAP}/targets", "main/params/hue")
    show.tell(f"{MAP}/startRecording")
    for step in range(50):
        show.tell("/pad", step / 50, 0.5)
        show.tell(HUE, step / 50, origin="ws 1")
        show.tick()
    show.tick(50)
    show.tell(f"{MAP}/stopRecording")
    show.tick()
    count = show.value(f"{MAP}/examples")
    assert 20 < count <= 2 * teaching.RATE + 2
    show.tell("/pad", 0.9, 0.9)
    show.tick(5)
    assert count == show.value(f"{MAP}/examples")
    show.settle()
    assert {1} == {line["demo"] for line in show.lines()[1:]}
    show.show(0.3, 0.3)
    show.settle()
    assert 2 == show.lines()[-1]["demo"]


def test_examples_are_deleted_one_by_one_and_brought_back(six):
    """By number; a whole demonstration; all; and undone."""
    six.tell(f"{MAP}/deleteExample", 2)
    six.tick()
    six.settle()
    assert [0.2, 0.5, 0.3, -0.1, 0.4] == pytest.approx(
        [line["out"]["main/params/hue"] for line in six.lines()[1:]]
    )
    six.tell(f"{MAP}/undo")
    six.tell(f"{MAP}/deleteDemonstration")
    six.tick()
    six.settle()
    assert [1, 2, 3, 4, 5] == [line["demo"] for line in six.lines()[1:]]
    six.tell(f"{MAP}/deleteAllExamples")
    six.tell(f"{MAP}/deleteExample", 1)
    six.tick()
    assert 0 == six.value(f"{MAP}/examples") and "no example 1" in six.value(f"{MAP}/state")
    six.learn()
    assert "no examples" in six.value(f"{MAP}/state")
    six.tell(f"{MAP}/undo")
    six.tick()
    assert 5 == six.value(f"{MAP}/examples")


def test_what_was_shown_is_there_the_next_time(six, tmp_path):
    """With inputs and targets, learned, and mended by hand meanwhile: a broken line is skipped and said."""
    six.settle()
    file = tmp_path / "taught.map.jsonl"
    file.write_text(
        file.read_text().replace('"main/params/hue": -0.4', '"main/params/hue": -0.3') + "half a line {\n"
    )
    again = Taught(tmp_path)
    again.tell(f"{MAP}/run", 1)
    again.tell("/pad", 0.9, 0.1)
    again.tick(3)
    assert 6 == again.value(f"{MAP}/examples") and -0.3 == pytest.approx(again.value(HUE), abs=0.03)
    assert any(
        "1 line of taught.map.jsonl made no sense" in said for said in again.teacher.show()[0]["advice"]
    )
    again.teacher.close()


def test_a_file_that_was_mended_while_it_plays_is_read_when_it_learns(six, tmp_path):
    six.settle()
    file = tmp_path / "taught.map.jsonl"
    file.write_text(
        "".join(line for number, line in enumerate(file.read_text().splitlines(True)) if number != 3)
    )
    six.learn()
    assert 5 == six.value(f"{MAP}/examples") == six.section.maps["map"].player.model.count


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([("train",)], "no inputs"),
        ([("add",)], "no inputs"),
        ([("inputs", "/never"), ("targets", "main/params/hue"), ("add",)], "/never has said nothing"),
        ([("inputs", "/pad"), ("add",)], "no targets"),
        ([("inputs", "/pad"), ("targets", "main/params/hu"), ("add",)], "no targets"),
        ([("targets", "main/params/hu")], "main/params/hu is no target"),
        ([("inputs", "/pad"), ("targets", "main/params/hue"), ("add",), ("train",)], "one example"),
        ([("inputs", "/pad"), ("targets", "main/presets/weights"), ("reset",), ("add",)], "shows no cue"),
        ([("deleteDemonstration",)], "no demonstration"),
        ([("undo",)], "nothing was deleted"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(show, words, said):
    for word, *args in words:
        with suppress(UnknownParam):
            show.tell("/pad", 0.3, 0.6)
        show.tell(
            f"{MAIN}/seed" if word == "reset" else f"{MAP}/{word}",
            *(args or ([7] if word == "reset" else [])),
        )
        show.tick()
        show.settle()
        show.tick()
    assert said in show.value(f"{MAP}/state")


def test_contradictions_and_still_inputs_are_pointed_at(show):
    show.tell(f"{MAP}/inputs", "/pad:0", "/pad:1")
    show.tell(f"{MAP}/targets", "main/params/hue")
    for x, hue in ((0.1, 0.1), (0.5, 0.45), (0.9, 0.2), (0.5, -0.1), (0.3, 0.4)):
        show.show(x, 0.5, (HUE, hue))
    show.learn()
    said = show.teacher.show()[0]["advice"]
    assert "examples 2 and 4 ask for different looks at the same place" in said
    assert any("/pad:1 never moved" in each for each in said)


def test_examples_are_bounded(show, monkeypatch):
    monkeypatch.setattr(teaching, "MOST", 3)
    show.tell(f"{MAP}/inputs", "/pad:0")
    show.tell(f"{MAP}/targets", "main/params/hue")
    for step in range(5):
        show.show(step / 5, 0.0)
    assert 3 == show.value(f"{MAP}/examples") and "3 examples already" in show.value(f"{MAP}/state")


def test_bad_messages_are_refused_with_a_sentence(six):
    """And the map plays on."""
    for address, args, said in (
        ("/pad", (float("nan"), 0.5), "finite"), (f"{MAP}/model", ("{}",), "no learned map"), (f"{MAP}/inputs", (3,), "no name"),
        (f"{MAP}/inputs", tuple(f"/{i}" for i in range(99)), "at most 64"), (f"{MAP}/outputs", ("loud",), "number"),
    ):  # fmt: skip
        with pytest.raises(BadValue, match=said):
            six.tell(address, *args)
    with pytest.raises(UnknownParam, match="trian"):
        six.tell(f"{MAP}/trian")
    six.tell(f"{MAP}/startRunning")
    six.tell("/pad", 0.9, 0.1)
    six.tick(2)
    assert -0.4 == pytest.approx(six.value(HUE), abs=0.03)


# Wekinator's own words -------------------------------------------------------------------------


def test_sketches_made_for_wekinator_teach_and_play(show):
    """Its inputs by default, its buttons at its addresses, its outputs from 0 to 1."""
    show.tell(f"{MAP}/targets", "main/params/hue", "main/params/look")
    weki = "/wekinator/control"
    show.tell("/wek/inputs", 0.0, 0.0)
    for x, hue in ((0.1, 0.2), (0.9, 0.4), (0.5, 0.5)):
        show.tell("/wek/inputs", x, 0.2)
        show.tell(f"{weki}/outputs", hue, 0.0)
        show.tick()
        show.tell(f"{weki}/startRecording")
        show.tick(3)
        show.tell(f"{weki}/stopRecording")
        show.tick()
    show.tell(f"{weki}/setInputNames", "left", "right")
    show.tell(f"{weki}/train")
    show.tick()
    show.settle()
    show.tick()
    show.tell(f"{weki}/startRunning", 1)
    show.tell(f"{weki}/inputs", 0.9, 0.2)
    show.tick(3)
    assert -0.1 == pytest.approx(show.value(HUE), abs=0.05)
    assert ["left", "right"] == [each["label"] for each in show.teacher.show()[0]["inputs"]]
    show.tell(f"{weki}/disableModelRunning", 1)
    show.tick()
    show.tell("/wek/inputs", 0.1, 0.2)
    show.tick(2)
    assert -0.1 == pytest.approx(show.value(HUE), abs=0.05)
    show.tell(f"{weki}/stopRunning")
    show.tick()
    assert not show.value(f"{MAP}/run")


# What may play ---------------------------------------------------------------------------------


def test_what_moves_is_offered(show):
    """While it listens: numbers of any address, hands before what the stage moves itself, and not what stands."""
    with pytest.raises(UnknownParam):
        show.tell("/wii/tilt", 0.5)
    show.tell(f"{MAP}/listen", True)
    show.tick()
    for step in range(6):
        show.tell("/wii/tilt", step / 6, 0.5)
        show.tell("/midi/1/cc/7", step)
        show.tell("/still", 1.0)
        show.tell("/name", "somebody")
        show.tell("/livegen/main/xy", step / 6, 0.5)
        show.tell(HUE, step / 6)
        show.tick()
    offered = show.value(f"{MAP}/offered").split()
    assert {"/wii/tilt:0", "/midi/1/cc/7", "/livegen/main/xy:0"} == set(offered)
    assert "/livegen/main/xy:0" == offered[-1]
    show.tick(200)
    assert "" == show.value(f"{MAP}/offered")
    show.tell(f"{MAP}/listen", False)
    show.tick()
    with pytest.raises(UnknownParam):
        show.tell("/wii/tilt", 0.5)
    show.tell(f"{MAP}/listen", True)
    show.tick()
    show.clock.jump(301.0)
    show.tick(2)
    assert not show.value(f"{MAP}/listen"), "nobody looks any more"


def test_an_address_alone_means_all_its_numbers(show):
    """However many came; a parameter may play another one."""
    show.tell(f"{MAP}/inputs", "/pad", "/livegen/main/params/speed")
    show.tell("/pad", 0.1, 0.2, 0.3)
    show.tick()
    assert ["/pad:0", "/pad:1", "/pad:2", "/livegen/main/params/speed"] == show.section.columns(
        "map", show.ensemble.board
    )
    assert 1.0 == show.section.values("map", show.ensemble.board)["/livegen/main/params/speed"]


def test_a_patch_holds_several_maps_and_refuses_what_is_not_there(tmp_path):
    maps = '[maps.left]\ninputs = ["/a"]\ntargets = ["main/params/hue"]\n[maps.right]\ninputs = ["/b"]\ntargets = ["main/params/zoom"]\nrun = true\n'
    show = Taught(tmp_path, PATCH + maps)
    for value in (0.0, 1.0, 0.5):
        show.tell("/a", value)
        show.tell("/b", value)
        show.tell("/livegen/main/params/zoom", 0.5 + value)
        show.tick()
        for base in (MAP, f"{MAP}/right"):
            show.tell(f"{base}/add")
        show.tick()
    for base in (MAP, f"{MAP}/right"):
        show.tell(f"{base}/train")
        show.tick()
        show.settle()
    show.tell("/b", 0.25)
    show.tick(2)
    assert 0.75 == pytest.approx(show.value("/livegen/main/params/zoom"), abs=0.1)
    assert (tmp_path / "taught.right.map.jsonl").is_file()
    show.teacher.close()
    with pytest.raises(PatchError, match=r"main/params/hu'.*did you mean main/params/hue"):
        Ensemble(loads(PATCH + '[maps.left]\ntargets = ["main/params/hu"]\n'))
    with pytest.raises(PatchError, match="no address"):
        loads(PATCH + '[maps.left]\ninputs = ["pad"]\n')


def test_an_edited_patch_keeps_what_was_learned(six):
    """As long as it says nothing else."""
    six.tell(f"{MAP}/startRunning")
    six.tell("/pad", 0.9, 0.1)
    six.tick(2)
    six.ensemble.revised(loads(PATCH.replace("taught", "again"), str(six.path))).then()
    six.teacher.begin()
    six.settle()
    six.tell("/pad", 0.1, 0.1)
    six.tick(2)
    assert 0.2 == pytest.approx(six.value(HUE), abs=0.03) and 6 == six.value(f"{MAP}/examples")


def test_an_edited_patch_that_chooses_otherwise_is_learned_anew(tmp_path):
    """From the examples that have what it chooses now."""
    one = PATCH + '[maps.hand]\ninputs = ["/pad:0"]\ntargets = ["main/params/hue"]\nrun = true\n'
    show = Taught(tmp_path, one)
    show.tell(f"{MAP}/inputs", "/pad:0", "/pad:1")
    show.tick()
    for x, y, hue in PLACES:
        show.show(x, y, (HUE, hue))
    show.tell(f"{MAP}/inputs", "/pad:0")
    show.learn()
    assert ("/pad:0",) == show.section.maps["hand"].player.model.inputs
    show.ensemble.revised(loads(one.replace('["/pad:0"]', '["/pad:0", "/pad:1"]'), str(show.path))).then()
    show.teacher.begin()
    show.settle()
    show.tick()
    assert ("/pad:0", "/pad:1") == show.section.maps["hand"].player.model.inputs
    show.teacher.close()


# Remembered ------------------------------------------------------------------------------------


def test_a_crash_loses_neither_choice_nor_running(six):
    six.tell(f"{MAP}/startRunning")
    six.tick()
    again = Ensemble(loads(PATCH))
    again.restore(json.loads(json.dumps(six.ensemble.state())))
    one = next(each for each in again.sections if isinstance(each, Maps)).maps["map"]
    assert (("/pad:0", "/pad:1"), ("main/params/hue",), True) == (
        one.inputs,
        one.targets,
        again.board.value(f"{MAP}/run"),
    )


def test_a_moment_goes_on_as_the_show_does(six):
    """Smoothing, hands and all."""
    six.tell(f"{MAP}/smoothing", 1.0)
    six.tell(f"{MAP}/startRunning")
    for step in range(5):
        six.tell("/pad", step / 5, 0.3)
        six.tick()
    speech = Speech(
        Hub(six.clock), prefix=six.ensemble.prefix, echo=six.ensemble.board.echo, say=lambda said: None
    )
    said = json.loads(json.dumps(moment(six.ensemble, six.tracks, speech)))
    other = Ensemble(loads(PATCH, str(six.path)))
    tracks = [Track(voice) for voice in other.voices()]
    resume(
        said,
        other,
        tracks,
        Speech(Hub(six.clock), prefix=other.prefix, echo=other.board.echo, say=lambda said: None),
    )
    for step in range(20):
        six.clock.jump(0.04)
        for who, those in ((six.ensemble, six.tracks), (other, tracks)):
            if step % 3 == 0:
                who.apply(Message("/pad", (0.9 - step / 40, 0.2), six.clock.now(), "osc"))
            latched(who.board, who.before, those, six.clock.now(), pytest.fail)
        assert six.ensemble.board.value(HUE) == other.board.value(HUE)
    assert not np.isclose(0.4, other.board.value(HUE))


@pytest.mark.parametrize(("later", "hand"), [(False, "/pad"), (True, "/pad"), (False, f"{MAIN}/xy"), (True, f"{MAIN}/xy")])
def test_a_take_replays_what_was_learned_without_learning_it(tmp_path, later, hand, monkeypatch):
    """Taught, trained and played while it is recorded, or before: the same pictures to the bit."""
    show = Played(tmp_path / "a.take", PATCH, later=later)

    def apply(message):
        if show.recording:
            show.recorder.apply(message, show.ensemble.apply, show.ensemble.heeds)
        else:
            show.ensemble.apply(message)

    teacher = Teacher(show.ensemble, tmp_path / "taught.toml", apply, show.clock.now)
    teacher.begin()
    teacher.settle()
    show.tell(f"{MAP}/inputs", f"{hand}:0", f"{hand}:1")
    show.tell(f"{MAP}/targets", "main/params/hue", "main/presets/weights", "main/params/look")
    for x, y, hue in PLACES:
        show.tell(hand, x, y)
        show.tell(f"{MAIN}/presets/load", "one" if x < 0.5 else "two", 0.0)
        show.tell(HUE, hue)
        show.tick()
        show.tell(f"{MAP}/add")
        show.tick()
    show.tell(f"{MAP}/startRunning")
    show.tick()
    teacher.settle()
    assert read(next(each for each in show.ensemble.sections if each.name == "maps").maps["map"].news[0]).count == 6
    if later:
        show.record()
    draw = np.random.default_rng(1)
    for step in range(80):
        show.tell(hand, float(draw.uniform()), float(draw.uniform()))
        if step % 20 == 7:
            show.tell(HUE, 0.1, origin="ws 2")
        if step % 20 == 13:
            show.tell(f"{MAP}/startRunning")
        if step == 40:
            show.tell(f"{MAP}/smoothing", 2.0)
            show.tell(f"{MAP}/train")
        show.tick()
        if step == 42:
            teacher.settle()
    teacher.close()
    path = show.close()
    monkeypatch.setattr(teaching, "fit", pytest.fail)
    player = Player(read_take(path), inline())
    shots = [shot for shots in player.play() for shot in shots]
    assert len(shots) > 60 and all(shot.same for shot in shots)
    player.close()


def test_maps_cost_a_show_without_them_next_to_nothing(tmp_path):
    """No message, and nothing is heard that nobody chose."""
    ensemble = Ensemble(loads(PATCH))
    section = next(each for each in ensemble.sections if isinstance(each, Maps))
    assert [] == list(section.tick(1.0, ensemble.board))
    assert not section.heeds("/anything") and section.heeds("/wek/inputs")


def test_a_take_in_which_a_map_listens_to_a_generator_paints_no_stream_alone(tmp_path):
    """In its messages as where it begins; what hands send does not count."""
    show, said = Taught(tmp_path), {f"{MAIN}/explore/round"}
    for source in ("/pad", f"{MAIN}/explore/round"):
        show.tell(f"{MAP}/deleteAllExamples")
        show.tell(f"{MAP}/inputs", source)
        show.tell(f"{MAP}/targets", "main/params/hue")
        show.tick()
        for value in (0.1, 0.4):
            show.show(value, 0.0, (HUE, value))
        show.learn()
        model = show.section.maps["map"].player.text
        speech = Speech(
            Hub(show.clock), prefix=show.ensemble.prefix, echo=show.ensemble.board.echo, say=lambda said: None
        )
        stood = json.loads(json.dumps(moment(show.ensemble, show.tracks, speech)))
        heard = [Tick(1, (Heard(Message(f"{MAP}/model", (model,))),))]
        listens = source != "/pad"
        assert listens == listens_to_generators({}, heard, said) == listens_to_generators(stood, [], said)
    show.teacher.close()
