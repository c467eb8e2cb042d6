"""livegen.client: both faces against the real web door."""

import asyncio
import json
import threading

import pytest
from small_stage import HUE, MAIN, SEED, SmallStage, Z
from websockets.asyncio.server import serve

from livegen.client import BlockingClient, Client, NotConnected, Wishes
from livegen.client.words import at_websocket
from livegen.marks import DOWN, END, UP, Stroke, Token


@pytest.fixture(scope="module")
def stage():
    with SmallStage(streams=("main", "side")) as running:
        yield running


def upper(seen):
    """The colour of the upper half, as three whole numbers."""
    return seen.pixels[4, 32, :3].astype(int).tolist()


async def test_what_was_set_is_in_the_frame_that_says_so(stage):
    """set returns a number; the first frame with that number shows the value, and the way there was measured."""
    async with Client(stage.url, wishes=Wishes(codec=("raw",))) as client:
        seq = await client.set({HUE: 1.0, Z: [2.0], SEED: 9})
        seen = await client.frame(containing=seq)
        assert [255, 192, 9] == upper(seen)
        assert (64, 48, "raw") == (seen.width, seen.height, seen.codec)
        spread = client.latency()
        assert 1 == spread.count
        assert 0 < spread.p50 < 5000


@pytest.mark.parametrize("codec", ["jpeg", "webp", "png", "raw", "bgra"])
async def test_every_codec_arrives_upright_and_in_colour(stage, codec):
    """Red, green and blue keep their places; the black half is below, also when rows came bottom first."""
    for origin in ("top-left", "bottom-left"):
        async with Client(stage.url, wishes=Wishes(codec=(codec,), origin=origin, quality=95)) as client:
            seen = await client.frame(containing=await client.set({HUE: 1.0, Z: [-3.0], SEED: 200}))
            assert [255, 32, 200] == pytest.approx(upper(seen), abs=12)
            assert [0, 0, 0] == pytest.approx(seen.pixels[-4, 32, :3].astype(int).tolist(), abs=12)
            assert (48, 64, 4) == seen.pixels.shape


async def test_frames_come_newest_first_and_in_order(stage):
    """Numbers only go up, and a slow reader skips rather than lags."""
    async with Client(stage.url) as client:
        seqs = []
        async for seen in client.frames():
            seqs.append(seen.seq)
            await asyncio.sleep(0.05)
            if len(seqs) == 6:
                break
        assert sorted(set(seqs)) == seqs
        assert seqs[-1] - seqs[0] > 8
        assert client.statistics().dropped > 0


async def test_a_stream_that_nobody_reads_costs_nobody_a_connection(stage):
    """A client that only plays and never looks is not taken for dead."""
    async with Client(stage.url) as client:
        await client.frame(stream=1)
        await asyncio.sleep(0.5)
        assert 1 == client.statistics().connections
        assert {0: "main", 1: "side"} == client.streams
        later = await client.frame(stream=1)
        assert later.seq > 20  # the newest one, not one from back then


async def test_wishes_are_met(stage):
    """Only the named stream, smaller, and changed on the living connection."""
    async with Client(stage.url, wishes=Wishes(generators=("side",), max_size=32)) as client:
        seen = await client.frame(stream=1)
        assert (32, 24) == (seen.width, seen.height)
        with pytest.raises(NotConnected):
            await client.frame(stream=0, timeout=0.1)
        await client.format(Wishes(codec=("raw",), max_size=16))
        while seen.codec != "raw":
            seen = await client.frame(stream=1)
        assert 16 == seen.width


async def test_no_pictures_for_who_wants_none(stage):
    """An empty list of generators: a remote control."""
    async with Client(stage.url, wishes=Wishes(generators=())) as client:
        await client.set({HUE: 0.5})
        with pytest.raises(NotConnected, match="no frame"):
            await client.frame(timeout=0.2)
        assert {HUE: 0.5} == await client.get(HUE)


async def test_get_tells_what_is_held(stage):
    """Values by address; an unknown one is missing and said."""
    async with Client(stage.url) as client:
        await client.set({HUE: 0.75})
        assert {HUE: 0.75} == await client.get(HUE, "/livegen/main/params/hu")
        assert "did you mean" in client.error


async def test_who_listens_hears_others_and_not_itself(stage):
    """Changes of another client arrive with their newest value; one's own are never echoed."""
    async with Client(stage.url) as one, Client(stage.url) as two:
        await one.listen(f"{MAIN}/*")
        heard = one.messages("param")
        waiting = asyncio.create_task(anext(heard))
        await one.get(HUE)
        await one.set({SEED: 11})
        await one.get(HUE)
        await two.set({HUE: 0.125})
        said = await asyncio.wait_for(waiting, 20)
        assert {HUE: 0.125} == said["values"]
        await heard.aclose()


async def test_triggers_and_commands_arrive(stage):
    """A trigger once per call, a command with its arguments."""
    before = len(stage.events)
    async with Client(stage.url) as client:
        await client.happen(f"{MAIN}/randomize")
        seq = await client.happen(f"{MAIN}/presets/load", "dusk", 4.0)
        await client.frame(containing=seq)
    events = [(w.address, w.value) for w in stage.events[before:] if not w.address.endswith("/z")]
    assert [(f"{MAIN}/randomize", (True,)), (f"{MAIN}/presets/load", ("dusk", 4.0))] == events


async def test_refusals_are_words(stage):
    """What the stage will not take is an error message with a way out, and the connection stays."""
    async with Client(stage.url) as client:
        errors = client.messages("error")
        waiting = asyncio.create_task(anext(errors))
        await client.get()
        seq = await client.set({"/livegen/main/params/palette": "gold"})
        said = await asyncio.wait_for(waiting, 20)
        assert (seq, "no_choice") == (said["seq"], said["code"])
        assert "one of ink, neon" in client.error
        assert client.connected
        await errors.aclose()


async def test_running_text_is_kept_per_generator(stage):
    """Deltas add up under their generator's name."""
    async with Client(stage.url) as client:
        texts = client.messages("text")
        waiting = asyncio.create_task(anext(texts))
        await client.get()
        stage.say(lambda hub: hub.say(1, Token(text="ab", index=0), seq=1))
        await asyncio.wait_for(waiting, 20)
        assert "ab" == client.text["side"]
        await texts.aclose()


async def test_a_stage_that_is_not_there_is_said_at_once():
    """Nothing listens: an error with the address, within the time allowed."""
    with pytest.raises(NotConnected, match=r"no stage at ws://127\.0\.0\.1:1"):
        async with Client("127.0.0.1:1", timeout=1.0):
            pass


async def test_a_missing_token_is_explained_at_once():
    """A stage that wants a token says so and hangs up: no second try, and its own words as the reason."""
    hellos = []

    async def strict(socket):
        hellos.append(json.loads(await socket.recv()))
        if hellos[-1].get("token") != "secret":
            await socket.send(json.dumps({"type": "error", "code": "token", "message": "no token", "hint": "--token"}))
            return await socket.close(1008)
        await socket.send(json.dumps({"type": "welcome", "streams": [{"id": 0, "name": "main"}]}))
        await socket.wait_closed()

    async with serve(strict, "127.0.0.1", 0) as server:
        url = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(NotConnected, match="no token"):
            await Client(url).open()
        async with Client(url, token="secret") as client:
            assert client.connected
    assert 2 == len(hellos)


async def test_a_restarted_stage_is_found_again():
    """The connection comes back by itself; what was listened to is asked for again; numbers go on."""
    with SmallStage() as first:
        client = await Client(first.url).__aenter__()
        await client.listen(HUE)
        await client.frame()
        port = first.port
    async with asyncio.timeout(20):
        while client.connected:
            await asyncio.sleep(0.01)
    with pytest.raises(NotConnected):
        await client.set({HUE: 0.1})
    with SmallStage(port=port):
        await client.ready(10)
        seen = await client.frame(containing=await client.set({HUE: 0.5}))
        assert 128 == pytest.approx(upper(seen)[0], abs=12)
        assert 2 == client.statistics().connections
        await client.close()


def test_a_script_needs_no_asyncio(stage):
    """The blocking face: set, see, ask, and leave."""
    with BlockingClient(stage.url, wishes=Wishes(codec=("raw",))) as client:
        seen = client.frame(containing=client.set({HUE: 0.0, SEED: 255}))
        assert [0, 255] == [upper(seen)[0], upper(seen)[2]]
        assert {SEED: 255} == client.get(SEED)
        seqs = [seen.seq for seen, _ in zip(client.frames(), range(3), strict=False)]
        assert sorted(seqs) == seqs
        assert client.latency().count >= 1
        client.happen(f"{MAIN}/randomize")


def test_a_script_is_told_when_nobody_is_there():
    """The thread underneath is gone again afterwards."""
    with pytest.raises(NotConnected), BlockingClient("127.0.0.1:1", timeout=0.5):
        pass


def test_addresses_are_taken_as_people_type_them():
    """With or without a scheme, also a page's own address."""
    assert "ws://localhost:9210" == at_websocket("localhost:9210")
    assert "ws://10.0.0.5:9210/" == at_websocket("http://10.0.0.5:9210/")
    assert "wss://stage.example" == at_websocket("https://stage.example")


async def test_text_comes_piece_by_piece_and_ends_with_the_client(stage):
    """One generator's, with its surprise; what came before is in ``text``; another text begins anew."""
    stage.say(lambda hub: hub.say(0, Token(text="once ", index=0), seq=1))
    async with Client(stage.url, wishes=Wishes(generators=())) as client:
        found = []

        async def read():
            async for token in client.tokens("main"):
                found.append(token)

        reading = asyncio.create_task(read())
        await asyncio.sleep(0.05)
        wanted = [Token(text="upon", index=5, probability=0.25, entropy=1.5), Token(text="x", index=0, done=True)]
        for seq, token in enumerate(wanted, 2):
            stage.say(lambda hub, token=token, seq=seq: hub.say(1, Token(text="other", index=3), seq=seq) or hub.say(0, token, seq=seq))
        while len(found) < 2:
            if len(found) == 1:
                assert client.text["main"] in ("once upon", "x")
            await asyncio.sleep(0.01)
        assert (wanted, "x") == (found, client.text["main"])
    await asyncio.wait_for(reading, 20)


def test_strokes_come_step_by_step_to_plain_scripts_too(stage):
    """And the drawing in progress to who comes late."""
    steps = [Stroke(dx=0.5, dy=-0.25, pen=n, index=n) for n in (DOWN, UP, END)]
    stage.say(lambda hub: hub.draw(1, steps[0], seq=1))
    with BlockingClient(stage.url, wishes=Wishes(generators=())) as client:
        assert [(0.5, -0.25, DOWN)] == [(s.dx, s.dy, s.pen) for s in client.drawing["side"]]
        found = client.strokes("side")
        timer = threading.Timer(0.2, lambda: stage.say(lambda hub: [hub.draw(1, step, seq=2) for step in steps[1:]]))
        timer.start()
        assert steps[1:] == [next(found), next(found)]
        assert 3 == len(client.drawing["side"])
