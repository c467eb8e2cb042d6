"""Painting and writing live: frames and characters per second against the naive torch version.

The same weights in the same run, by turns. Images: the default net of the GAN and of the VAE's decoder, untrained,
against modulated weights in a grouped convolution, as the papers have it. Text: the numpy step against
nn.LSTM, one byte at a time. ``stage_fps`` is what the worker of a show reaches, which leaves one core to the server.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ..generators.cppn.naive import torch_threads
from ..generators.styled.fast import Painter
from ..generators.styled.naive import Naive, untrained
from ..generators.text.choose import Taste, chosen
from ..generators.text.step import Step
from ..training import text_stepping
from ..training.text_stepping import Stepping

SIDES = (64, 128, 256, 512)
FRAME = (512, 512)
"""Pixels of the frame for ``enlarged``: what the sizes below it cost when they are shown at this one."""
TEXTS = ((256, 2), (512, 2), (512, 3))
"""(units, layers)."""
CHARACTERS = 16
"""Written in one turn."""
LEAST = 5
"""Turns, however short the time."""


def scenario(seconds: float = 20.0) -> dict[str, Any]:
    """Per size frames per second and ratio to the naive net; per text net characters per second and ratio.

    ``off`` is the mean difference to the naive picture in byte steps.
    """
    share, cores = seconds / (len(SIDES) + len(TEXTS)), os.cpu_count() or 1
    found: dict[str, Any] = {}
    for side in SIDES:
        with torch_threads(cores):
            here = images(side, 0.7 * share)
        with torch_threads(max(1, cores - 1)):
            here["stage_fps"] = images(side, 0.3 * share, naive=False)["best"]
        found[f"image {side}x{side}"] = here
    for units, layers in TEXTS:
        with torch_threads(cores):
            found[f"text {layers}x{units}"] = texts(units, layers, share)
    found["threads"] = cores
    return found


def images(side: int, seconds: float, *, naive: bool = True) -> dict[str, Any]:
    """All ways to paint one size."""
    synthesis, walk = untrained(side, side)
    alone, helped, native = Painter(synthesis), Painter(synthesis), (side, side)
    ways = {"naive": filmed(Naive(synthesis).paint, walk, native)} if naive else {}
    ways["torch"] = filmed(alone.paint, walk, native)
    if helped.improve(demand=0.0):
        ways["openvino"] = filmed(helped.paint, walk, native)
    if naive and side < FRAME[0]:
        ways["enlarged"] = filmed(alone.paint, walk, FRAME)
    times, pictures = measured(ways, seconds)
    found: dict[str, Any] = {name: figures(name, times, pictures) for name in ways}
    found["best"] = max(found[name]["fps"] for name in ("torch", "openvino") if name in found)
    return found | {"torch is": alone.way}


def texts(units: int, layers: int, seconds: float) -> dict[str, Any]:
    """The numpy step and nn.LSTM, with the choice of each letter."""
    net, config, tensors = text_stepping.untrained(units, layers)
    ways = {"naive": stepped(Stepping(net)), "numpy": written(Step(config, tensors))}
    times, _ = measured(ways, seconds)
    return {
        name: {"characters_s": round(CHARACTERS / statistics.median(taken), 1), "ratio": ratio(taken, times["naive"])}
        for name, taken in times.items()
    }


def measured(
    ways: dict[str, Callable[[int], Any]], seconds: float, least: int = LEAST
) -> tuple[dict[str, list[float]], dict[str, Any]]:
    """Seconds per turn and the last result of each way, by turns, ``least`` of them however short the time."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    results: dict[str, Any] = {name: way(0) for name, way in ways.items()}
    until, turn = time.perf_counter() + seconds, 0
    while time.perf_counter() < until or turn < least:
        for name, way in ways.items():
            began = time.perf_counter()
            results[name] = way(turn)
            times[name].append(time.perf_counter() - began)
        turn += 1
    return times, results


def figures(name: str, times: dict[str, list[float]], pictures: dict[str, Any]) -> dict[str, float]:
    taken = times[name]
    found = {"fps": round(1 / statistics.median(taken), 1)}
    if "naive" in times:
        found["ratio"] = ratio(taken, times["naive"])
        if pictures[name].shape == pictures["naive"].shape:
            found["off"] = round(float(np.abs(pictures["naive"].astype(np.int16) - pictures[name]).mean()), 3)
    return found


def ratio(taken: list[float], naive: list[float]) -> float:
    """How many times as fast as the naive way, by the median of all turns."""
    return round(statistics.median(b / a for a, b in zip(taken, naive, strict=True)), 2)


def filmed(paint: Callable[..., Any], walk: Any, size: tuple[int, int]) -> Callable[[int], Any]:
    out = np.zeros((size[1], size[0], 4), np.uint8)

    def frame(number: int) -> Any:
        paint(walk[number % len(walk)], out)
        return out

    return frame


def stepped(net: Stepping) -> Callable[[int], Any]:
    def write(turn: int) -> list[int]:
        net.forget()
        said = [turn % 64]
        for _ in range(CHARACTERS):
            said.append(chosen(net.after(said[-1]), Taste(), 0.5))
        return said

    return write


def written(net: Step) -> Callable[[int], Any]:
    def write(turn: int) -> list[int]:
        state, said = net.cold(), [turn % 64]
        for _ in range(CHARACTERS):
            logits, state = net.after(state, said[-1])
            said.append(chosen(logits, Taste(), 0.5))
        return said

    return write
