"""Address patterns name what OSC says they name, at a bounded cost."""

import contextlib
import fnmatch
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegen.errors import BadPacket
from livegen.wire import osc_pattern
from livegen.wire.osc_pattern import Atlas, Budget, match

ADDRESSES = [
    "/livegen/main/params/hue",
    "/livegen/main/params/speed",
    "/livegen/second/params/hue",
    "/livegen/main/z",
    "/livegen/main/z/0",
    "/livegen/main/z/1",
    "/livegen/main/z/12",
    "/livegen/panic/hold",
]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("/livegen/*/params/hue", ["/livegen/main/params/hue", "/livegen/second/params/hue"]),
        ("/livegen/main/z/?", ["/livegen/main/z/0", "/livegen/main/z/1"]),
        ("/livegen/main/z/*", ["/livegen/main/z/0", "/livegen/main/z/1", "/livegen/main/z/12"]),
        ("/livegen/main/z/[0-9]", ["/livegen/main/z/0", "/livegen/main/z/1"]),
        ("/livegen/main/z/[!0]", ["/livegen/main/z/1"]),
        ("/livegen/main/z/[02]", ["/livegen/main/z/0"]),
        ("/livegen/{main,second}/params/h*", ["/livegen/main/params/hue", "/livegen/second/params/hue"]),
        ("/livegen/main/params/{hue,speed,none}", ["/livegen/main/params/hue", "/livegen/main/params/speed"]),
        ("//hue", ["/livegen/main/params/hue", "/livegen/second/params/hue"]),
        ("/livegen//hold", ["/livegen/panic/hold"]),
        ("/livegen/main/z", ["/livegen/main/z"]),
        ("/*", []),
        ("/livegen/*", []),
        ("/livegen/main/params/h[a-z]{e,}", ["/livegen/main/params/hue"]),
        ("/livegen/main/params/*e*", ["/livegen/main/params/hue", "/livegen/main/params/speed"]),
    ],
)
def test_a_pattern_names_its_addresses(pattern, found):
    """Stars stay within their part, two slashes reach any depth."""
    assert found == match(pattern, ADDRESSES)


@given(st.text("ab*?", max_size=10), st.text("ab", min_size=1, max_size=8))
def test_stars_and_question_marks_agree_with_fnmatch(pattern, name):
    """The standard library is the oracle for what both know."""
    assert fnmatch.fnmatchcase(name, pattern or "-") == bool(match(f"/{pattern or '-'}", [f"/{name}"]))


@pytest.mark.parametrize("pattern", ["/" + "{,}" * 25 + "!", "/" + "*" * 32 + "!", "/" + "*a" * 9 + "!"])
def test_costly_patterns_cost_little(pattern):
    """What takes the usual parser seconds or hours is answered within the budget."""
    names = [f"/{'a' * 40}{n}" for n in range(5)]
    assert [] == match(pattern, names)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("/[ab", "bad_pattern"),
        ("/{ab", "bad_pattern"),
        ("/" + "?[a]" * 40, "pattern_cost"),
        ("/{" + ",".join(map(str, range(20))) + "}", "pattern_cost"),
    ],
)
def test_patterns_that_make_no_sense_are_refused(pattern, code):
    """With a reason that can be counted."""
    with pytest.raises(BadPacket) as caught:
        match(pattern, ADDRESSES)
    assert code == caught.value.code


def test_a_pattern_reaches_a_bounded_number_of_addresses():
    """One datagram must not set a whole board; it is refused rather than half obeyed."""
    with pytest.raises(BadPacket) as caught:
        match("/a/*", [f"/a/{n}" for n in range(osc_pattern.MOST_MATCHES + 1)])
    assert "too_many_matches" == caught.value.code


def test_the_budget_ends_a_search():
    """However many addresses there are, a pattern costs at most its budget."""
    with pytest.raises(BadPacket) as caught:
        match("/" + "*a" * 20 + "b", [f"/{'a' * 200}{n}" for n in range(2000)])
    assert "pattern_cost" == caught.value.code


def test_any_pattern_gives_addresses_or_bad_packet():
    """Nothing else escapes, whatever is written."""
    dice = random.Random(9210)
    atlas = Atlas(ADDRESSES)
    for _ in range(3000):
        pattern = "/" + "".join(dice.choice("/*?[]{},!-abm0z") for _ in range(dice.randint(0, 30)))
        with contextlib.suppress(BadPacket):
            assert set(atlas.match(pattern)) <= set(ADDRESSES)


def test_a_resolved_pattern_is_remembered():
    """A fader that sends patterns at 60 Hz costs one search."""
    atlas, budget = Atlas(ADDRESSES), Budget()
    atlas.match("//hue", budget)
    left = budget.left
    assert left < osc_pattern.MOST_STEPS
    atlas.match("//hue", budget)
    assert left == budget.left
