"""Hearing: what the show listens to, as the patch, the studio or the command line wants it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .board import Write
from .clock import Clock
from .controls.audio import device, recording
from .controls.audio.ear import Ear, Input, Wish
from .controls.audio.telling import Telling
from .ensemble import Ensemble
from .errors import LivegenError
from .message import Message
from .namespace import ROOT
from .patch import Patch

INPUT, GAIN, STATE = (f"{ROOT}/audio/{word}" for word in ("input", "gain", "state"))
OFF = ("", "off")


class Hearing:
    """Stands between the patch and the ear."""

    def __init__(
        self, ensemble: Ensemble, apply: Callable[[Message], None], clock: Clock, pulse: Callable[[], tuple[float, float]],
        *, folder: Path, sound: Path | None = None,
    ) -> None:  # fmt: skip
        """``folder``: where sound files lie beside the patch; ``sound``: one that was given instead of what the patch says."""
        self._ensemble, self._clock, self._folder, self._sound = ensemble, clock, folder, sound
        self.ear = Ear(self._open, Telling(apply, ensemble.heeds, clock, pulse), clock, retry=device.look_again)
        self._patch: Patch | None = None
        self._names: list[str] = []
        """What could be listened to, as the ear found it last."""
        ensemble.asides[f"{ROOT}/audio/"] = self._heed

    def follow(self) -> None:
        """Listen as the patch that plays says, unless it said so already. The loop of the doors."""
        patch = self._ensemble.patch
        if self._patch is not None and patch.audio == self._patch.audio:
            return
        board, first = self._ensemble.board, self._patch is None
        self._patch = patch
        stood = str(board.value(INPUT)) if first else ""  # chosen before a crash
        wanted, gain = patch.audio.input, patch.audio.gain
        if self._sound is not None:
            wanted = str(self._sound)
        elif stood:
            wanted, gain = stood, float(board.value(GAIN)) or None
        board.echo({INPUT: self._sound.name if self._sound else wanted, GAIN: gain or 0.0})
        self._listen(wanted, gain)

    def report(self) -> dict[str, Any]:
        """For ``/health``, the studio and pages that listen by themselves."""
        stands = self.ear.statistics()
        state = f"listening to {stands.input}" if stands.input else stands.problem
        self._ensemble.board.echo({STATE: state})
        return {
            "state": state, "input": stands.input, "problem": stands.problem, "latency_ms": stands.latency_ms, "told": stands.told,
            "inputs": ["default", *self._names],
        }  # fmt: skip

    @property
    def problem(self) -> str:
        return self.ear.problem

    @property
    def newest(self) -> Mapping[str, float]:
        return self.ear.newest

    def close(self) -> None:
        self.ear.close()

    def _heed(self, write: Write) -> None:
        """Somebody chose another input or gain, on the engine's thread."""
        if write.address not in (INPUT, GAIN):
            return
        board = self._ensemble.board
        gain = float(board.value(GAIN)) or None
        wanted = str(board.value(INPUT))
        same = self._sound is not None and wanted == self._sound.name
        self._listen(str(self._sound) if same else wanted, gain)

    def _listen(self, wanted: str, gain: float | None) -> None:
        audio = self._ensemble.patch.audio
        self.ear.listen(None if wanted in OFF else Wish(input=wanted, gain=gain, smooth=audio.smooth, loop=audio.loop))

    def _open(self, wish: Wish) -> Input:
        """Raises LivegenError. A name is a key of what lies beside the patch, or part of a device's name: never a path."""
        if self._sound is not None and wish.input == str(self._sound):
            return recording.Recording(self._sound, self._clock, wish.loop)
        beside = recording.sounds(self._folder)
        self._names = [*beside]
        if wish.input in beside:
            return recording.Recording(beside[wish.input], self._clock, wish.loop)
        if wish.input.lower().endswith(recording.SUFFIXES):
            there = ", ".join(beside) or "none"
            raise LivegenError(f"there is no sound file {wish.input[:60]!r} beside the patch", hint=f"there are: {there}")
        found = device.devices()
        self._names = [*found, *beside]
        return device.Device(wish.input, self._clock)
