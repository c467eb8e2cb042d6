"""``livegen write`` and ``livegen measure``: a text model in the terminal."""

import argparse
import os
import sys
import time
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from .errors import BadValue, LivegenError
from .generators import shelf, weights
from .generators.text.choose import COLDEST, Taste, spoken
from .generators.text.measure import cost
from .generators.text.step import Step

LONGEST = 10_000_000
"""Characters that are written at most."""
LARGEST = 256 << 20
"""Bytes of a text that is measured at most."""


def model(name: str) -> Step:
    """The text model of that name, ready to be stepped. Raises ModelRefused."""
    path, header, _ = shelf.introduced({"model": name}, "text")
    return Step(header.config, weights.read(path)[1])


def write(arguments: argparse.Namespace) -> int:
    """Print what a model writes, character by character."""
    taste = Taste(temperature=arguments.temperature, top_p=arguments.top_p, min_p=arguments.min_p)
    if not COLDEST <= taste.temperature <= 10 or not 0 < taste.top_p <= 1 or not 0 <= taste.min_p < 1:
        raise BadValue(
            f"temperature {taste.temperature:g}, top-p {taste.top_p:g} and min-p {taste.min_p:g} cannot be followed",
            hint=f"temperature from {COLDEST} to 10, top-p above 0 up to 1, min-p from 0 to below 1",
        )
    if not 1 <= arguments.length <= LONGEST:
        raise BadValue(f"length is {arguments.length}", hint=f"1 to {LONGEST:,} characters")
    told = spoken(model(arguments.model), seed=arguments.seed, taste=taste, prime=arguments.prime)
    try:
        sys.stdout.write(arguments.prime)
        for character, _ in islice(told, arguments.length):
            sys.stdout.write(character)
            sys.stdout.flush()
        sys.stdout.write("\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has enough; what is left in the buffer shall not complain at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def measure(arguments: argparse.Namespace) -> int:
    """Print the bits per character that a text costs a model, read once from a cold state."""
    step, text = model(arguments.model), part(arguments.text, arguments.last)
    console, began = Console(stderr=True), time.perf_counter()
    columns = (TextColumn("reading"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("reading", total=1.0)
        found = cost(step, text, lambda share: progress.update(bar, completed=share))
    took = time.perf_counter() - began
    print(f"{found.per_character:.4f} bits per character")
    if found.characters != found.size:
        print(f"{found.per_byte:.4f} bits per byte")
    print(f"{found.characters:,} characters in {took:.1f} s, {found.size / max(took, 1e-9):,.0f} bytes per second")
    if found.strangers:
        print(f"{found.strangers:,} bytes that the model never saw cost 21 bits each")
    return 0


def part(path: Path, last: float) -> bytes:
    """The text to measure, as UTF-8: the last share of the file. Raises LivegenError."""
    if not 0 < last <= 1:
        raise BadValue(f"last is {last:g}", hint="a share above 0, up to 1")
    try:
        if path.stat().st_size > LARGEST:
            raise LivegenError(f"{path} has more than {LARGEST >> 20} MiB", hint="measure a part of it")
        raw = path.read_bytes()
    except OSError as error:
        raise LivegenError(f"{path} cannot be read: {error.strerror or error}", hint="name a text file") from None
    text = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    text = text[len(text) - int(len(text) * last) :].lstrip(bytes(range(0x80, 0xC0)))  # no half character
    if not text:
        raise LivegenError(f"{path} is empty", hint="name a text file")
    return text
