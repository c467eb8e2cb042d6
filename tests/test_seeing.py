"""What generators look at, and staying where that has led them."""

import time

import numpy as np
import pytest

from livegen.board import Snapshot, Write
from livegen.card import Card
from livegen.errors import BadPacket
from livegen.frame import Frame
from livegen.generators.base import Info
from livegen.seeing import Seeing
from livegen.wire.shown import Shown

CARD = Card(title="t")
INFOS = {
    "poem": Info(name="text", latent=2, card=CARD),
    "main": Info(name="vae", latent=3, sees=(8, 6), card=CARD),
}


def shown(level, stream=1):
    return Shown(stream, "raw", (8, 6), 3, 0, memoryview(np.full((6, 8, 3), level, np.uint8).tobytes()))


def pressed(address="/livegen/main/see/keep"):
    return Snapshot(at=2.0, values={}, phases={}, writes=(Write(address, (), 5, "ws 1", 1.9),))


def frame(stream=1, latent=(0.5, -1.0, 2.0), **more):
    pixels = np.zeros((2, 2, 4), np.uint8)
    return Frame(pixels=pixels, stream=stream, latent=None if latent is None else np.array(latent, np.float32), **more)


def test_only_generators_that_see_are_shown_anything():
    """By the number of their stream."""
    seeing = Seeing(lambda: INFOS)
    assert {1: ("main", (8, 6))} == {n: (look.name, look.size) for n, look in seeing.looks().items()}
    seeing.sight.show(shown(90), "ws 1", lambda error: None)
    deadline = time.monotonic() + 5
    while seeing.image("main") is None and time.monotonic() < deadline:
        time.sleep(0.002)
    assert 90 == seeing.image("main")[0, 0, 0]
    assert seeing.image("poem") is None
    assert seeing.image("gone") is None
    seeing.sight.close()


def test_a_take_shows_its_own_pictures_alone():
    """Where it shows any, other people's are refused until it is over; then its last one stays until they show theirs."""
    seeing, own = Seeing(lambda: INFOS), np.full((6, 8, 3), 7, np.uint8)
    seeing.relive(1, own)
    assert own is seeing.image("main") and seeing.taken(1) and not seeing.taken(0)
    with pytest.raises(BadPacket, match="to which the take shows its own"):
        seeing.show(shown(90), "ws 1", print)
    seeing.release()
    assert own is seeing.image("main") and not seeing.taken(1)
    seeing.show(shown(90), "ws 1", print)
    deadline = time.monotonic() + 5
    while seeing.image("main") is own and time.monotonic() < deadline:
        time.sleep(0.002)
    assert 90 == seeing.image("main")[0, 0, 0]
    seeing.sight.close()


def test_a_picture_of_a_take_that_does_not_fit_is_not_seen():
    """Another size, as after another model came in; nor one of a stream that is not there."""
    seeing = Seeing(lambda: INFOS)
    seeing.relive(1, np.zeros((3, 4, 3), np.uint8))
    seeing.relive(9, np.zeros((6, 8, 3), np.uint8))
    assert seeing.image("main") is None
    seeing.release()
    assert seeing.image("main") is None


def test_keeping_writes_where_the_newest_frame_stands():
    """As if somebody had sent that z."""
    seeing, published = Seeing(lambda: INFOS), []
    publish = seeing.watched(published.append)
    publish(frame())
    kept = seeing.kept(pressed(), "main", "/livegen/main")
    assert ("/livegen/main/z", ((0, 0.5), (1, -1.0), (2, 2.0)), "ws 1") == (
        kept.writes[-1].address, kept.writes[-1].value, kept.writes[-1].origin,
    )  # fmt: skip
    assert 1 == len(published)


def test_a_repeated_frame_says_nothing_new():
    """While a picture is held, it still stands where it stood."""
    seeing = Seeing(lambda: INFOS)
    publish = seeing.watched(lambda frame: None)
    publish(frame())
    publish(frame(latent=None, held=True))
    assert 2 == len(seeing.kept(pressed(), "main", "/livegen/main").writes)


def test_nothing_seen_is_nothing_kept():
    """The press is then no instruction; nor is somebody else's."""
    seeing = Seeing(lambda: INFOS)
    snapshot = pressed()
    assert snapshot is seeing.kept(snapshot, "main", "/livegen/main")
    seeing.watched(lambda frame: None)(frame())
    other = pressed("/livegen/poem/see/keep")
    assert other is seeing.kept(other, "main", "/livegen/main")
