"""The text generator at play: rate, events, seeds, and a page that follows."""

import pickle
import zlib
from typing import Any

import numpy as np
import pytest
from text_rig import model_file

from livegen import places
from livegen.generators import weights
from livegen.generators.base import Picture, Request, build, build_fallback
from livegen.generators.text.measure import cost
from livegen.generators.text.play import MOST_AT_ONCE, TextGenerator
from livegen.generators.text.step import Step
from livegen.latent import Latent, from_seed

SIZE = (200, 120)


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return str(model_file(tmp_path_factory.mktemp("models")))


@pytest.fixture(scope="module")
def generator(model) -> TextGenerator:
    return build("text", {"model": model, "prime": "abc"})


def frame(generator: TextGenerator, state: Any, integral: float, **more: Any) -> Picture:
    """One request; ``integral`` of the rate is in characters."""
    told, seed = more.pop("told", ()), more.pop("seed", 1)
    request = Request(
        instance="main", latent=Latent(from_seed(1, generator.info.latent)), size=SIZE, seed=seed, state=state,
        knobs={"rate": integral, **more}, told=told, time=integral / 16,
    )  # fmt: skip
    out = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    return generator.render(request, out)


def played(generator: TextGenerator, frames: int, each: float, state: Any = None, start: float = 0.0, **more: Any):
    """(text, last picture) of so many frames with ``each`` characters due in every one."""
    text, picture = "", None
    for i in range(frames):
        picture = frame(generator, state, start + i * each, **more)
        more.pop("told", None)
        state = pickle.loads(pickle.dumps(picture.state))
        text += "".join(mark.text for mark in picture.marks)
    return text, picture


def test_it_writes_as_many_characters_as_the_rate_says(generator):
    """Half a character per frame is one every second frame; nothing is lost to rounding."""
    assert 10 == len(played(generator, 21, 0.5)[0])
    assert 60 == len(played(generator, 21, 3.0)[0])
    assert 0 == len(played(generator, 10, 0.0)[0])


def test_a_long_pause_is_no_burst(generator):
    """What was not written in time is forgotten, and a clock that begins again owes nothing."""
    state = frame(generator, None, 0.0).state
    late = frame(generator, state, 10_000.0)
    assert MOST_AT_ONCE == len(late.marks)
    assert 1 == len(frame(generator, late.state, 10_001.0).marks)
    assert 0 == len(frame(generator, late.state, 3.0).marks)


def test_the_same_requests_give_the_same_text_and_the_same_picture(generator, model):
    """In this process, in another generator, and by the stand-in."""
    first, picture = played(generator, 30, 2.0)
    for other in (generator, build("text", {"model": model, "prime": "abc"}), build_fallback("text", {"model": model, "prime": "abc"})):
        again, same = played(other, 30, 2.0)
        assert first == again
        assert np.array_equal(picture.pixels, same.pixels)
    assert first != played(generator, 30, 2.0, seed=2)[0]


def test_a_request_is_answered_the_same_however_often_it_is_asked(generator):
    """Answering changes nothing in the state that came with it."""
    state = played(generator, 10, 2.0)[1].state
    one, two = frame(generator, state, 24.0), frame(generator, state, 24.0)
    assert one.marks == two.marks
    assert np.array_equal(one.pixels, two.pixels)


def test_another_seed_begins_another_text(generator):
    """Like a picture's seed: the page is new, the rate goes on."""
    _, picture = played(generator, 20, 2.0)
    other = frame(generator, picture.state, 40.0, seed=9)
    assert 0 == other.marks[0].index
    assert "abc" + "".join(mark.text for mark in other.marks) == other.state.telling.tail


def test_generate_stop_and_reset(generator):
    """So many and done; stopped is stopped; reset tells the same text again."""
    first, picture = played(generator, 10, 2.0)
    state = picture.state
    asked, picture = played(generator, 20, 2.0, state, 20.0, told=(("text/generate", (5,)),))
    assert 5 == len(asked)
    asked, picture = played(generator, 5, 2.0, picture.state, 60.0, told=(("text/generate", ()),))
    assert 10 == len(asked)
    asked, picture = played(generator, 5, 2.0, picture.state, 70.0, told=(("text/stop", ()),))
    assert "" == asked
    again, picture = played(generator, 10, 2.0, picture.state, 80.0, told=(("text/generate", ()), ("text/reset", ())))
    assert first == again[: len(first)]


def test_seed_and_feed_put_words_on_the_page(generator):
    """Seed begins a new page with them, feed adds them; both change what follows."""
    text, picture = played(generator, 10, 2.0)
    fed = frame(generator, picture.state, 20.0, told=(("text/feed", ("jjj", "hhh")),))
    tail = fed.state.telling.tail
    assert "abc" + text + "jjj hhh" == tail[: len(text) + 10]
    seeded = frame(generator, picture.state, 20.0, told=(("text/seed", ("a new page",)),))
    assert seeded.state.telling.tail.startswith("a new page")
    assert 0 == seeded.marks[0].index


def test_voices_are_given_and_kept(generator):
    """Primes change the voice and leave the page; what was kept is recalled."""
    _, picture = played(generator, 5, 2.0)
    told = (
        ("text/keep", ("then",)), ("text/voice", ("b", "jjjj")), ("text/prime", ("hhhh",)),
    )  # fmt: skip
    after = frame(generator, picture.state, 10.0, told=told).state.telling
    assert ("hhhh", "jjjj", ["then"]) == (after.a.prime, after.b.prime, list(after.kept))
    back = frame(generator, picture.state, 10.0, told=(*told, ("text/recall", ("then",)))).state.telling
    assert ("abc", None) == (back.a.prime, back.b)


def test_it_waits_if_it_is_told_to_wait(model):
    """``writing = false`` is for those who ask."""
    assert "" == played(build("text", {"model": model, "writing": False}), 10, 2.0)[0]


def test_other_weights_take_the_text_over(model, tmp_path, generator):
    """A newer checkpoint reads the end of the page and writes on."""
    _, picture = played(generator, 10, 2.0)
    newer = build("text", {"model": str(model_file(tmp_path, seed=6)), "prime": "abc"})
    taken = frame(newer, picture.state, 20.0)
    assert taken.state.telling.tail.startswith(picture.state.telling.tail)
    assert newer.info.digest == taken.state.telling.digest


def test_a_state_stays_small(generator):
    """It travels with every frame: an hour of text takes no more room than a page."""
    state = played(generator, 60, 40.0)[1].state
    assert len(pickle.dumps(state)) < 20_000


SHIPPED = sorted(path for path in places.shipped("models").glob("*.safetensors") if weights.look(path).family == "text")
HAMLET = """To be, or not to be: that is the question:
Whether 'tis nobler in the mind to suffer
The slings and arrows of outrageous fortune,
Or to take arms against a sea of troubles,
And by opposing end them? To die: to sleep;
"""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_model_is_whole_and_plays(path):
    """Its digest holds, its card is written, and it writes and paints."""
    header, _ = weights.read(path, verify=True)
    assert () == header.card.missing()
    assert header.card.command.startswith("livegen train text ")
    assert header.size < 10_000_000
    text, picture = played(build("text", {"model": str(path)}), 12, 10.0)
    assert 110 == len(text)
    assert picture.pixels[..., :3].std() > 4


def test_the_shipped_shakespeare_knows_lines_that_it_never_read():
    """Hamlet is not among the plays that it learned from, and costs it less than zip would need by far."""
    header, tensors = weights.read(places.shipped("models") / "shakespeare.safetensors")
    bits = cost(Step(header.config, tensors), HAMLET.encode()).per_character
    assert bits < 8 * len(zlib.compress(HAMLET.encode(), 9)) / len(HAMLET) / 1.5
