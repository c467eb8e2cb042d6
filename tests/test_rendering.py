"""Rendering: a take as a film, the very pictures of the show or the same motion at another size and rate."""

import argparse
import errno
import io

import numpy as np
import pytest
from PIL import Image
from rich.console import Console
from take_rig import PATCH, Played

from livegen import rendering
from livegen.errors import BadValue, LivegenError, ModelRefused
from livegen.opening import find
from livegen.patch import loads
from livegen.rendering import Plan, Tally, filmed, planned, render, sized
from livegen.replaying import Player, inline
from livegen.streams.film import times
from livegen.wire.take import read

av = pytest.importorskip("av")


@pytest.fixture(scope="module")
def take(tmp_path_factory):
    """Six seconds of a show, in which a generator was told this and that."""
    show = Played(tmp_path_factory.mktemp("take") / "show.take")
    show.perform(np.random.default_rng(7), 130)
    return show.close()


def asked(take, out, **more):
    usual = {"take": str(take), "out": str(out), "size": "", "fps": None, "stream": "", "sound": "", "device": "cpu", "stand_in": False, "replace": False}
    return argparse.Namespace(**usual | more)


def film(player, plan, out):
    player.size = None if plan.exact else plan.size
    return filmed(player, plan, out, Console(file=io.StringIO()))


def stills(folder):
    return [np.asarray(Image.open(path)) for path in sorted(folder.glob("*.png"))]


def test_a_film_has_the_pictures_of_the_show_to_the_bit(take, tmp_path, capfd):
    """By a worker of its own, and held against the sums that the take has of what was played; the times are the show's."""
    out = tmp_path / "film.mkv"
    assert 0 == render(asked(take, out))
    said = capfd.readouterr().err
    assert "130 of 130 pictures are those of the show, to the bit" in said
    ticks = read(take).ticks
    assert pytest.approx([(tick.at - ticks[0].at) / 1e6 for tick in ticks], abs=2e-3) == list(times(out))
    with av.open(str(out)) as file:
        shown = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    shots = [shot for tick in Player(read(take), inline()).play() for shot in tick]
    for shot, picture in zip(shots, shown, strict=False):
        np.testing.assert_array_equal(shot.pixels[..., :3], picture)


def test_a_film_is_written_over_only_when_that_is_said(take, tmp_path):
    """Hours of painting do not go for a name that was typed twice."""
    out = tmp_path / "film.mkv"
    out.write_bytes(b"mine")
    with pytest.raises(BadValue, match="is there already; take another name with -o, or give --replace"):
        render(asked(take, out))
    assert b"mine" == out.read_bytes()
    assert 0 == render(asked(take, out, replace=True))
    assert list(times(out))


def test_another_rate_is_the_same_motion(tmp_path):
    """Every second picture of twice the rate is that of the rate; larger ones show the same."""
    show = Played(tmp_path / "a.take")
    for number in range(100):
        if number % 30 == 10:
            show.tell("/livegen/main/presets/load", ("one", "two", "three")[number // 30], 0.9)
        if number == 85:
            show.tell("/livegen/main/seed", 4)
        show.tell("/livegen/main/params/light", float(np.sin(number / 9) / 2))
        show.tick()
    take, films = show.close(), {}
    for fps, size in ((10.0, (48, 32)), (20.0, (48, 32)), (10.0, (96, 64))):
        out = tmp_path / f"{fps:.0f}-{size[0]}"
        film(Player(read(take), inline()), Plan(size=size, fps=fps), out)
        films[fps, size[0]] = stills(out)
    slow, fast, large = films[10.0, 48], films[20.0, 48], films[10.0, 96]
    assert abs(2 * len(slow) - len(fast)) <= 1
    apart = [np.abs(a.astype(int) - b).mean() for a, b in zip(slow, slow[10:], strict=False)]
    assert 10 * np.mean([np.abs(a.astype(int) - b).mean() for a, b in zip(slow, fast[::2], strict=False)]) < np.mean(apart)
    small = [picture.reshape(32, 2, 48, 2, 3).mean((1, 3)) for picture in large]
    assert np.mean([np.abs(a - b).mean() for a, b in zip(slow, small, strict=True)]) < 6


def test_a_film_that_was_broken_off_goes_on(take, tmp_path, monkeypatch):
    """The parts that are finished are not painted again, and the film is the same."""
    monkeypatch.setattr(rendering, "PART_S", 2.0)
    whole, broken = tmp_path / "whole.mkv", tmp_path / "broken.mkv"
    plan, painted = Plan(size=(48, 32), fps=10.0), []
    film(Player(read(take), inline()), plan, whole)
    player = Player(read(take), inline())
    ask = player.ask

    def falls(stream, **how):
        painted.append(stream)
        if len(painted) > 33:
            raise KeyboardInterrupt
        return ask(stream, **how)

    player.ask = falls
    with pytest.raises(KeyboardInterrupt):
        film(player, plan, broken)
    assert not broken.exists()
    again = Player(read(take), inline())
    counted, ask_again = [], again.ask
    again.ask = lambda stream, **how: counted.append(stream) or ask_again(stream, **how)
    film(again, plan, broken)
    assert len(list(times(whole))) - 20 == len(counted)
    assert list(times(whole)) == list(times(broken))
    with av.open(str(whole)) as one, av.open(str(broken)) as two:
        for a, b in zip(one.decode(video=0), two.decode(video=0), strict=True):
            np.testing.assert_array_equal(a.to_ndarray(format="rgb24"), b.to_ndarray(format="rgb24"))
    assert not broken.with_name("broken.mkv.parts").exists()


def test_what_was_played_with_other_weights_is_refused_or_named(take):
    """As the take says which they were."""
    found = read(take)
    found.head.digests["main"] = "0" * 64
    with pytest.raises(ModelRefused, match="other weights for main"):
        Player(found, inline())
    assert "other weights" in Player(found, inline(), stand_in=True).notes[0]


def test_a_panic_is_in_the_film_too(tmp_path):
    """Black as it fell, and the held picture as long as it was held."""
    show = Played(tmp_path / "a.take")
    show.tick(5)
    show.tell("/livegen/panic/hold", 1)
    show.tick(10)
    show.tell("/livegen/panic/hold", 0)
    show.tell("/livegen/panic/black", 1)
    show.tick(40)
    player = Player(read(show.close()), inline())
    assert Tally(same=14, other=0).other == film(player, Plan(size=(48, 32), exact=True), tmp_path / "film").other
    pictures = stills(tmp_path / "film")
    assert all((pictures[5] == each).all() for each in pictures[5:15])
    assert 0 == pictures[-1].max() < pictures[20].mean()


def test_a_folder_that_holds_something_else_is_left_alone(take, tmp_path):
    """Another film, or anything."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(BadValue, match="something in"):
        film(Player(read(take), inline()), Plan(size=(48, 32), fps=2.0), tmp_path / "mine")
    film(Player(read(take), inline()), Plan(size=(48, 32), fps=2.0), tmp_path / "one")
    with pytest.raises(BadValue, match="another film"):
        film(Player(read(take), inline()), Plan(size=(48, 32), fps=3.0), tmp_path / "one")


@pytest.mark.parametrize(
    ("said", "expected"), [("2160", (3240, 2160)), ("640x480", (640, 480)), ("640X480", (640, 480))]
)
def test_a_size_is_both_sides_or_the_height(said, expected):
    """In the shape of what was shown."""
    assert expected == sized(said, (48, 32))


@pytest.mark.parametrize("said", ["", "big", "4", "1x2", "99999", "640x"])
def test_a_size_that_no_film_has_is_refused(said):
    """With an example."""
    with pytest.raises(BadValue) as refused:
        sized(said, (48, 32))
    assert "3840x2160" in refused.value.hint


def test_the_shows_own_size_and_rate_mean_its_own_pictures(take):
    """Anything else means new ones; an odd side is made even."""
    player = Player(read(take), inline())
    assert Plan(size=(48, 32), exact=True) == planned(player, asked(take, "a"))
    assert Plan(size=(48, 32), fps=50.0) == planned(player, asked(take, "a", fps=50.0))
    assert Plan(size=(100, 66), fps=25.0) == planned(player, asked(take, "a", size="99x65"))
    with pytest.raises(BadValue, match="no generator"):
        planned(player, asked(take, "a", stream="other"))


@pytest.mark.parametrize("seed", range(2))
def test_at_twice_the_rate_every_other_picture_is_one_of_the_show_to_the_bit(tmp_path, seed):
    """Whatever was interrupted or goes on from tick to tick: slews, walks, morphs, smoothing, speeds."""
    show, draw = Played(tmp_path / "a.take"), np.random.default_rng(seed)
    for _ in range(100):
        if draw.random() < 0.2:
            show.tell("/livegen/main/presets/load", str(draw.choice(["one", "two", "three"])), float(draw.uniform(0, 1)))
        if draw.random() < 0.3:
            show.tell("/fader", float(draw.uniform()))
            show.tell("/livegen/main/params/speed", float(draw.uniform(0, 2)))
        show.tell("/livegen/main/params/light", float(draw.uniform(-0.4, 0.4)))
        show.clock.jump(0.013)  # heard between the ticks
        if draw.random() < 0.3:
            show.tell("/livegen/main/randomize")
        show.clock.jump(-0.013)
        show.tick()
    take, films = show.close(), {}
    for name, plan in (("exact", Plan(size=(48, 32), exact=True)), ("double", Plan(size=(48, 32), fps=50.0))):
        film(Player(read(take), inline()), plan, tmp_path / name)
        films[name] = stills(tmp_path / name)
    assert 199 == len(films["double"])
    for at_tick, at_time in zip(films["exact"], films["double"][::2], strict=True):
        np.testing.assert_array_equal(at_tick, at_time)


@pytest.mark.parametrize("stream", range(3))
def test_generators_that_lead_each_other_do_so_at_any_rate(tmp_path, stream):
    """What a picture, a text and a drawing go on from, and what routes hear of them, are those of the show."""
    text = find("chorus").read_text(encoding="utf8").replace("size = [640, 400]", "size = [48, 32]").replace("fps = 30", "fps = 25")
    show, draw = Played(tmp_path / "a.take", text), np.random.default_rng(3)
    for number in range(60):
        if number % 15 == 5:
            show.tell("/gesture", float(draw.uniform()), float(draw.uniform()))
            show.tell("/livegen/picture/presets/load", int(draw.integers(1, 4)), 0.3)
        show.tick()
    take, films = show.close(), {}
    for name, plan in (("exact", Plan(stream=stream, size=(48, 32), exact=True)), ("double", Plan(stream=stream, size=(48, 32), fps=50.0))):
        film(Player(read(take), inline()), plan, tmp_path / name)
        films[name] = stills(tmp_path / name)
    assert 119 == len(films["double"])
    for at_tick, at_time in zip(films["exact"], films["double"][::2], strict=True):
        np.testing.assert_array_equal(at_tick, at_time)


@pytest.mark.parametrize("fps", [0.0, -3.0, 1000.0, float("nan"), float("inf")])
def test_a_rate_that_no_film_has_is_refused(take, fps):
    with pytest.raises(BadValue, match="pictures a second; such as 60"):
        planned(Player(read(take), inline()), asked(take, "a", fps=fps))


def test_nothing_is_painted_for_a_film_that_cannot_be_written(take, tmp_path, monkeypatch):
    """A sound that is none, a folder in its place, a take without a picture: said before hours of work."""
    monkeypatch.setattr(rendering, "filmed", lambda *_: pytest.fail("painted"))
    (tmp_path / "text.wav").write_text("not a sound")
    with pytest.raises(BadValue, match=r"the sound text\.wav cannot be read"):
        render(asked(take, tmp_path / "a.mkv", sound=str(tmp_path / "text.wav")))
    (tmp_path / "b.mkv").mkdir()
    with pytest.raises(BadValue, match="is a folder"):
        render(asked(take, tmp_path / "b.mkv"))
    head = take.read_bytes().partition(b"\n")[0]
    (tmp_path / "cut.take").write_bytes(head + b"\n")
    with pytest.raises(LivegenError, match="ends before its first picture"):
        render(asked(tmp_path / "cut.take", tmp_path / "c.mkv"))


def test_a_place_that_takes_no_film_is_said_with_the_way_out(take, tmp_path, monkeypatch):
    """A file where a folder should be, and a disk that is full in the middle: the same line goes on afterwards."""
    player, plan = Player(read(take), inline()), Plan(size=(48, 32), fps=5.0)
    with pytest.raises(LivegenError, match=r"could not be written: .*; take another place"):
        film(player, plan, take / "film")
    out = tmp_path / "film"
    out.mkdir()
    (out / "film.json").write_text("")  # as a full disk leaves it

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(rendering.Stills, "add", full)
        with pytest.raises(LivegenError, match=r"No space left on device; what is finished lies in .*film, and the same line goes on"):
            film(player, plan, out)
    film(Player(read(take), inline()), plan, out)
    assert len(stills(out)) > 20


def test_who_breaks_a_film_off_reads_how_it_goes_on(take, tmp_path, monkeypatch, capfd):
    def broken_off(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(rendering, "filmed", broken_off)
    with pytest.raises(KeyboardInterrupt):
        render(asked(take, tmp_path / "a.mkv"))
    assert "a.mkv.parts, and the same line goes on from there" in capfd.readouterr().err.replace("\n", "")


def test_a_stream_that_no_picture_came_of_says_so(tmp_path):
    """As of a take that was worked out from a sound: nobody has asked for pictures."""
    show = Played(tmp_path / "a.take")
    show.tell("/livegen/panic/hold", True)
    show.tick(3)
    player = Player(read(show.close()), inline())
    player.stateful = lambda stream: True
    with pytest.raises(LivegenError, match="no picture came in the show; --fps"):
        film(player, Plan(size=(48, 32), exact=True), tmp_path / "b.mkv")
    assert not list(tmp_path.glob("b*"))


def test_what_is_held_is_what_the_show_held(tmp_path):
    """In the middle of a morph, at a rate with pictures between the last tick and the button."""
    show = Played(tmp_path / "a.take")
    show.tick(5)
    show.tell("/livegen/main/presets/load", "three", 0.3)
    show.tick(3)
    show.tell("/livegen/panic/hold", True)
    show.tick(10)
    take, films = show.close(), {}
    for name, plan in (("exact", Plan(size=(48, 32), exact=True)), ("fast", Plan(size=(48, 32), fps=125.0))):
        film(Player(read(take), inline()), plan, tmp_path / name)
        films[name] = stills(tmp_path / name)
    np.testing.assert_array_equal(films["exact"][-1], films["exact"][7])
    np.testing.assert_array_equal(films["exact"][-1], films["fast"][-1])


def test_a_patch_edited_on_the_way_fades_as_it_says(tmp_path):
    """The curtain is that of the patch that plays, in the film as in the show."""
    show = Played(tmp_path / "a.take")
    show.tick(4)
    slow = PATCH + "[safety]\nfade = 2.0\n"
    done = show.engine.change(show.ensemble.revised(loads(slow, "taken.toml")))
    show.tick(2)
    assert done.done()
    show.tell("/livegen/panic/black", True)
    show.tick(20)
    player, out = Player(read(show.close()), inline()), tmp_path / "film"
    film(player, Plan(size=(48, 32), exact=True), out)
    for (_, _, pixels), picture in zip(show.frames, stills(out), strict=True):
        np.testing.assert_array_equal(pixels[..., :3], picture)
