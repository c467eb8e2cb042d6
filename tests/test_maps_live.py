"""Learned maps on a real stage, in a process of its own, by OSC over a real socket."""

import json
import signal
import time

from pythonosc.udp_client import SimpleUDPClient
from stage_rig import RealStage

from livegen import places
from livegen.replaying import Player, inline
from livegen.wire.take import read as read_take

MAP, WEIGHTS = "/livegen/map", "/livegen/main/presets/weights"
CUES = ("silk", "ink", "malachite", "lotus", "aurora", "ember")


def gesture(folder):
    """The shipped patch with its examples, small enough for a machine that has other things to do."""
    shipped = places.shipped("patches")
    patch = folder / "gesture.toml"
    patch.write_text(
        (shipped / "gesture.toml").read_text(encoding="utf8").replace("[512, 512]", "[64, 64]"),
        encoding="utf8",
    )
    (folder / "gesture.map.jsonl").write_bytes((shipped / "gesture.map.jsonl").read_bytes())
    return patch


def leading(stage):
    weights = [stage.value(f"{WEIGHTS}/{i}") for i in range(len(CUES))]
    return CUES[weights.index(max(weights))] if max(weights) > 0.8 else ""


def test_the_shipped_gesture_plays_at_once_is_taught_on_and_survives_a_kill(tmp_path):
    """Its examples are learned as it starts; one more look is shown, kept as text, and still there after kill -9;
    the take that was recorded meanwhile replays to the bit."""
    take = tmp_path / "a.take"
    stage = RealStage(tmp_path, "--record", str(take), patch=gesture(tmp_path)).start()
    try:
        stage.running()
        osc = SimpleUDPClient("127.0.0.1", stage.port)
        assert "13 examples" in stage.until(
            lambda: "learned" in (said := stage.value(f"{MAP}/state")) and said
        )
        for place, cue in (((0.15, 0.2), "silk"), ((0.85, 0.8), "lotus"), ((0.5, 0.12), "ink")):
            osc.send_message("/pad", list(place))
            stage.until(lambda cue=cue: leading(stage) == cue, what=f"{cue} is played")
        osc.send_message(f"{MAP}/stopRunning", [])
        osc.send_message("/livegen/main/presets/load", ["ember", 0.0])
        osc.send_message("/pad", [0.5, 0.5])
        stage.until(lambda: stage.value("/livegen/main/presets/current") == "ember")
        osc.send_message(f"{MAP}/deleteExample", 13)
        osc.send_message(f"{MAP}/add", [])
        file = tmp_path / "gesture.map.jsonl"
        stage.until(
            lambda: (
                json.loads(file.read_text(encoding="utf8").splitlines()[-1])["out"]["main/presets/weights"]
                == {"ember": 1.0}
            )
        )
        osc.send_message(f"{MAP}/startRunning", [])
        stage.until(lambda: leading(stage) == "ember", what="what was shown last is played")
        time.sleep(1.5)  # where it stands is kept once a second
        stage.stop(signal.SIGKILL)
        stage.words = ()
        stage.start().running()
        osc = SimpleUDPClient("127.0.0.1", stage.port)
        osc.send_message("/pad", [0.5, 0.5])
        stage.until(lambda: leading(stage) == "ember", what="it is still known after a kill")
    finally:
        stage.stop()
    player = Player(read_take(take), inline())
    shots = [shot for shots in player.play() for shot in shots]
    assert shots and not [shot for shot in shots if shot.same is False]
    assert any(
        "/livegen/map/model" == event.message.address
        for tick in player.take.ticks
        for event in tick.events
        if hasattr(event, "message")
    )
    player.close()
