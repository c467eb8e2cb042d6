"""A performance with everything in it, recorded, proven and filmed: ``python tests/performance.py --seconds 300``.

A real stage hears OSC over a real socket for as long as is wanted: faders, cues with times and quanta, seeds, walks,
oscillators that are turned, looks back, a map that is taught and then played, taps at one tempo and another. In the middle its worker is killed. Then the take is
painted again: at the show's own size, where every picture has to be the one that was shown, and at twice the size.
What was filmed live lies beside it, to be watched.
"""

import argparse
import contextlib
import io
import math
import os
import random
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path

import av
import numpy as np
import psutil
from pythonosc.udp_client import SimpleUDPClient
from stage_rig import RealStage

from livegen.rendering import render
from livegen.streams.film import times
from livegen.wire.take import Failed, Heard, read

PATCH = """
title = "performance"
fps = 30
size = [{width}, {height}]
seed = 7
[tempo]
bpm = 110
[generators.main]
kind = "cppn"
latent = 12
[generators.main.motion]
kind = "walk"
[generators.main.params]
walk = 0.5
[[cues]]
name = "silk"
seed = 1
seconds = 2.0
params = {{ look = "silk", zoom = 1.0 }}
[[cues]]
name = "ember"
seed = 2
seconds = 3.0
quantum = "beat"
params = {{ look = "ember", zoom = 1.6 }}
[[cues]]
name = "ink"
seed = 5
seconds = 1.0
quantum = "bar"
params = {{ look = "ink", symmetry = 0.5 }}
[[cues]]
name = "lotus"
seed = 9
params = {{ look = "lotus" }}
[lfos.breath]
beats = 4
[[routes]]
from = "/fader"
to = "main/params/twist"
smooth = {{ slew = 0.3 }}
[[routes]]
from = "lfo/breath"
to = "main/params/light"
out = [-0.15, 0.15]
[[modulate]]
from = "lfo/breath"
to = "main/params/zoom"
depth = 0.05
"""
MAP, MAIN, TEMPO = "/livegen/map", "/livegen/main", "/livegen/tempo"
CUES = ("silk", "ember", "ink", "lotus")
LOOKS = ((0.1, 0.1, -0.4), (0.9, 0.1, 0.0), (0.5, 0.5, 0.2), (0.1, 0.9, 0.4), (0.9, 0.9, -0.2))
"""Where the hand is while the map is taught, and the hue that is shown there."""
SAMPLE = 1 / 30


class Performer:
    """Plays a stage by OSC, every thing at its second."""

    def __init__(self, stage, seconds):
        self.stage, self.seconds, self.draw = stage, seconds, random.Random(11)
        self.osc, self.sent = SimpleUDPClient("127.0.0.1", stage.port), Counter()
        self.killed = 0

    def say(self, address, *args):
        self.osc.send_message(address, list(args))
        self.sent[address] += 1

    def play(self):
        """The whole of it, in real time."""
        share = self.seconds / 100
        marks = [
            *((share * (2 + i), lambda look=look: self.show(*look)) for i, look in enumerate(LOOKS)),
            (share * 8, self.learn), (share * 30, lambda: self.say(f"{MAP}/startRunning")), (share * 50, self.kill),
            (share * 80, lambda: self.say(f"{TEMPO}/bpm", 84.0)),
            *((at, lambda: self.say(f"{TEMPO}/tap")) for at in self.taps(share)),
            *((share * at, lambda: self.say("/livegen/cues/go")) for at in (12, 41, 58, 77)),
            *self.changes(share),
        ]  # fmt: skip
        marks.sort(key=lambda mark: mark[0])
        began, number = time.monotonic(), 0
        while (now := time.monotonic() - began) < self.seconds:
            while marks and marks[0][0] <= now:
                marks.pop(0)[1]()
            self.hands(now)
            number += 1
            time.sleep(max(0.0, began + number * SAMPLE - time.monotonic()))

    def taps(self, share):
        """Four at 120 beats a minute, and later four at 96."""
        return [share * 20 + i * 0.5 for i in range(4)] + [share * 60 + i * 60 / 96 for i in range(4)]

    def changes(self, share):
        """A cue, a seed, a place, a freeze, again and again; many of them in the middle of the one before."""
        at = 1.0
        acts = (self.cue, self.cue, self.seed, self.place, self.pull, self.hold, self.turn, self.look_back)
        while at < self.seconds - 1:
            # While a map is taught nothing else may move.
            if not share * 2 < at < share * 8:
                yield at, self.draw.choice(acts)
            at += self.draw.uniform(0.4, 2.4)

    def hands(self, now):
        """What moves all the time: two faders and a pad."""
        share = self.seconds / 100
        if not share * 2 < now < share * 8:
            self.say("/fader", 0.5 + 0.5 * math.sin(now * 0.9))
            self.say("/pad", 0.5 + 0.45 * math.sin(now * 0.7), 0.5 + 0.45 * math.cos(now * 0.53))

    def cue(self):
        self.say(f"{MAIN}/presets/load", self.draw.choice(CUES), self.draw.uniform(0.0, 3.0))

    def seed(self):
        self.say(f"{MAIN}/randomize")

    def place(self):
        self.say(f"{MAIN}/xy", self.draw.random(), self.draw.random())

    def pull(self):
        self.say(f"{MAIN}/z/{self.draw.randrange(12)}", self.draw.gauss(0.0, 1.0))

    def hold(self):
        self.say(f"{MAIN}/params/speed", self.draw.choice([0.0, 0.5, 1.0, 2.0]))

    def turn(self):
        """An oscillator, while it moves the picture."""
        word, value = self.draw.choice([
            ("shape", self.draw.choice(["sine", "saw", "square", "smooth_random"])), ("beats", self.draw.choice([1.0, 3.0, 4.0])),
            ("phase", self.draw.random()), ("depth", self.draw.random()), ("sync", True),
        ])  # fmt: skip
        self.say(f"/livegen/lfo/breath/{word}", value)

    def look_back(self):
        """Into the past, and back to now, or on from there."""
        self.say(f"{MAIN}/past/look", -self.draw.uniform(0.5, 20.0))
        time.sleep(0.3)
        self.say(f"{MAIN}/past/{self.draw.choice(['leave', 'play'])}")

    def show(self, x, y, hue):
        """One example of what the hand is to do."""
        if not self.sent[f"{MAP}/inputs"]:
            self.say(f"{MAP}/inputs", "/pad:0", "/pad:1")
            self.say(f"{MAP}/targets", "main/params/hue")
        self.say("/pad", x, y)
        self.say(f"{MAIN}/params/hue", hue)
        time.sleep(0.1)
        self.say(f"{MAP}/add")

    def learn(self):
        self.say(f"{MAP}/train")

    def kill(self):
        self.killed = self.stage.worker_pid()
        psutil.Process(self.killed).kill()


def performed(folder, seconds, size=(320, 180)):
    """(the take, the film of it, the performer) of a whole performance."""
    take, film = folder / "performance.take", folder / "live.mp4"
    words = ("--record", str(take), "--film", str(film), "--fresh")
    with RealStage(
        folder, *words, patch=PATCH.format(width=size[0], height=size[1]), name="performance.toml"
    ) as stage:
        stage.running()
        performer = Performer(stage, seconds)
        performer.play()
        examples, bpm = stage.value(f"{MAP}/examples"), stage.value(f"{TEMPO}/bpm")
        learned = stage.value(f"{MAP}/state")
    return take, film, {
        "sent": sum(performer.sent.values()), "worker_killed": bool(performer.killed), "examples": examples, "map": learned, "bpm_at_the_end": round(bpm, 1)
    }  # fmt: skip


def painted(take, out, size=""):
    """(exit code, what it said, seconds) of ``livegen render``."""
    asked = argparse.Namespace(
        take=str(take), out=str(out), size=size, fps=None, stream="", sound="", device="", stand_in=False, replace=True
    )
    said, began = io.StringIO(), time.monotonic()
    with contextlib.redirect_stderr(said):
        code = render(asked)
    return code, said.getvalue(), time.monotonic() - began


def alike(one, other):
    """Share of the pictures, of every third, that look the same in both films at the same second: cuts, whose two sides may
    fall on either side of a tick, are all that may differ."""
    theirs = list(small(other))
    times = np.array([at for at, _ in theirs])
    off = [
        np.abs(mine.astype(float) - theirs[int(np.abs(times - at).argmin())][1]).mean()
        for at, mine in islice(small(one), 0, None, 3)
    ]
    return float(np.mean(np.array(off) < 8.0))


def small(path):
    """(seconds, (36, 64, 3) uint8) of every picture of a film."""
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            yield frame.time, frame.reformat(64, 36, "rgb24").to_ndarray()


def proven(folder, seconds, size=(320, 180)):
    """The performance, and everything that can be said of it."""
    path, live, found = performed(folder, seconds, size)
    take = read(path)
    events = Counter(type(event).__name__ for tick in take.ticks for event in tick.events)
    code, said, took = painted(path, folder / "own_size.mkv")
    twice, _, longer = painted(path, folder / "twice.mp4", f"{2 * size[0]}x{2 * size[1]}")
    words = [line for line in said.splitlines() if "to the bit" in line]
    live_times, film_times = list(times(live)), list(times(folder / "twice.mp4"))
    return {
        **found, "seconds": round(take.seconds, 1), "ticks": len(take.ticks), "heard": events[Heard.__name__],
        "failed": events[Failed.__name__], "ended": take.ended, "damaged": take.damaged,
        "megabytes_an_hour": round(path.stat().st_size / take.seconds * 3600 / 1e6, 1),
        "identical": not code, "said": words[0] if words else said, "own_size_times_realtime": round(take.seconds / took, 2),
        "twice_written": not twice, "twice_alike": round(alike(folder / "own_size.mkv", folder / "twice.mp4"), 3), "twice_times_realtime": round(take.seconds / longer, 2),
        "twice_seconds": round(film_times[-1], 1), "live_seconds": round(live_times[-1], 1), "live_pictures": len(live_times),
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument(
        "--keep", type=Path, help="a folder for take and films (default: one that is removed)"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="livegen-performance-") as own:
        folder = arguments.keep or Path(own)
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.setdefault("XDG_STATE_HOME", own)
        found = proven(folder, arguments.seconds)
    for name, value in found.items():
        print(f"{name:26} {value}")
    return 0 if found["identical"] and found["twice_written"] else 1


if __name__ == "__main__":
    sys.exit(main())
