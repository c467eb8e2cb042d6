"""Bringing a model in: one at a time, no faster than the disk, and whatever happens nothing is left behind."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from bring_rig import CARD, pickle_of

from livegen import places
from livegen.bringing import Bringing, BringLimits
from livegen.errors import BadPacket, LivegenError, TooMany
from livegen.wire.bring import PIECE, WINDOW, Bring, BringBack, BringCard, BringEnd, File, Piece

NET = pickle_of()


class Told:
    """A client as the room hears it, and what it is told."""

    def __init__(self, room, origin="ws 1"):
        self.room, self.origin = room, origin
        self.said = asyncio.Queue()

    def take(self, heard):
        self.room.take(heard, self.origin, self.said.put_nowait)

    def begin(self, data=NET, name="net.pkl", size=None, **more):
        self.take(Bring(id=1, files=[File(name, size or len(data))], **more))

    def send(self, data, offset=0):
        for at in range(0, len(data), PIECE):
            self.take(Piece(1, offset + at, memoryview(data[at : at + PIECE])))

    async def until(self, *states):
        async with asyncio.timeout(30):
            while True:
                said = await self.said.get()
                if said["state"] in states:
                    return said
                assert "refused" != said["state"], said


@asynccontextmanager
async def opened(**limits):
    played = []

    async def play(*words):
        played.append(words)
        if words[2] == "broken":
            raise LivegenError("it does not fit", hint="another one")
        return {"generator": words[2] or "main"}

    async def back():
        return {"back": True}

    room = Bringing(play, back, BringLimits(**limits))
    room.played = played
    try:
        yield room
    finally:
        await room.close()
        assert [] == left()


def left():
    """What lies in the folder of what comes in."""
    place = places.state_folder() / "incoming"
    return list(place.rglob("*")) if place.exists() else []


async def empty():
    async with asyncio.timeout(60):
        while left():
            await asyncio.sleep(0.02)


async def test_a_model_comes_in_and_is_played_by_whom_it_was_meant_for():
    """Its bytes, its card, the shelf, the show; a client that goes after that is not needed."""
    async with opened() as room:
        client = Told(room)
        client.begin(generator="poem")
        assert {"taken": 0, "window": WINDOW} == {k: v for k, v in (await client.until("receiving")).items() if k in ("taken", "window")}
        client.send(NET)
        client.take(BringCard(1, CARD, "sky"))
        assert len(NET) == (await client.until("receiving"))["taken"]
        assert "gan" == (await client.until("found"))["family"]
        room.hush("ws 1")
        await empty()
        assert [("net", "gan", "sky")] == room.played
        assert ["net.safetensors"] == [path.name for path in places.models_folder().iterdir()]


async def test_a_show_that_cannot_play_it_says_why_and_the_model_stays():
    """It lies on the shelf, whatever the show makes of it."""
    async with opened() as room:
        client = Told(room)
        client.begin()
        client.take(BringCard(1, CARD, "broken"))
        client.send(NET)
        said = await client.until("played")
        assert ("net", "it does not fit; another one") == (said["model"], said["why"])
        assert (places.models_folder() / "net.safetensors").is_file()


async def test_a_file_that_is_no_model_is_refused_with_its_sentence():
    """The reader's own."""
    async with opened() as room:
        client = Told(room)
        client.begin(b"no model at all, but long enough", "holiday.pkl")
        client.send(b"no model at all, but long enough")
        assert "holiday.pkl cannot be brought in" in (await client.until("refused"))["message"]
        await empty()
        client.begin()
        await client.until("receiving")


async def test_one_model_at_a_time():
    """Another client waits, and is told so; the first is not disturbed."""
    async with opened() as room:
        first, second = Told(room), Told(room, "ws 2")
        first.begin()
        with pytest.raises(TooMany, match="another model"):
            second.begin()
        with pytest.raises(BadPacket, match="brings no model"):
            second.take(BringCard(1, CARD))
        second.take(Piece(1, 0, memoryview(b"x")))
        second.take(BringEnd(1))
        await first.until("receiving")
        first.send(NET[:1000])
        assert 1000 == (await first.until("receiving"))["taken"]


@pytest.mark.parametrize("end", ["hush", "stop", "close"])
async def test_an_end_in_the_middle_leaves_nothing_behind(end):
    """The client goes, gives up, or the stage stops."""
    async with opened() as room:
        client = Told(room)
        client.begin(size=3 * PIECE)
        await client.until("receiving")
        client.send(bytes(PIECE))
        await client.until("receiving")
        assert any(path.is_file() for path in left())
        if end == "hush":
            room.hush("ws 1")
        elif end == "stop":
            client.take(BringEnd(1))
        else:
            await room.close()
        await empty()


async def test_a_client_that_goes_before_it_has_said_whose_work_it_is_takes_its_model_with_it():
    """A model without a card is nobody's to keep."""
    async with opened() as room:
        client = Told(room)
        client.begin()
        client.send(NET)
        await client.until("found")
        room.hush("ws 1")
        await empty()
        assert not places.models_folder().exists()


async def test_who_sends_nothing_for_long_makes_room():
    """A stalled client must not keep the others out."""
    async with opened(silence=0.05) as room:
        client = Told(room)
        client.begin()
        assert "nothing came" in (await client.until("refused"))["message"]


async def test_a_model_does_not_wait_for_its_card_for_ever():
    """Nobody has answered: it goes."""
    async with opened(patience=0.05) as room:
        client = Told(room)
        client.begin()
        client.send(NET)
        assert "nobody said whose work" in (await client.until("refused"))["message"]


async def test_more_than_the_window_is_not_taken():
    """Memory holds what is on its way, not the file."""
    async with opened() as room:
        client = Told(room)
        client.begin(size=4 * WINDOW)
        with pytest.raises(BadPacket, match="more than it was asked for"):
            client.send(bytes(WINDOW + 2 * PIECE))


async def test_a_client_that_goes_at_once_makes_room_at_once():
    """Before its model has even begun."""
    async with opened() as room:
        Told(room).begin()
        room.hush("ws 1")
        await asyncio.sleep(0.05)
        second = Told(room, "ws 2")
        second.begin()
        await second.until("receiving")


@pytest.mark.parametrize("offset", [5, WINDOW])
async def test_pieces_come_in_order(offset):
    """A gap would be a hole in the weights."""
    async with opened() as room:
        client = Told(room)
        client.begin()
        with pytest.raises(BadPacket, match="does not follow"):
            client.send(b"piece", offset)


async def test_a_disk_that_is_full_is_said(monkeypatch):
    """Before a byte is taken."""
    monkeypatch.setattr("livegen.incoming.SPARE", 1 << 60)
    async with opened() as room:
        client = Told(room)
        client.begin()
        assert "disk_full" == (await client.until("refused"))["code"]


async def test_what_was_played_before_is_played_again():
    """One step back."""
    async with opened() as room:
        client = Told(room)
        client.take(BringBack(1))
        assert (await client.until("played"))["back"]
