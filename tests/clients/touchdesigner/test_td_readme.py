"""The README's recipe by hand is played as it is printed."""

import re
import time

from small_stage import HUE, SmallStage
from td_world import CLIENT, World, real_sockets

from livegen.client import BlockingClient
from livegen.ensemble import Ensemble
from livegen.opening import find
from livegen.patch import load

README = (CLIENT / "README.md").read_text(encoding="utf-8")
BLOCKS = [re.sub(r"(?m)^   ", "", block) for block in re.findall(r"```python\n(.*?)```", README, re.S)]


def block(word):
    (found,) = [text for text in BLOCKS if word in text]
    return found


def test_the_recipe_by_hand_shows_the_picture():
    """A WebSocket DAT and a Script TOP with the printed callbacks: pictures come, in colour and upright."""
    world = real_sockets(World())
    socket, top = world.root.create("websocketDAT", "websocket1"), world.root.create("scriptTOP", "script1")
    world.root.op(socket.par.callbacks.eval()).text = block("def onReceiveBinary")
    world.root.op(top.par.callbacks.eval()).text = block("def onCook")
    with SmallStage() as stage:
        socket.par.netaddress, socket.par.port = "127.0.0.1", stage.port
        socket.par.active = True
        with BlockingClient(stage.url) as player:
            player.set({HUE: 1.0})
            end = time.perf_counter() + 10
            while top.uploads < 20:
                assert time.perf_counter() < end
                world.frame()
                time.sleep(1 / 120)
        socket.par.active = False
    assert top.picture[-4, 32, 0] > 240
    assert top.picture[4, 32, :3].max() < 12


def test_the_textport_lines_build_the_component():
    """What is typed into the Textport is what builds it, apart from the folder."""
    world = World()
    typed = block("build(op('/project1')").replace("C:/path/to/livegen/clients/touchdesigner", str(CLIENT))
    scope = world.builtins(world.root) | {"op": lambda path: world.root, "open": open}
    exec(typed, scope)
    assert "livegen" in world.root.children


def test_the_scripted_lines_are_taken():
    """Every line of the scripting chapter runs."""
    world = World()
    comp = world.build()
    exec(block("gen = op('livegen')"), {"op": {"livegen": comp}.get})
    assert {"/livegen/main/params/hue", "/livegen/main/z/0", "/livegen/other/params/hue"} <= set(comp.extension.link._pending)


def test_the_osc_lines_name_addresses_that_exist():
    """The OSC Out DAT recipe speaks of rows that a patch has."""
    sent = []
    dat = type("OscOut", (), {"sendOSC": lambda self, address, values: sent.append((address, values))})()
    exec(block("sendOSC('/livegen/main/z'"), {"op": {"oscout1": dat}.get})
    assert [
        "/livegen/main/params/hue", "/livegen/main/z", "/livegen/main/randomize", "/livegen/main/presets/load",
        "/livegen/main/explore/next", "/livegen/main/explore/pick",
    ] == [address for address, _ in sent]  # fmt: skip
    assert {address for address, _ in sent} <= Ensemble(load(find("hello"))).board.params.keys()
