"""A device that hears: a microphone, a line in, a loopback, by PortAudio."""

import threading
from collections import deque
from typing import Any, NamedTuple

import numpy as np

from ...clock import Clock
from ...errors import DoorMissing, LivegenError
from .attacks import HOP
from .spectrum import Floats

MISSING = "sound needs an extra: pip install 'livegen[audio]'"
NO_LIBRARY = "PortAudio is not on this machine: sudo apt install libportaudio2"
MOST_WAITING = 64
"""Blocks that may wait to be analysed; then the oldest go."""
USUAL = ("", "default")
"""Names of the system's own choice."""


class Block(NamedTuple):
    """Samples of one channel."""

    samples: Floats
    at: float
    """Clock seconds at which the last of them was there."""


def sounddevice() -> Any:
    """The library. Raises DoorMissing."""
    try:
        import sounddevice as found
    except ImportError:
        raise DoorMissing(MISSING) from None
    except OSError:
        raise DoorMissing(NO_LIBRARY) from None
    return found


class Device:
    """One that is open. PortAudio's thread brings the samples; it never waits for anybody."""

    def __init__(self, wanted: str, clock: Clock) -> None:
        """``wanted``: its name or a part of it. Raises DoorMissing, or LivegenError with what there is."""
        library = sounddevice()
        self._clock = clock
        self._blocks: deque[Block] = deque(maxlen=MOST_WAITING)
        self._some = threading.Event()
        number, row = chosen(wanted, library)
        self.name, self.rate = str(row["name"]), float(row["default_samplerate"])
        channels = min(2, int(row["max_input_channels"]))
        try:
            self._stream = library.InputStream(
                device=number, channels=channels, samplerate=self.rate, blocksize=HOP, latency="low",
                dtype="float32", callback=self._hear,
            )  # fmt: skip
            self._stream.start()
        except Exception as error:  # PortAudio's own, and whatever a host's driver raises
            raise LivegenError(f"the sound input {self.name} does not open: {error}", hint="is another program holding it?") from None
        self.latency = float(self._stream.latency)
        """Seconds from the air to the samples, as the driver says."""

    def _hear(self, heard: Floats, frames: int, time: Any, status: Any) -> None:
        """PortAudio's thread."""
        samples = heard[:, 0].copy() if heard.shape[1] == 1 else heard.mean(axis=1, dtype=np.float32)
        self._blocks.append(Block(samples, self._clock.now()))
        self._some.set()

    def read(self, seconds: float) -> list[Block]:
        """What has come, after waiting at most so long for it."""
        self._some.wait(seconds)
        self._some.clear()
        found = []
        while self._blocks:
            found.append(self._blocks.popleft())
        return found

    def close(self) -> None:
        try:
            self._stream.close()
        except Exception:  # a device that was pulled out cannot be closed well
            return


def chosen(wanted: str, library: Any) -> tuple[int, Any]:
    """(number, row) of the input that ``wanted`` means. Raises LivegenError."""
    try:
        rows = [(n, row) for n, row in enumerate(library.query_devices()) if row["max_input_channels"] > 0]
        usual = library.query_devices(kind="input") if wanted in USUAL and rows else None
    except Exception as error:
        raise LivegenError(f"no sound input: {error}", hint="plug one in; livegen looks again") from None
    if usual is not None:
        return int(usual["index"]), usual
    if wanted in USUAL:
        raise LivegenError("this machine has no sound input", hint="plug one in; livegen looks again")
    for fits in (lambda name: name == wanted, lambda name: wanted.casefold() in name.casefold()):
        for number, row in rows:
            if fits(row["name"]):
                return number, row
    names = ", ".join(dict.fromkeys(str(row["name"]) for _, row in rows)) or "none"
    raise LivegenError(f"there is no sound input {wanted[:60]!r}", hint=f"there are: {names}")


def devices() -> list[str]:
    """Names of the inputs, the system's own choice first. Raises DoorMissing."""
    library = sounddevice()
    try:
        rows = [str(row["name"]) for row in library.query_devices() if row["max_input_channels"] > 0]
        usual = [str(library.query_devices(kind="input")["name"])] if rows else []
    except Exception:  # a machine without any host for sound
        return []
    return list(dict.fromkeys([*usual, *rows]))


def look_again() -> None:
    """Forget the list of devices: PortAudio makes it once, and only a fresh start sees what was plugged in since."""
    try:
        library = sounddevice()
        library._terminate()
        library._initialize()
    except Exception:  # the next attempt to open says what is wrong
        return
