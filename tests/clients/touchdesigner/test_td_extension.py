"""The extension and the callbacks inside the component, played without a server."""

import json

import numpy as np
import pytest
from td_world import World
from test_td_link import WELCOME
from test_td_tree import TREE

from livegen.streams.encode import Recipe, encode
from livegen.wire import packet

PICTURE = np.zeros((16, 24, 4), np.uint8)
PICTURE[:8] = (200, 40, 40, 255)
PICTURE[8:] = (30, 60, 220, 255)
"""Red above blue: whoever turns it upside down is caught."""


class Show:
    """A component that was welcomed, and what it sent."""

    def __init__(self, year=2025):
        self.world = World(year)
        self.comp = self.world.build()
        self.socket = self.comp.op("websocket1")
        self.comp.par.Active = True
        self.frames(10)
        self.world.hear(self.socket, "onConnect")
        self.hear(WELCOME)

    def frames(self, count=1):
        for _ in range(count):
            self.world.frame()

    def hear(self, said):
        self.world.hear(self.socket, "onReceiveText", json.dumps(said))

    def picture(self, codec="jpeg", seq=1, applied=0):
        encoded = encode(PICTURE, Recipe(codec=codec, bottom=codec == "raw"))
        flags = packet.BOTTOM if codec == "raw" else 0
        head = packet.Header(1, packet.CODECS[codec], flags, 3 if codec == "jpeg" else 4, 24, 16, seq, 0.0, 0, applied)
        self.world.hear(self.socket, "onReceiveBinary", head.pack() + bytes(encoded.payload))

    def sent(self, kind=None):
        said = [json.loads(text) for text in self.socket.wire.sent]
        return [message for message in said if kind in (None, message["type"])]

    def values(self):
        return [message["values"] for message in self.sent("set")]


@pytest.fixture(params=[2023, 2025])
def show(request):
    return Show(request.param)


def test_hello_is_the_first_thing_said(show):
    """Who it is, what it wants, and that it will acknowledge."""
    said = show.sent()[0]
    assert ("hello", "touchdesigner", ["main"], True) == (
        said["type"], said["client"], said["generators"], said["ack"],
    )  # fmt: skip


@pytest.mark.parametrize("codec", ["jpeg", "raw"])
def test_a_picture_arrives_upright(show, codec):
    """Red stays above blue on the way through the Script TOP, whose row 0 is the bottom."""
    show.picture(codec)
    show.frames(1)
    top = show.comp.op("frame").picture
    assert (16, 24) == top.shape[:2]
    assert top[-1, 12, 0] > 150 > 100 > top[-1, 12, 2]
    assert top[0, 12, 2] > 150 > 100 > top[0, 12, 0]


def test_at_most_one_upload_per_frame(show):
    """Five pictures within one TouchDesigner frame: far fewer uploads, the newest is shown, the rest counted."""
    for seq in range(1, 6):
        show.picture(seq=seq)
    before = show.comp.op("frame").uploads
    show.frames(1)
    assert show.comp.op("frame").uploads - before <= 1
    show.frames(1)
    assert 5 == show.sent("ack")[-1]["seq"]
    assert show.comp.op("frame").uploads <= 2
    show.frames(20)
    show.comp.extension._show(show.comp.extension._now())
    assert show.comp.par.Dropped.eval() >= 3


def test_nothing_is_decoded_while_the_output_is_unused():
    """2025 builds cook on demand: an unused output uploads nothing and acknowledges nothing."""
    show = Show(2025)
    show.world.used = False
    show.picture()
    show.frames(3)
    assert 0 == show.comp.op("frame").uploads
    assert [] == show.sent("ack")


def test_a_picture_that_cannot_be_opened_is_said_on_the_node(show):
    """Rubbish in a JPEG frame: an error in words, and the picture before stays."""
    show.picture(seq=1)
    show.frames(1)
    before = show.comp.op("frame").picture
    head = packet.Header(1, packet.JPEG, 0, 3, 24, 16, 2)
    show.world.hear(show.socket, "onReceiveBinary", head.pack() + b"not a jpeg")
    show.frames(1)
    assert "could not open" in show.comp.extension.link.error
    assert before is show.comp.op("frame").picture


def test_parameters_appear_from_the_tree_and_play(show):
    """Sync Parameters builds the Model page; turning one of them sends its address once."""
    show.comp.extension._sync(TREE, "")
    show.frames(2)
    assert [] == show.values()
    assert (0.0, 4.0) == (show.comp.par.Walkspeed.min, show.comp.par.Walkspeed.max)
    assert ["ink", "neon"] == show.comp.par.Palette.menuNames
    show.comp.par.Hue, show.comp.par.Mirror, show.comp.par.Centre2 = 0.75, False, -0.5
    show.frames(1)
    assert [{
        "/livegen/main/params/hue": 0.75, "/livegen/main/params/mirror": False,
        "/livegen/main/params/centre": [0.1, -0.5],
    }] == show.values()  # fmt: skip


def test_a_synced_trigger_is_a_pulse(show):
    """A trigger parameter of the model fires when pressed."""
    show.comp.extension._sync(TREE, "")
    show.comp.par.Bang.pulse()
    show.frames(1)
    assert [{"/livegen/main/params/bang": True}] == show.values()


def test_a_second_sync_keeps_the_performers_values(show):
    """The server's value does not overwrite what was turned meanwhile."""
    show.comp.extension._sync(TREE, "")
    show.frames(1)
    show.comp.par.Hue = 0.9
    show.comp.extension._sync(TREE, "")
    assert 0.9 == show.comp.par.Hue.eval()


def test_a_saved_component_knows_its_addresses_again(show):
    """The rows live in the component's storage: a new extension plays them without another sync."""
    show.comp.extension._sync(TREE, "")
    show.frames(1)
    fresh = type(show.comp.extension.page)(show.comp)
    assert "/livegen/main/params/hue" == fresh.row_of("Hue").address


def test_what_others_change_is_shown_and_not_sent_back(show):
    """Follow: a value pushed by livegen moves the parameter and stays silent."""
    show.comp.extension._sync(TREE, "")
    show.frames(1)
    show.hear({"type": "param", "values": {"/livegen/main/params/hue": 0.42, "/livegen/main/seed": 3}})
    show.frames(2)
    assert 0.42 == show.comp.par.Hue.eval()
    assert [] == show.values()


def test_scripting_plays_the_whole_namespace(show):
    """The promoted methods, each as the message it means."""
    comp = show.comp
    comp.Set("hue", 0.1)
    comp.Set({"z/0": 1.5, "/livegen/panic/hold": True})
    comp.SetLatent([0.5, 0.25])
    comp.Seed(12)
    comp.Freeze()
    show.frames(1)
    assert [{
        "/livegen/main/params/hue": 0.1, "/livegen/main/z/0": 1.5, "/livegen/panic/hold": True,
        "/livegen/main/z": [0.5, 0.25], "/livegen/main/seed": 12, "/livegen/main/freeze": True,
    }] == show.values()  # fmt: skip
    for play in (
        comp.Randomize, comp.Reset, lambda: comp.Recall("dusk", 4), lambda: comp.Store("dawn"),
        lambda: comp.Delete("noon"), lambda: comp.Morph("a", "b", 0.3), lambda: comp.Panic("safe"),
        lambda: comp.Feed("Once"), lambda: comp.Generate(5), comp.Vary, lambda: comp.Pick(3), lambda: comp.Pick(3, 2),
        comp.Unpick, lambda: comp.Keep(3, "moss"),
    ):  # fmt: skip
        play()
    assert [
        {"/livegen/main/randomize": True}, {"/livegen/main/reset": True}, {"/livegen/main/presets/load": ["dusk", 4.0]},
        {"/livegen/main/presets/save": ["dawn"]}, {"/livegen/main/presets/delete": ["noon"]},
        {"/livegen/main/presets/morph": ["a", "b", 0.3]}, {"/livegen/panic/safe": True},
        {"/livegen/main/text/feed": ["Once"]}, {"/livegen/main/text/generate": [5]},
        {"/livegen/main/explore/next": True}, {"/livegen/main/explore/pick": [3]},
        {"/livegen/main/explore/pick": [3, 2.0]}, {"/livegen/main/explore/back": True},
        {"/livegen/main/explore/keep": [3, "moss"]},
    ] == show.values()[1:]  # fmt: skip


def test_the_node_itself_plays_without_a_script(show):
    """Seed, xy, recall and panic are on the pages."""
    comp = show.comp
    comp.par.Xy1, comp.par.Preset, comp.par.Glide = 0.25, "dusk", 3
    comp.par.Recallpreset.pulse()
    comp.par.Black = True
    show.frames(1)
    sent = {key: value for message in show.values() for key, value in message.items()}
    assert {
        "/livegen/main/xy": [0.25, 0.5], "/livegen/main/presets/load": ["dusk", 3.0], "/livegen/panic/black": True,
    } == sent  # fmt: skip


def test_a_chop_plays_the_latent(show):
    """Many channels: the newest sample of each. One channel: its samples. Sent only when it changed."""
    show.comp.op("in1").array = np.array([[9, 1.0], [9, 2.0]], np.float32)
    show.frames(3)
    show.comp.op("in1").array = np.array([[1.0, 2.0, 3.0]], np.float32)
    show.frames(1)
    show.comp.par.Latentstart = 4
    show.comp.op("in1").array = np.array([[7.0, 8.0]], np.float32)
    show.frames(1)
    assert [
        {"/livegen/main/z": [1.0, 2.0]}, {"/livegen/main/z": [1.0, 2.0, 3.0]}, {"/livegen/main/z/from": [4, 7.0, 8.0]},
    ] == show.values()  # fmt: skip


def test_non_numbers_are_refused_before_they_are_sent(show):
    """Set with an infinity: a sentence on the node, nothing on the wire."""
    show.comp.Set("hue", float("inf"))
    show.frames(1)
    assert [] == show.values()
    assert "finite" in show.comp.extension.link.error


def test_callbacks_are_called_with_one_dict(show):
    """Created by a pulse, each gets info with ownerComp; an exception is shown and the show goes on."""
    show.comp.par.Createcallbacks.pulse()
    show.frames(1)
    dat = show.world.root.op("livegen_callbacks")
    assert dat is show.comp.par.Callbacksdat.eval()
    dat.text = "seen = []\ndef onFrame(info):\n    seen.append(info)\ndef onStatus(info):\n    1 / 0\n"
    show.picture(seq=4)
    show.frames(1)
    info = dat.module.seen[0]
    assert (show.comp, 4, 24) == (info["ownerComp"], info["seq"], info["width"])
    show.hear({"type": "status", "state": "running", "fps": 30})
    assert "ZeroDivisionError in onStatus" in show.comp.scriptErrors[0]
    assert show.comp.extension.link.connected


def test_the_status_is_on_the_node_and_in_the_chop(show):
    """State, counts and the server's own figures, as parameters and as channels."""
    show.picture()
    show.hear({"type": "status", "fps": 29.5, "latency_ms": {"p50": 41.0, "p95": 60.0}})
    show.frames(1)
    show.comp.extension._show(show.comp.extension._now())
    show.frames(1)
    assert ("running", 1) == (show.comp.par.Status.eval(), show.comp.par.Frame.eval())
    channels = {name: chan[0] for name, chan in show.comp.op("status").channels.items()}
    assert (1.0, 29.5, 41.0) == (channels["connected"], channels["server_fps"], channels["server_latency_ms"])


def test_text_fills_the_table_and_the_running_string(show):
    """One row per token under the header, bounded; the text operator holds the whole."""
    for number in range(130):
        show.hear({"type": "text", "stream": 0, "seq": number, "delta": "a", "done": number == 129})
    table = show.comp.op("text_table")
    assert 101 == table.numRows
    assert ["seq", "time", "generator", "delta", "text", "done"] == table.rows[0]
    assert ["129", "main", "a", "1"] == [table.rows[-1][i] for i in (0, 2, 3, 5)]
    assert "a" * 130 == show.comp.op("text").text
    show.comp.ClearText()
    assert 1 == table.numRows


def test_a_drawing_is_begun_by_hand_and_read_as_points(show):
    """Steps go out flat; what comes back adds up."""
    show.comp.Draw([(0.25, 0, 0), (0, 0.5, 1)])
    show.frames(1)
    assert [0.25, 0.0, 0.0, 0.0, 0.5, 1.0] == show.sent("set")[-1]["values"]["/livegen/main/stroke/feed"]
    for index, pen in enumerate(("down", "end")):
        show.hear({"type": "stroke", "stream": 0, "seq": index, "dx": 0.5, "dy": 0.25, "pen": pen, "index": index})
    assert [(0.5, 0.25, False), (1.0, 0.5, True)] == show.comp.Points()


def test_a_lost_connection_is_retried_after_half_a_second_of_frames(show):
    """The wait is counted in TouchDesigner frames, then the WebSocket DAT is switched on again."""
    show.world.hear(show.socket, "onDisconnect")
    assert show.socket.par.active.eval() is False
    show.frames(28)
    assert show.socket.par.active.eval() is False
    show.frames(3)
    assert show.socket.par.active.eval() is True


def test_a_retry_finds_the_extension_that_replaced_the_old_one(show):
    """Re-initialised while a wait is running: the new one connects once, the old one stays quiet."""
    old = show.comp.extension
    show.world.hear(show.socket, "onDisconnect")
    show.comp.par.reinitextensions.pulse()
    assert old is not show.comp.extension
    show.frames(60)
    assert "connecting" == show.comp.extension.link.state
    assert old.link._deadline is None


def test_a_ping_is_answered(show):
    """The pong goes back with the same bytes: it is what keeps the connection."""
    show.world.hear(show.socket, "onReceivePing", b"1234")
    assert [b"1234"] == show.world.pongs


def test_another_address_is_dialled_at_once(show):
    """Typing a new port reconnects; what the WebSocket DAT is told is what was typed."""
    show.comp.par.Port = 9999
    show.frames(10)
    assert 9999 == show.socket.par.port.eval()
    assert show.socket.par.active.eval() is True


def test_picture_settings_change_on_the_living_connection(show):
    """Max FPS, size and quality need no reconnect."""
    show.comp.par.Maxfps = 30
    show.frames(1)
    assert {"type": "format", "maxFps": 30, "maxSize": 1280} == show.sent("format")[0]
