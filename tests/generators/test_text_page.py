"""The page: set piece by piece it is the same picture as set at once."""

import numpy as np
import pytest
from text_rig import step_of

from livegen.generators.text.page import Page, Scroll, halo, inks_of, lay, paper_of, style_of
from livegen.generators.text.telling import GIVEN, STEPS_PER_BIT, Telling
from livegen.generators.text.writer import Writer

SIZE = (320, 200)
STYLE = style_of(SIZE, lines=12, paper=0.0, hue=0.0, glow=1.0)


def begun() -> Telling:
    writer = Writer(step_of("\n abc"))
    return writer.begin(1, writer.voice(""), None)


def painted(page: Page, telling: Telling, scroll: Scroll = Scroll(), time: float = 0.0, style=STYLE):  # noqa: B008
    out = np.full((style.size[1], style.size[0], 4), 77, np.uint8)
    return out, page.paint(telling, style, scroll, time=time, out=out)


def test_growing_is_the_same_picture_as_at_once():
    """The cache saves time and changes nothing: every frame is what a fresh page paints."""
    telling, page, scroll, dice = begun(), Page(), Scroll(), np.random.default_rng(2)
    for i in range(80):
        for _ in range(int(dice.integers(1, 14))):
            telling.add("abcdefgh mn, \n"[dice.integers(0, 14)], int(dice.integers(0, 200)))
        before = scroll
        out, scroll = painted(page, telling, before, i / 30)
        if i % 8 == 0:
            fresh, _ = painted(Page(), telling, before, i / 30)
            assert np.array_equal(fresh, out)
    assert scroll.lines > 12


def test_surprise_is_seen():
    """What was expected is dim, what was not has another colour, what was fed a third."""
    inks = inks_of(STYLE).astype(int)
    expected, unlikely, given = inks[0], inks[8 * STEPS_PER_BIT], inks[GIVEN]
    assert expected[:3].sum() < inks[2 * STEPS_PER_BIT][:3].sum()
    assert unlikely[0] - unlikely[2] > 80 > abs(expected[0] - expected[2])
    assert given[2] > given[0]


@pytest.mark.parametrize("paper", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("size", [(64, 36), (320, 200), (120, 400)])
def test_every_size_and_paper_has_a_page(paper, size):
    """Opaque, ink on paper, nothing left of what was in the buffer."""
    telling = begun()
    telling.add("First Citizen:\nWe are accounted poor citizens, the patricians good. 漢字 🙂 é\n" * 6, 30)
    style = style_of(size, lines=12, paper=paper, hue=0.2, glow=1.5)
    out, _ = painted(Page(), telling, style=style)
    assert (out[..., 3] == 255).all()
    assert out[..., :3].std() > 4
    assert (out[0, 0] == paper_of(style)).all()


def test_the_page_scrolls_without_a_jump():
    """A new line at the foot moves the page up over some frames, not in one."""
    telling, page = begun(), Page()
    telling.add("\n".join(f"line {i}" for i in range(30)), 40)
    _, scroll = painted(page, telling, Scroll(), 0.0)
    assert 0.0 == scroll.lag
    telling.add("\nnext", 40)
    lags = []
    for i in range(30):
        _, scroll = painted(page, telling, scroll, (i + 1) / 30)
        lags.append(scroll.lag)
    assert 1.0 > lags[0] > 0.3
    assert sorted(lags, reverse=True) == lags
    assert 0.0 == lags[-1]


def test_a_smaller_picture_breaks_the_same_lines():
    """When the governor halves the size, the text must not jump."""
    telling, lines = begun(), []
    telling.add("It was a dark and stormy night; the rain fell in torrents, except at occasional intervals. " * 9, 40)
    for size in ((640, 360), (320, 180), (1280, 720), (480, 270)):
        page = Page()
        painted(page, telling, style=style_of(size, lines=13.7, paper=0.0, hue=0.0, glow=1.0))
        lines.append(page._set.line)
    assert lines[0] == lines[1] == lines[2] == lines[3]


def test_an_empty_page_has_a_cursor_only():
    """It blinks while nothing is to be written."""
    telling = begun()
    telling.left = 0
    bright, _ = painted(Page(), telling, time=0.0)
    dim, _ = painted(Page(), telling, time=0.5)
    assert bright[..., 0].max() > dim[..., 0].max() > paper_of(STYLE)[0]


def test_laying_on_keeps_within_the_picture():
    """Whatever hangs over an edge is cut, and whole coverage is the colour itself."""
    out = np.zeros((10, 12, 4), np.uint8)
    share = np.full((6, 4 * 6), 256, np.uint16)
    for top, left in ((-3, -3), (7, 9), (-9, 0), (40, 40)):
        lay(out, top, left, share, np.array((10, 20, 30, 255), np.uint8))
    assert [10, 20, 30, 255] == out[0, 0].tolist() == out[9, 11].tolist()
    assert 9 + 9 == (out[..., 3] == 255).sum()
    assert 255 == halo(5)[5, 5]
