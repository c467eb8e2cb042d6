"""A conversation over a real socket: hello, set, ack, get, listen, format, pause, OSCQuery."""

import asyncio
import io
import json
import threading

import numpy as np
import pytest
from door_rig import HUE, hello, open_door, say, shown, told, until
from PIL import Image

from livegen.marks import Token
from livegen.streams.encode import QUALITY, Recipe
from livegen.streams.seat import SeatLimits, Wants
from livegen.web.server import Limits
from livegen.web.stage import StreamInfo, Usual
from livegen.web.visitor import BURST, SHARE, Allowance, wants_of
from livegen.wire import packet
from livegen.wire.session import Hello, SessionLimits

TWO = lambda: (StreamInfo(id=0, name="main", width=48, height=32, fps=30.0), StreamInfo(id=1, name="sky"))  # noqa: E731


async def test_a_welcome_says_what_there_is():
    """Streams with their numbers and sizes, the codec chosen, the clock, the session and this start."""
    async with open_door(streams=TWO, epoch="e1", version="9.9") as rig, rig.ws() as ws:
        welcome = await hello(ws, codec=["avif", "webp", "jpeg"])
        assert ("livegen 9.9", "e1", "webp") == (welcome["server"], welcome["epoch"], welcome["codec"])
        assert [{"id": 0, "name": "main", "kind": "image", "width": 48, "height": 32, "fps": 30.0}] == welcome["streams"][:1]
        assert welcome["session"].startswith("ws ") and abs(welcome["time"] - rig.clock.now()) < 5


@pytest.mark.parametrize("path", ["/", "/ws", "/?client=td", "/ws?x=1"])
async def test_the_socket_is_at_the_root_and_at_ws(path):
    """TouchDesigner's WebSocket DAT has no field for a path."""
    async with open_door() as rig, rig.ws(path) as ws:
        assert "welcome" == (await hello(ws))["type"]


async def test_a_frame_carries_the_number_of_the_receivers_own_control():
    """Each client reads its own round trip out of the header, not somebody else's."""
    async with open_door() as rig, rig.ws() as one, rig.ws() as two:
        await hello(one)
        await hello(two)
        await say(one, type="set", seq=17, values={HUE: 0.25})
        await say(two, type="set", seq=900, values={HUE: 0.75})
        await until(lambda: rig.board.statistics().applied == 2)
        rig.paint()
        assert [17, 900] == [packet.unpack(await shown(ws))[0].applied for ws in (one, two)]


async def test_values_land_on_the_board_in_their_types():
    """Numbers, lists as tuples, null as a bang, words."""
    async with open_door() as rig, rig.ws() as ws:
        await say(ws, type="set", seq=1, values={
            HUE: 1, "/livegen/main/z": [1, 2.5], "/livegen/main/randomize": None, "/livegen/main/params/look": "silk",
        })  # fmt: skip
        await until(lambda: rig.board.statistics().applied == 4)
        assert (1.0, 2.5) == rig.board.value("/livegen/main/z")[:2]
        assert (1.0, "silk") == (rig.board.value(HUE), rig.board.value("/livegen/main/params/look"))
        assert ["/livegen/main/randomize"] == [w.address for w in rig.board.latch(0.0).writes if w.value == ()]


async def test_a_mistake_is_told_to_its_sender_only_and_the_rest_applies():
    """The good half of a set lands; another client hears nothing of the bad half."""
    async with open_door() as rig, rig.ws() as ws, rig.ws() as other:
        await hello(other)
        await say(ws, type="set", seq=5, values={"/livegen/main/params/hu": 1, HUE: 0.75, "/livegen/main/z": ["x"]})
        first, second = await told(ws, "error"), await told(ws, "error")
        assert ("unmatched", 5, f"did you mean {HUE}?") == (first["code"], first["seq"], first["hint"])
        assert ("not_a_number", 5) == (second["code"], second["seq"])
        assert 0.75 == rig.board.value(HUE)
        await say(other, type="get", addresses=[HUE])
        async with asyncio.timeout(20):
            kinds = []
            while "values" not in kinds:
                kinds.append(json.loads(await other.recv())["type"])
        assert "error" not in kinds


async def test_get_answers_with_what_the_board_holds():
    """Vectors as lists; an unknown address is an error beside the rest."""
    async with open_door() as rig, rig.ws() as ws:
        await say(ws, type="get", addresses=[HUE, "/livegen/main/z", "/nope", f"{HUE}/normalized"])
        assert "unmatched" == (await told(ws, "error"))["code"]
        assert {HUE: 0.5, "/livegen/main/z": [0.0] * 8, f"{HUE}/normalized": 0.5} == (await told(ws, "values"))["values"]


async def test_a_change_is_told_to_listeners_but_never_to_its_setter():
    """No fader fights with oneself."""
    async with open_door() as rig, rig.ws() as one, rig.ws() as two:
        for ws in (one, two):
            await say(ws, type="listen", pattern="/livegen/main/*")
            await say(ws, type="get", addresses=[])
            await told(ws, "values")
        await say(one, type="set", seq=1, values={HUE: 0.25})
        assert {HUE: 0.25} == (await told(two, "param"))["values"]
        await say(two, type="set", seq=1, values={"/livegen/main/z": [1]})
        assert {"/livegen/main/z": [1.0] + [0.0] * 7} == (await told(one, "param"))["values"]


async def test_a_flood_of_changes_is_told_as_the_newest():
    """At most thirty messages a second, whatever moves; the last one is the last value."""
    async with open_door() as rig, rig.ws() as ws:
        await say(ws, type="listen", pattern="*")
        await say(ws, type="get", addresses=[])
        await told(ws, "values")
        pushes = []
        for step in range(500):
            rig.board.echo({HUE: step / 500})
            await asyncio.sleep(0)
        while not pushes or pushes[-1] != 499 / 500:
            pushes.append((await told(ws, "param"))["values"][HUE])
        assert len(pushes) < 100


async def test_pictures_come_as_asked_for():
    """Codec, size, row order and stream number, and another choice while playing."""
    picture = np.zeros((32, 64, 4), np.uint8)
    picture[:16] = (255, 0, 0, 255)
    async with open_door() as rig, rig.ws() as ws:
        await hello(ws, codec=["raw"], origin="bottom-left", maxSize=32)
        rig.paint(picture)
        header, payload = packet.unpack(await shown(ws))
        rows = np.frombuffer(payload, np.uint8).reshape(16, 32, 4)
        assert (packet.RAW, packet.BOTTOM, 4, 32, 16) == (header.codec, header.flags, header.channels, header.width, header.height)
        assert ([0, 255], 1) == ([int(rows[0, 5, 0]), int(rows[-1, 5, 0])], header.seq)
        await say(ws, type="ack", seq=1)
        await say(ws, type="format", codec="png", origin="top-left", maxSize=0)
        header, payload = packet.unpack(await shown(ws))
        assert (packet.PNG, 0, 64, 32) == (header.codec, header.flags, header.width, header.height)
        assert (255, 0, 0, 255) == Image.open(io.BytesIO(payload)).getpixel((5, 5))


async def test_only_the_streams_that_were_asked_for_come():
    """By name; an unknown name is an error that lists the known ones; none at all is no pictures."""
    async with open_door(streams=TWO) as rig, rig.ws() as sky, rig.ws() as none:
        await hello(sky, generators=["sky", "sea"])
        error = await told(sky, "error")
        assert ("unknown_stream", "main, sky") == (error["code"], error["hint"])
        await hello(none, generators=[])
        rig.paint(stream=0)
        rig.paint(stream=1)
        assert 1 == packet.unpack(await shown(sky))[0].stream
        assert [1] == [seat.delivered for seat in rig.hub.statistics().seats]


async def test_an_unknown_codec_gets_jpeg_and_is_told():
    """A picture is better than none, silence is worse than a sentence."""
    async with open_door() as rig, rig.ws() as ws:
        assert "jpeg" == (await hello(ws, codec=["avif"]))["codec"]
        assert "unknown_codec" == (await told(ws, "error"))["code"]
        await say(ws, type="format", codec="heif")
        assert "unknown_codec" == (await told(ws, "error"))["code"]


async def test_two_frames_without_an_answer_and_no_more():
    """Credit over a real socket."""
    async with open_door() as rig, rig.ws() as ws:
        await hello(ws)
        with rig.painting(fps=120):
            seqs = [packet.unpack(await shown(ws))[0].seq for _ in range(2)]
            await asyncio.sleep(0.1)
            assert 2 == rig.hub.statistics().delivered
            await say(ws, type="ack", seq=seqs[-1])
            assert packet.unpack(await shown(ws))[0].seq > seqs[-1] + 5


@pytest.mark.parametrize("said", ['{"type": "ack", "seq": %d}', '{ "stream":0,"seq":%d,"type":"ack" }', '{"type":"ack","seq":%d,"x":[1]}'])
async def test_an_acknowledgement_may_be_written_in_any_way(said):
    """JSON is JSON, in whatever order and with whatever spaces a language writes it."""
    async with open_door() as rig, rig.ws() as ws:
        await hello(ws)
        for _ in range(5):
            painted = rig.paint()
            assert painted.seq == packet.unpack(await shown(ws))[0].seq
            await ws.send(said % painted.seq)
        await until(lambda: rig.hub.statistics().waiting == 0)


@pytest.mark.parametrize(
    ("code", "said"),
    [("bad_number", '{"type":"ack","seq":-1}'), ("bad_message", '{"type":"ack"}'), ("bad_json", '{"type":"ack","seq":}'),
     ("bad_message", '{"type":"ack","seq":"1"}'), ("bad_number", '{"type":"ack","seq":99999999999}')],
)  # fmt: skip
async def test_a_broken_acknowledgement_is_an_error(code, said):
    """The short way is only for whole ones."""
    async with open_door() as rig, rig.ws() as ws:
        await hello(ws)
        await ws.send(said)
        assert code == (await told(ws, "error"))["code"]


async def test_an_acknowledgement_for_no_stream_is_nothing():
    """A client may be a moment behind a change of the patch."""
    async with open_door() as rig, rig.ws() as ws:
        await hello(ws)
        await ws.send('{"type":"ack","seq":1,"stream":77}')
        await say(ws, type="get", addresses=[])
        assert {} == (await told(ws, "values"))["values"]
        assert 0 == rig.door.visitors[0].session.refused


async def test_a_client_that_never_acknowledges_gets_frames_too():
    """TouchDesigner by hand, or a script of six lines."""
    async with open_door() as rig, rig.ws() as ws:
        await hello(ws, ack=False)
        with rig.painting(fps=50):
            seqs = [packet.unpack(await shown(ws))[0].seq for _ in range(20)]
        assert 19 <= seqs[-1] - seqs[0] <= 60


async def test_pause_and_resume():
    """A hidden page costs nothing and sees the newest picture when it is back."""
    async with open_door(seats=SeatLimits(stall=0.15)) as rig, rig.ws() as ws:
        await hello(ws)
        await say(ws, type="pause")
        await say(ws, type="get", addresses=[])
        await told(ws, "values")
        with rig.painting(fps=100):
            await asyncio.sleep(0.4)
        assert (1, 0) == (rig.hub.statistics().viewers, rig.hub.statistics().delivered)
        await say(ws, type="resume")
        assert rig.seq == packet.unpack(await shown(ws))[0].seq


async def test_a_second_hello_starts_over():
    """As after a change of settings in the client; the seats of the first are given back."""
    async with open_door() as rig, rig.ws() as ws:
        await hello(ws, codec=["raw"])
        await hello(ws, codec=["png"])
        rig.paint()
        assert packet.PNG == packet.unpack(await shown(ws))[0].codec
        assert 1 == rig.hub.statistics().viewers


async def test_a_leaving_client_leaves_nothing():
    """Seats, readers, and its numbers on the board."""
    async with open_door() as rig:
        async with rig.ws() as ws:
            await hello(ws)
            await say(ws, type="set", seq=3, values={HUE: 0.1})
            await until(lambda: rig.board.statistics().applied == 1)
            assert {"ws 1": 3} == dict(rig.board.latch(0.0).applied)
        await until(lambda: not rig.door.visitors)
        assert (0, {}) == (rig.hub.statistics().viewers, dict(rig.board.latch(0.0).applied))
        assert [] == rig.hub._readers


async def test_text_and_its_tail_reach_readers():
    """In order for who is there, the end in the welcome for who comes late."""
    async with open_door(streams=TWO) as rig, rig.ws() as ws, rig.ws() as late:
        await hello(ws, generators=[])
        for number, word in enumerate(("once ", "upon ", "a time")):
            rig.hub.say(1, Token(text=word, index=5 * number), seq=number)
        assert ["once ", "upon ", "a time"] == [(await told(ws, "text"))["delta"] for _ in range(3)]
        assert {"sky": "once upon a time"} == (await hello(late))["text"]


async def test_oscquery_listens_over_the_same_socket():
    """LISTEN is answered with OSC packets of what others change; IGNORE ends it."""
    packets = lambda address, value: f"{address}={value}".encode()  # noqa: E731
    async with open_door(osc_packet=packets) as rig, rig.ws() as ws:
        await say(ws, COMMAND="LISTEN", DATA=HUE)
        await until(lambda: HUE in rig.door.visitors[0].session.paths)
        rig.board.echo({HUE: 0.25})
        assert f"{HUE}=0.25".encode() == await shown(ws)
        await say(ws, COMMAND="IGNORE", DATA=HUE)
        await until(lambda: not rig.door.visitors[0].session.paths)
        rig.board.echo({HUE: 0.5})
        rig.door.announce("PATH_CHANGED", HUE)
        async with asyncio.timeout(20):
            assert {"COMMAND": "PATH_CHANGED", "DATA": HUE} == json.loads(await ws.recv())


async def test_oscquery_hears_a_change_at_every_name_it_listens_to():
    """The range of a parameter and a component of a vector are names of their own."""
    from_zero = [f"{HUE}/normalized", "/livegen/main/z/2", "/nobody"]
    packets = lambda address, value: f"{address}={value}".encode()  # noqa: E731
    async with open_door(osc_packet=packets) as rig, rig.ws() as ws:
        for path in from_zero:
            await say(ws, COMMAND="LISTEN", DATA=path)
        await until(lambda: len(rig.door.visitors[0].session.paths) == 3)
        rig.board.echo({HUE: 0.25, "/livegen/main/z": (0, 0, 1.5, 0, 0, 0, 0, 0)})
        assert {f"{from_zero[0]}=0.25", f"{from_zero[1]}=1.5"} == {(await shown(ws)).decode() for _ in range(2)}


async def test_binary_osc_is_handed_to_the_stage():
    """osc.js needs no livegen library: whole packets arrive with this client's name."""
    got = []
    async with open_door(osc_apply=lambda data, peer, at: got.append((data, peer))) as rig, rig.ws() as ws:
        await ws.send(b"/a\x00\x00,\x00\x00\x00")
        await until(lambda: got)
        assert [(b"/a\x00\x00,\x00\x00\x00", "ws 1")] == got


async def test_mistakes_in_a_flood_are_answered_at_a_bounded_rate():
    """And the client is still heard afterwards."""
    async with open_door(limits=Limits(session=SessionLimits(errors=5))) as rig, rig.ws() as ws:
        for _ in range(500):
            await ws.send("nonsense")
        await say(ws, type="get", addresses=[HUE])
        errors = 0
        async with asyncio.timeout(10):
            while (said := json.loads(await ws.recv()))["type"] != "values":
                errors += said["type"] == "error"
        assert 10 <= errors < 40
        assert 500 == rig.door.visitors[0].session.refused


async def test_a_fault_behind_the_door_does_not_end_the_conversation():
    """A bug in the stage is one message lost, told without its insides."""

    def broken(message):
        raise RuntimeError("the password is 12345")

    async with open_door(apply=broken) as rig, rig.ws() as ws:
        await say(ws, type="set", seq=1, values={HUE: 1})
        error = await told(ws, "error")
        assert ("internal", False) == (error["code"], "12345" in json.dumps(error))
        await say(ws, type="get", addresses=[HUE])
        assert {HUE: 0.5} == (await told(ws, "values"))["values"]


@pytest.mark.parametrize(
    ("expected", "asked"),
    [
        ((Wants(recipe=Recipe()), True), Hello()),
        ((Wants(recipe=Recipe(codec="webp", quality=10)), True), Hello(codec="webp", quality=1)),
        ((Wants(recipe=Recipe(quality=100)), True), Hello(quality=65535)),
        ((Wants(recipe=Recipe(codec="raw", quality=QUALITY, bottom=True), max_fps=15, acks=True), True),
         Hello(codec=["x", "raw"], quality=20, origin="bottom-left", max_fps=15, ack=True)),
        ((Wants(recipe=Recipe()), False), Hello(codec=["x"])),
        ((Wants(recipe=Recipe(longest=640)), True), Hello(codec=[], max_size=640.9)),
    ],
)  # fmt: skip
def test_a_hello_becomes_wants(expected, asked):
    """First known codec, bounded quality; quality means nothing to lossless ones, so they share."""
    assert expected == wants_of(asked, Usual())


def test_what_the_patch_says_is_usual_and_the_most():
    """A hello that asks for nothing gets the patch's codec, quality and size; one that asks for more gets no more."""
    patch = Usual(codec="webp", quality=60, longest=800)
    assert Recipe(codec="webp", quality=60, longest=800) == wants_of(Hello(), patch)[0].recipe
    assert Recipe(codec="jpeg", quality=95, longest=800) == wants_of(Hello(codec="jpeg", quality=95, max_size=4000), patch)[0].recipe
    assert 320 == wants_of(Hello(max_size=320), patch)[0].recipe.longest


async def test_when_all_seats_for_pictures_are_taken_the_next_is_told_and_still_plays():
    """The patch says how many; whoever comes later keeps the controls."""
    async with open_door(usual=lambda: Usual(viewers=1)) as rig, rig.ws() as one, rig.ws() as two:
        await hello(one)
        await until(lambda: rig.hub.viewers == 1)
        await say(two, type="hello", client="test", version=1)
        assert "seats_taken" == (await told(two, "error"))["code"]
        await say(two, type="set", seq=1, values={HUE: 0.25})
        await until(lambda: rig.board.value(HUE) == 0.25)
        await one.close()
        await until(lambda: rig.hub.viewers == 0)
        await hello(two)
        assert 1 == rig.hub.viewers


def test_a_client_that_plays_for_an_hour_never_waits():
    """Thirty acknowledgements and sixty sliders a second are no flood, however long they go on."""
    allowance = Allowance()
    assert 0.0 == sum(allowance.spend(n / 90, n / 90 + 0.0005) for n in range(90 * 3600))


def test_a_flood_is_held_to_its_share():
    """Message upon message without a pause: a burst, then no more than the share of the time."""
    allowance, now, worked = Allowance(), 0.0, 0.0
    while now < 10.0:
        wait = allowance.spend(now, now + 0.001)
        worked += 0.001
        now += 0.001 + wait
    assert SHARE * 0.9 * now < worked < SHARE * now + BURST


async def test_a_question_is_answered_beside_the_stream():
    """From whatever thread; a question out of bounds is answered as well, and who leaves is named."""
    gone = []

    def answer(ask, origin, reply):
        threading.Thread(target=reply, args=({"type": "answer", "id": ask.id, "text": f"{origin} {ask.prime}"},)).start()

    async with open_door(ask=answer, hush=gone.append) as rig:
        async with rig.ws() as ws:
            await say(ws, type="ask", id=4, what="text", prime="hello")
            assert {"type": "answer", "id": 4, "text": "ws 1 hello"} == await told(ws, "answer")
            await say(ws, type="ask", id=5, what="text", length=10**9)
            assert (5, "bad_ask") == ((said := await told(ws, "answer"))["id"], said["error"]["code"])
        await until(lambda: gone == ["ws 1"])


async def test_large_answers_wait_for_their_reader():
    """Eight pictures at once are more than a reader's room for text; none is lost."""

    def answer(ask, origin, reply):
        reply({"type": "answer", "id": ask.id, "image": "x" * 200_000})

    async with open_door(ask=answer) as rig, rig.ws() as ws:
        for number in range(8):
            await say(ws, type="ask", id=number, what="image")
        assert list(range(8)) == [(await told(ws, "answer"))["id"] for _ in range(8)]


async def test_a_stage_that_answers_nothing_says_so():
    async with open_door() as rig, rig.ws() as ws:
        await say(ws, type="ask", id=1, what="text")
        assert "no_answers" == (await told(ws, "answer"))["error"]["code"]
