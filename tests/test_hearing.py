"""Hearing: what is listened to follows the patch, whoever chooses, and the command line; the show never waits for it."""

import pytest
from audio_rig import RATE, tune, until
from take_rig import Played

from livegen.board import Write
from livegen.clock import SystemClock
from livegen.ensemble import Ensemble
from livegen.hearing import GAIN, INPUT, STATE, Hearing
from livegen.message import Message
from livegen.patch import loads
from livegen.replaying import Player, inline
from livegen.wire.take import read

soundfile = pytest.importorskip("soundfile")
PATCH = """
[audio]
input = "{input}"
[generators.main]
kind = "cppn"
latent = 4
[[routes]]
from = "/audio/level"
to = "main/params/zoom"
"""
CLOCK = SystemClock()


@pytest.fixture
def hearing(tmp_path):
    soundfile.write(tmp_path / "tune.wav", tune(2.0)[0], RATE)
    made = []

    def make(text, sound=None):
        ensemble, told = Ensemble(loads(text)), []

        def apply(message):
            told.append(message)
            ensemble.apply(message)

        made.append(Hearing(ensemble, apply, CLOCK, lambda: (0.0, 1 / 60), folder=tmp_path, sound=sound))
        return made[-1], ensemble, told

    yield make
    for each in made:
        each.close()


def choose(hearing, ensemble, address, value):
    """As the engine tells of a write."""
    ensemble.apply(Message(address, value, 0.0, "ws 1"))
    hearing._heed(Write(address, value, 1, "ws 1", 0.0))


def test_a_file_beside_the_patch_plays_the_routes(hearing):
    room, ensemble, told = hearing(PATCH.format(input="tune.wav"))
    room.follow()
    until(lambda: len({message.value for message in told}) > 5)
    assert {"/audio/level"} == {message.address for message in told}
    assert room.newest["/audio/bass"] > 0.0
    room.report()
    assert "listening to tune.wav" == ensemble.board.value(STATE)
    assert "tune.wav" == ensemble.board.value(INPUT)


@pytest.mark.parametrize("wanted", ["../secret.wav", "/etc/passwd.wav", "other.wav"])
def test_a_name_is_never_a_path(hearing, wanted):
    room, _, told = hearing(PATCH.format(input=wanted))
    room.follow()
    until(lambda: room.problem)
    assert "beside the patch; there are: tune.wav" in room.problem
    assert [] == told


def test_another_input_is_chosen_while_it_plays_and_off_is_silence(hearing):
    room, ensemble, told = hearing(PATCH.format(input=""))
    room.follow()
    assert "" == room.report()["input"]
    choose(room, ensemble, INPUT, "tune.wav")
    until(lambda: room.newest)
    choose(room, ensemble, GAIN, 4.0)
    until(lambda: room.report()["input"] == "tune.wav")
    choose(room, ensemble, INPUT, "off")
    until(lambda: not room.report()["input"])
    assert 0.0 == told[-1].value


def test_what_was_chosen_stands_after_a_crash(hearing):
    room, ensemble, _ = hearing(PATCH.format(input="other.wav"))
    ensemble.restore({"values": {INPUT: "tune.wav"}})
    room.follow()
    until(lambda: room.report()["input"] == "tune.wav")


def test_a_file_of_the_command_line_comes_before_the_patch(hearing, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    soundfile.write(elsewhere / "mine.wav", tune(1.0)[0], RATE)
    room, ensemble, _ = hearing(PATCH.format(input="tune.wav"), elsewhere / "mine.wav")
    room.follow()
    until(lambda: room.report()["input"] == "mine.wav")
    assert "mine.wav" == ensemble.board.value(INPUT)


def test_a_take_holds_what_was_heard_and_plays_without_any_sound(tmp_path):
    """Heard live through the recorder, replayed without an ear: the same pictures, to the bit."""
    text = PATCH.format(input="") + '[[routes]]\nfrom = "/audio/onset"\nto = "main/randomize"\n'
    show = Played(tmp_path / "heard.take", text.replace("[audio]", "size = [48, 32]\nfps = 25\n[audio]"))
    for number in range(60):
        show.tell("/audio/level", round(number % 7 / 7, 2), origin="audio")
        show.tell("/audio/onset", float(number % 10 == 0), origin="audio")
        show.tick()
    take = read(show.close())
    again = [shot for shots in Player(take, inline()).play() for shot in shots]
    assert len(again) > 40 and all(shot.same for shot in again)
