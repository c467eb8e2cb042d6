"""Oscillators: turned while they run, they go on from where they are; untouched, they close on the bar."""

import json
import math
from itertools import pairwise

import pytest

from livegen.engine.latching import latched
from livegen.engine.voice import Track
from livegen.ensemble import Ensemble
from livegen.errors import BadValue, PatchError
from livegen.mapping.beats import beat_of
from livegen.message import Message
from livegen.oscillators import HOME
from livegen.patch import loads

HUE, WAVE, SLOW = "/livegen/main/params/hue", "/livegen/lfo/wave", "/livegen/lfo/slow"
PATCH = """
[tempo]
bpm = 60
lead = 0
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
hue = { value = 0.0, slew = 0.0 }
[generators.main.motion]
kind = "still"
[[cues]]
name = "a"
seed = 1
seconds = 0
[lfos.wave]
shape = "saw"
bars = 1
depth = 0.8
[lfos.slow]
period = 3.0
phase = 0.25
[[modulate]]
from = "lfo/wave"
to = "main/params/hue"
depth = 0.5
[[modulate]]
from = "/wheel"
to = "main/params/hue"
depth = 0.1
way = "up"
[[modulate]]
from = "lfo/slow"
to = "main/z/3"
"""


class Shown:
    """A show without a picture, tick by tick; ``at`` is where the first tick stands."""

    def __init__(self, text=PATCH, at=50.0):
        self.show = Ensemble(loads(text))
        self.tracks, self.now = [Track(voice) for voice in self.show.voices()], at
        self.tick(0.0)

    def tick(self, seconds=0.05, count=1):
        for _ in range(count):
            self.now += seconds
            latched(self.show.board, self.show.before, self.tracks, self.now, pytest.fail)

    def tell(self, address, *args, origin="hand"):
        self.show.apply(Message(address, args, self.now, origin))

    def value(self, address):
        return self.show.board.value(address)

    def edit(self, text):
        self.show.revised(loads(text)).then()

    def walk(self, address, ticks, seconds=0.02):
        """What an address says, tick by tick."""
        found = [self.value(address)]
        for _ in range(ticks):
            self.tick(seconds)
            found.append(self.value(address))
        return found


def steps(found):
    """How far it goes in a tick at most, a round's end left out."""
    return max(min(abs(b - a), 1 - abs(b - a)) for a, b in pairwise(found))


def test_untouched_they_stand_where_the_patch_puts_them_to_the_bit():
    """As if nobody could turn them: value by value, at any tick."""
    shown = Shown()
    wave, slow = shown.show.patch.lfos
    for number in range(400):
        shown.tick(0.017 + 0.001 * (number % 7))
        beat = beat_of(shown.value)
        assert wave.value(shown.now - 50.0, beat) == shown.value(f"{WAVE}/value")
        assert slow.value(shown.now - 50.0, beat) == shown.value(f"{SLOW}/value")
        said = shown.show.board.offsets
        assert 0.5 * (2.0 * wave.value(0.0, beat) - 1.0) == said[HUE]


def test_a_length_that_is_turned_does_not_jump_and_is_another_speed():
    """Twice as long, half as fast, from where it is; seconds as well as beats."""
    for base, name, usual in ((WAVE, "beats", 4.0), (SLOW, "period", 3.0)):
        shown = Shown()
        shown.tick(count=50)
        assert usual == shown.value(f"{base}/{name}")
        before = shown.walk(f"{base}/round", 10)
        shown.tell(f"{base}/{name}", 2 * usual)
        after = shown.walk(f"{base}/round", 10)
        speed = 0.02 / usual
        assert speed == pytest.approx(steps(before)) and speed == pytest.approx(steps(after))
        assert speed / 2 == pytest.approx(after[-1] - after[-2])


def test_a_fader_that_sweeps_the_length_never_makes_it_leap():
    """From end to end and back, every tick another one."""
    shown = Shown()
    shown.tick(count=200)
    for number in range(100):
        share = 0.5 + 0.5 * math.sin(number / 5)
        shown.tell(f"{WAVE}/beats/normalized", share)
        was = shown.value(f"{WAVE}/round")
        shown.tick(0.02)
        gone = (shown.value(f"{WAVE}/round") - was) % 1.0
        assert gone <= 0.02 / (1 / 16) + 1e-6


def test_it_goes_back_to_the_beat_by_its_first_length_by_sync_or_from_the_top():
    """In a third of a second where a hand does it, at once from the top."""
    for how in ("first", "sync", "number", "top"):
        shown = Shown()
        shown.tick(count=33)
        shown.tell(f"{WAVE}/beats", 3.0)
        shown.tick(count=31)
        off = (shown.value(f"{WAVE}/round") - beat_of(shown.value).song / 3.0) % 1.0
        assert 0.05 < off < 0.95
        length = 3.0
        if how == "first":
            length = 4.0
            shown.tell(f"{WAVE}/beats", 4.0)
        elif how == "top":
            shown.tell("/livegen/tempo/start")
        else:
            shown.tell(f"{WAVE}/sync", *((1.0,) if how == "number" else ()))
        if how != "top":
            assert 0.12 > steps(shown.walk(f"{WAVE}/round", 16))
            shown.tick(HOME)
        shown.tick(count=20)
        assert (beat_of(shown.value).song / length) % 1.0 == pytest.approx(shown.value(f"{WAVE}/round"))


def test_one_said_in_bars_goes_with_the_meter_until_a_hand_takes_it():
    """As before there were hands."""
    shown = Shown()
    shown.tell("/livegen/tempo/meter", 3)
    shown.tick(count=2)
    wave = shown.show.patch.lfos[0]
    assert 3.0 == shown.value(f"{WAVE}/beats")
    assert wave.value(0.0, beat_of(shown.value)) == shown.value(f"{WAVE}/value")
    shown.tell(f"{WAVE}/beats", 5.0)
    shown.tick()
    shown.tell("/livegen/tempo/meter", 4)
    shown.tick(count=2)
    assert 5.0 == shown.value(f"{WAVE}/beats")


def test_shape_phase_and_depth_arrive_without_a_click():
    """Another shape is faded to, and so are the others; then it is exactly that."""
    shown = Shown(PATCH.replace('shape = "saw"', 'shape = "square"'))
    shown.tick(0.1)
    said = [HUE + "/modulated"]
    for address, value in ((f"{WAVE}/shape", "saw"), (f"{WAVE}/phase", 0.3), (f"{WAVE}/depth", 0.2), (f"{HUE}/depth", -0.3)):
        shown.tell(address, value)
        found = shown.walk(said[0], 12)
        span = shown.show.board.params[HUE].high - shown.show.board.params[HUE].low
        assert max(abs(b - a) for a, b in pairwise(found)) < 0.25 * span
    song = beat_of(shown.value).song
    here = 0.5 + 0.8 * ((song / 4.0 + 0.3) % 1.0 - 0.5)
    assert here == pytest.approx(shown.value(f"{WAVE}/value"))
    assert -0.3 * 0.2 * (2 * here - 1) == pytest.approx(shown.show.board.offsets[HUE])


@pytest.mark.parametrize("shape", ["sine", "smooth_random"])
@pytest.mark.parametrize("to", [0.05, 0.45, 0.55])
def test_a_phase_goes_the_shorter_way_round(shape, to):
    """From 0.95 to 0.05 is a tenth of a round on, not nine back; those by chance go on with the next number."""
    shown = Shown(PATCH.replace('shape = "saw"', f'shape = "{shape}"').replace("bars = 1", "bars = 16"))
    shown.tell(f"{WAVE}/phase", 0.95)
    shown.tick(count=8)
    before, found = shown.value(f"{WAVE}/round"), []
    shown.tell(f"{WAVE}/phase", to)
    for _ in range(12):
        shown.tick(0.02)
        found.append(shown.value(f"{WAVE}/round"))
    steps = [(b - a + 0.5) % 1.0 - 0.5 for a, b in pairwise([before, *found])]
    gone = 0.24 / 64.0
    assert sum(steps) == pytest.approx((to - 0.95 + 0.5) % 1.0 - 0.5 + gone, abs=1e-3)
    assert max(map(abs, steps)) < 0.1
    song = beat_of(shown.value).song
    assert (song / 64.0 + to) % 1.0 == pytest.approx(shown.value(f"{WAVE}/round"))


def test_a_phase_that_is_dragged_arrives_with_the_hand():
    """However many words there are on the way."""
    shown = Shown()
    for step in range(40):
        shown.tell(f"{WAVE}/phase", (0.5 + step * 0.04) % 1.0)
        shown.tick(0.02)
    shown.tick(0.2)
    song, phase = beat_of(shown.value).song, shown.value(f"{WAVE}/phase")
    assert (song / 4.0 + phase) % 1.0 == pytest.approx(shown.value(f"{WAVE}/round"))


def test_depth_scales_what_modulates_and_leaves_routes_alone():
    """At nothing the value stands where the hand has put it."""
    shown = Shown(PATCH + '[[routes]]\nfrom = "lfo/wave"\nto = "main/params/light"\n')
    shown.tell(f"{WAVE}/depth", 0.0)
    shown.tick(count=10)
    assert 0.0 == shown.show.board.offsets[HUE]
    assert 0.0 == shown.value(HUE + "/modulated")
    assert 3 < len({shown.value("/livegen/main/params/light") for _ in range(5) if shown.tick() is None})


def test_several_that_move_one_target_have_a_depth_each():
    """The first is called by the target alone; a wheel has one too."""
    shown = Shown()
    assert [0.5, 0.1, 0.25] == [shown.value(at) for at in (f"{HUE}/depth", f"{HUE}/depth/2", "/livegen/main/z/3/depth")]
    shown.tell("/wheel", 1.0)
    shown.tell(f"{HUE}/depth", 0.0)
    shown.tell(f"{HUE}/depth/2", 0.4)
    shown.tick(count=6)
    assert 0.4 == pytest.approx(shown.show.board.offsets[HUE])
    assert "lfo/wave" in shown.show.board.params[f"{HUE}/depth"].description


def test_a_route_plays_them_and_a_modulation_may_not():
    """Faders are bound to them like to anything else."""
    shown = Shown(
        PATCH + f'[[routes]]\nfrom = "/a"\nto = "{WAVE}/beats"\n[[routes]]\nfrom = "/b"\nto = "{HUE}/depth"\n'
        '[[routes]]\nfrom = "/c"\nto = "/livegen/lfo/wave/shape"\n'
    )
    shown.tell("/a", 0.5)
    shown.tell("/b", 1.0)
    shown.tell("/c", 0.0)
    shown.tick(count=2)
    assert (2.0, 1.0, "sine") == (shown.value(f"{WAVE}/beats"), shown.value(f"{HUE}/depth"), shown.value(f"{WAVE}/shape"))
    for to in ("main/params/hue/depth", "lfo/wave/phase"):
        with pytest.raises(PatchError, match="belongs to the stage"):
            Ensemble(loads(PATCH + f'[[modulate]]\nfrom = "lfo/slow"\nto = "{to}"\n'))


def test_a_fader_learns_them_by_touch():
    """Length, shape and a modulation's depth, over their whole range."""
    for to, wanted in ((f"{WAVE}/beats", 2.0), (f"{WAVE}/shape", "square"), (f"{HUE}/depth", 0.0)):
        shown = Shown()
        shown.tell("/livegen/learn/start", to)
        shown.tick()
        for share in (0.0, 0.3, 0.9, 0.5):
            shown.tell("/midi/1/cc/7", share)
            shown.tick()
        assert wanted == shown.value(to)


def test_an_edited_text_counts_more_than_a_hand():
    """What the edit did not touch stays as the hand has turned it; a new length is on the beat."""
    shown = Shown()
    for address, value in ((f"{WAVE}/beats", 3.0), (f"{WAVE}/depth", 0.5), (f"{WAVE}/shape", "random"), (f"{HUE}/depth", 0.9)):
        shown.tell(address, value)
    shown.tick(count=40)
    shown.edit(PATCH.replace("bars = 1", "beats = 2").replace("depth = 0.5", "depth = 0.3"))
    shown.tick()
    said = [shown.value(at) for at in (f"{WAVE}/beats", f"{WAVE}/depth", f"{WAVE}/shape", f"{HUE}/depth")]
    assert [2.0, 0.5, "random", 0.3] == said
    assert (beat_of(shown.value).song / 2.0) % 1.0 == shown.value(f"{WAVE}/round")
    shown.edit(PATCH.replace("[lfos.slow]\nperiod = 3.0", "[lfos.slow]\nperiod = 5.0"))
    shown.tick()
    assert 5.0 == shown.value(f"{SLOW}/period")


def test_they_come_back_after_a_restart():
    """Values by the board, and how far one is off the beat by the section."""
    shown = Shown()
    shown.tick(count=30)
    shown.tell(f"{WAVE}/beats", 3.0)
    shown.tell(f"{WAVE}/shape", "triangle")
    shown.tick(count=20)
    kept = json.loads(json.dumps(shown.show.state()))
    again = Ensemble(loads(PATCH))
    again.restore(kept)
    tracks = [Track(voice) for voice in again.voices()]
    latched(again.board, again.before, tracks, 7.0, pytest.fail)
    assert shown.value(f"{WAVE}/round") == pytest.approx(again.board.value(f"{WAVE}/round"))
    assert (3.0, "triangle") == (again.board.value(f"{WAVE}/beats"), again.board.value(f"{WAVE}/shape"))
    with pytest.raises(BadValue, match="oscillators stood"):
        again.oscillators.restore({"meter": "no"})


def test_a_patch_without_any_has_no_rows_and_names_are_free():
    """But no generator may be called as they are."""
    assert [] == [at for at in Ensemble(loads(PATCH.split("[lfos.wave]")[0])).board.params if "/lfo/" in at]
    assert "lfo" == loads('[generators.main]\nkind = "cppn"\n[lfos.lfo]\n').lfos[0].name
    with pytest.raises(PatchError, match="cannot be a name"):
        loads('[generators.lfo]\nkind = "cppn"\n')


def test_what_the_patch_says_is_within_what_a_fader_reaches():
    """However long or short: nothing is clamped."""
    for said, name, length in (("beats = 4096", "beats", 4096.0), ('division = "1/32t"', "beats", 4 / 32 * 2 / 3), ("period = 0.05", "period", 0.05)):
        shown = Shown(f'[generators.main]\nkind = "cppn"\nlatent = 8\n[lfos.wave]\n{said}\n')
        assert length == shown.value(f"{WAVE}/{name}")
