"""``livegen bench``: what this machine can do, each figure beside a bare baseline of the same run.

A scenario is a module of its name, with _ for -, that has ``scenario(seconds) -> dict`` and a docstring that says what it measures.
"""

import argparse
import importlib
import json
import os
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from ..errors import LivegenError

SCENARIOS: dict[str, str] = {
    "start": "process start to page, to first picture, to the worker's first frame",
    "latency": "control sent to the first frame that contains it, received and decoded",
    "pace": "how evenly frames come, against a bare loop",
    "recovery": "the worker is killed: until the next new frame",
    "fanout": "1, 8, 32 viewers against a bare websockets loop that sends the same bytes",
    "slow": "stalled and slow viewers beside healthy ones",
    "flood": "50,000 OSC messages with hostile datagrams among them",
    "osc": "OSC decoding against python-osc",
    "tempo": "when a loop closes over ten minutes of a clock that jitters, against the naive way",
    "learn": "maps learned from 30 and 300 examples: time and error beside Wekinator's net and scikit-learn, and what the loop feels of it",
    "train-text": "a text net after equal time on equal text against the plain nn.LSTM of the lessons",
    "train-strokes": "a stroke network after equal time against the recipe of Ha and Eck's paper",
    "train-gan": "a GAN after equal time on equal pictures against a textbook DCGAN",
    "train-vae": "a VAE after equal time on equal pictures against a plain convolutional β-VAE",
    "cppn": "frames per second by size against the naive torch CPPN",
    "together": "a GAN at 30 frames and a text net at 200 characters a second on one stage",
    "infer": "frames and characters per second of trained nets against the naive torch version",
    "stylegan": "StyleGAN2 nets of artists, frames per second by size against the naive torch version",
    "import": "bringing in StyleGAN2 pickles, seconds and memory by their size, against copying the file",
    "take": "a take of 60 messages a second: its size, how fast it is painted again, whether to the bit",
    "film": "how evenly frames come while the show is filmed, against no film and an encoder in the server",
    "morph": "the largest step between two frames of a morph, interrupted ones too, against a straight re-seed",
    "stylegan3": "StyleGAN3 nets of artists, T and R, frames per second by size against the naive torch version",
}
"""Name → what it measures; the module of that name has the code."""


def bench(arguments: argparse.Namespace) -> int:
    """The verb: run the named scenarios, or all of them, one after the other."""
    unknown = [name for name in arguments.scenario if name not in SCENARIOS]
    if unknown:
        raise LivegenError(f"there is no scenario {unknown[0][:40]!r}", hint=f"one of {', '.join(SCENARIOS)}")
    # As the worker of a show does before it wakes torch: threads that wait do not spin.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    console, found = Console(stderr=arguments.json), dict[str, Any]()
    for name in arguments.scenario or SCENARIOS:
        with console.status(f"{name}: {SCENARIOS[name]}"):
            found[name] = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").scenario(
                arguments.seconds
            )
        if not arguments.json:
            console.print(f"[bold]{name}[/bold]: {SCENARIOS[name]}")
            console.print(sheet(found[name]))
    if arguments.json:
        print(json.dumps(found, indent=1))
    return 0


def sheet(figures: Mapping[str, Any]) -> Table:
    """A scenario's figures as a table."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    for key, value in flattened(figures):
        table.add_row(key, value)
    return table


def flattened(figures: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    """Nested figures as lines, numbers short enough to read."""
    lines: list[tuple[str, str]] = []
    for key, value in figures.items():
        here = f"{above}{key}"
        if isinstance(value, Mapping):
            lines += flattened(value, f"{here} · ")
        else:
            lines.append(
                (here, f"{value:.3g}" if isinstance(value, float) and abs(value) < 1000 else str(value))
            )
    return lines
