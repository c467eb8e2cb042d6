"""Look at this machine: can it play, how fast, who can reach it, and what to type where.

Looking and judging are apart: the ``of_…`` functions turn plain facts into findings.
"""

import importlib.util
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import time
import webbrowser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..controls.networks import who_holds
from ..generators.cppn.kernel import COMPILERS
from ..opening import addresses
from ..places import state_folder
from ..streams.encode import Recipe, encode
from ..terminal import plain
from ..web.port import is_livegen, process_name
from ..web.sketches import missing_p5
from .finding import BAD, GOOD, NOTE, Finding
from .playing import look_at_midi, look_at_sound

PORT = 9210
COLOURS = {GOOD: "green", NOTE: "yellow", BAD: "red"}
TORCH_SECONDS = 90.0
"""How long torch may take to import, on a cold disk with CUDA."""
TORCH_PROBE = """
import json, sys
try:
    import torch
except Exception as error:
    print(json.dumps({"error": f"{type(error).__name__}: {error}"[:300]}))
    sys.exit()
mps = getattr(torch.backends, "mps", None)
said = {"version": torch.__version__, "cuda_build": torch.version.cuda or "", "cuda": False, "mps": False}
try:
    said["cuda"] = torch.cuda.is_available()
    said["mps"] = bool(mps and mps.is_available())
    if said["cuda"]:
        whole = torch.cuda.get_device_properties(0)
        said["name"], said["memory"] = whole.name, whole.total_memory
        said["works"] = float(torch.ones(8, device="cuda").sum()) == 8.0
except Exception as error:
    said["error"] = f"{type(error).__name__}: {error}"[:300]
print(json.dumps(said))
"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "firefox", "microsoft-edge", "msedge", "brave-browser")


def report(port: int = PORT, console: Console | None = None) -> int:
    """Print the findings and what to type where. Returns 0, or 1 when something is bad."""
    out = console or Console()
    found = examine(port)
    # Output that is piped on Windows may know nothing but its code page.
    marks = dict(zip(COLOURS, "✓•✗" if out.encoding.startswith("utf") else "+!x", strict=True))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for finding in found:
        said = Text(plain(finding.said, 400))
        if finding.mend:
            said.append(f"\n-> {plain(finding.mend, 400)}", style="bold" if finding.verdict == BAD else "yellow")
        table.add_row(Text(marks[finding.verdict], style=COLOURS[finding.verdict]), finding.about, said)
    out.print(table)
    for title, lines in recipes(port, addresses()):
        out.print(Text(f"\n{title}", style="bold"))
        for line in lines:
            out.print(Text("  " + line), soft_wrap=True)
    bad = sum(finding.verdict == BAD for finding in found)
    out.print(Text(f"\n{bad} thing{'s' * (bad != 1)} to mend." if bad else "\nReady to play.", style="bold red" if bad else "bold green"))
    return 1 if bad else 0


def examine(port: int = PORT) -> list[Finding]:
    """Everything there is to see, in the order in which it matters. Takes seconds: torch is asked in its own process."""
    return [
        of_python(sys.version_info[:3], platform.system(), f"{platform.system()} {platform.release()} {platform.machine()}"),
        of_cores(os.cpu_count() or 1),
        of_torch(ask_torch(), shutil.which("nvidia-smi") is not None),
        of_compiler(find_compiler()),
        look_at_encoder(),
        of_clock(measure_sleep(), sys.version_info[:2], platform.system()),
        look_at_port("TCP", port),
        look_at_port("UDP", port),
        look_at_state(state_folder()),
        of_browsers(find_browsers()),
        of_sketches(missing_p5()),
        look_at_sound(),
        of_zeroconf(importlib.util.find_spec("zeroconf") is not None),
        of_reach(addresses()),
        look_at_midi(),
    ]


# Facts to findings -----------------------------------------------------------------------------


def of_python(version: Sequence[int], system: str, machine: str) -> Finding:
    """The interpreter. Before 3.13 the event loop's clock on Windows moves in steps of 15.6 ms."""
    name = ".".join(map(str, version))
    said = f"Python {name} on {machine}"
    if tuple(version[:2]) < (3, 11):
        return Finding("python", BAD, said, "livegen needs Python 3.11 or newer")
    if system == "Windows" and tuple(version[:2]) < (3, 13):
        return Finding("python", NOTE, said, "Python 3.13 has a finer clock on Windows: steadier frames")
    return Finding("python", GOOD, said)


def of_cores(cores: int) -> Finding:
    """Painting, encoding and the sockets want a core each at times."""
    if cores < 2:
        return Finding("cores", NOTE, "one core", "choose a small size in the patch: painting and encoding share it")
    return Finding("cores", GOOD, f"{cores} cores")


def of_torch(said: Mapping[str, Any], has_nvidia: bool) -> Finding:
    """What the worker will paint on."""
    error = str(said.get("error", ""))
    version = f"torch {said.get('version', '')}"
    if "version" not in said:
        return Finding("torch", BAD, f"torch cannot be loaded: {error or 'no answer'}", "install livegen again in a fresh environment")
    if said.get("cuda") and said.get("works"):
        gib = float(said.get("memory", 0)) / 2**30
        return Finding("torch", GOOD, f"{version} on {said.get('name', 'a GPU')} ({gib:.0f} GB)")
    if said.get("mps"):
        return Finding("torch", GOOD, f"{version} on Apple's GPU (MPS)")
    if has_nvidia and not said.get("cuda_build"):
        return Finding("torch", NOTE, f"{version} on the CPU, although there is an NVIDIA GPU", "install torch's CUDA build: pytorch.org/get-started names the line")
    if has_nvidia:
        return Finding("torch", NOTE, f"{version} cannot use the GPU{': ' + error if error else ''}", "update the NVIDIA driver; nvidia-smi shows its version")
    return Finding("torch", GOOD, f"{version} on the CPU")


def of_compiler(path: str) -> Finding:
    """The cppn's fused kernel is built at first use."""
    if path:
        return Finding("compiler", GOOD, f"{path} builds the fused kernel at first use")
    mend = {"Windows": "install LLVM (clang)", "Darwin": "xcode-select --install"}.get(platform.system(), "install gcc or clang")
    return Finding("compiler", NOTE, "none found: on a CPU the cppn paints at half size", mend)


def of_clock(late_ms: float, version: Sequence[int], system: str) -> Finding:
    """How late a sleep of a millisecond ends."""
    said = f"a sleep ends {late_ms:.2f} ms late (median)"
    if late_ms > 5:
        mend = "Python 3.13 or newer" if system == "Windows" and tuple(version) < (3, 13) else "close what keeps the machine busy"
        return Finding("clock", NOTE, f"{said}: frames will jitter", mend)
    return Finding("clock", GOOD, said)


def of_browsers(found: Sequence[str]) -> Finding:
    if found:
        return Finding("browser", GOOD, f"{', '.join(found)}: the studio opens by itself")
    return Finding("browser", NOTE, "none found here", "open the studio from another machine, or play by OSC")


def of_sketches(command: str) -> Finding:
    """p5.js itself, which the sketches' pages need."""
    if command:
        return Finding("p5.js", NOTE, "not here: the sketches' pages will ask for it", command)
    return Finding("p5.js", GOOD, "both versions are here for the sketches")


def of_zeroconf(found: bool) -> Finding:
    if found:
        return Finding("discovery", GOOD, "the stage announces itself as _oscjson._tcp and _osc._udp")
    return Finding("discovery", NOTE, "zeroconf is missing: apps will not find the stage by themselves", "pip install zeroconf")


def of_reach(found: Sequence[str]) -> Finding:
    """Who could reach this machine from a network."""
    if not found:
        return Finding("network", NOTE, "no network: this machine plays for itself", "join the network of the tablet or of TouchDesigner")
    return Finding("network", GOOD, f"reachable at {', '.join(found)} once started with --host 0.0.0.0 --token WORD")


def of_port(kind: str, port: int, taken: bool, holder: str, ours: bool) -> Finding:
    """Whether livegen can listen."""
    about = f"{kind} {port}"
    if not taken:
        return Finding(about, GOOD, "free")
    if ours:
        return Finding(about, NOTE, "a livegen is playing there already", "stop it before another one starts, or give --port")
    look = f"netstat -ano | findstr :{port}" if os.name == "nt" else f"lsof -nP -i :{port}"
    return Finding(about, BAD, f"held by {holder or 'another program'}", f"stop it, or start livegen with --port; {look} shows who it is")


# Looking ---------------------------------------------------------------------------------------


def ask_torch(seconds: float = TORCH_SECONDS) -> dict[str, Any]:
    """What torch says of itself, asked in a process of its own: a broken driver must not end the doctor."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", TORCH_PROBE], capture_output=True, text=True, timeout=seconds, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        said = json.loads(done.stdout.strip().splitlines()[-1])
        return said if isinstance(said, dict) else {}
    except subprocess.TimeoutExpired:
        return {"error": f"it took longer than {seconds:g} s"}
    except (OSError, ValueError, IndexError):
        return {"error": "its process ended without a word; the driver may be broken"}


def find_compiler() -> str:
    """The compiler that the kernel will be built with; empty: none."""
    named = os.environ.get("CC", "").split()[:1]
    return next((path for name in (*named, *COMPILERS) if (path := shutil.which(name))), "")


def look_at_encoder() -> Finding:
    """Encode real pixels, time them, and see that they come back."""
    rng = np.random.default_rng(1)
    pixels = np.kron(rng.integers(0, 256, (32, 32, 4), np.uint8), np.ones((16, 16, 1), np.uint8))
    try:
        times = []
        for _ in range(12):
            began = time.perf_counter()
            size = len(encode(pixels, Recipe(codec="jpeg")).payload)
            times.append((time.perf_counter() - began) * 1000)
    except Exception as error:  # whatever a broken wheel raises is the finding
        return Finding("encoder", BAD, f"JPEG cannot be encoded: {error}", "pip install --force-reinstall simplejpeg")
    return Finding("encoder", GOOD, f"JPEG of 512 x 512 in {statistics.median(times):.2f} ms, {size // 1024} kB")


def measure_sleep(tries: int = 25) -> float:
    """Milliseconds by which a sleep of 1 ms is late, median."""
    late = []
    for _ in range(tries):
        began = time.perf_counter()
        time.sleep(0.001)
        late.append((time.perf_counter() - began) * 1000 - 1.0)
    return max(0.0, statistics.median(late))


def look_at_port(kind: str, port: int) -> Finding:
    """Try to take the port on this machine, and give it back."""
    taken = is_taken(kind, port)
    ours = taken and is_livegen("127.0.0.1", port)
    holder = (process_name(port) if kind == "TCP" else who_holds(port, "UDP")) if taken and not ours else ""
    return of_port(kind, port, taken, holder, ours)


def is_taken(kind: str, port: int) -> bool:
    """Whether somebody listens on 127.0.0.1:``port``."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "TCP" else socket.SOCK_DGRAM) as attempt:
        if os.name == "nt":
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined]
        elif kind == "TCP":
            # A connection that is only just closing does not hinder a start.
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
            if kind == "TCP":
                attempt.listen(1)
        except OSError:
            return True
    return False


def look_at_state(folder: Path) -> Finding:
    """Whether a show can be kept through a crash."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".doctor-{os.getpid()}"
        probe.write_bytes(b"ok")
        probe.unlink()
    except OSError as error:
        return Finding("state", BAD, f"{folder} cannot be written ({error.strerror})", "set XDG_STATE_HOME to a folder that can")
    free = shutil.disk_usage(folder).free / 2**30
    if free < 0.5:
        return Finding("state", NOTE, f"{folder}, with {free:.1f} GB left", "make room: the show's state is saved there")
    return Finding("state", GOOD, str(folder))


def find_browsers() -> list[str]:
    """Names of the browsers that are installed, the system's own choice first."""
    try:
        found = [webbrowser.get().name]
    except webbrowser.Error:
        found = []
    found += [name for name in BROWSERS if shutil.which(name)]
    roots = [Path(os.environ[key]) for key in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA") if key in os.environ]
    places = {
        "Chrome": [*(root / "Google/Chrome/Application/chrome.exe" for root in roots), Path("/Applications/Google Chrome.app")],
        "Edge": [root / "Microsoft/Edge/Application/msedge.exe" for root in roots],
        "Firefox": [*(root / "Mozilla Firefox/firefox.exe" for root in roots), Path("/Applications/Firefox.app")],
        "Safari": [Path("/Applications/Safari.app")],
    }
    found += [name for name, paths in places.items() if any(path.exists() for path in paths)]
    return list(dict.fromkeys(name.removesuffix(".desktop") for name in found if name and name != "xdg-open"))


# What to type ----------------------------------------------------------------------------------


def recipes(port: int, reachable: Sequence[str]) -> list[tuple[str, list[str]]]:
    """(heading, lines): what to type into each client, on this machine and on another one."""
    there = reachable[0] if reachable else "THIS-MACHINE"
    return [
        ("TouchDesigner, controls: OSC Out CHOP or OSC Out DAT", [
            f"Network Address  127.0.0.1   (on another machine: {there})",
            f"Network Port     {port}",
            "OSC Out DAT      op('oscout1').sendOSC('/livegen/main/params/hue', [0.7])",
            "Channels of an OSC Out CHOP are named livegen/main/params/hue, livegen/main/z and so on",
        ]),
        ("TouchDesigner, pictures: clients/touchdesigner/README.md builds the component, or by hand a WebSocket DAT", [
            f"Network Address  127.0.0.1   (on another machine: {there})",
            f"Network Port     {port}",
            f"or a Movie File In TOP on http://127.0.0.1:{port}/frame.jpg for a still",
        ]),
        ("p5.js", [
            f"open http://127.0.0.1:{port}/p5/ , or in a sketch of your own:",
            f'<script src="http://127.0.0.1:{port}/p5.livegen.js"></script>   gen = createLivegen("ws://127.0.0.1:{port}")',
        ]),
        ("Tablets and other machines", [
            f"livegen run --host 0.0.0.0 --token WORD    then OSC to {there} port {port} (UDP), studio at http://{there}:{port}/",
            *firewall(port, platform.system()),
        ]),
    ]  # fmt: skip


def firewall(port: int, system: str) -> list[str]:
    """How to let others in, per system. The most common reason for silence."""
    if system == "Windows":
        return [
            "If nothing arrives, the firewall is the first suspect. As administrator in PowerShell:",
            f"New-NetFirewallRule -DisplayName livegen -Direction Inbound -Action Allow -Profile Private -Protocol TCP -LocalPort {port}",
            f"New-NetFirewallRule -DisplayName livegen -Direction Inbound -Action Allow -Profile Private -Protocol UDP -LocalPort {port}",
        ]
    if system == "Darwin":
        return [
            "If nothing arrives: System Settings, Network, Firewall, Options: allow incoming connections for python,",
            "and System Settings, Privacy & Security, Local Network: allow the terminal.",
        ]
    return [
        f"If nothing arrives and a firewall runs: sudo ufw allow {port}/tcp; sudo ufw allow {port}/udp",
        f"or: sudo firewall-cmd --add-port={port}/tcp --add-port={port}/udp",
    ]
