"""Everybody who plays a patch, played by hand with a clock that stands still."""

import json

import numpy as np
import pytest

from livegen.engine.loop import Engine
from livegen.ensemble import Ensemble, with_seed
from livegen.errors import BadValue, PatchError, UnknownParam
from livegen.message import Message
from livegen.patch import loads
from livegen.speaking import Speech
from livegen.streams.hub import Hub
from livegen.testing import ManualClock

PATCH = """
title = "two"
fps = 10
size = [64, 48]
seed = 4

[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
walk = 0.0
hue = { value = 0.1, low = 0.0, high = 0.2, slew = 0.0 }

[generators.sea]
kind = "cppn"
size = [32, 32]

[[cues]]
name = "a"
seed = 1
params = { look = "silk" }
[[cues]]
name = "b"
seed = 2
params = { look = "ink", hue = 0.2 }

[[routes]]
from = "/fader/1"
to = "main/params/hue"
in = [0, 127]

[safety]
safe_cue = "b"
"""
HUE = "/livegen/main/params/hue"


POEM = """
title = "poem"
fps = 10
size = [32, 32]
[generators.poem]
kind = "talking"
[generators.sky]
kind = "still"
[[routes]]
from = "/livegen/poem/text/out/entropy"
to = "sky/params/level"
in = [0, 2]
[[routes]]
from = "/livegen/poem/text/out/line"
to = "sky/randomize"
[[routes]]
from = "/line"
to = "poem/text/feed"
"""


class Played:
    """A patch at work without sockets or processes: the numpy stand-ins paint."""

    def __init__(self, text: str = PATCH) -> None:
        self.ensemble = Ensemble(loads(text, "two.toml"))
        self.clock = ManualClock(100.0)
        self.frames, self.text, self.said = [], "", []
        self.speech = Speech(
            Hub(self.clock), prefix=self.ensemble.prefix, echo=self.ensemble.board.echo, say=self.hear
        )
        self.engine = Engine(
            board=self.ensemble.board,
            clock=self.clock,
            voices=self.ensemble.voices(),
            renderer=self.ensemble.fallback(),
            publish=self.publish,
            fps=10,
            before=self.ensemble.before,
        )

    def publish(self, frame):
        self.frames.append(frame)
        self.text += "".join(mark.text for mark in frame.marks)
        self.speech.offer(frame)

    def hear(self, said):
        self.said += said
        self.ensemble.overhear(said, self.clock.now())

    def tick(self, times: int = 1):
        for _ in range(times):
            self.clock.jump(0.1)
            self.frames.clear()
            self.engine.tick(self.clock.now() + 5)
        return {frame.stream: frame for frame in self.frames}

    def say(self, address, value=(), origin="test"):
        self.ensemble.apply(Message(address, value, self.clock.now(), origin))


@pytest.fixture
def show() -> Played:
    return Played()


def test_every_generator_of_a_patch_is_a_stream(show):
    """Two generators, two pictures a tick, each in its own size and from its own lineage."""
    frames = show.tick()
    assert {0: (64, 48), 1: (32, 32)} == {number: (f.width, f.height) for number, f in frames.items()}
    assert "cppn" == frames[0].lineage.generator


def test_a_message_before_the_tick_is_in_its_frame(show):
    """Late latching, through a route: the fader's range becomes the hue's."""
    before = show.tick(3)[0].pixels
    show.say("/fader/1", 127)
    frame = show.tick()[0]
    assert 0.2 == pytest.approx(show.ensemble.board.value(HUE))
    assert frame.heard_at is not None
    assert not np.array_equal(before, frame.pixels)


def test_an_address_that_only_a_route_knows_is_taken_and_others_are_refused(show):
    """The fader box's own addresses are no mistake; a typo is."""
    show.say("/fader/1", 3)
    with pytest.raises(UnknownParam):
        show.say("/fader/2", 3)


def test_of_a_routed_fader_the_newest_counts_and_of_a_button_every_press():
    """A flood of fader moves is one write; a button's presses are never coalesced."""
    button = PATCH + '\n[[routes]]\nfrom = "/button"\nto = "main/randomize"\n'
    ask = Ensemble(loads(button, "two.toml")).is_event
    assert (False, True, True, False) == (
        ask("/fader/1"), ask("/button"), ask("/livegen/main/randomize"), ask(HUE))  # fmt: skip


def test_the_same_patch_plays_the_same_frames():
    """No chance but the seed's."""
    assert np.array_equal(Played().tick(5)[0].pixels, Played().tick(5)[0].pixels)


def test_another_seed_is_another_picture():
    """--seed begins elsewhere than on the first cue."""
    other = Played()
    other.ensemble = Ensemble(with_seed(loads(PATCH, "two.toml"), 77))
    assert 77 == other.ensemble.board.value("/livegen/main/seed")
    assert other.ensemble.patch.seed == 77
    show = Played()
    a = show.ensemble.voices()[0].advance(show.ensemble.board.latch(1.0)).latent.values
    b = other.ensemble.voices()[0].advance(other.ensemble.board.latch(1.0)).latent.values
    assert not np.allclose(a, b)


def test_the_panic_button_leads_to_the_safe_cue_and_out_of_black(show):
    """One press: the safe cue is under way, hold and black are over."""
    show.say("/livegen/panic/black", True)
    show.tick(10)
    assert 0 == show.tick()[0].pixels[..., :3].max()
    show.say("/livegen/panic/safe", True)
    show.tick(25)
    assert (False, "b") == (
        show.ensemble.board.value("/livegen/panic/black"),
        show.ensemble.board.value("/livegen/main/presets/current"),
    )
    assert show.tick()[0].pixels[..., :3].max() > 40


def test_the_panic_button_leads_out_of_a_frozen_picture(show):
    """A second later the safe cue is there; without that the button would show nothing."""
    show.say("/livegen/main/presets/load", "b", 0.0)
    show.tick(30)
    safe = show.ensemble.cast.instruments["main"].here.z
    show.say("/livegen/main/presets/load", "a", 0.0)
    show.tick(5)
    show.say("/livegen/main/freeze", True)
    show.tick(5)
    show.say("/livegen/panic/safe", True)
    show.tick(14)
    assert not show.ensemble.board.value("/livegen/main/freeze")
    assert np.array_equal(safe, show.ensemble.cast.instruments["main"].here.z)


def test_an_edited_patch_is_taken_over_between_two_frames_and_what_was_played_stays(show):
    """New ranges, cues and routes; the hand's value survives."""
    show.say("/livegen/main/params/light", 0.5)
    show.tick()
    edited = PATCH.replace("fps = 10", "fps = 20").replace('name = "b"\nseed = 2', 'name = "bee"\nseed = 2').replace(
        "/fader/1", "/fader/9").replace('safe_cue = "b"', 'safe_cue = "bee"')  # fmt: skip
    done = show.engine.change(show.ensemble.revised(loads(edited, "two.toml")))
    show.tick()
    assert done.done() and done.exception() is None
    assert 20 == show.engine.fps
    assert ["a", "bee"] == [cue["name"] for cue in show.ensemble.cues()]
    assert 0.5 == show.ensemble.board.value("/livegen/main/params/light")
    show.say("/fader/9", 0)
    with pytest.raises(UnknownParam):
        show.say("/fader/1", 0)


def test_an_edited_safety_takes_hold_between_two_frames(show):
    """The fade to black gets its new length without a restart."""
    show.tick()
    edited = PATCH.replace('safe_cue = "b"', 'safe_cue = "b"\nfade = 0.0\ngovernor = false')
    show.engine.change(show.ensemble.revised(loads(edited, "two.toml")))
    show.say("/livegen/panic/black", True)
    assert 0 == show.tick(2)[0].pixels[..., :3].max()


def test_an_edit_that_cannot_play_changes_nothing(show):
    """The sentence says where, the show goes on."""
    show.tick()
    with pytest.raises(PatchError, match=r"two.toml:\d+:\d+.*hue"):
        show.ensemble.revised(loads(PATCH.replace("hue = {", "huee = {"), "two.toml"))
    assert 10 == show.engine.fps
    show.say("/fader/1", 64)
    assert 2 == len(show.tick())


def test_where_a_show_stood_can_be_written_down_and_gone_on_from(show):
    """Parameters, seeds, latents and saved cues, through JSON."""
    show.say(HUE, 0.05)
    show.say("/livegen/main/seed", 5)
    show.tick(20)
    show.say("/livegen/main/presets/save", "mine")
    show.tick()
    kept = json.loads(json.dumps(show.ensemble.state(), allow_nan=False))
    again = Played()
    again.ensemble.restore(kept)
    again.tick()
    board = again.ensemble.board
    assert (0.05, 5) == (pytest.approx(board.value(HUE)), board.value("/livegen/main/seed"))
    assert "mine" in board.value("/livegen/main/presets/entries")
    assert show.ensemble.board.value("/livegen/main/z") == pytest.approx(
        board.value("/livegen/main/z"), abs=1e-5
    )


@pytest.mark.parametrize(
    "kept",
    [
        {"values": {HUE: "blue", "/gone": 1}},
        {"instruments": {"main": {"seed": None}}},
        {"instruments": {"x": 1}},
    ],
)
def test_a_state_that_does_not_fit_is_left_out_piece_by_piece(kept):
    """An old state never stops a start."""
    show = Played()
    show.ensemble.restore(kept)
    assert 2 == len(show.tick())


def test_thumbnails_show_the_cues(show):
    """Latent and knobs of each, ready to be painted."""
    looks = show.ensemble.looks("main")
    assert ["a", "b"] == list(looks)
    assert (8,) == looks["a"][0].values.shape
    assert 0.2 == looks["b"][1]["hue"]
    assert {"spin", "pulse"} <= set(looks["a"][1])


def test_a_generator_that_refuses_its_settings_is_told_with_its_place():
    """Whatever the generator says about its own keys, the patch's line is named."""
    with pytest.raises(PatchError, match=r"two.toml:\d+.*latnt"):
        Ensemble(loads(PATCH.replace("latent = 8", "latnt = 8"), "two.toml"))
    with pytest.raises(PatchError, match="cppm"):
        Ensemble(loads(PATCH.replace('kind = "cppn"\nlatent', 'kind = "cppm"\nlatent'), "two.toml"))


@pytest.fixture
def poem() -> Played:
    return Played(POEM)


def test_what_a_generator_is_told_arrives_by_its_address_its_number_and_a_route(poem):
    """Commands of its own stand on the board beside its knobs, and each one counts."""
    poem.tick()
    for address in ("/livegen/poem/text/feed", "/livegen/0/text/feed", "/line"):
        assert poem.ensemble.is_event(address)
        poem.say(address, (address[-9:],))
    poem.tick(2)
    assert 1 == poem.text.count("[text/feed][text/feed][/line]")
    assert [32, 32] == [poem.frames[0].width, poem.frames[0].height]


def test_a_command_that_makes_no_sense_is_noted(poem):
    """It never reaches the generator."""
    poem.say("/livegen/poem/text/feed", ("x" * 9000,))
    poem.tick(2)
    assert "9000 bytes" in poem.ensemble.notes[-1]


def test_pictures_follow_surprise(poem):
    """A route listens to the text's entropy as to a fader: two bits are full red."""
    poem.say("/livegen/poem/text/temperature", 1.0)
    poem.tick(3)
    assert 128 == poem.tick()[1].pixels[0, 0, 0]
    poem.say("/livegen/poem/params/temperature", 2.0)
    poem.tick(2)
    assert 255 == poem.tick()[1].pixels[0, 0, 0]


def test_only_the_generator_itself_says_what_it_says(poem):
    """Nobody can make a picture follow a surprise that was none."""
    poem.tick(3)
    with pytest.raises(BadValue, match="only be read"):
        poem.say("/livegen/poem/text/out/entropy", 8.0)
    assert 128 == poem.tick()[1].pixels[0, 0, 0]


def test_every_line_of_a_text_presses_a_button(poem):
    """A picture that changes with each verse."""
    poem.tick(3)
    before = poem.ensemble.board.value("/livegen/sky/seed")
    poem.say("/livegen/poem/text/feed", ("verse\n",))
    poem.tick(3)
    assert before != poem.ensemble.board.value("/livegen/sky/seed")
