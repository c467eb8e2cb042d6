"""The courier: the program that a stage starts, at low priority, to bring in a model that was dropped on the studio.

``courier FROM OUT`` says how it goes as lines of JSON: ``{"share", "what"}``, ``{"found"}``, ``{"picture"}``,
``{"lacks"}`` when it waits for the card, and at the end ``{"done"}`` or ``{"refused", "hint"}``. Answers for the card come on standard
input, a line of JSON each. When that ends, nobody wants the model any more, and the courier ends at once.
"""

import base64
import importlib
import json
import os
import queue
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .card import Card
from .errors import LivegenError
from .generators import weights
from .generators.base import describe
from .generators.weights import SUFFIX, Header
from .importing import jail
from .importing.found import described, make

CALM = 19
"""How far the courier stands back behind the show, where a process can say so itself (nice)."""
READING = 0.3
"""Share of the bar for reading and writing; the rest is for looking at the net."""
FURNISH = ("livegen.training.furnish", "furnish")
"""Wakes torch, which takes seconds: what the file is, or why it is refused, is said before."""
LONGEST_LINE = 1 << 20
UNWANTED = 3
"""Exit code when nobody wanted it any more."""
ASKED = ("title", "author", "licence", "data", "data_licence", "consent")
"""What a person may answer; the rest is counted or measured."""


def main() -> None:
    """Bring one in, as ``sys.argv`` says."""
    path, out = Path(sys.argv[1]), Path(sys.argv[2])
    if hasattr(os, "nice"):
        os.nice(CALM)
    answers = Answers()
    try:
        header = signed(out, bring(path, out), answers, path.stem)
        describe(header.family, {"model": str(out)})
        say({"done": {"family": header.family, "digest": header.digest}})
    except LivegenError as error:
        say({"refused": str(error.args[0])[:600], "hint": error.hint[:300]})
    except OSError as error:
        say({"refused": f"the model could not be written: {error.strerror or error}", "hint": ""})
    except MemoryError:
        say({"refused": f"{path.name} needs more memory than there is", "hint": ""})


class Answers:
    """What comes in for the card, line by line."""

    def __init__(self) -> None:
        self._came: queue.Queue[Mapping[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def next(self, card: Card) -> Card:
        """``card`` with the next answers; waits for them. Says what is open, when there are none yet."""
        if self._came.empty():
            say({"lacks": list(card.missing())})
        given = {key: str(value).strip() for key, value in self._came.get().items() if key in ASKED}
        return Card.from_dict(card.as_dict() | {key: value for key, value in given.items() if value})

    def _listen(self) -> None:
        while line := sys.stdin.readline(LONGEST_LINE):
            try:
                self._came.put(dict(json.loads(line)))
            except (ValueError, TypeError, RecursionError):
                continue
        os._exit(UNWANTED)  # from another thread nothing else ends what a library is doing


def bring(path: Path, out: Path) -> Header:
    """The model at ``out``, ready to be played but for its card. Raises ModelRefused, OSError."""
    if path.suffix == SUFFIX:
        header, _ = weights.read(path)
        os.replace(path, out)
        found(header.family, header.config, header.statistics, header.card)
        return header
    said = jail.bring(path, out, tell=lambda share: progress(READING * share, "reading"))
    found(said["family"], said["config"], said, None)
    model: Header = getattr(importlib.import_module(FURNISH[0]), FURNISH[1])(
        out, None, lambda done, what: progress(READING + (1 - READING) * done, what),
        lambda jpeg: say({"picture": base64.b64encode(jpeg).decode()}),
    )  # fmt: skip
    return model


def signed(out: Path, header: Header, answers: Answers, name: str) -> Header:
    """The model with its card, once that is known. Raises OSError."""
    card = header.card or Card(title=name, command=f"livegen import {name}", date=time.strftime("%Y-%m-%d"))
    if not card.missing():
        return header
    while card.missing():
        card = answers.next(card)
    progress(1.0, "writing the card")
    return weights.with_card(out, card)


def found(family: str, config: Mapping[str, Any], said: Mapping[str, Any], card: Card | None) -> None:
    """Say what it turned out to be."""
    origin = said.get("origin") or {}
    words = f"{make(origin) if origin else family}: {described(family, config)}"
    notes = [str(note)[:400] for note in list(said.get("notes") or ())[:20]]
    say({"found": {
        "says": words, "family": family, "notes": notes, "card": card.as_dict() if card else {},
        "missing": list(card.missing() if card else Card(title=" ").missing()),
    }})  # fmt: skip


def progress(share: float, what: str) -> None:
    say({"share": round(share, 3), "what": what})


def say(said: Mapping[str, Any]) -> None:
    try:
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
    except OSError:
        os._exit(UNWANTED)  # the stage is gone


if __name__ == "__main__":
    main()
