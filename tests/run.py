"""Set up everything and run all tests: ``python3 tests/run.py``, from a fresh clone, on any system.

Makes ``.venv`` when there is none, installs livegen with what its tests need, the npm packages of
the clients, and the system programs that tests talk to (a Chromium, liblo's ``oscsend``, on Linux a JACK server).
Whatever is missing and cannot be installed stops here with a sentence; nothing is skipped in silence.
Arguments are handed to pytest; without any, several workers share the files.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
P5JS = ROOT / "clients" / "p5js"
FOREIGN = ROOT / "tests" / "foreign"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


SHARED = ("--dist", "loadfile", "--no-loadscope-reorder")
"""A file's tests stay with one worker, and the files begin in the order of ``conftest.LONG``."""
MOST_WORKERS = 4
"""Each has interpreters, stages and a browser of its own, about 1.5 GB."""


def call(*command: str | Path, cwd: Path = ROOT) -> None:
    print("·", *command, flush=True)
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)


def python_packages() -> None:
    """The virtual environment, with livegen in it as it stands here."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- whoever runs this may have an older one
        sys.exit("livegen needs Python 3.11 or newer; this is " + sys.version.split()[0])
    if not PYTHON.exists():
        call(sys.executable, "-m", "venv", VENV)
    call(PYTHON, "-m", "pip", "install", "--quiet", "--editable", ".[dev]")


def npm_packages() -> None:
    """p5 itself, both major versions, and an OSCQuery client that is not ours, from their lock files."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("the sketches' tests need p5 from npm: install Node.js 20 or newer (https://nodejs.org)")
    for folder in (P5JS, FOREIGN):
        call(npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=folder)


def system_packages() -> None:
    """A Chromium for the studio and the sketches, ``oscsend`` as an OSC sender that is not ours, and on Linux a JACK
    server, whose dummy driver carries real MIDI ports where the kernel has none."""
    missing = []
    if browser() is None:
        missing.append("chromium")
    if shutil.which("oscsend") is None:
        missing.append("liblo-tools")
    if sys.platform == "linux" and shutil.which("jackd") is None:
        missing.append("jackd2")
    if not missing:
        return
    apt = shutil.which("apt-get")
    if apt is None:
        sys.exit(f"the tests need {' and '.join(missing)}: install them with your system's package manager")
    root = [] if getattr(os, "geteuid", lambda: 1)() == 0 else ["sudo"]
    call(*root, apt, "update", "-qq")
    call(*root, "env", "DEBIAN_FRONTEND=noninteractive", apt, "install", "-y", "-qq", "--no-install-recommends", *missing)


def browser() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def main() -> int:
    python_packages()
    npm_packages()
    system_packages()
    workers = min(MOST_WORKERS, 1 + max(2, os.cpu_count() or 2))  # one more than there are cores: tests wait, too
    command = [str(PYTHON), "-m", "pytest", *(sys.argv[1:] or ("-n", str(workers), *SHARED))]
    print("·", *command, flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
