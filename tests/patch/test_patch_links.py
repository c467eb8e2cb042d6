"""Links as text: what is written reads back as the same, in their own file and in a patch."""

from hypothesis import given
from hypothesis import strategies as st

from livegen.mapping import Route
from livegen.mapping.curve import CURVES
from livegen.mapping.takeover import MODES
from livegen.patch import loads
from livegen.patch.links import HEAD, PLAIN, listed, written
from livegen.patch.reading import routes

PLAYS = '[generators.main]\nkind = "cppn"\n'
PATCH = loads(PLAYS)
numbers = st.floats(-1000, 1000)
links = st.builds(
    Route, source=st.from_regex(PLAIN, fullmatch=True), to=st.sampled_from(["/livegen/main/params/hue", "/livegen/main/z/3", "/livegen/take/start"]),
    arg=st.none() | st.integers(0, 15), low_in=st.just(0.0) | numbers, high_in=st.just(2000.0), out=st.none() | st.tuples(numbers, numbers),
    invert=st.booleans(), curve=st.sampled_from(sorted(CURVES)), takeover=st.sampled_from(MODES), step=st.booleans(),
    send=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20) | numbers, max_size=3).map(tuple),
)  # fmt: skip


@given(st.lists(links, max_size=5))
def test_links_read_back_as_the_same(some):
    """Whatever names, numbers and cues are in them."""
    assert tuple(some) == routes(HEAD + written(some), "links", PATCH)


def test_the_same_lines_stand_in_a_patch():
    """They can be moved there by hand as they are."""
    some = (Route(source="/midi/1/cc/7", to="/livegen/main/params/hue", takeover="pickup"), Route(source="/f", to="/livegen/main/xy/0", slew=0.5))
    assert some == loads(PLAYS + written(some)).routes


def test_a_list_has_a_line_for_each():
    """For people, pages and subscribers."""
    some = (
        Route(source="/midi/1/cc/7", to="/livegen/main/params/hue", takeover="pickup"),
        Route(source="/pad", to="/livegen/main/presets/load", arg=1, send=("sílk", 2.0)),
    )
    assert '/midi/1/cc/7 -> /livegen/main/params/hue pickup\n/pad[1] -> /livegen/main/presets/load ["sílk", 2.0]' == listed(some)
