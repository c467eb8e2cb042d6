"""A show played by hand and recorded as a take: the real board, instruments, loop and painter, and a clock that one moves."""

import json
import time

import numpy as np

from livegen.engine.loop import Engine
from livegen.engine.renderer import InlineRenderer, built
from livegen.ensemble import Ensemble
from livegen.errors import LivegenError
from livegen.mapping.moments import moment_of, written
from livegen.message import Message
from livegen.moment import moment
from livegen.patch import loads
from livegen.recording import Recorder, beginning, edited
from livegen.speaking import Speech
from livegen.streams.hub import Hub
from livegen.testing import ManualClock

PATCH = """
title = "taken"
fps = 25
size = [48, 32]
seed = 5
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
walk = 0.6
[generators.main.motion]
kind = "walk"
[[cues]]
name = "one"
seed = 1
seconds = 0.4
params = { look = "silk", zoom = 1.5 }
[[cues]]
name = "two"
seed = 2
seconds = 0.7
params = { look = "ember" }
[[cues]]
name = "three"
seed = 9
[tempo]
bpm = 130
[lfos.slow]
period = 3.0
[lfos.beat]
shape = "triangle"
beats = 2
depth = 0.8
[[modulate]]
from = "lfo/beat"
to = "/livegen/main/params/zoom"
depth = 0.2
[[modulate]]
from = "/wheel"
to = "/livegen/main/z/2"
[[routes]]
from = "/pad"
to = "/livegen/main/randomize"
quantum = "beat"
[[routes]]
from = "/live"
to = "/livegen/main/params/hue"
quantum = "bar"
[[routes]]
from = "tempo/bar"
to = "/livegen/main/presets/load"
send = ["three"]
[[routes]]
from = "lfo/slow"
to = "/livegen/main/params/hue"
[[routes]]
from = "/fader"
to = "/livegen/main/params/zoom"
smooth = { slew = 0.2 }
[[routes]]
from = "/livegen/status/fps"
to = "/livegen/main/params/twist"
in = [0, 60]
"""


class WholeMicroseconds(ManualClock):
    """As the machine's own clock counts."""

    def now(self):
        return round(self.time * 1_000_000) / 1_000_000


class Played:
    """A show under the hand."""

    def __init__(self, path, text=PATCH, renderer=None, later=False):
        """``later``: nothing is recorded before ``record``."""
        self.clock = WholeMicroseconds(1000.0)
        self.ensemble = Ensemble(loads(text, "taken.toml"))
        self.frames, self.painted = [], []
        self.recorder = Recorder(path, lambda: edited(self.ensemble))
        self.speech = Speech(
            Hub(self.clock), prefix=self.ensemble.prefix, echo=self.ensemble.board.echo, say=lambda said: None,
            listens=lambda address: address in self.ensemble.cast.overheard,
        )  # fmt: skip
        self.recording = not later
        if not later:
            self.recorder.begin(beginning(self.ensemble, self.clock.now()))
            self.ensemble.measured = self.recorder.measured
        self.renderer = renderer or InlineRenderer(built(self.ensemble.cast.specs(), "cpu"))
        self.engine = Engine(
            board=self.ensemble.board, clock=self.clock, voices=self.ensemble.voices(), renderer=self.renderer,
            publish=self.ensemble.seeing.watched(self._publish), fps=25, fallback=self.ensemble.fallback(),
            before=self.ensemble.before, journal=None if later else self.recorder,
        )  # fmt: skip

    def _publish(self, frame):
        self.speech.offer(frame)
        if not frame.held:
            self.frames.append((frame.stream, frame.at, frame.pixels.copy()))
            self.painted.append((frame.stream, frame.at, frame.painted.copy()))

    def record(self):
        """From the next tick on."""

        def begin(tracks):
            said = json.loads(json.dumps(moment(self.ensemble, tracks, self.speech)))
            self.recorder.begin(beginning(self.ensemble, self.clock.now(), moment=said))
            self.ensemble.measured, self.recording = self.recorder.measured, True
            self.frames.clear()
            self.painted.clear()
            return self.recorder

        self.engine.keep(begin)

    def tell(self, address, *args, origin="osc"):
        """A message as a door brings it; what is refused is refused."""
        message = Message(address, args, self.clock.now(), origin)
        try:
            if not self.recording:
                self.ensemble.apply(message)
                return True
            self.recorder.apply(message, self.ensemble.apply, self.ensemble.heeds)
        except LivegenError:
            return False
        return True

    def tick(self, count=1):
        for _ in range(count):
            self.clock.jump(0.04)
            self.engine.tick()
            while self.recorder._pictures > 4 and not self.recorder.problem:
                time.sleep(0.001)  # no show is as fast as this one: every picture is to be summed

    def perform(self, draw, ticks=150):
        """Faders, cues, seeds, nonsense and edits of the latent, at moments that ``draw`` chooses."""
        acts = (
            lambda: self.tell("/livegen/main/presets/load", str(draw.choice(["one", "two", "three"])), float(draw.uniform(0, 1))),
            lambda: self.tell("/livegen/main/presets/load", int(draw.integers(1, 4))),
            lambda: self.tell("/fader", float(draw.uniform(0, 1))),
            lambda: self.tell("/livegen/main/randomize", origin=f"ws {draw.integers(3)}"),
            lambda: self.tell("/livegen/main/seed", int(draw.integers(0, 99))),
            lambda: self.tell(f"/livegen/main/z/{draw.integers(8)}", float(draw.normal())),
            lambda: self.tell("/livegen/main/xy", float(draw.uniform()), float(draw.uniform())),
            lambda: self.tell("/livegen/main/tour", bool(draw.integers(2))),
            lambda: self.tell("/livegen/main/freeze", int(draw.integers(2))),
            lambda: self.tell("/livegen/main/params/speed", float(np.float32(draw.uniform(0, 2)))),
            lambda: self.tell("/livegen/main/presets/save", f"cue {draw.integers(3)}"),
            lambda: self.tell(f"/livegen/cues/{draw.choice(['go', 'back', 'go', 'stay'])}"),
            lambda: self.tell("/livegen/cues/load", int(draw.integers(1, 5)), str(draw.choice(["exp", "linear"])), "end", float(draw.uniform(0, 1))),
            lambda: self.tell("/livegen/cues/follow", str(draw.choice(["one", "two"])), float(draw.uniform(-0.3, 0.6))),
            lambda: self.tell("/livegen/cues/move", str(draw.choice(["one", "two", "cue 1"])), int(draw.integers(1, 5))),
            lambda: self.tell("/livegen/cues/loop", bool(draw.integers(2))),
            lambda: self.tell("/livegen/main/presets/rename", f"cue {draw.integers(3)}", f"cue {draw.integers(3)}"),
            lambda: self.tell("/livegen/main/presets/place", str(draw.choice(["one", "two"])), float(draw.uniform()), float(draw.uniform())),
            lambda: self.tell("/livegen/main/presets/plane", str(draw.choice(["natural", "distance"]))),
            lambda: self.tell("/livegen/cues/delete", "cue 2"),
            lambda: self.tell("/livegen/nobody", 1),
            lambda: self.tell("/livegen/main/params/zoom", float("nan")),
            lambda: self.tell("/livegen/tempo/tap"),
            lambda: self.tell(f"/livegen/tempo/{draw.choice(['start', 'stop', 'downbeat'])}"),
            lambda: self.tell("/livegen/tempo/bpm", float(draw.uniform(60, 180))),
            lambda: self.tell("/livegen/tempo/source", str(draw.choice(["own", "own", "midi", "link"]))),
            lambda: self.tell("/livegen/tempo/latency", float(draw.uniform(20, 200))),
            lambda: self.tell("/livegen/tempo/running", True),
            lambda: self.tell("/midi/clock"),
            lambda: self.tell("/midi/clock"),
            lambda: self.tell("/midi/start"),
            lambda: self.tell("/link/state", 125.0, float(draw.uniform(0, 64)), 1, 0),
            lambda: self.tell("/wheel", float(draw.uniform(0, 1))),
            lambda: self.tell("/livegen/lfo/beat/shape", str(draw.choice(["saw", "sine", "random"]))),
            lambda: self.tell("/livegen/lfo/beat/beats/normalized", float(draw.uniform(0, 1))),
            lambda: self.tell("/livegen/lfo/beat/sync"),
            lambda: self.tell("/livegen/lfo/slow/period", float(draw.uniform(0.5, 4))),
            lambda: self.tell(f"/livegen/lfo/{draw.choice(['beat', 'slow'])}/phase", float(draw.uniform(0, 1))),
            lambda: self.tell("/livegen/lfo/beat/depth", float(draw.uniform(0, 1))),
            lambda: self.tell("/livegen/main/params/zoom/depth", float(draw.uniform(-0.4, 0.4))),
            self.look_back,
            lambda: self.tell(f"/livegen/main/past/{draw.choice(['leave', 'play', 'keep'])}", *(["cue 1"] if draw.integers(2) else [])),
            lambda: self.tell("/pad"),
            lambda: self.tell("/live", float(draw.uniform(0, 1))),
            lambda: self.ensemble.board.echo({"/livegen/status/fps": float(draw.uniform(20, 30))}),
        )
        for _ in range(ticks):
            self.clock.jump(float(draw.uniform(0.001, 0.02)))
            for _ in range(int(draw.integers(0, 4))):
                acts[int(draw.integers(len(acts)))]()
                self.clock.jump(0.000_1)
            self.tick()

    def look_back(self):
        """As whoever remembers the past answers: at where it stands now, half a second later."""
        player = self.ensemble.cast.instruments["main"]
        if (here := moment_of(player)) is not None:
            self.tell("/livegen/main/past/look", -0.5)
            self.tell("/livegen/main/past/stand", written(here, 0.5, timed=True))

    def close(self):
        self.recorder.close()
        return self.recorder.path
