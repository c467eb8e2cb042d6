"""The door as a whole: what it tells everybody, and how it stops."""

import asyncio
import json

import pytest
from door_rig import BIG, hello, open_door, raw, say, shown, stalled, told, until

from livegen.errors import LivegenError
from livegen.web.server import Door, Limits
from livegen.web.stage import StreamInfo
from livegen.wire import packet


async def test_status_reaches_whoever_said_hello():
    """The studio oftener than others, with the cues; an OSCQuery client not at all."""
    figures = {"state": "running", "fps": 30.0}
    async with open_door(health=lambda: figures, cues=lambda: ["dusk"]) as rig, rig.ws() as studio, rig.ws() as query:
        await hello(studio, client="studio", generators=[])
        status = await told(studio, "status")
        assert ("running", ["dusk"]) == (status["state"], status["cues"])
        await told(studio, "status")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await query.recv()


async def test_what_osc_hears_is_shown_to_studios_only():
    """The monitor's feed, at most twenty lines at a time, each once."""
    lines = []

    def heard(since):
        return len(lines), [{"address": line} for line in lines[since:]] if since < len(lines) else []

    async with open_door(heard=heard) as rig, rig.ws() as studio, rig.ws() as sketch:
        await hello(studio, client="studio", generators=[])
        await hello(sketch, client="p5", generators=[])
        await asyncio.sleep(0.05)
        lines.extend(f"/{i}" for i in range(30))
        assert [f"/{i}" for i in range(10, 30)] == [line["address"] for line in (await told(studio, "heard"))["lines"]]
        lines.append("/last")
        assert ["/last"] == [line["address"] for line in (await told(studio, "heard"))["lines"]]
        await say(sketch, type="get", addresses=[])
        kinds = []
        while "values" not in kinds:
            kinds.append(json.loads(await sketch.recv())["type"])
        assert {"status", "values"} >= set(kinds)


async def test_another_patch_welcomes_everybody_again():
    """Streams come and go while clients stay."""
    streams = [StreamInfo(id=0, name="main")]
    async with open_door(streams=lambda: tuple(streams)) as rig, rig.ws() as ws, rig.ws() as hidden:
        await hello(ws)
        await hello(hidden)
        await say(hidden, type="pause")
        await say(hidden, type="get", addresses=[])
        await told(hidden, "values")
        streams.append(StreamInfo(id=1, name="sky"))
        rig.door.refresh()
        assert ["main", "sky"] == [stream["name"] for stream in (await told(ws, "welcome"))["streams"]]
        rig.paint(stream=1)
        assert 1 == packet.unpack(await shown(ws))[0].stream
        await told(hidden, "welcome")
        assert 1 == rig.hub.statistics().delivered


async def test_closing_waits_for_nobody():
    """Eight stalled viewers, and the stage is gone at once (three seconds are promised for the whole of it)."""
    async with open_door() as rig:
        lines = [await stalled(rig.port) for _ in range(8)]
        await until(lambda: rig.hub.statistics().viewers == 8)
        with rig.painting(fps=60, pixels=BIG):
            await until(lambda: all(seat.pending_bytes for seat in rig.hub.statistics().seats))
        async with asyncio.timeout(3):
            await rig.door.close()
        assert ({}, []) == (rig.door.ledger.lines, rig.door.visitors)
        for line in lines:
            line.close()


async def test_a_reading_client_is_told_that_the_stage_stops():
    """1001, so that it knows to come back."""
    async with open_door() as rig, rig.ws() as ws:
        await hello(ws)
        await rig.door.close()
        await ws.wait_closed()
        assert 1001 == ws.close_code


async def test_a_silent_client_is_an_oscquery_client():
    """It gets no pictures and no figures, but is welcome."""
    async with open_door(limits=Limits(hello_timeout=0.05)) as rig, rig.ws() as ws:
        rig.paint()
        await asyncio.sleep(0.2)
        assert (1, 0) == (len(rig.door.visitors), rig.hub.statistics().viewers)
        assert "welcome" == (await hello(ws))["type"]


async def test_a_silent_client_without_the_token_is_let_go(monkeypatch):
    """It had its two seconds (here fewer)."""
    monkeypatch.setattr("livegen.web.origin.is_loopback", lambda peer: False)
    async with open_door(token="s3cret", limits=Limits(hello_timeout=0.05)) as rig:
        line, _ = await raw(rig.port)
        await until(lambda: not rig.door.visitors)
        line.close()


async def test_a_door_can_be_opened_again():
    """As after a change of the port in the patch; the hub serves the new one."""
    async with open_door() as rig:
        await rig.door.close()
        async with Door(rig.door.stage, port=0) as again:
            rig.door = again
            async with rig.ws() as ws:
                await hello(ws)
                rig.paint()
                assert 1 == packet.unpack(await shown(ws))[0].seq


async def test_a_figure_that_fails_does_not_silence_the_rest():
    """Health raises once a second, changes are told all the same."""

    def broken():
        raise LivegenError("no figures")

    async with open_door(health=broken) as rig, rig.ws() as ws:
        await hello(ws)
        await say(ws, type="listen", pattern="*")
        await say(ws, type="get", addresses=[])
        await told(ws, "values")
        await until(lambda: rig.door.statistics().faults > 1)
        rig.board.echo({"/livegen/main/params/hue": 0.25})
        assert {"/livegen/main/params/hue": 0.25} == (await told(ws, "param"))["values"]
