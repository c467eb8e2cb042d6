"""What a patch says about ears and eyes: taken as written, refused with its place."""

import pytest

from livegen.controls.audio.words import ROWS
from livegen.errors import PatchError
from livegen.patch import loads
from livegen.patch.listening import SOURCES

HEAD = '[generators.main]\nkind = "cppn"\n'


def test_a_patch_listens_to_nothing_unless_it_says_so():
    patch = loads(HEAD)
    assert ("", None) == (patch.audio.input, patch.audio.gain)
    assert patch.camera.device is None


def test_what_it_says_is_taken():
    patch = loads(HEAD + '[audio]\ninput = "Scarlett"\ngain = 4\nloop = false\n[audio.smooth]\nbass = [2.0, 0.5]\n"bands/3" = [1, 0]\n')
    assert ("Scarlett", 4.0, False) == (patch.audio.input, patch.audio.gain, patch.audio.loop)
    assert {"bass": (2.0, 0.5), "bands/3": (1.0, 0.0)} == dict(patch.audio.smooth)
    assert ("main", 2, 5.0) == (lambda c: (c.to, c.device, c.fps))(loads(HEAD + '[camera]\ndevice = 2\nto = "main"\nfps = 5\n').camera)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('[audio]\ninptu = "default"\n', "did you mean input"),
        ("[audio]\ngain = 0\n", "gain is 0"),
        ('[audio]\ngain = "loud"\n', "gain is a text"),
        ("[audio.smooth]\nbas = [1.0, 0.0]\n", "did you mean bass"),
        ("[audio.smooth]\nbass = [1.0]\n", "bass has 1 numbers"),
        ("[audio.smooth]\nbass = 1.0\n", "bass is a number"),
        ("[camera]\ndevice = -1\n", "device is -1"),
        ("[camera]\ndevice = true\n", "neither a number nor a text"),
        ('[camera]\nto = "mian"\n', "did you mean main"),
        ("[camera]\nfps = 100\n", "fps is 100"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(lines, said):
    with pytest.raises(PatchError, match=said) as refused:
        loads(HEAD + lines)
    assert refused.value.line >= 3


def test_whatever_is_heard_can_be_smoothed_but_what_happens():
    assert {row.name for row in ROWS if not row.happens and not row.name.startswith("tempo")} == set(SOURCES)
