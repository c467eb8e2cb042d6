"""A sound file instead of a device, in step with the clock."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...clock import Clock
from ...errors import DoorMissing, LivegenError
from .attacks import HOP
from .device import MISSING, Block
from .spectrum import Floats

SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif", ".opus")
LATE = 0.25
"""Seconds behind the clock from which what was missed is left out."""


class Recording:
    """A file that plays, again and again; nobody hears it but the analysis."""

    def __init__(self, path: Path, clock: Clock, loop: bool = True) -> None:
        """Raises DoorMissing, or LivegenError for what is no sound."""
        self._file, self._clock, self._loop = opened(path), clock, loop
        self.name, self.rate, self.latency = path.name, float(self._file.samplerate), 0.0
        self._began, self._read = clock.now(), 0
        self.over = False

    def read(self, seconds: float) -> list[Block]:
        """What has played since the last time, after waiting at most so long for it."""
        now = self._clock.now()
        due = self._began + (self._read + HOP) / self.rate
        if due > now:
            time.sleep(min(seconds, due - now))
            now = self._clock.now()
        if now - due > LATE:
            self._skip(round((now - due) * self.rate) // HOP * HOP)
        found = []
        while not self.over and (due := self._began + (self._read + HOP) / self.rate) <= now:
            found.append(Block(self._next(), due))
            self._read += HOP
        return found

    def _next(self) -> Floats:
        samples = mono(self._file.read(HOP, dtype="float32", always_2d=True))
        if len(samples) < HOP:
            rest = HOP - len(samples)
            if self._loop and self._file.frames >= HOP:
                self._file.seek(0)
                samples = np.concatenate([samples, mono(self._file.read(rest, dtype="float32", always_2d=True))])
            else:
                self.over = True
                samples = np.concatenate([samples, np.zeros(rest, np.float32)])
        return samples

    def _skip(self, samples: int) -> None:
        self._read += samples
        length = max(1, self._file.frames)
        self._file.seek(self._read % length if self._loop else min(self._read, length))

    def close(self) -> None:
        self._file.close()


def opened(path: Path) -> Any:
    """A sound file, open. Raises DoorMissing, LivegenError."""
    try:
        import soundfile
    except ImportError:
        raise DoorMissing(MISSING) from None
    try:
        return soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError) as error:
        why = getattr(error, "error_string", None) or getattr(error, "strerror", None) or error
        raise LivegenError(f"{path.name} is no sound that can be read: {why}", hint=f"give {', '.join(SUFFIXES)}") from None


def mono(samples: Floats) -> Floats:
    """(n, channels) as (n,)."""
    return samples[:, 0].copy() if samples.shape[1] == 1 else samples.mean(axis=1, dtype=np.float32)


def blocks(path: Path, size: int = 1 << 14) -> Iterator[Floats]:
    """All samples of a file as one channel, piece by piece. Raises DoorMissing, LivegenError."""
    with opened(path) as file:
        while len(samples := file.read(size, dtype="float32", always_2d=True)):
            yield mono(samples)


def rate_of(path: Path) -> float:
    """Samples a second. Raises DoorMissing, LivegenError."""
    with opened(path) as file:
        return float(file.samplerate)


def sounds(folder: Path) -> dict[str, Path]:
    """The sound files in a folder, by name."""
    try:
        return {path.name: path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES and path.is_file()}
    except OSError:
        return {}
