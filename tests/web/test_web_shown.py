"""Pictures over a real socket: what a browser's canvas sends, and what somebody hostile does."""

import asyncio
import io

import numpy as np
from door_rig import HUE, hello, open_door, say, told, until
from PIL import Image

from livegen.clock import SystemClock
from livegen.streams.sight import Look, Sight
from livegen.wire import packet
from livegen.wire.packet import Header


def message(payload, codec=packet.JPEG, stream=0, size=(64, 48)):
    return Header(packet.IMAGE, codec, 0, 4, *size, 1, 0.0, stream).pack() + payload


def jpeg(colour, size=(64, 48)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def sighted(**more):
    sight = Sight(lambda: {0: Look("main", (16, 12))}, SystemClock())
    return sight, open_door(show=sight.show, **more)


async def test_a_jpeg_over_the_socket_is_seen():
    """Binary, as ``canvas.toBlob`` makes it, after the 32 bytes of a frame."""
    sight, door = sighted()
    async with door as rig, rig.ws() as ws:
        await hello(ws)
        await ws.send(message(jpeg((200, 40, 60))))
        await until(lambda: sight.newest("main", (16, 12)) is not None)
        assert np.allclose((200, 40, 60), sight.newest("main", (16, 12))[6, 8], atol=4)


async def test_hostile_pictures_are_told_and_stop_nothing():
    """Bombs, lies, junk, far too many bytes: sentences to the sender; the next control still lands."""
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60000).to_bytes(4, "big") * 2 + bytes(30)
    hostile = [
        (message(bomb, packet.PNG), "bad_image"), (message(b"\xff\xd8" + b"\xff" * 1000), "bad_image"),
        (message(jpeg((1, 2, 3))[:400]), "bad_image"), (message(bytes(50), packet.RAW), "bad_image"),
        (message(jpeg((1, 2, 3)), stream=7), "unknown_stream"), (message(b"x", codec=99), "unknown_codec"),
        (b"LGF1" + bytes(3), "truncated"),
    ]  # fmt: skip
    sight, door = sighted()
    async with door as rig, rig.ws() as ws:
        await hello(ws)
        for data, code in hostile:
            await ws.send(data)
            error = await told(ws, "error")
            assert code == error["code"], error
            assert error["message"]
        await say(ws, type="set", seq=1, values={HUE: 0.25})
        await until(lambda: rig.board.value(HUE) == 0.25)
        assert sight.newest("main", (16, 12)) is None


async def test_a_flood_of_pictures_leaves_the_others_their_stage():
    """Three hundred pictures in one breath; somebody else's control lands meanwhile, and the newest is seen."""
    sight, door = sighted()
    async with door as rig, rig.ws() as flood, rig.ws() as other:
        await hello(flood)
        await hello(other)
        noise = np.random.default_rng(0).integers(0, 256, (256, 256, 4), np.uint8)

        async def pour():
            for _ in range(300):
                await flood.send(message(noise.tobytes(), packet.RAW, size=(256, 256)))
            await flood.send(message(jpeg((10, 200, 10))))

        task = asyncio.create_task(pour())
        await say(other, type="set", seq=1, values={HUE: 0.75})
        await until(lambda: rig.board.value(HUE) == 0.75)
        await task
        await until(lambda: sight.newest("main", (16, 12)) is not None and sight.newest("main", (16, 12))[0, 0, 1] > 190)
        assert sight.statistics().decoded < 300


async def test_without_eyes_a_picture_is_refused_with_the_way_out():
    """A stage whose patch looks at nothing says so."""
    async with open_door() as rig, rig.ws() as ws:
        await hello(ws)
        await ws.send(message(jpeg((1, 2, 3))))
        assert "unknown_stream" == (await told(ws, "error"))["code"]
