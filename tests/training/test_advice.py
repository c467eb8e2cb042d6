"""Advice: which family, how long, and the line to type."""

from dataclasses import replace
from pathlib import Path

import pytest

from livegen.training.advice import Advice, best, busy, command, quoted, rounded, why
from livegen.training.lesson import Lesson, Remark, Wish


def way(family, whole=1000, per_second=0.0, verdict="good", **config):
    lesson = Lesson(
        data=None, settings=None, config=config, loop=lambda *_: None, entries=(), whole=whole, unit="pictures",
        remarks=(Remark(verdict=verdict, said="x"),),
    )  # fmt: skip
    return Advice(family=family, lesson=lesson, per_second=per_second)


@pytest.mark.parametrize(
    ("whole", "gan_speed", "wanted"),
    [(1000, 500.0, "gan"), (1000, 10.0, "vae"), (100, 500.0, "vae"), (1000, 0.0, "gan")],
    ids=["many, fast", "many, slow", "few, fast", "not measured"],
)
def test_the_first_way_has_data_enough_and_does_not_take_all_night(whole, gan_speed, wanted):
    """A GAN where it can be had, else a VAE; and why is said."""
    ways = [way("vae", whole, 100.0), way("gan", whole, gan_speed)]
    first = best(ways)
    assert wanted == first.family
    assert len(why(first, ways)) > 20


def test_a_way_that_comes_to_nothing_is_never_first():
    """Whatever its speed."""
    assert "vae" == best([way("vae", 1000, 0.1), way("gan", 1000, 900.0, "bad")]).family


def test_the_time_is_what_is_needed_at_the_speed_that_was_measured():
    """500,000 pictures at 100 a second are 83 minutes; many data are looked at several times."""
    assert 500_000 / 100 / 60 == way("gan", 1000, 100.0).minutes
    assert 150 * 10_000 / 100 / 60 == way("vae", 10_000, 100.0).minutes
    assert 0.0 == way("vae").minutes


def test_a_busy_machine_is_said():
    """What others took was not this machine's own speed; on a GPU the processor may well wait."""
    ways = [replace(way("vae", 1000, 5.0), cores=0.2), way("gan", 1000, 5.0)]
    assert "20% of one core" in busy(ways, "cpu")
    assert "" == busy(ways, "cuda") == busy(ways[1:], "cpu")


def test_the_line_can_be_typed():
    """With a size, a round number of minutes, and quotes where a shell wants them."""
    found = way("gan", 1000, 100.0, width=48, height=64)
    assert "livegen train gan my/dresses --size 48x64 --minutes 90" == command(found, Path("my/dresses"), Wish(), 60)
    assert "livegen train text a.txt --minutes 20" == command(way("text"), Path("a.txt"), Wish(), 20)
    assert ('"my things/a"', "plain") == (quoted(Path("my things/a")), quoted(Path("plain")))


def test_minutes_are_round():
    """As a person would choose them, never far below what is needed."""
    assert [1, 20, 30, 90, 1440] == [rounded(minutes) for minutes in (0.1, 18, 31, 83, 99999)]
