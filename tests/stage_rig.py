"""A real stage in a process of its own, as a person would start it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BUSY = 3
"""How many times longer something takes where other tests run beside."""
TINY = """
title = "tiny"
fps = 20
size = [96, 64]
seed = 3
[generators.main]
kind = "cppn"
latent = 8
[generators.main.params]
walk = 0.0
flow = 0.0
speed = 0.0
[[cues]]
name = "silk"
seed = 1
seconds = 0
params = { look = "silk" }
[[cues]]
name = "ember"
seed = 2
seconds = 0.2
params = { look = "ember" }
"""


class RealStage:
    """``with RealStage(folder) as stage``: started with the command line, ended with SIGTERM."""

    def __init__(
        self, folder: Path, *words: str, patch: str | Path = TINY, port: int = 0, name: str = "tiny.toml"
    ) -> None:
        self.folder, self.words, self.wanted_port = folder, words, port
        if isinstance(patch, Path):
            self.patch = patch
        else:
            self.patch = folder / name
            self.patch.write_text(patch)
        self.log = folder / "stage.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "RealStage":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> "RealStage":
        assert self.process is None or self.process.poll() is not None, "it runs already, and nobody would end it"
        self.began = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "livegen",
            "run",
            str(self.patch),
            "--no-open",
            "--port",
            str(self.wanted_port),
            *self.words,
        ]
        with open(self.log, "wb") as log:
            env = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state"), "COLUMNS": "300"}
            self.process = subprocess.Popen(command, stderr=log, stdout=log, cwd=ROOT, env=env)
        self.port = int(self.until(self._announced, 20, "the stage says its port"))
        return self

    def _announced(self) -> str | None:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"the stage ended with {self.process.returncode}:\n{self.said()}")
        found = re.search(r"studio\s+http://[^:/\s]+:(\d+)/", self.said())
        return found.group(1) if found else None

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def get(self, path: str = "/health", **headers: str) -> tuple[int, bytes]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def health(self) -> dict[str, Any]:
        return dict(json.loads(self.get()[1]))

    def value(self, address: str) -> Any:
        """What OSCQuery says that a parameter holds."""
        held = json.loads(self.get(f"{address}?VALUE")[1])["VALUE"]
        return held[0] if len(held) == 1 else held

    def until(self, asked: Callable[[], Any], seconds: float = 15.0, what: str = "") -> Any:
        """Ask until the answer is true, on a busy machine for longer than the seconds it should take. Fails with what was
        waited for."""
        deadline = time.monotonic() + BUSY * seconds
        while time.monotonic() < deadline:
            if answer := asked():
                return answer
            time.sleep(0.03)
        raise AssertionError(f"waited {seconds:g} s in vain: {what or asked}\n{self.said()[-2000:]}")

    def running(self) -> "RealStage":
        """Wait until the worker paints."""
        self.until(lambda: self.health()["state"] in ("running", "degraded"), 60, "the worker paints")
        return self

    def worker_pid(self) -> int:
        """The process that owns the generator."""
        import psutil

        assert self.process is not None
        stage = psutil.Process(self.process.pid)
        # Whoever encodes a film stands below the show.
        children = [child for child in stage.children(recursive=True) if child.nice() == stage.nice()]
        heavy = max(children, key=lambda child: child.memory_info().rss)
        return int(heavy.pid)
