"""What an edit costs: most of it nothing."""

import pytest

from livegen.patch import diff, loads

TEXT = """title = "x"
fps = 30
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
hue = 0.1
[[cues]]
name = "a"
seed = 1
[[routes]]
from = "/f"
to = "main/xy"
[osc]
tcp_port = 9211
"""


@pytest.mark.parametrize(
    "old, new, live",
    [
        ("fps = 30", "fps = 60", ("fps",)),
        ("seed = 1", "seed = 2", ("cues",)),
        ('from = "/f"', 'from = "/g"', ("routes",)),
        ("hue = 0.1", "hue = 0.2", ("main.params",)),
        ("latent = 8", "latent = 8\nsize = [64, 64]", ("main.size",)),
        ("[osc]", "[osc]\nfeedback = ['10.0.0.1:9000']", ("osc",)),
        ("[[cues]]", "[generators.main.motion]\nkind = 'loop'\n[[cues]]", ("main.motion",)),
        ("[osc]", "[outputs]\nquality = 50\n[osc]", ("outputs",)),
    ],
)
def test_what_can_change_while_it_plays(old, new, live):
    change = diff(loads(TEXT), loads(TEXT.replace(old, new)))
    assert (live, (), (), (), ()) == (
        change.live,
        change.rebuild,
        change.added,
        change.removed,
        change.restart,
    )


@pytest.mark.parametrize("old, new", [("latent = 8", "latent = 16"), ('kind = "cppn"', 'kind = "still"')])
def test_what_needs_the_generator_built_anew(old, new):
    assert ("main",) == diff(loads(TEXT), loads(TEXT.replace(old, new))).rebuild


def test_what_waits_for_the_next_start():
    assert ("osc.tcp_port",) == diff(loads(TEXT), loads(TEXT.replace("9211", "9300"))).restart


def test_generators_come_and_go():
    """A second one is added; a new name is one gone and one new."""
    two = loads(TEXT + '[generators.side]\nkind = "still"\n')
    assert (("side",), ()) == (diff(loads(TEXT), two).added, diff(loads(TEXT), two).removed)
    assert ((), ("side",)) == (diff(two, loads(TEXT)).added, diff(two, loads(TEXT)).removed)


def test_comments_and_order_of_keys_are_no_change():
    """Nothing changed is false, and says so."""
    change = diff(
        loads(TEXT), loads("# hello\n" + TEXT.replace('title = "x"\nfps = 30', 'fps = 30.0\ntitle = "x"'))
    )
    assert (False, "nothing changed") == (bool(change), str(change))


def test_a_change_can_be_read():
    assert "live fps, main.params; rebuild main" == str(
        diff(
            loads(TEXT),
            loads(TEXT.replace("fps = 30", "fps = 25").replace("0.1", "0.3").replace("= 8", "= 9")),
        )
    )
