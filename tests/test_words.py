"""The plain values: messages, latents, frames, cards, clocks, errors."""

import numpy as np
import pytest

from livegen.card import Card
from livegen.clock import SystemClock
from livegen.errors import BadValue, PatchError
from livegen.frame import Frame
from livegen.latent import Latent, from_seed
from livegen.message import BANG, Message


def test_a_message_gives_its_arguments_as_a_tuple():
    """One value, several or none: who reads them need not ask."""
    assert [(1.0,), (1, "a"), (), (BANG,)] == [Message("/a", v).args for v in (1.0, (1, "a"), (), BANG)]


def test_a_seed_names_the_same_latent_everywhere():
    """These numbers are PCG64's, which numpy keeps stable; a show must look the same next year."""
    z = from_seed(7, 4)
    assert np.allclose([0.0012301533, 0.29874557, -0.2741379, -0.89059186], z)
    assert z.dtype == np.float32
    assert not np.array_equal(from_seed(8, 4), z)


def test_latents_are_told_apart_by_their_digest():
    """A frame's lineage names the exact point it was painted from."""
    a, b = Latent(from_seed(1, 8)), Latent(from_seed(2, 8))
    assert a.digest() == Latent(from_seed(1, 8)).digest() != b.digest()


def test_a_repeated_frame_contains_nothing_new():
    """It counts on, says that it is held, and carries no latency."""
    pixels = np.zeros((4, 8, 4), np.uint8)
    frame = Frame(pixels=pixels, seq=3, at=1.0, heard_at=0.9, applied={"a": 4})
    again = frame.again(seq=4, at=2.0)
    assert (4, 2.0, None, True, {"a": 4}) == (again.seq, again.at, again.heard_at, again.held, again.applied)
    assert again.pixels is pixels
    assert (8, 4) == (again.width, again.height)


def test_an_error_says_the_place_and_the_way_out():
    """What a person reads on stage is one sentence."""
    error = PatchError("unknown key 'fsp'", path="a.toml", line=3, column=1, hint="did you mean fps?")
    assert "a.toml:3:1: unknown key 'fsp'; did you mean fps?" == str(error)
    assert "no_value" == BadValue("x", code="no_value").code


def test_a_card_is_plain_data():
    """It travels as JSON inside the model file."""
    assert "CC0-1.0" == Card(title="dresses", data_licence="CC0-1.0").as_dict()["data_licence"]


def test_a_card_says_what_is_missing():
    """A model is not played before these are answered."""
    assert ("author", "licence", "data") == Card(title="dresses").missing()
    assert () == Card(title="a", author="b", licence="c", data="d").missing()


def test_a_card_is_read_from_plain_values():
    """What another version wrote beside is left out; what makes no sense is refused by name; long texts end."""
    assert Card(title="a", count=3) == Card.from_dict({"title": "a", "count": 3, "colour": "red"})
    assert 2000 == len(Card.from_dict({"title": "a" * 9999}).title)
    for given, sentence in (({}, "no title"), ({"title": 3}, "title is '3'; write a str"), ({"title": "a", "count": True}, "count")):
        with pytest.raises(BadValue, match=sentence):
            Card.from_dict(given)


def test_the_system_clock_never_wakes_early():
    """An absolute deadline is kept."""
    clock = SystemClock()
    deadline = clock.now() + 0.01
    clock.sleep_until(deadline)
    assert clock.now() >= deadline
