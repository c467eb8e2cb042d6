"""The pen: only what a cue says differently is written, and nothing else is touched."""

import difflib
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegen.errors import PatchError
from livegen.mapping import Cue
from livegen.mapping.book import plainly
from livegen.patch import loads
from livegen.patch.pen import KEYS, number, written

HEAD = '''# A show, with "[[cues]]" in its first comment.
title = "pen"

[generators.main]
kind = "cppn"    # the first

[generators.wall]
kind = "cppn"
'''
CUES = '''
# The beginning: [[cues]] of "calm".
[[cues]]
name = "calm"   # as it begins
seed = 1
seconds = 3.0   # slowly
params = { hue = 0.1 }

# Only on the wall.
[[cues]]
name = 'storm'
on = "wall"
seed = 2

[[cues]]
name = "end"
z = [
    0.5,  # across
    -0.25,
]
'''
TAIL = '''
# What a fader does.
[[routes]]
from = "/fader"
to = "/livegen/main/params/hue"
'''
TEXT = HEAD + CUES + TAIL
ALL = frozenset(KEYS)


def cues(text=TEXT):
    return list(loads(text).cues)


def stay(text=TEXT, but=()):
    return {(cue.on, cue.name): ALL - frozenset(but) for cue in cues(text)}


def changed(new, old=TEXT):
    """The lines that went and came."""
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_nothing_to_say_touches_nothing():
    assert TEXT == written(TEXT, cues(), "main", stay())


def test_one_number_is_one_line_and_its_comment_stays():
    calm, *rest = cues()
    new = written(TEXT, [replace(calm, seconds=7.5), *rest], "main", stay(but=["seconds"]))
    assert ["- seconds = 3.0   # slowly", "+ seconds = 7.5   # slowly"] == changed(new)


def test_what_is_new_in_a_cue_comes_last_and_what_is_usual_goes():
    calm, *rest = cues()
    new = written(TEXT, [replace(calm, seconds=2.0, follow=4.0, quantum="bar"), *rest], "main", stay(but=["seconds", "follow", "quantum"]))
    assert ["- seconds = 3.0   # slowly", '+ quantum = "bar"', "+ follow = 4.0"] == changed(new)
    assert loads(new).cues[0] == replace(calm, seconds=2.0, follow=4.0, quantum="bar")


def test_a_new_cue_stands_where_it_stands_in_the_list():
    calm, storm, end = cues()
    mine = Cue(name='it"s', on="main", seed=4, params={"hue": 0.25, "look": "ink", "mirror": True})
    new = written(TEXT, [calm, mine, storm, end], "main", stay())
    assert ["+ ", "+ [[cues]]", '+ name = "it\\"s"', "+ seed = 4", '+ params = { hue = 0.25, look = "ink", mirror = true }'] == changed(new)
    assert ["calm", 'it"s', "storm", "end"] == [cue.name for cue in cues(new)]


def test_a_deleted_cue_takes_its_comment_along():
    calm, _, end = cues()
    new = written(TEXT, [calm, end], "main", stay())
    assert ["- # Only on the wall.", "- [[cues]]", "- name = 'storm'", '- on = "wall"', "- seed = 2", "- "] == changed(new)


def test_another_order_moves_whole_blocks():
    new = written(TEXT, cues()[::-1], "main", stay())
    assert ["end", "storm", "calm"] == [cue.name for cue in cues(new)]
    assert sorted(TEXT.split("\n")) == sorted(new.split("\n"))
    assert new.startswith(HEAD) and new.endswith(TAIL)


def test_a_file_without_cues_gets_them_at_its_end():
    for text in (HEAD, HEAD.rstrip("\n")):
        new = written(text, [Cue(name="a", on="main", seed=1), Cue(name="b", on="wall", seed=2)], "main", {})
        assert text.rstrip("\n") + '\n\n[[cues]]\nname = "a"\nseed = 1\n\n[[cues]]\nname = "b"\non = "wall"\nseed = 2\n' == new


def test_all_cues_may_go_and_come_again():
    bare = written(TEXT, [], "main", {})
    assert loads(bare).cues == () and bare.startswith(HEAD) and bare.endswith(TAIL.lstrip("\n"))


def test_lines_end_as_they_did():
    text = TEXT.replace("\n", "\r\n")
    calm, *rest = cues()
    new = written(text, [replace(calm, seconds=7.5, follow=1.0), Cue(name="n", on="main", seed=3), *rest], "main", stay(but=["seconds", "follow"]))
    assert new.count("\r\n") == new.count("\n")
    assert text.replace("seconds = 3.0", "seconds = 7.5").count("\r\n") + 5 == new.count("\r\n")


def test_tables_of_their_own_are_written_as_one_block():
    text = HEAD + '\n[[cues]]\nname = "a"\n# why\n[cues.params]\nhue = 0.1\n' + TAIL
    new = written(text, [replace(cues(text)[0], seconds=9.0)], "main", stay(text, but=["seconds"]))
    assert '\n# why\n[[cues]]\nname = "a"\nparams = { hue = 0.1 }\nseconds = 9.0\n' in new.replace("seconds = 9.0\nparams = { hue = 0.1 }", "params = { hue = 0.1 }\nseconds = 9.0")
    assert text == written(text, cues(text), "main", stay(text))


def test_a_list_is_refused_with_the_way_out():
    text = 'cues = [{ name = "a" }]\n' + HEAD
    with pytest.raises(PatchError, match=r"head each with \[\[cues\]\]"):
        written(text, cues(text), "main", {})


def test_many_values_get_a_line_each_and_many_numbers_several():
    """A line of a patch holds 512 bytes."""
    params = {f"a_rather_long_name_{i}": i / 7 for i in range(20)}
    new = written(HEAD, [Cue(name="a", on="main", z=tuple(i / 3 for i in range(200)), params=params)], "main", {})
    assert max(map(len, new.split("\n"))) < 120
    found = tomllib.loads(new)["cues"][0]
    assert set(params) == set(found["params"]) and 200 == len(found["z"])


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_number_is_short_and_the_same_in_single_precision(value):
    assert np.float32(value) == np.float32(tomllib.loads(f"x = {number(value)}")["x"])
    assert isinstance(tomllib.loads(f"x = {number(value)}")["x"], float)


made = st.builds(
    Cue,
    name=st.sampled_from(["calm", "storm", "end", "a b", "ü", "'"]), on=st.sampled_from(["main", "wall"]), seed=st.none() | st.integers(0, 99),
    z=st.none() | st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=40).map(tuple), params=st.just({}) | st.just({"hue": 0.5}),
    place=st.none() | st.tuples(st.floats(0, 1, width=16), st.floats(0, 1, width=16)), seconds=st.sampled_from([0.0, 2.0, 3.5]),
    curve=st.sampled_from(["smooth", "exp"]), quantum=st.sampled_from(["now", "bar"]), switch=st.sampled_from(["middle", "end"]),
    follow=st.none() | st.just(1.5), sets=st.just({}) | st.just({"/livegen/map/run": True}),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(made, max_size=6, unique_by=lambda cue: (cue.on, cue.name)), st.booleans())
def test_whatever_the_cues_say_is_what_is_read_and_the_rest_stays_to_the_byte(wanted, split):
    """Also where routes stand between the cues."""
    text = TEXT.replace("# Only on the wall.", TAIL + "\n# Only on the wall.") if split else TEXT
    new = written(text, wanted, "main", {})
    found = cues(new)
    for on in ("main", "wall"):
        assert [plainly(cue.as_dict()) for cue in wanted if cue.on == on] == [plainly(cue.as_dict()) for cue in found if cue.on == on]
    assert new.startswith(HEAD) and TAIL.strip() in new
    assert replace(loads(text), cues=()) == replace(loads(new), cues=())
