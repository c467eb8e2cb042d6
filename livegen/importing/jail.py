"""Reads a foreign model file in a process of its own, which may do little: the loader.

What holds it, one inside the other:

- The readers build nothing but numbers and words; no code of a file's is ever compiled, imported or called.
- An audit hook, on every system: once the reader has begun, opening anything but the input and the output,
  sockets, other programs, libraries and new code all raise.
- Linux and macOS: limits of the kernel on the processor's time, on the length of what is written and on open
  files; Linux also on memory: what the interpreter takes, 1.2 times the file and 64 MB. macOS does not keep
  to a memory limit.
- Everywhere a time limit, after which the process is ended.

Windows has no such kernel limits: there the hook, the readers' own bounds and the time limit have to do.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelRefused
from ..generators.weights import Header
from . import doors, streamed
from .lucidrains import SETTINGS

SECONDS = 60.0
"""Time for any file, and a second more for each PER_SECOND bytes of it."""
PER_SECOND = 20 << 20
SHARE, ROOM = 1.2, 64 << 20
"""Memory beside the interpreter's: times the file's size, and bytes."""
GROWTH = 4
"""How many times larger than its file a model may be: half precision becomes single."""
MOST_SAID = 1 << 20
"""Bytes that the loader may say."""
FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "os.remove", "os.rmdir",
    "os.chmod", "os.chown", "os.link", "os.symlink", "os.truncate", "os.startfile", "shutil.", "ctypes.", "urllib.",
    "webbrowser.", "pickle.", "marshal.", "compile", "exec", "code.__new__", "pty.", "winreg.", "sys.addaudithook",
)  # fmt: skip

Tell = Callable[[float], None]


# Outside ---------------------------------------------------------------------------------------


def bring(path: Path, out: Path, *, tell: Tell = lambda share: None, seconds: float | None = None) -> dict[str, Any]:
    """Have the loader read ``path`` and write ``out``, a model file without a card. What it says of it:
    ``family``, ``config``, ``origin``, ``notes``. ``tell`` hears the share that is written.

    Raises ModelRefused with the loader's sentence, or with ours when it was ended.
    """
    limit = SECONDS + weight(path) / PER_SECOND if seconds is None else seconds
    order = json.dumps({"path": str(path.absolute()), "out": str(out.absolute())})
    out.parent.mkdir(parents=True, exist_ok=True)
    child = subprocess.Popen(
        [sys.executable, "-c", "from livegen.importing.jail import main; main()", order],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=surroundings(), text=True, encoding="utf8",
    )  # fmt: skip
    late = threading.Timer(limit, child.kill)
    late.start()
    try:
        said = heard(child, tell)
        child.wait()
    finally:
        ended = not late.is_alive()
        late.cancel()
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()
    if said.get("refused"):
        raise ModelRefused(str(said["refused"])[:600], hint=str(said.get("hint") or "")[:300])
    if child.returncode or "family" not in said:
        why = f"it took longer than {limit:.0f} s" if ended else f"the loader ended by itself ({child.returncode})"
        raise ModelRefused(f"{path.name} cannot be brought in: {why}", hint="the file may be damaged or made to harm")
    return said


def heard(child: "subprocess.Popen[str]", tell: Tell) -> dict[str, Any]:
    """What the loader says in the end, line by line of JSON."""
    assert child.stdout is not None
    said: dict[str, Any] = {}
    left = MOST_SAID
    while left > 0 and (line := child.stdout.readline(left)):
        left -= len(line)
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and isinstance(found.get("share"), float):
            tell(found["share"])
        elif isinstance(found, dict):
            said = found
    return said


def surroundings() -> dict[str, str]:
    """The little that the loader's interpreter needs to know."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    path = os.pathsep.join([str(Path(__file__).parents[2]), *(each for each in sys.path if each)])
    return kept | {"PYTHONPATH": path, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def weight(path: Path) -> int:
    """Bytes of a file, or of what lies in a folder."""
    try:
        if path.is_dir():
            return sum(each.stat().st_size for each in list(path.iterdir())[:1000] if each.is_file())
        return path.stat().st_size
    except OSError:
        return 0


# Inside ----------------------------------------------------------------------------------------


def main() -> None:
    """The loader: one file in, one out, a line of JSON on standard output."""
    order = json.loads(sys.argv[1])
    path, out = Path(order["path"]), Path(order["out"])
    size = weight(path)
    try:
        settle()
        limit(size)
        lock(path, out)
        found = doors.read(path)
        statistics = {"origin": dict(found.origin), "notes": list(found.notes)}
        header = Header(family=found.family, config=found.config, statistics=statistics)
        streamed.write(out, found.tensors, header, most=GROWTH * size + (16 << 20), tell=progress())
        say({"family": found.family, "config": dict(found.config), **statistics})
    except ModelRefused as error:
        # What a reader says of a tensor has no file's name in it.
        said = str(error.args[0])
        said = said if path.name in said else f"{path.name} cannot be brought in: {said}"
        say({"refused": said, "hint": error.hint})
    except MemoryError:
        say({"refused": f"{path.name} asks for more memory than a file of its size may"})
    except OSError as error:
        say({"refused": f"{path.name} could not be brought in: {error.strerror or error}"})
    except Exception as error:  # the loader's edge: whatever it was, the file is not taken
        say({"refused": f"{path.name} cannot be brought in: it makes no sense ({type(error).__name__})"})


def say(said: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def progress() -> Tell:
    """Says the share that is done, a hundred times at most."""
    last = [0.0]

    def tell(share: float) -> None:
        if share >= last[0] + 0.01:
            last[0] = share
            say({"share": share})

    return tell


def settle() -> None:
    """Wakes what Python would otherwise load late, when it may not any more."""
    np.ascontiguousarray(np.zeros((2, 2), "<f2"), "<f4").sum(dtype=np.float64)
    np.lib.stride_tricks.as_strided(np.zeros(4), (2,), (8,), writeable=False)
    with np.errstate(over="ignore"):
        np.allclose(np.zeros(2), np.zeros(2))
    for coding in ("utf8", "latin1", "ascii", "cp437", "idna"):
        "a".encode(coding)


def lock(path: Path, out: Path) -> None:
    """From here on only ``path``, what lies in it, and ``out`` can be opened, and nothing can be begun; settings that
    lie beside ``path`` can be read."""
    beside = os.fspath(path.with_name(SETTINGS))
    own = (os.fspath(path), os.fspath(out.parent / f".{out.name}."))

    def heed(event: str, given: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(given[0], (str, bytes, os.PathLike)):
            name = os.fsdecode(given[0])
            if name == beside and given[1] in ("r", "rb"):
                return
            if name != os.fspath(out) and not any(name == each or name.startswith(each) for each in (own[1], own[0] + os.sep)) and name != own[0]:
                raise PermissionError("the loader opens nothing but the file that it reads")
        elif event == "os.remove" and os.fsdecode(given[0]).startswith(own[1]):
            return
        elif event.startswith(FORBIDDEN):
            raise PermissionError(f"the loader does not do {event}")

    sys.addaudithook(heed)


def limit(size: int) -> None:
    """The kernel's limits, where there are any: memory, processor time, length of files, open files."""
    if resource is None:
        return
    written = GROWTH * size + (32 << 20)
    wished = {
        "RLIMIT_CPU": int(SECONDS + size / PER_SECOND) + 1, "RLIMIT_FSIZE": written, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 16,
    }  # fmt: skip
    if taken := virtual():
        wished["RLIMIT_AS"] = taken + int(SHARE * size) + ROOM
    for name, most in wished.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):
            continue  # a system that will not: the other walls stand


def virtual() -> int:
    """Bytes of address space that this process has; 0 where it cannot be told."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0


resource: Any
try:
    import resource
except ImportError:  # Windows has none
    resource = None
