"""A patch in which another model plays: what fits stays, what does not is told."""

from dataclasses import replace

import pytest

from livegen.casting import introduced
from livegen.errors import PatchError
from livegen.generators.base import describe
from livegen.patch import check, loads
from livegen.patch.recast import fitted, lines, recast

PATCH = """
fps = 25
[generators.sky]
kind = "cppn"
[generators.main]
kind = "gan"
model = "textures"
fit = "contain"
canvas = [2, 1]
[generators.main.params]
truncation = 0.5
"direction/colour" = 1.0
speed = 0.5
[[cues]]
name = "one"
on = "main"
seed = 4
z = [0.1, 0.2, 0.3]
params = { truncation = 0.4, "direction/colour" = 1.0 }
[[cues]]
name = "two"
on = "sky"
seed = 4
params = { look = "silk" }
[[routes]]
from = "/fader/1"
to = "main/params/truncation"
[[routes]]
from = "/fader/2"
to = "main/params/direction/colour"
[[routes]]
from = "/fader/3"
to = "panic/hold"
[wekinator]
to = ["main/params/direction/colour", "sky/params/hue", "main/params/truncation"]
"""


@pytest.fixture(scope="module")
def patch():
    return loads(PATCH, "show.toml")


def fit(new, instance="main"):
    infos = {name: describe(spec.kind, spec.config) for name, spec in new.generators.items()}
    return (*fitted(new, instance, infos), infos)


def test_a_model_of_the_same_kind_keeps_the_settings_and_all_that_it_knows(patch):
    """What only the old model had is left out, each with its name."""
    new = recast(patch, "main", "gan", "other")
    assert {"model": "other", "fit": "contain"} == dict(new.generators["main"].config)
    infos = {name: describe(spec.kind, spec.config) for name, spec in patch.generators.items()}
    narrow = tuple(row for row in infos["main"].params if row.address != "direction/colour")
    infos["main"] = replace(infos["main"], params=narrow)
    found, notes = fitted(new, "main", infos)
    assert {"truncation", "speed"} == set(found.generators["main"].params)
    assert {"truncation": 0.4} == dict(found.cues[0].params)
    assert ["/livegen/main/params/truncation"] == [r.to for r in found.routes if r.to.startswith("/livegen/main") and r.arg is None]
    assert ["left out parameters direction/colour", "left out in cues direction/colour", "left out routes to main/params/direction/colour"] == list(notes)
    check(found, infos)
    assert patch.generators["sky"] is found.generators["sky"]


def test_a_model_of_another_kind_takes_the_place_with_what_both_know(patch):
    """Cues and routes of others are not touched; what leads nowhere now is cut and said."""
    new, notes, infos = fit(recast(patch, "main", "text", "shakespeare"))
    main = new.generators["main"]
    assert ("text", {"model": "shakespeare"}, {"speed"}) == (main.kind, dict(main.config), set(main.params))
    one, two = new.cues
    assert ({}, {"look": "silk"}, 4) == (dict(one.params), dict(two.params), one.seed)
    assert ["/livegen/panic/hold", "/livegen/sky/params/hue"] == [route.to for route in new.routes]
    assert ("/livegen/sky/params/hue",) == new.wekinator.to
    assert [1] == [route.arg for route in new.routes if route.source == "/wek/outputs"]
    assert ["left out parameters truncation, direction/colour", "left out in cues truncation, direction/colour"] == list(notes[:2])
    assert "left out routes to main/params/truncation, main/params/direction/colour" == notes[2]
    check(new, infos)
    assert introduced(new).keys() == infos.keys()


def test_a_cue_for_a_larger_space_is_cut_to_the_new_one(patch):
    """A place in the old space means nothing in the new one, but it must not stop the show."""
    wide = loads(PATCH.replace("[0.1, 0.2, 0.3]", str([0.1] * 60)), "show.toml")
    new = recast(wide, "main", "gan", "textures")
    infos = introduced(loads('[generators.sky]\nkind = "cppn"\n[generators.main]\nkind = "cppn"\nlatent = 8\n'))
    found, _ = fitted(new, "main", infos)
    assert 8 == len(found.cues[0].z)


def test_nothing_of_the_old_patch_is_changed(patch):
    """It is what the show goes back to."""
    before = repr(patch)
    fit(recast(patch, "main", "text", "shakespeare"))
    assert before == repr(patch)


def test_the_lines_are_what_a_patch_reads(patch):
    """They can be pasted."""
    said = lines(recast(patch, "main", "gan", "glyphs").generators["main"])
    assert ("gan", "glyphs") == (loads(said).generators["main"].kind, loads(said).generators["main"].config["model"])


def test_a_patch_that_does_not_fit_as_it_stands_would_be_refused(patch):
    """Why fitting is needed at all."""
    new = recast(patch, "main", "text", "shakespeare")
    with pytest.raises(PatchError):
        introduced(new)
