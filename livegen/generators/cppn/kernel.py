"""The fused kernel: built once by whatever compiler is at hand, kept in the cache folder, loaded by ctypes.

``load`` never raises for want of a compiler: it answers None with the reason in the log, and the
caller paints another way.
"""

import contextlib
import ctypes
import hashlib
import importlib.util
import logging
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import platformdirs

from ...frame import Pixels
from .network import Sheet

log = logging.getLogger(__name__)

SOURCE = Path(__file__).with_name("kernel.c")
COMPILERS = ("cc", "gcc", "clang")
"""Tried in this order after $CC and before ziglang. Microsoft's cl is not among them: it has no vector
extensions."""
COMMON = ("-O3", "-fno-math-errno", "-fno-trapping-math", "-shared", "-w")
TUNINGS = (("-march=native", "-mprefer-vector-width=512"), ("-march=native",), ("-mcpu=native",), ())
"""Flags for this machine's own processor; the first that the compiler takes is used."""
PATIENCE = 60.0
"""Seconds that one attempt to compile may take."""
SMALLEST_BAND = 8
"""Rows below which another thread costs more than it saves: each band paints two rows extra."""


class Kernel:
    """The loaded kernel."""

    def __init__(self, library: Path, threads: int) -> None:
        """``threads`` paint at once. Raises OSError for a file that is no library of ours."""
        try:
            self._paint = ctypes.CDLL(str(library)).livegen_cppn_paint
        except AttributeError as error:
            raise OSError(f"{library} has no livegen_cppn_paint") from error
        self._paint.restype = ctypes.c_int
        self._paint.argtypes = (ctypes.c_void_p, *[ctypes.c_int] * 5, ctypes.c_void_p)
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, "cppn") if threads > 1 else None

    def paint(self, sheet: Sheet, out: Pixels, apart: int = 0) -> None:
        """Paint ``sheet`` into ``out``, (H, W, 4) uint8, contiguous, asking the network ``apart`` pixels
        apart (1, 2, 4; 0: as the sheet says). Raises ValueError for other pixels, MemoryError."""
        if not out.flags.c_contiguous or out.dtype.itemsize != 1 or out.shape[2:] != (4,):
            raise ValueError(
                f"the kernel needs contiguous (H, W, 4) uint8 pixels, not {out.dtype} {out.shape}"
            )
        height, width = out.shape[:2]
        flat, apart = sheet.flat, apart or sheet.apart((width, height))
        # Two bands a thread: a thread that is held up elsewhere costs half as much.
        bands = 1 if self._pool is None else max(1, min(2 * self.threads, height // SMALLEST_BAND))
        edges = [height * i // bands for i in range(bands + 1)]

        def band(first: int, last: int) -> int:
            return int(self._paint(flat.ctypes.data, width, height, first, last, apart, out.ctypes.data))

        spread = map if self._pool is None else self._pool.map
        if any(spread(band, edges[:-1], edges[1:])):
            raise MemoryError("the cppn kernel got no memory for its rows")


def load(threads: int = 0, folder: Path | None = None) -> Kernel | None:
    """The kernel, from the cache in ``folder`` or freshly built; None where that is impossible.

    ``threads`` 0: one fewer than there are cores. Takes a second or two at first use, then nothing.
    """
    threads = threads or max(1, (os.cpu_count() or 2) - 1)
    folder = folder or Path(platformdirs.user_cache_dir("livegen", appauthor=False)) / "kernels"
    library = folder / f"cppn-{_key()}{_suffix()}"
    for _ in range(2):
        try:
            if not library.is_file() and not _build(library):
                return None
            return Kernel(library, threads)
        except OSError as error:
            log.info("the cppn kernel cannot be used: %s", error)
            _forget(library)
    return None


def _build(library: Path) -> bool:
    """Compile into ``library``; the file appears whole or not at all, whoever else builds it too."""
    library.parent.mkdir(parents=True, exist_ok=True)
    for command in _commands():
        handle, name = tempfile.mkstemp(suffix=_suffix(), dir=library.parent)
        os.close(handle)
        try:
            done = subprocess.run(
                [*command, "-o", name, str(SOURCE)],
                check=False,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                stdin=subprocess.DEVNULL,
            )
            if done.returncode == 0:
                os.replace(name, library)
                return True
            log.debug("%s: %s", " ".join(command), done.stderr[-500:])
        except (OSError, subprocess.SubprocessError) as error:
            log.debug("%s: %s", command[0], error)
        finally:
            _forget(Path(name))
    log.info("no C compiler at hand (%s): the cppn paints without its kernel", ", ".join(COMPILERS))
    return False


def _commands() -> Iterator[list[str]]:
    named = os.environ.get("CC", "").split()
    found = [named] if named and shutil.which(named[0]) else []
    found += [[path] for name in COMPILERS if (path := shutil.which(name))]
    if importlib.util.find_spec("ziglang"):  # a whole Clang by pip, for machines without a compiler
        found.append([sys.executable, "-m", "ziglang", "cc"])
    windows = sys.platform == "win32"
    for compiler in found:
        # GCC for Windows misplaces wide vectors on the stack (its bug 54412); 16 bytes are safe.
        narrow = windows and not any(word in " ".join(compiler) for word in ("clang", "zig"))
        for tuning in ((),) if narrow else TUNINGS:
            yield [*compiler, *COMMON, *tuning, *(() if windows else ("-fPIC",))]


def _key() -> str:
    """Names source, flags and processor: another machine that shares the folder builds its own."""
    said = (
        SOURCE.read_text("utf-8"),
        COMMON,
        TUNINGS,
        sys.platform,
        platform.machine(),
        platform.processor(),
        _features(),
    )
    return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()


def _features() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")


def _suffix() -> str:
    return {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):  # Windows keeps a loaded library until its process ends
        path.unlink(missing_ok=True)
