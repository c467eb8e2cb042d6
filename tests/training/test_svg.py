"""SVG becomes the lines that a pen would follow."""

import math

import numpy as np
import pytest

from livegen.errors import BadValue
from livegen.training import svg


def lines(inside, head=""):
    return svg.parsed(f'{head}<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode())


def line(d, **more):
    (found,) = lines(f'<path d="{d}" {" ".join(f"{k}={chr(34)}{v}{chr(34)}" for k, v in more.items())}/>')
    return found


@pytest.mark.parametrize(
    "d, ends",
    [
        ("M1 2L4 6", (4, 6)), ("m1,2l3,4", (4, 6)), ("M1 2 4 6", (4, 6)), ("m1 2 3 4", (4, 6)),
        ("M1 2H4V6", (4, 6)), ("m1 2h3v4", (4, 6)), ("M1 2C1 2 4 6 4 6", (4, 6)), ("m1 2c0 0 3 4 3 4", (4, 6)),
        ("M1 2Q1 6 4 6", (4, 6)), ("m1 2q0 4 3 4", (4, 6)), ("M0 0S1 1 4 6", (4, 6)), ("M0 0Q1 1 2 2T4 6", (4, 6)),
        ("M1 2A3 4 0 0 1 4 6", (4, 6)), ("m1 2a3 4 0 013 4", (4, 6)), ("M1 2L4 6z", (1, 2)), ("M.5.5L1e1-2", (10, -2)),
    ],
)  # fmt: skip
def test_every_command_ends_where_it_should(d, ends):
    assert ends == pytest.approx(tuple(line(d)[-1]), abs=1e-5)


def test_an_arc_lies_on_its_ellipse():
    """A half circle of radius 2 around (2, 0), clockwise on paper, and the large and small of the same."""
    half = line("M0 0A2 2 0 0 1 4 0")
    assert np.allclose(2, np.hypot(*(half - (2, 0)).T), atol=1e-4)
    assert half[:, 1].min() == pytest.approx(-2, abs=1e-3)
    small, large = line("M0 0A2 2 0 0 1 2 2"), line("M0 0A2 2 0 1 1 2 2")
    assert np.ptp(small, axis=0).tolist() == pytest.approx([2, 2], abs=1e-3)
    assert np.ptp(large, axis=0).tolist() == pytest.approx([4, 4], abs=0.03)


def test_an_arc_too_short_for_its_way_grows():
    """As the standard says: radii are scaled up until the ends can be reached."""
    assert np.allclose(5, np.hypot(*(line("M0 0A1 1 0 0 1 10 0") - (5, 0)).T), atol=1e-4)


def test_smooth_commands_mirror_the_handle_before():
    """S after C goes on in its direction; after a line it has none to go on in."""
    joined = line("M0 0C0 10 5 10 5 0S10 -10 10 0")
    assert -joined[:17, 1].max() == pytest.approx(joined[16:, 1].min(), abs=1e-4)
    assert np.allclose(line("M0 0L5 0S10 5 10 10")[1:], line("M0 0L5 0C5 0 10 5 10 10")[1:])


def test_a_move_begins_another_stroke_and_closing_comes_back():
    """After closing, a path goes on from where it began."""
    first, second = lines('<path d="M0 0h4v4zm10 0h2"/>')
    assert [[0, 0], [4, 0], [4, 4], [0, 0]] == first.tolist()
    assert [[10, 0], [12, 0]] == second.tolist()


def test_shapes_are_drawn_around_their_outline():
    """Circle, ellipse, rectangles with and without round corners, line, polyline, polygon."""
    circle, ellipse = lines('<circle cx="5" cy="5" r="3"/><ellipse cx="1" rx="2" ry="4"/>')
    assert np.allclose(3, np.hypot(*(circle - 5).T), atol=1e-5)
    assert np.allclose([4, 8], np.ptp(ellipse, axis=0), atol=0.03)
    assert np.allclose(circle[0], circle[-1], atol=1e-5)
    plain, rounded = lines('<rect x="1" y="2" width="4" height="3"/><rect width="8" height="8" rx="2"/>')
    assert [[1, 2], [5, 2], [5, 5], [1, 5], [1, 2]] == plain.tolist()
    assert [8, 8] == np.ptp(rounded, axis=0).tolist()
    assert not any(np.hypot(*corner) < 0.5 for corner in rounded)
    straight, open_, closed = lines(
        '<line x1="1" x2="3"/><polyline points="0,0 1,1 2 0"/><polygon points="0,0 1,1 2,0"/>'
    )
    assert ([[1, 0], [3, 0]], 3, 4) == (straight.tolist(), len(open_), len(closed))


@pytest.mark.parametrize(
    "transform, ends",
    [
        ("translate(10)", (11, 0)), ("translate(10,5)", (11, 5)), ("scale(2)", (2, 0)), ("scale(2 3)", (2, 0)),
        ("rotate(90)", (0, 1)), ("rotate(90 1 1)", (2, 1)), ("matrix(0 1 -1 0 5 6)", (5, 7)), ("skewY(45)", (1, 1)),
        ("translate(10) scale(2)", (12, 0)), ("skewX(45)", (1, 0)),
    ],
)  # fmt: skip
def test_transforms_bring_a_line_where_they_say(transform, ends):
    assert ends == pytest.approx(tuple(line("M0 0L1 0", transform=transform)[-1]), abs=1e-6)


def test_groups_hand_their_transforms_down():
    (found,) = lines('<g transform="translate(5 0)"><g transform="scale(2)"><path d="M0 0h1"/></g></g>')
    assert [[5, 0], [7, 0]] == found.tolist()


def test_what_is_not_seen_is_not_drawn():
    """Definitions, masks, what is switched off, text."""
    hidden = '<defs><path d="M0 0h1"/></defs><g display="none"><path d="M0 0h1"/></g><text>a</text>'
    assert 1 == len(lines(hidden + '<path style="fill:red; display:none" d="M0 0h1"/><path d="M0 0h2"/>'))


def test_a_broken_end_keeps_the_whole_beginning():
    """As browsers do."""
    assert [[0, 0], [1, 1]] == line("M0 0L1 1L2 nonsense").tolist()


@pytest.mark.parametrize(
    "text, why",
    [
        ("", "no SVG"), ("<html></html>", "no SVG"), ("<svg><path", "no SVG"), ("<svg></svg>", "nothing drawn"),
        ('<svg><path d="L1 1"/></svg>', "begins|nothing|sense"), ('<svg><path d="nonsense"/></svg>', "begins"),
        ('<svg><path transform="rotate()" d="M0 0h1"/></svg>', "makes no sense"),
        ('<svg><path d="M0 0h1e300"/></svg>', "thousand million"),
        ("<svg>" + "<g>" * 100 + "</g>" * 100 + "</svg>", "nested"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg><path d="M0 0h1"/></svg>', "entities"),
        ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/hostname">]><svg>&a;</svg>', "entities"),
        ("<svg>" + '<path d="M0 0' + "h1" * 60000 + '"/></svg>', "points"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_a_sentence(text, why):
    with pytest.raises(BadValue, match=why):
        svg.parsed(text.encode())


def test_a_doctype_as_drawing_programs_write_it_is_no_obstacle():
    """It names a file elsewhere; nothing is fetched."""
    head = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">'
    assert 1 == len(lines('<path d="M0 0h1"/>', head))


def test_a_file_is_named_when_it_cannot_be_read(tmp_path):
    (tmp_path / "a.svg").write_text("<svg/>")
    with pytest.raises(BadValue, match=r"a\.svg"):
        svg.strokes(tmp_path / "a.svg")
    with pytest.raises(BadValue, match=r"b\.svg"):
        svg.strokes(tmp_path / "b.svg")


def test_long_paths_are_read_in_a_time_that_grows_with_their_length():
    """No pattern goes back over what it has read."""
    text = "M0 0" + "l1 1" * 10000 + "x" + " " * 20000 + "y"
    assert 10001 == len(line(text))
    assert math.isclose(10000, line(text)[-1][0])
