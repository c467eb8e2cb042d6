"""A real stage in its own process, for the scenarios that measure one from outside."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from ..errors import LivegenError

PATCH = """
title = "bench"
fps = {fps}
size = [{size}, {size}]
[generators.main]
kind = "cppn"
"""


class BenchStage:
    """``with BenchStage() as stage``: ``stage.port`` is where it answers; the state goes to a folder of its own."""

    def __init__(
        self, *, fps: float = 30.0, size: int = 512, wait: bool = True, patch: str = "", words: Sequence[str] = ()
    ) -> None:
        """``wait``: come back only when the worker paints. ``patch``: another one than a CPPN at that size. ``words``: for
        the command line."""
        self._words = words
        self._patch, self._wait = patch or PATCH.format(fps=fps, size=size), wait
        self.port = 0
        self.began = 0.0
        """perf_counter seconds at which the process was started."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="livegen-bench-")
        folder = Path(self._folder.name)
        patch, self._log = folder / "bench.toml", folder / "log"
        patch.write_text(self._patch, encoding="utf8")
        self.port = free_port()
        command = [
            sys.executable,
            "-m",
            "livegen",
            "run",
            str(patch),
            "--no-open",
            "--fresh",
            "--port",
            str(self.port),
            *self._words,
        ]
        self.began = time.perf_counter()
        with open(self._log, "wb") as log:
            env = {**os.environ, "XDG_STATE_HOME": str(folder)}
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=env)
        if self._wait:
            self.until(lambda: b'"state":"running"' in self.get("/health"), 120)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._folder.cleanup()

    def get(self, path: str, accept: str = "application/json") -> bytes:
        """What the stage answers; nothing while it does not."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:
                return bytes(answer.read())
        except OSError:
            return b""

    def until(self, asked, seconds: float) -> float:  # type: ignore[no-untyped-def]
        """Seconds since the start at which ``asked()`` became true. Raises LivegenError when it does not."""
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            if asked():
                return time.perf_counter() - self.began
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        said = re.sub(r"\s+", " ", self._log.read_text(errors="replace"))[-300:]
        raise LivegenError(f"the stage did not get there in {seconds:g} s: {said}")


def free_port() -> int:
    """A port that nobody holds now, on TCP and UDP."""
    for _ in range(50):
        with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise LivegenError("there is no free port")


def memory_mb(pid: int) -> float:
    """Resident memory of a process in MB where the system tells (Linux), else 0."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
