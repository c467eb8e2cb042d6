"""Reading a patch: everything it can say, and a sentence with a place for everything it cannot."""

import pytest

from livegen.errors import PatchError
from livegen.mapping import Motion
from livegen.patch import load, loads

MAIN = '[generators.main]\nkind = "still"\n'


def test_the_smallest_patch_is_one_generator():
    patch = loads(MAIN)
    assert (30.0, (512, 512), ["main"]) == (patch.fps, patch.size, list(patch.generators))
    assert (("still", (512, 512), "/livegen/main")) == tuple(
        getattr(patch.generators["main"], name) for name in ("kind", "size", "prefix")
    )


def test_a_patch_says_a_whole_show(tmp_path):
    """Each section lands where it belongs."""
    path = tmp_path / "show.toml"
    path.write_text(
        """
title = "both"
fps = 60
size = [640, 360]
seed = 9
[generators.main]
kind = "cppn"
latent = 24
start = "xy"
[generators.main.params]
hue = 0.1
zoom = { value = 1, low = 0.5, high = 2, slew = 1.5, curve = "exp" }
[generators.main.motion]
kind = "loop"
seconds = 12
[generators.side]
kind = "still"
size = [64, 64]
[[cues]]
name = "dawn"
z = [1, -1]
place = [0, 1]
params = { hue = 0.2 }
[[cues]]
name = "dawn"
on = "side"
seed = 4
seconds = 0
[lfos.sea]
shape = "saw"
period = 9
[[routes]]
from = "/fader"
to = "main/z/3"
in = [127, 0]
out = [-1, 1]
curve = "square"
smooth = { one_euro = [0.5, 0.1] }
[[routes]]
from = "lfo/sea"
to = "/livegen/side/presets/load"
send = ["dawn", 3]
[wekinator]
port = 12000
to = ["main/params/hue", "side/z/0"]
[osc]
tcp_port = 9211
feedback = ["10.0.0.2:9000"]
[outputs]
quality = 70
[safety]
safe_cue = "dawn"
""",
        encoding="utf8",
    )
    patch = load(path)
    main, side = patch.generators.values()
    assert ((640, 360), (64, 64), {"latent": 24}) == (main.size, side.size, dict(main.config))
    assert Motion(kind="loop", seconds=12.0) == main.motion
    assert (1, 0.5, 2.0, 1.5, "exp") == tuple(
        getattr(main.params["zoom"], name) for name in ("value", "low", "high", "slew", "curve")
    )
    assert ("main", "side") == tuple(cue.on for cue in patch.cues)
    assert (((1.0, -1.0), (0.0, 1.0)), 0.0) == ((patch.cues[0].z, patch.cues[0].place), patch.cues[1].seconds)
    first, second, third, fourth = patch.routes
    assert ("/livegen/main/z/3", 127.0, 0.0, (-1.0, 1.0), (0.5, 0.1)) == (
        first.to,
        first.low_in,
        first.high_in,
        first.out,
        first.one_euro,
    )
    assert ("lfo/sea", ("dawn", 3)) == (second.source, second.send)
    assert [("/wek/outputs", 0), ("/wek/outputs", 1)] == [(r.source, r.arg) for r in (third, fourth)]
    assert (True, 12000, 9211, 70, "dawn") == (
        patch.wekinator.listen,
        patch.wekinator.port,
        patch.osc.tcp_port,
        patch.outputs.quality,
        patch.safety.safe_cue,
    )
    assert str(path) == patch.name


@pytest.mark.parametrize(
    "text, line, column, said",
    [
        ("fsp = 30\n" + MAIN, 1, 1, "no setting 'fsp' here; did you mean fps"),
        (MAIN + "[safty]\nfade = 1", 3, 1, "no setting 'safty' here; did you mean safety"),
        (MAIN + "[[cues]]\nname = 'a'\nsed = 4", 5, 1, "no setting 'sed' here; did you mean seed"),
        (
            MAIN + "[[routes]]\nfrom = '/f'\nto = 'main/xy'\nsmooth = { one_uero = [1, 0] }",
            6,
            12,
            "did you mean one_euro",
        ),
        ("fps = 'fast'\n" + MAIN, 1, 1, "fps is a text, not a number; write fps = 0.5"),
        ("fps = true\n" + MAIN, 1, 1, "fps is true or false, not a number"),
        ("fps = 1000\n" + MAIN, 1, 1, "fps is 1000; a number from 1 to 240"),
        ("fps = nan\n" + MAIN, 1, 1, "fps is nan"),
        ("seed = 1.5\n" + MAIN, 1, 1, "seed is a number, not a whole number"),
        ("size = [512]\n" + MAIN, 1, 1, "size has 1 numbers; write 2 numbers in brackets"),
        ("size = [512, 'x']\n" + MAIN, 1, 14, "size is a text, not a number"),
        ("size = [512, 100000]\n" + MAIN, 1, 14, "a number from 16 to 8192"),
        ("title = 'x'", 0, 0, "the patch has no generator; write [generators.main]"),
        ("[generators.main]\nsize = [64, 64]", 1, 1, "[generators.main] has no kind"),
        ("[generators.Main]\nkind = 'still'", 1, 1, "'Main' cannot be a name here"),
        ("[generators.status]\nkind = 'still'", 1, 1, "'status' cannot be a name here"),
        ("[generators]\nmain = 3", 2, 1, "main is a whole number, not a table"),
        (MAIN + "[generators.main.motion]\nkind = 'lop'", 4, 1, "kind cannot be 'lop'; did you mean loop"),
        (MAIN + "[[cues]]\nseed = 1", 3, 1, "has no name"),
        (MAIN + "[[cues]]\nname = 'a,b'", 4, 1, "cannot be called 'a,b'"),
        (MAIN + "[[cues]]\nname = 'a'\n[[cues]]\nname = 'a'", 6, 1, "two cues called 'a'"),
        (MAIN + "[[cues]]\nname = 'a'\non = 'mian'", 5, 1, "on cannot be 'mian'; did you mean main"),
        (MAIN + "[[cues]]\nname = 'a'\nplace = [0.5, 1.5]", 5, 15, "place is 1.5; a number from 0 to 1"),
        (MAIN + "[cues]\nname = 'a'", 3, 1, "cues is not a list of tables; head each with [[cues]]"),
        (
            MAIN + "[[routes]]\nfrom = 'fader'\nto = 'main/xy'",
            4,
            1,
            "no source 'fader'; an address such as /fader/1",
        ),
        (MAIN + "[lfos.sea]\n[[routes]]\nfrom = 'lfo/see'\nto = 'main/xy'", 5, 1, "did you mean lfo/sea"),
        (
            MAIN + "[[routes]]\nfrom = '/f'\nto = 'mian/xy'",
            5,
            1,
            "'mian/xy' is not a target; such as main/params/hue; did you mean main",
        ),
        (MAIN + "[[routes]]\nfrom = '/f'\nto = 'main/xy'\nin = [1, 1]", 6, 1, "in goes from 1 to 1"),
        (MAIN + "[[routes]]\nfrom = '/f'\nto = 'main/xy'\ncurve = 'log2'", 6, 1, "did you mean log"),
        (MAIN + "[wekinator]\nto = ['main/xy', 'x']", 4, 18, "'x' is not a target"),
        (MAIN + "[osc]\nfeedback = ['tablet']", 4, 13, "'tablet' is no address to send to"),
        (MAIN + "[osc]\ntcp_port = 70000", 4, 1, "a whole number from 0 to 65535"),
        (MAIN + "[safety]\nsafe_cue = 'x'", 4, 1, "safe_cue cannot be 'x'"),
        (MAIN + "[outputs]\ncodec = 'gif'", 4, 1, "one of jpeg, webp, png, raw"),
    ],
)
def test_what_a_patch_cannot_say_is_refused_with_place_and_way_out(text, line, column, said):
    with pytest.raises(PatchError) as caught:
        loads(text, "show.toml")
    assert said in str(caught.value)
    assert (line, column) == (caught.value.line, caught.value.column)


def test_there_is_a_bound_on_everything_that_can_be_repeated():
    """A thousand cues or routes are a mistake, and said to be."""
    cues = "".join(f"[[cues]]\nname = 'c{i}'\n" for i in range(65))
    routes = "[[routes]]\nfrom = '/f'\nto = 'main/xy'\n" * 513
    for text in (cues, routes):
        with pytest.raises(PatchError, match=r"more than 64 cues|at most 512"):
            loads(MAIN + text)


def test_a_patch_cannot_be_changed():
    patch = loads(MAIN)
    with pytest.raises(AttributeError):
        patch.fps = 10.0
    with pytest.raises(TypeError):
        patch.generators["x"] = 1
