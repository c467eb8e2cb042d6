"""Every key is found where it stands."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livegen.patch import loads, where
from livegen.patch.where import key_places, nearest

TEXT = '''# a show
title = "a [b] # c"
"quoted key" = 'x = 1'

[generators.main]  # here
kind = "cppn"
params = { hue = 0.3, zoom = { low = 0.5, high = 2 } }
motion.kind = "walk"

[[cues]]
name = """many
lines = 3
"""
z = [
  0.5, # first
  [1, 2],
]
[[cues]]
  place = [ 0.1, 0.2 ]
[cues.params]
hue = 0.2
'''


@pytest.mark.parametrize(
    "path, line, column",
    [
        (("title",), 2, 1),
        (("quoted key",), 3, 1),
        (("generators", "main"), 5, 1),
        (("generators", "main", "kind"), 6, 1),
        (("generators", "main", "params", "hue"), 7, 12),
        (("generators", "main", "params", "zoom", "high"), 7, 43),
        (("generators", "main", "motion", "kind"), 8, 1),
        (("cues", 0), 10, 1),
        (("cues", 0, "name"), 11, 1),
        (("cues", 0, "z", 0), 15, 3),
        (("cues", 0, "z", 1, 1), 16, 7),
        (("cues", 1, "place", 1), 19, 18),
        (("cues", 1, "params", "hue"), 21, 1),
    ],
)
def test_a_key_is_found_where_it_stands(path, line, column):
    assert (line, column) == key_places(TEXT)[path]


def test_a_key_that_is_not_there_points_at_the_table_around_it():
    places = key_places(TEXT)
    assert (5, 1) == nearest(places, ("generators", "main", "nothing", "deep"))
    assert (0, 0) == nearest(places, ("elsewhere",))


def test_nothing_is_walked_until_somebody_asks(monkeypatch):
    """A patch that is in order never needs its places."""
    walks = []
    monkeypatch.setattr(where, "key_places", lambda text: walks.append(text) or key_places(text))
    patch = loads("[generators.main]\nkind = 'still'\n")
    assert [] == walks
    assert (2, 1) == patch.places["generators", "main", "kind"]
    assert 1 == len(walks)


def paths(value, path=()):
    """Every key of parsed tables."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from paths(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


WORD = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
LEAF = st.one_of(
    st.integers(-99, 99).map(str),
    st.sampled_from(["true", "1.5", "-2e3", "1979-05-27", "inf"]),
    st.text(
        st.characters(codec="ascii", exclude_characters='"\\', min_codepoint=32, max_codepoint=126),
        max_size=8,
    ).map(lambda s: f'"{s}"'),
    st.sampled_from(["'a # b'", '"""x\n[y]\n"""', "'''=\n'''", '"\\"]"']),
)
VALUE = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda xs: "[ " + ", # no\n".join(xs) + " ]"),
        st.dictionaries(WORD, inner.filter(lambda s: "\n" not in s), max_size=3).map(
            lambda d: "{ " + ", ".join(f"{k} = {v}" for k, v in d.items()) + " }"
        ),
    ),
    max_leaves=5,
)
TABLE = st.tuples(WORD, st.booleans(), st.dictionaries(WORD, VALUE, max_size=4))


@settings(max_examples=60, deadline=None)
@given(st.lists(TABLE, max_size=4))
def test_the_scanner_finds_every_key_that_the_parser_finds(tables):
    """Held against tomllib over generated files: same keys, each at a place where its name begins."""
    seen, text = {}, ""
    for name, many, rows in tables:
        if seen.setdefault(name, many) != many or (not many and f"[{name}]" in text):
            continue
        text += f"[[{name}]]\n" if many else f"[{name}]\n"
        text += "".join(f"{key} = {value}\n" for key, value in rows.items())
    places, lines = key_places(text), text.split("\n")
    for path in paths(tomllib.loads(text)):
        if path in places:
            line, column = places[path]
            start = lines[line - 1][column - 1 :].lstrip("[")
            assert start.startswith(str([part for part in path if isinstance(part, str)][-1]))
        else:
            assert (
                isinstance(path[-1], str) and (*path, 0) in places
            )  # an array of tables: its rows are there
