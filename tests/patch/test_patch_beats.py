"""What a patch says in beats, and what it cannot say."""

import pytest

from livegen.errors import PatchError
from livegen.mapping import Motion
from livegen.patch import TempoSpec, diff, loads

MAIN = '[generators.main]\nkind = "cppn"\n'


def lfo(text):
    return loads(f"{MAIN}[lfos.x]\n{text}").lfos[0]


@pytest.mark.parametrize(
    ("said", "beats", "bars"),
    [
        ("beats = 3", 3.0, 0.0), ("bars = 2", 0.0, 2.0), ('division = "1/4"', 1.0, 0.0), ('division = "1/1"', 4.0, 0.0),
        ('division = "1/8t"', 1 / 3, 0.0), ('division = "1/8d"', 0.75, 0.0), ('division = "1/16."', 0.375, 0.0),
        ('division = "1 bar"', 0.0, 1.0), ('division = "bar"', 0.0, 1.0), ('division = "4 bars"', 0.0, 4.0),
        ('division = "1.5 beats"', 1.5, 0.0), ("period = 9", 0.0, 0.0),
    ],
)  # fmt: skip
def test_a_round_is_said_in_beats_bars_or_a_division(said, beats, bars):
    """As musicians say it."""
    found = lfo(said)
    assert (pytest.approx(beats), bars) == (found.beats, found.bars)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("beats = 3\nperiod = 2", "both beats and period"), ("beats = 3\nbars = 2", "both"), ("beats = 0", "beats is 0"),
        ('division = "1/0"', "1/8t"), ('division = "now"', "1/8t"), ('division = "9999 bars"', "1/8t"), ("depth = 2", "depth is 2"),
    ],
)  # fmt: skip
def test_what_is_said_twice_or_is_no_length_is_refused(said, sentence):
    """With its line."""
    with pytest.raises(PatchError, match=sentence) as caught:
        lfo(said)
    assert caught.value.line >= 4


def test_the_clock_of_a_patch():
    """All of it, none of it, and nonsense."""
    text = f'{MAIN}[tempo]\nbpm = 96\nmeter = 3\nsource = "midi"\nlead = 0.08\n'
    assert TempoSpec(bpm=96.0, meter=3, source="midi", lead=0.08) == loads(text).tempo
    assert (TempoSpec(), None) == (loads(MAIN).tempo, loads(MAIN).tempo.lead)
    assert None is loads(f'{MAIN}[tempo]\nlead = "auto"').tempo.lead
    for wrong, sentence in (
        ("bpm = 5", "20 to 300"),
        ('lead = "soon"', "auto"),
        ("lead = 9", "0 to 2"),
        ('source = "lnk"', "link"),
        ("bmp = 3", "bpm"),
    ):
        with pytest.raises(PatchError, match=sentence):
            loads(f"{MAIN}[tempo]\n{wrong}")


def test_a_motion_by_the_clock():
    """Sixteen beats, or four bars."""
    assert (
        Motion(kind="loop", beats=16.0)
        == loads(f'{MAIN}[generators.main.motion]\nkind = "loop"\nbeats = 16').generators["main"].motion
    )
    assert 12.0 == loads(f'{MAIN}[generators.main.motion]\nkind = "tour"\nbars = 4').generators[
        "main"
    ].motion.length(3)
    with pytest.raises(PatchError, match="both"):
        loads(f"{MAIN}[generators.main.motion]\nbeats = 16\nseconds = 3")


def test_routes_wait_and_modulations_move():
    """Each with its own words."""
    patch = loads(
        f'{MAIN}[[routes]]\nfrom = "/pad"\nto = "tempo/tap"\n[[routes]]\nfrom = "tempo/bar"\nto = "main/randomize"\nquantum = "bar"\n[[modulate]]\nfrom = "/wheel"\nto = "main/params/hue"\ndepth = -0.3\nway = "up"\n'
    )
    assert ("/livegen/tempo/tap", "bar") == (patch.routes[0].to, patch.routes[1].quantum)
    assert (-0.3, "up") == (patch.modulations[0].depth, patch.modulations[0].way)
    for wrong in ("quantum = 'bar'", "out = [0, 1]", "depth = 0", "way = 'down'"):
        with pytest.raises(PatchError):
            loads(f'{MAIN}[[modulate]]\nfrom = "/wheel"\nto = "main/params/hue"\n{wrong}')
    with pytest.raises(PatchError, match="quantum"):
        loads(f'{MAIN}[[routes]]\nfrom = "/pad"\nto = "main/randomize"\nquantum = "ba"')


def test_all_of_it_is_taken_up_while_it_plays():
    """Nothing needs another start."""
    change = diff(
        loads(MAIN), loads(f'{MAIN}[tempo]\nbpm = 90\n[[modulate]]\nfrom = "/w"\nto = "main/params/hue"')
    )
    assert {"tempo", "modulations"} == set(change.live) and not change.restart
