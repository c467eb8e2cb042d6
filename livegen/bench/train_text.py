"""Training a text net: livegen's own against the plain nn.LSTM of the lessons, equal text, equal time, one thread.

The last tenth of the text is held out and read once by each, from a cold state, by the same numpy step. The
text is the file LIVEGEN_TEXT, else the language reference that comes with Python. Time is time of this process,
so that a busy machine takes from both alike.
"""

import os
import pydoc_data.topics
import tempfile
import time
from pathlib import Path
from typing import Any

from ..card import Card
from ..generators import weights
from ..generators.shelf import PLAYED
from ..generators.text.choose import Taste, told
from ..generators.text.measure import cost
from ..generators.text.step import Step
from ..training import texts
from ..training.plain_text import one_thread, train_plain
from ..training.run import Budget, Run
from ..training.text import Settings, train

PLACE = "LIVEGEN_TEXT"
HELD = 0.1
MEASURED = 120_000
"""Bytes of the held-out text that are read at most."""
SEED = 1


def scenario(seconds: float = 60.0) -> dict[str, Any]:
    """For each: ``bits`` per byte of the held-out text, ``bytes`` read per second, a ``sample``. ``unigram``
    is what knowing how frequent each byte is would cost. ``ratio``: the plain net's bits over ours."""
    text = read()
    held = text.data[len(text.data) - int(len(text.data) * HELD) :]
    with one_thread():
        found: dict[str, Any] = {
            "livegen": measured(*ours(text, seconds / 2), held, seconds / 2),
            "plain": measured(*plain(text, seconds / 2), held, seconds / 2),
        }
    found["unigram"] = round(texts.unigram_bits(held, text.data[: -len(held)]), 3)
    found["ratio"] = round(found["plain"]["bits"] / found["livegen"]["bits"], 3)
    found["text"] = f"{len(text.data):,} bytes, {seconds / 2:.0f} s each"
    return found


def read() -> texts.Text:
    """The text to learn from. Raises DataRefused."""
    if place := os.environ.get(PLACE):
        return texts.load(Path(place))
    return texts.Text(data="\n\n".join(pydoc_data.topics.topics.values()).encode(), entries=())


def ours(text: texts.Text, seconds: float) -> tuple[Step, int]:
    """livegen's own, and the bytes that it read."""
    settings = Settings(held_out=HELD).suited(len(text.data), seconds / 60)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(
            folder=Path(folder), family="text", card=Card(title="bench"), budget=Budget(minutes=seconds / 60),
            clock=time.process_time, noted=lambda said: None,
        )  # fmt: skip
        train(run, text, settings)
        header, tensors = weights.read(Path(folder) / PLAYED)
    return Step(header.config, tensors), run.step * settings.batch * settings.length


def plain(text: texts.Text, seconds: float) -> tuple[Step, int]:
    """The baseline, and the bytes that it read."""
    config, tensors, seen = train_plain(text, seconds, held_out=HELD)
    return Step(config, tensors), seen


def measured(step: Step, seen: int, held: bytes, seconds: float) -> dict[str, Any]:
    return {
        "bits": round(cost(step, held[:MEASURED]).per_byte, 4),
        "bytes": round(seen / seconds),
        "sample": told(step, 120, seed=SEED, taste=Taste(temperature=0.7)).replace("\n", " / "),
    }
