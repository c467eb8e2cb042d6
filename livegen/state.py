"""What a stage remembers between two starts, and how it survives a power cut.

A state is a JSON line with a checksum. It is written by tmp + fsync + rename + fsync of the folder,
from a thread of its own: an fsync may take many milliseconds and must not meet the event loop.
The artist's own files are never touched.
"""

import contextlib
import hashlib
import json
import os
import threading
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VERSION = 1
LARGEST = 16 << 20
"""Bytes of a state file that is still read."""


def place(folder: Path, patch: Path) -> Path:
    """Where the state of a patch lies: one file per patch, whatever folder the patch is in."""
    name = hashlib.blake2b(str(patch.resolve()).encode(), digest_size=4).hexdigest()
    return folder / f"{patch.stem[:40]}-{name}.json"


def pack(state: Mapping[str, Any]) -> bytes:
    """One line: eight hex digits of CRC-32, a space, the JSON."""
    text = json.dumps({"version": VERSION, **state}, allow_nan=False, separators=(",", ":")).encode()
    return b"%08x " % zlib.crc32(text) + text + b"\n"


def unpack(data: bytes) -> dict[str, Any] | None:
    """The state in ``data``, or None when a byte of it is missing or changed."""
    head, _, text = data.rstrip(b"\n").partition(b" ")
    try:
        if int(head, 16) != zlib.crc32(text):
            return None
        state = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return state if isinstance(state, dict) and state.get("version") == VERSION else None


def read(path: Path) -> dict[str, Any] | None:
    """The state kept at ``path``, None when there is none that can be trusted."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        return unpack(path.read_bytes())
    except OSError:
        return None


def write(path: Path, state: Mapping[str, Any]) -> None:
    """Keep ``state`` at ``path`` so that any interruption leaves the old one or the new one.

    Raises OSError when the disk is full or cannot be written; the old state then still stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    exchange(path, pack(state))


def exchange(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path`` in the place of what is there, whole or not at all. Raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    if os.name == "posix":  # Windows has no handle on a folder to flush; NTFS journals the rename
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Keeper:
    """Writes the newest state it was given, at most once per ``every`` seconds, in its own thread."""

    def __init__(self, path: Path, every: float = 1.0) -> None:
        self.path = path
        self.every = every
        self.written = 0
        self.problem = ""
        """Why the last save did not succeed; empty when it did."""
        self._newest: Mapping[str, Any] | None = None
        self._some = threading.Event()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="livegen state", daemon=True)
        self._thread.start()

    def offer(self, state: Mapping[str, Any]) -> None:
        """Keep this one soon. Never waits."""
        self._newest = state
        self._some.set()

    def close(self, last: Mapping[str, Any] | None = None) -> None:
        """Write the last state now and stop."""
        self._over.set()
        self._some.set()
        self._thread.join(timeout=2.0)
        if last is not None:
            self._save(last)

    def _run(self) -> None:
        while not self._over.is_set():
            self._some.wait()
            self._some.clear()
            newest, self._newest = self._newest, None
            if newest is not None:
                self._save(newest)
            self._over.wait(self.every)

    def _save(self, state: Mapping[str, Any]) -> None:
        with self._lock:
            try:
                write(self.path, state)
            except (OSError, ValueError) as error:
                self.problem = f"the state could not be saved to {self.path}: {error}"
            else:
                self.problem = ""
                self.written += 1


def begin(
    state: Mapping[str, Any] | None, digest: str, now: float | None = None
) -> tuple[dict[str, Any], str]:
    """What to start from, given what was kept: (state to restore, sentence for the performer).

    A state of another version of the patch is left aside: the edited file is what the artist wants.
    After three starts that ended badly within a minute each, the patch is played as it is written.
    """
    now = time.time() if now is None else now
    if not state:
        return {"starts": [now]}, ""
    starts = [t for t in state.get("starts", []) if isinstance(t, (int, float)) and now - t < 180][-3:]
    bad = [] if state.get("clean") else starts
    if state.get("patch") != digest:
        return {"starts": [now]}, "the patch was edited since it was last played: it starts as it is written"
    if len(bad) >= 3:
        return {"starts": [now]}, "three starts in a row ended badly: the patch starts as it is written"
    said = "" if state.get("clean") else "the last show ended without a goodbye: it goes on where it was"
    return {**state, "starts": [*bad, now]}, said
