"""A patch against the generators it names."""

from types import SimpleNamespace

import pytest

from livegen.errors import PatchError
from livegen.params import ENUM, INT, Param
from livegen.patch import check, loads, rows, tuned

INFO = SimpleNamespace(
    latent=8,
    params=(
        Param(address="hue", low=-0.5, high=0.5),
        Param(address="look", type=ENUM, choices=("silk", "ink"), default="silk"),
        Param(address="count", type=INT, high=9, default=1),
    ),
    kind="image",
    events=(),
    outlets=(),
)
MAIN = '[generators.main]\nkind = "cppn"\n'
PARAMS = MAIN + "[generators.main.params]\n"
CUE = MAIN + "[[cues]]\nname = 'a'\n"
ROUTE = MAIN + "[[routes]]\nfrom = '/f'\n"


@pytest.mark.parametrize(
    "text, line, column, said",
    [
        (PARAMS + "heu = 0.1", 4, 1, "cppn has no parameter 'heu'; did you mean hue"),
        (PARAMS + "hue = 0.9", 4, 1, "hue is 0.9; a number from -0.5 to 0.5"),
        (PARAMS + "hue = 'red'", 4, 1, "send a number"),
        (PARAMS + "look = 'linen'", 4, 1, "no choice 'linen'; one of silk, ink"),
        (PARAMS + "hue = { low = 2 }", 4, 1, "low must be below high"),
        (PARAMS + "hue = { curve = 'exp' }", 4, 1, "exp needs low above 0"),
        (PARAMS + "count = 1.5", 4, 1, "count is 1.5"),
        (CUE + "params = { look = 'silk', heu = 1 }", 5, 27, "main has no parameter 'heu'; did you mean hue"),
        (CUE + "params = { hue = 3 }", 5, 12, "hue is 3"),
        (CUE + "z = [1,2,3,4,1,2,3,4,1]", 5, 1, "z has 9 numbers; main has 8"),
        (ROUTE + "to = 'main/params/heu'", 5, 1, "did you mean /livegen/main/params/hue"),
        (ROUTE + "to = 'main/z/8'", 5, 1, "which is not there"),
        (ROUTE + "to = 'main/presets/entries'", 5, 1, "can only be read"),
        (
            MAIN + "[wekinator]\nto = ['main/xy', 'main/params/heu']",
            4,
            18,
            "did you mean /livegen/main/params/hue",
        ),
        (MAIN + "start = 'b'\n[[cues]]\nname = 'a'", 3, 1, "no cue 'b' to start with"),
        (CUE + "[generators.main.motion]\ncues = ['a', 'aa']", 6, 14, "no cue 'aa'; did you mean a"),
    ],
)
def test_a_name_or_value_that_does_not_fit_is_refused_with_its_place(text, line, column, said):
    patch = loads(text, "show.toml")
    with pytest.raises(PatchError) as caught:
        check(patch, {"main": INFO})
    assert said in str(caught.value)
    assert (line, column) == (caught.value.line, caught.value.column)


@pytest.mark.parametrize(
    "to",
    [
        "main/params/hue",
        "main/params/hue/normalized",
        "main/params/speed",
        "main/z",
        "main/z/7",
        "main/xy/1",
        "main/seed",
        "main/randomize",
        "main/freeze",
        "main/presets/load",
        "main/presets/weights",
        "/livegen/0/z/1",
        "/livegen/panic/black",
    ],
)
def test_every_part_of_the_namespace_can_be_a_target(to):
    check(loads(ROUTE + f"to = '{to}'"), {"main": INFO})


def test_the_rows_of_an_instance_are_as_the_patch_wants_them():
    """The generator's and the stage's, full addresses, ranges and values replaced."""
    text = (
        PARAMS
        + "hue = { value = 0.1, low = 0.0, slew = 2.0 }\nwalk = 0.7\nlook = 'ink'\n[[cues]]\nname = 'a'\n"
    )
    found = {row.address.removeprefix("/livegen/main/"): row for row in rows(loads(text), "main", INFO)}
    assert (0.1, 0.0, 0.5, 2.0) == tuple(
        getattr(found["params/hue"], n) for n in ("default", "low", "high", "slew")
    )
    assert (0.7, "ink", "a", 8) == (
        found["params/walk"].default,
        found["params/look"].default,
        found["presets/entries"].default,
        found["z"].size,
    )


def test_a_generators_own_rows_keep_their_bare_names():
    spec = loads(PARAMS + "count = 3").generators["main"]
    assert [("hue", 0.0), ("look", "silk"), ("count", 3)] == [
        (row.address, row.default) for row in tuned(spec, INFO.params)
    ]
