"""Bringing in StyleGAN2 pickles by their size: seconds and memory, in the loader and in the process that looks at the net.

The pickles are as StyleGAN2-ADA writes them, with random weights. ``beside_mb`` is what each process takes
beside what it has taken for a tiny net: interpreter, numpy, torch. ``allowed_mb`` is 1.2 times the file and 64 MB.
``copy_s``: what copying the file takes. The sizes come one after the other until the time is up.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ..training.snapshot import write

NETS = ((256, 4096, 256), (256, 16384, 512), (1024, 32768, 512), (256, 32768, 1024))
"""(pixels of a side, channel base, most channels): files of about 28, 95, 126 and 325 MB."""
TINY = (16, 64, 8)
LOADER = """
import json, sys, time
from pathlib import Path
from livegen.bench.memory import of_children
from livegen.importing import jail
small, large, out = map(Path, sys.argv[1:])
jail.bring(small, out)
before, began = of_children(), time.perf_counter()
jail.bring(large, out)
print(json.dumps([of_children() - before, time.perf_counter() - began]))
"""
LOOKING = """
import json, sys, time
from pathlib import Path
from livegen.bench.memory import most, resident
from livegen.importing import jail
from livegen.training.furnish import furnish
small, large = map(Path, sys.argv[1:])
furnish(small, None)
before, began = resident(), time.perf_counter()
furnish(large, None)
print(json.dumps([most() - before, time.perf_counter() - began]))
"""


def scenario(seconds: float = 20.0) -> dict[str, Any]:
    """Per net the file's size, seconds to read it and to look at it, and what memory either takes."""
    until, found = time.perf_counter() + seconds, dict[str, Any]()
    for side, base, channels in NETS:
        if found and time.perf_counter() > until:
            break
        found[f"{side}x{side}, {base}/{channels}"] = net(side, base, channels)
    return found


def net(side: int, base: int, channels: int) -> dict[str, float]:
    """One file. Memory is 0 where the system does not tell."""
    with tempfile.TemporaryDirectory() as folder:
        small, large, out = (Path(folder) / name for name in ("small.pkl", "large.pkl", "large.safetensors"))
        write(small, *TINY)
        write(large, side, base, channels)
        began = time.perf_counter()
        shutil.copy(large, out)
        copied, size = time.perf_counter() - began, large.stat().st_size
        loader, read = told(LOADER, small, large, out)
        told(LOADER, small, small, small.with_suffix(".safetensors"))
        looking, looked = told(LOOKING, small.with_suffix(".safetensors"), out)
    return {
        "file_mb": round(size / 2**20, 1),
        "read_s": round(read, 2),
        "look_s": round(looked, 2),
        "copy_s": round(copied, 3),
        "loader_beside_mb": round(max(0.0, loader) / 2**20),
        "looking_beside_mb": round(max(0.0, looking) / 2**20),
        "allowed_mb": round(1.2 * size / 2**20 + 64),
    }


def told(code: str, *paths: Path) -> Any:
    """What a fresh interpreter says in JSON."""
    child = subprocess.run([sys.executable, "-c", code, *map(str, paths)], check=True, capture_output=True, text=True)
    return json.loads(child.stdout)
