"""Modulation: the picture moves, the hand's value stays."""

import numpy as np
import pytest

from livegen.engine.latching import latched
from livegen.engine.voice import Track
from livegen.ensemble import Ensemble
from livegen.errors import PatchError
from livegen.mapping.modulation import swayed
from livegen.message import Message
from livegen.params import VECTOR, Param
from livegen.patch import loads

HUE, MARK = "/livegen/main/params/hue", "/livegen/main/params/hue/modulated"
PATCH = """
[tempo]
bpm = 60
lead = 0
[generators.main]
kind = "cppn"
latent = 8
start = "xy"
[generators.main.params]
hue = {{ value = 0.1, slew = 0.0 }}
walk = 0.0
[[cues]]
name = "a"
seed = 1
place = [0, 0]
[[cues]]
name = "b"
seed = 2
place = [1, 1]
[lfos.wave]
shape = "square"
beats = 2
[[modulate]]
from = "lfo/wave"
{modulate}
"""


class Shown:
    def __init__(self, modulate):
        self.show = Ensemble(loads(PATCH.format(modulate=modulate)))
        self.tracks, self.now = [Track(voice) for voice in self.show.voices()], 20.0

    def tick(self, seconds=0.1):
        self.now += seconds
        latched(self.show.board, self.show.before, self.tracks, self.now, pytest.fail)
        return self.tracks[0].score

    def tell(self, address, *args):
        self.show.apply(Message(address, args, self.now, "hand"))


def test_a_value_is_moved_around_where_the_hand_has_put_it():
    """A tenth of the range up, then down; the board keeps the middle, and a reader is told where it stands."""
    show = Shown('to = "main/params/hue"\ndepth = 0.1')
    row = show.show.board.params[HUE]
    span = row.high - row.low
    show.tick()
    assert 0.1 + 0.1 * span == pytest.approx(show.tick().knobs["hue"])
    show.tell(HUE, 0.0)
    show.tick()
    assert 0.1 * span == pytest.approx(show.tick().knobs["hue"])
    assert (0.0, pytest.approx(0.1 * span)) == (show.show.board.value(HUE), show.show.board.value(MARK))
    show.tick(0.9)
    assert -0.1 * span == pytest.approx(show.tick().knobs["hue"])
    assert 0.0 == show.show.board.value(HUE)


def test_a_cue_that_is_saved_holds_the_middle():
    """Nor does a recall fight the oscillator."""
    show = Shown('to = "main/params/hue"\ndepth = 0.1')
    show.tell(HUE, 0.05)
    show.tick()
    show.tell("/livegen/main/presets/save", "here")
    show.tick()
    assert 0.05 == pytest.approx(show.show.cast.instruments["main"].cues["here"].params["hue"])


def test_up_from_the_hand_only():
    """And not beyond the end of the range."""
    show = Shown('to = "main/params/zoom"\ndepth = 1.0\nway = "up"')
    show.tick()
    row = show.show.board.params["/livegen/main/params/zoom"]
    assert row.high == pytest.approx(show.tick().knobs["zoom"])
    show.tick(1.0)
    assert row.initial == pytest.approx(show.tick().knobs["zoom"])


def test_a_speed_goes_faster_and_slower_and_its_phase_never_jumps():
    """The board integrates what is moved."""
    show = Shown('to = "main/params/speed"\ndepth = -0.25')
    times = [show.tick(0.05).time for _ in range(60)]
    steps = np.diff(times)
    assert {0.0, 0.1} == {round(float(x), 6) for x in steps[4:18]} | {
        round(float(x), 6) for x in steps[24:38]
    }


def test_components_of_the_latent_and_the_plane_can_be_moved():
    """By the share of what routes reach."""
    show = Shown('to = "main/z/3"\ndepth = 0.5')
    show.tick()
    plain = show.show.cast.instruments["main"].here.z
    moved = show.tick().latent.values - plain
    np.testing.assert_allclose([0, 0, 0, 2.0, 0, 0, 0, 0], moved, atol=1e-5)
    show = Shown('to = "main/xy/0"\ndepth = 0.4')
    before = show.tick().latent.values
    show.tick(1.0)
    assert np.abs(show.tick().latent.values - before).max() > 0.05
    assert (0.5, 0.5) == show.show.board.value("/livegen/main/xy")


def test_parts_say_where_they_stand_too():
    """Beside the latent's and the plane's own numbers."""
    show = Shown('to = "main/z/3"\ndepth = 0.25')
    show.tick()
    show.tick()
    value = show.show.board.value
    assert value("/livegen/main/z")[3] + 1.0 == pytest.approx(value("/livegen/main/z/3/modulated"), abs=1e-5)
    show = Shown('to = "main/xy/1"\ndepth = 0.7')
    show.tick()
    assert 1.0 == show.show.board.value("/livegen/main/xy/1/modulated")
    assert "/livegen/main/xy/0/modulated" not in show.show.board.params


def test_a_part_of_a_parameter_and_a_cues_weight_are_moved():
    """A vector of a generator's own goes by its range, and stays in it."""
    row = Param(address="noise", type=VECTOR, size=3, high=2.0, default=1.0)
    offsets = {"/livegen/main/params/noise/1": 0.25, "/livegen/main/params/noise/2": -0.9}
    moved = swayed({"noise": (1.0, 1.0, 1.0)}, {"noise": row}, "/livegen/main", offsets)
    assert {"noise": (1.0, 1.5, 0.0)} == moved
    show = Shown('to = "main/presets/weights/1"\ndepth = 0.5')
    show.tell("/livegen/main/presets/weights", 1.0, 0.0)
    for _ in range(20):
        plain = show.tick(0.02).latent.values
    show.now += 0.5
    alone = Shown('to = "main/params/hue"\ndepth = 0.1')
    alone.tell("/livegen/main/presets/weights", 1.0, 0.0)
    for _ in range(20):
        bare = alone.tick(0.02).latent.values
    assert np.abs(plain - bare).max() > 0.05


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("tempo/bpm", "belongs to the stage"),
        ("main/params/look", "no number"),
        ("main/randomize", "no number"),
        ("main/params/hues", "not there"),
        ("main/z", "no number"),
    ],
)
def test_what_cannot_be_moved_is_refused_with_its_place(to, said):
    """In the patch's own line."""
    with pytest.raises(PatchError, match=rf"patch:\d+.*{said}"):
        Shown(f'to = "{to}"')


def test_two_modulations_of_one_target_add_up():
    """And an edit that takes them away gives the hand its value back."""
    two = 'to = "main/params/hue"\ndepth = 0.1\n[[modulate]]\nfrom = "lfo/wave"\nto = "main/params/hue"\ndepth = 0.05'
    show = Shown(two)
    span = show.show.board.params[HUE].high - show.show.board.params[HUE].low
    show.tick()
    assert 0.1 + 0.15 * span == pytest.approx(show.tick().knobs["hue"])
    plain = loads(PATCH.format(modulate=two).split("[[modulate]]")[0])
    show.show.revised(plain).then()
    show.tick()
    assert 0.1 == pytest.approx(show.tick().knobs["hue"])
    assert MARK not in show.show.board.params
