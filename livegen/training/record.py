"""What a run says about itself on the disk: ``run.json`` and ``log.jsonl``. Needs no torch.

Both can be read at any moment, also while the run is going on or after it was killed.
"""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ModelRefused
from ..generators.shelf import RECORD

LOG = "log.jsonl"
FORMAT = 1
LINE_EVERY = 0.25
"""Seconds of training that one line of the log stands for, at least."""
LONGEST_LOG = 64 << 20
"""Bytes of a log that are read, from its end."""


def write_whole(path: Path, text: str) -> None:
    """A reader sees the old file or the new one, never half of one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def write_record(folder: Path, said: Mapping[str, Any]) -> None:
    """Write ``run.json``. Raises OSError."""
    text = json.dumps({"format": FORMAT, **said}, indent=1, ensure_ascii=False, default=str)
    write_whole(folder / RECORD, text + "\n")


def read_record(folder: Path) -> dict[str, Any]:
    """What ``run.json`` of ``folder`` says. Raises ModelRefused."""
    path = folder / RECORD
    try:
        said = json.loads(path.read_text(encoding="utf8"))
        if not isinstance(said, dict) or said.get("format") != FORMAT or not isinstance(said.get("family"), str):
            raise ValueError("it is not of this livegen")
        return said
    except FileNotFoundError:
        raise ModelRefused(f"{folder} holds no run", hint="give the folder that -o named") from None
    except (OSError, ValueError) as error:
        raise ModelRefused(f"{path} cannot be read: {error}", hint="train into another folder") from None


@dataclass(slots=True)
class Log:
    """Measures over time. Between two lines they are averaged, so that fast steps do not fill the disk."""

    path: Path
    _lines: list[str] = field(default_factory=list)
    _sums: dict[str, tuple[float, int]] = field(default_factory=dict)
    _last: float = -math.inf
    _now: tuple[int, float] = (0, 0.0)

    def add(self, step: int, seconds: float, numbers: Mapping[str, float]) -> None:
        """The measures of one step, ``seconds`` into the training."""
        for name, value in numbers.items():
            total, count = self._sums.get(name, (0.0, 0))
            self._sums[name] = (total + float(value), count + 1)
        self._now = (step, seconds)
        if seconds - self._last >= LINE_EVERY:
            self._close_line()

    def write(self) -> None:
        """Append what was said since. Raises OSError; what is not written then is written next time."""
        self._close_line()
        if self._lines:
            with self.path.open("a", encoding="utf8") as file:
                file.write("".join(f"{line}\n" for line in self._lines))
            self._lines.clear()

    def forget(self) -> None:
        """What was said since the last ``write`` belongs to steps that will be done again."""
        self._lines.clear()
        self._sums.clear()
        self._last = -math.inf

    def trim(self, step: int) -> None:
        """Take the lines from ``step`` on out of the file, and half a line that a kill left behind."""
        self.forget()
        if not self.path.is_file():
            return
        kept = [line for line in read_log(self.path.parent) if line["step"] < step]
        write_whole(self.path, "".join(f"{json.dumps(line)}\n" for line in kept))

    def _close_line(self) -> None:
        if self._sums:
            step, seconds = self._now
            means = {name: float(f"{total / count:.6g}") for name, (total, count) in self._sums.items()}
            self._lines.append(json.dumps({"step": step, "seconds": round(seconds, 2), **means}))
            self._sums.clear()
            self._last = seconds


def read_log(folder: Path) -> list[dict[str, float]]:
    """Every whole line of a run's log, oldest first: ``step``, ``seconds`` and the measures of that time."""
    try:
        with (folder / LOG).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - LONGEST_LOG))
            raw = file.read(LONGEST_LOG)
    except OSError:
        return []
    found = []
    for line in raw.split(b"\n"):
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and {"step", "seconds"} <= said.keys():
            found.append(said)
    return found
