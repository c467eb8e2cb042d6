"""Routes and the clock: what waits for a beat or a bar, and what the clock itself moves."""

import pytest
from mapping_rig import MAIN, PARAMS

from livegen.board import element_aliases
from livegen.errors import BadValue
from livegen.mapping import Lfo, Route, Router
from livegen.mapping.beats import Beat
from livegen.mapping.rows import stage_params
from livegen.message import Message
from livegen.params import Param

ROWS = {
    row.address: row
    for row in (
        *stage_params(MAIN, 16),
        *(
            Param(**{**{f: getattr(p, f) for f in p.__slots__}, "address": f"{MAIN}/params/{p.address}"})
            for p in PARAMS
        ),
    )
}
HUE, PAPER = f"{MAIN}/params/hue", f"{MAIN}/params/paper"


def router(*routes, lfos=()):
    return Router(routes, ROWS, lfos, element_aliases(ROWS.values()))


def at(position, **rest):
    return Beat(position=position, **rest)


def said(router, now, beat):
    return [(message.address, message.args) for message in router.tick(now, beat=beat)]


def test_a_trigger_waits_for_the_next_bar_and_each_of_them_counts():
    """Two on the way to one bar are two."""
    one = router(Route(source="/pad", to=f"{MAIN}/presets/load", send=("a",), quantum="bar"))
    one.tick(0.0, beat=at(4.2))
    for press in (True, True):
        one.hear(Message("/pad", press, 0.1, "pad"))
    assert [] == said(one, 0.2, at(5.0)) == said(one, 0.3, at(7.99))
    assert 2 == one.statistics().waiting
    assert [(f"{MAIN}/presets/load", ("a",))] * 2 == said(one, 0.4, at(8.0))
    assert [] == said(one, 0.5, at(12.0))


def test_a_value_waits_and_only_the_newest_is_heard():
    """A look that is chosen in the middle of a bar changes on the next."""
    one = router(Route(source="/f", to=HUE, quantum="beat"), Route(source="/p", to=PAPER, quantum="bar"))
    one.hear(Message("/f", 0.0))
    assert [] == said(one, 0.0, at(0.5))
    one.hear(Message("/f", 1.0))
    one.hear(Message("/p", "black"))
    assert [(HUE, (0.5,))] == said(one, 0.1, at(1.0))
    assert [(PAPER, ("black",))] == said(one, 0.2, at(4.1))


def test_it_goes_at_once_where_no_clock_goes():
    """Stopped, or none at all."""
    for beat in (None, at(2.5, running=False)):
        one = router(
            Route(source="/pad", to=f"{MAIN}/randomize", quantum="bar"),
            Route(source="/f", to=HUE, quantum="bar"),
        )
        one.hear(Message("/pad"))
        one.hear(Message("/f", 1.0))
        assert 2 == len(said(one, 0.0, beat))


def test_an_edited_patch_loses_nothing_that_waits():
    """The bar comes all the same."""
    route = Route(source="/pad", to=f"{MAIN}/randomize", quantum="bar")
    old, new = router(route), router(route)
    old.hear(Message("/pad"))
    old.tick(0.0, beat=at(0.5))
    new.adopt(old)
    assert [] == said(new, 0.1, at(3.9))
    assert 1 == len(said(new, 0.2, at(4.0)))


def test_the_clock_moves_a_parameter_and_presses_on_the_beat():
    """0..1 through the bar; the press comes with the boundary, also where it is leapt over."""
    one = router(Route(source="tempo/bar", to=HUE), Route(source="tempo/beat", to=f"{MAIN}/randomize"))
    assert [(HUE, (-0.25,))] == said(one, 0.0, at(1.0))
    assert [(HUE, (0.0,)), (f"{MAIN}/randomize", (True,))] == said(one, 0.1, at(2.0))
    assert [(HUE, (pytest.approx(0.225),))] == said(one, 0.2, at(2.9))
    assert 2 == len(said(one, 0.3, at(8.1)))


def test_a_modulation_says_nothing_and_tells_by_how_much():
    """Around: half of the depth's width either way; up: from nothing to all of it."""
    lfo = Lfo(name="w", shape="saw", beats=4.0)
    one = router(
        Route(source="lfo/w", to=HUE, depth=0.2),
        Route(source="/wheel", to=f"{MAIN}/z/3", depth=0.5, way="up"),
        lfos=[lfo],
    )
    assert [] == said(one, 0.0, at(1.0))
    assert {HUE: pytest.approx(-0.1)} == one.offsets
    one.hear(Message("/wheel", 0.5))
    assert [] == said(one, 0.1, at(3.0))
    assert {HUE: pytest.approx(0.1), f"{MAIN}/z/3": 0.25} == one.offsets


def test_what_is_no_number_is_not_moved():
    """In a sentence."""
    with pytest.raises(BadValue, match="no number"):
        router(Route(source="/f", to=PAPER, depth=0.5))
