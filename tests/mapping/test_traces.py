"""Traces: what text, strokes and pictures do as numbers, from frames and their times alone."""

import numpy as np
import pytest
from take_rig import Played

from livegen.ensemble import Ensemble
from livegen.frame import Frame
from livegen.mapping.traces import (
    CONSONANT,
    DIGIT,
    LINE_END,
    PUNCTUATION,
    SPACE,
    VOWEL,
    Trace,
    class_of,
    looked,
    resting,
    traced,
)
from livegen.marks import DOWN, END, UP, Stroke, Token
from livegen.patch import loads
from livegen.replaying import Player, inline
from livegen.speaking import Speech
from livegen.streams.hub import Hub
from livegen.testing import ManualClock
from livegen.wire.take import read


@pytest.mark.parametrize(
    ("character", "wanted"),
    [(" ", SPACE), ("\t", SPACE), ("\n", LINE_END), (",", PUNCTUATION), ("7", DIGIT), ("b", CONSONANT), ("Ä", VOWEL), ("y", VOWEL), ("ß", CONSONANT), ("я", CONSONANT), ("—", PUNCTUATION)],
)
def test_characters_have_classes(character, wanted):
    assert wanted == class_of(character)


def play(trace, fps, rate, seconds, begins=0.0):
    """Characters at a steady rate."""
    written, found = 0, {}
    for number in range(int(seconds * fps)):
        at = begins + number / fps
        due = int(number / fps * rate)
        marks = [Token(text="a", index=i, mind=(0.5,) * 8) for i in range(written, due)]
        written = due
        found = dict(traced(trace, marks, at) if marks else resting(trace, at, "text"))
    return found


@pytest.mark.parametrize("fps", [12, 30, 60])
def test_the_rate_is_that_of_the_text_at_any_frame_rate(fps):
    assert play(Trace(), fps, 24.0, 4.0)["text/out/rate"] == pytest.approx(24.0, abs=6.0)


def test_when_it_stops_writing_the_rate_falls_to_0():
    trace = Trace()
    play(trace, 30, 24.0, 2.0)
    late = [resting(trace, 2.0 + i / 30, "text")["text/out/rate"] for i in range(150)]
    assert late[0] > 10 and 0.0 == late[-1] and late == sorted(late, reverse=True)


def test_the_newest_character_gives_class_and_mind():
    said = traced(Trace(), [Token(text="b", index=0), Token(text="a", index=1, mind=(1.0, -2.0))], 0.0)
    assert (VOWEL, (1.0, -2.0)) == (said["text/out/class"], said["text/out/mind"])


def test_the_pen_has_a_place_a_speed_and_is_down_or_lifted():
    trace = Trace()
    traced(trace, [Stroke(dx=0.0, dy=0.0, pen=DOWN, index=0)], 0.0)
    found = {}
    for step in range(1, 60):
        found = traced(trace, [Stroke(dx=0.1, dy=0.0, pen=DOWN, index=step)], step / 20)
    assert found["stroke/out/speed"] == pytest.approx(2.0, abs=0.05)
    assert (1, 5.9, 0.0) == (found["stroke/out/down"], found["stroke/out/x"], found["stroke/out/y"])
    assert 1 == traced(trace, [Stroke(dx=0.0, dy=0.1, pen=UP, index=60)], 3.0)["stroke/out/down"]
    lifted = traced(trace, [Stroke(dx=0.0, dy=0.1, pen=DOWN, index=61)], 3.05)
    assert (0, 0.2) == (lifted["stroke/out/down"], lifted["stroke/out/y"])
    again = traced(trace, [Stroke(dx=0.2, dy=0.0, pen=END, index=0)], 3.1)
    assert (0.2, 0.0) == (again["stroke/out/x"], again["stroke/out/y"])


def test_a_picture_is_bright_warm_and_moves():
    trace, dark = Trace(), np.zeros((40, 60, 4), np.uint8)
    assert {"image/out/light": 0.0, "image/out/warmth": 0.5, "image/out/change": 0.0} == looked(trace, dark, 0.0)
    red = dark.copy()
    red[..., 0] = 255
    found = looked(trace, red, 0.04)
    assert found["image/out/light"] == pytest.approx(1 / 3, abs=0.01)
    assert 1.0 == found["image/out/warmth"] and found["image/out/change"] > 0.2
    for number in range(100):
        found = looked(trace, red, 0.08 + number * 0.04)
    assert 0.0 == found["image/out/change"]


ROUTED = """
[generators.picture]
kind = "cppn"
latent = 4
size = [48, 32]
[generators.poem]
kind = "text"
model = "shakespeare"
size = [48, 32]
[[routes]]
from = "/livegen/poem/text/out/mind"
arg = 2
in = [-4, 4]
to = "picture/params/hue"
[[routes]]
from = "/livegen/picture/image/out/light"
to = "poem/params/temperature"
"""


def test_a_frame_of_one_generator_moves_another_at_the_next_tick():
    """Poem to picture and picture to poem; what nobody listens to is not looked at."""
    clock, ensemble = ManualClock(), Ensemble(loads(ROUTED))
    speech = Speech(
        Hub(clock), prefix=ensemble.prefix, echo=ensemble.board.echo, say=lambda said: None,
        listens=lambda address: address in ensemble.cast.overheard,
    )  # fmt: skip
    bright = np.full((32, 48, 4), 255, np.uint8)
    speech.offer(Frame(pixels=bright, seq=1, stream=0, at=0.0))
    speech.offer(Frame(pixels=bright, seq=1, stream=1, at=0.0, marks=(Token(text="x", index=0, mind=(0, 0, 4.0, 0, 0, 0, 0, 0)),)))
    ensemble.before(0.1)
    assert 0.5 == ensemble.board.value("/livegen/picture/params/hue")
    assert 1.5 == ensemble.board.value("/livegen/poem/params/temperature")
    assert set(speech.pages) == {0, 1}
    speech.offer(Frame(pixels=bright // 2, seq=2, stream=0, at=0.1, held=True))
    assert 1.0 == ensemble.board.value("/livegen/picture/image/out/light")


def test_a_take_of_generators_that_lead_one_another_plays_again_to_the_bit(tmp_path):
    """The picture follows the poem's mind, the poem the picture's light: each frame depends on frames of the other."""
    show = Played(tmp_path / "chorus.take", ROUTED.replace("[generators.picture]", "fps = 25\n[generators.picture]", 1))
    hues = set()
    for _ in range(40):
        show.tick()
        hues.add(show.ensemble.board.value("/livegen/picture/params/hue"))
    assert len(hues) > 10
    found = [shot.same for shots in Player(read(show.close()), inline()).play() for shot in shots]
    assert len(found) > 70 and all(found)
