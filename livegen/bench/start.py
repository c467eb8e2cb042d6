"""Process start to page, to the first picture, to the worker's first frame; import time; no torch in the server."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .stage import BenchStage

IMPORT = "import time; b = time.perf_counter(); import {what}; print(time.perf_counter() - b)"


def scenario(seconds: float = 20.0) -> dict[str, Any]:
    """Seconds, medians over as many starts as fit (three at least), beside a bare interpreter's start."""
    page: list[float] = []
    picture: list[float] = []
    worker: list[float] = []
    bare: list[float] = []
    until = time.perf_counter() + seconds
    torch_free = True
    while len(page) < 3 or time.perf_counter() < until:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        bare.append(time.perf_counter() - began)
        with BenchStage(wait=False) as stage:
            page.append(stage.until(lambda: stage.get("/", "text/html"), 30))
            picture.append(stage.until(lambda: stage.get("/frame.jpg")[:2] == b"\xff\xd8", 30))
            worker.append(stage.until(lambda: b'"state":"running"' in stage.get("/health"), 120))
            torch_free &= "libtorch" not in mapped(stage.process.pid)
    return {
        "starts": len(page),
        "page_s": statistics.median(page),
        "first_picture_s": statistics.median(picture),
        "first_worker_frame_s": statistics.median(worker),
        "bare_interpreter_s": statistics.median(bare),
        "page_over_bare_s": statistics.median(p - b for p, b in zip(page, bare, strict=True)),
        "import_app_s": imported("livegen.app"),
        "import_torch_s": imported("torch"),
        "server_without_torch": torch_free,
    }


def mapped(pid: int) -> str:
    """What a process has mapped into its memory, where the system tells (Linux)."""
    path = Path(f"/proc/{pid}/maps")
    return path.read_text() if os.name == "posix" and path.exists() else ""


def imported(what: str) -> float:
    """Seconds that an import takes in a fresh interpreter, median of three."""
    times = [
        float(
            subprocess.run(
                [sys.executable, "-c", IMPORT.format(what=what)], check=True, capture_output=True
            ).stdout
        )
        for _ in range(3)
    ]
    return statistics.median(times)
