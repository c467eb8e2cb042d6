"""A route and its path: where it leads, and what becomes of what comes."""

import numpy as np
import pytest

from livegen.board import element_aliases
from livegen.errors import BadValue
from livegen.mapping.path import Route, normalized, path_for
from livegen.params import ENUM, READ, VECTOR, Param

ROWS = {
    row.address: row
    for row in (
        Param(address="/a/zoom", low=1.0, high=3.0, default=1.0),
        Param(address="/a/z", type=VECTOR, size=4, low=-4.0, high=4.0),
        Param(address="/a/look", type=ENUM, choices=("silk", "ink", "neon"), default="silk"),
        Param(address="/a/fps", access=READ),
    )
}
ALIASES = element_aliases(ROWS.values())


def path(to, **more):
    return path_for(Route(source="/f", to=to, **more), ROWS, ALIASES)


def test_a_share_becomes_the_targets_value_and_comes_back():
    """Over the range that the route names, else over the target's own."""
    zoom, narrow, z, look = path("/a/zoom"), path("/a/zoom", out=(1.0, 2.0)), path("/a/z/3"), path("/a/look")
    assert (2.0,) == zoom.shape(np.array([0.5])) and 0.5 == zoom.back(2.0)
    assert (1.5,) == narrow.shape(np.array([0.5])) and 0.5 == narrow.back(1.5)
    assert (2.0,) == z.shape(np.array([1.0])) and 1 == z.size
    assert ("neon",) == look.shape(np.array([0.9]))


def test_what_comes_is_a_share_after_range_invert_and_curve():
    """A vector takes as many numbers as it has room for, everything else the last one."""
    assert [0.25] == list(normalized(path("/a/zoom", high_in=127.0), "/f", (3, 127 / 4)))
    assert [0.75] == list(normalized(path("/a/zoom", high_in=127.0, invert=True), "/f", (127 / 4,)))
    assert [0.0625] == list(normalized(path("/a/zoom", curve="square"), "/f", (0.25,)))
    assert [0.0, 0.5, 1.0, 1.0] == list(normalized(path("/a/z"), "/f", (0.0, 0.5, 1.0, 2.0, 3.0)))


@pytest.mark.parametrize(
    ("to", "more", "said"),
    [
        ("/a/nobody", {}, "not there"), ("/a/fps", {}, "only be read"), ("/a/z/from", {}, "not there"),
        ("/a/look", {"depth": 0.5}, "no number"), ("/a/zoom", {"step": True}, "by steps"),
    ],
)  # fmt: skip
def test_a_route_that_leads_nowhere_says_so(to, more, said):
    with pytest.raises(BadValue, match=said):
        path(to, **more)
