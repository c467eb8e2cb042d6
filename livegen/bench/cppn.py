"""CPPN: frames per second by size, against the naive torch CPPN with the same weights in the same run."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ..frame import Pixels
from ..generators import base
from ..generators.base import Generator, Request
from ..generators.cppn.fused import Fused
from ..generators.cppn.kernel import load
from ..generators.cppn.naive import Naive, torch_threads
from ..generators.cppn.network import Network
from ..generators.cppn.tensor import Tensor
from ..generators.cppn.words import configure
from ..latent import Latent, from_seed

SIZES = ((256, 256), (512, 512), (1024, 1024), (1920, 540), (1920, 1080))
PROMISED = (512, 512)
"""The size whose ratio is the scenario's."""


def scenario(seconds: float = 12.0) -> dict[str, Any]:
    """size → fps of every painter and their ratios to the naive one, painted by turns.

    ``chosen`` is what the stage plays on this CPU, ``every_pixel`` the same kernel without curves between
    points, ``torch`` what a machine without a compiler plays, ``stand_in`` the numpy fallback.
    ``off`` is the mean difference to the naive picture in byte steps. All have the same number of threads.
    """
    kernel = load()
    with torch_threads(kernel.threads if kernel else 0) as threads:
        found: dict[str, Any] = {f"{w}x{h}": compare((w, h), seconds / len(SIZES)) for w, h in SIZES}
    found["threads"] = threads
    found["ratio"] = found["{}x{}".format(*PROMISED)]["chosen"]["ratio"]
    return found


def compare(size: tuple[int, int], seconds: float) -> dict[str, Any]:
    """All painters at one size, by turns until ``seconds`` have passed; at least three times, or once
    where a single naive picture takes seconds."""
    painters = painters_for(size)
    for name, paint in painters.items():
        if name != "naive":
            paint(0)
    times: dict[str, list[float]] = {name: [] for name in painters}
    pictures: dict[str, Pixels] = {}
    until, turn = time.perf_counter() + seconds, 0
    least = 3 if size[0] * size[1] <= PROMISED[0] * PROMISED[1] else 1
    while time.perf_counter() < until or turn < least:
        for name, paint in painters.items():
            began = time.perf_counter()
            pictures[name] = paint(turn)
            times[name].append(time.perf_counter() - began)
        turn += 1
    naive = pictures["naive"].astype(np.int16)
    return {
        name: {
            "fps": round(1 / statistics.median(taken), 1),
            "ratio": round(statistics.median(b / a for a, b in zip(taken, times["naive"], strict=True)), 2),
            "off": round(float(np.abs(naive - pictures[name]).mean()), 3),
        }
        for name, taken in times.items()
    }


def painters_for(size: tuple[int, int]) -> dict[str, Callable[[int], Pixels]]:
    """name → what paints frame n of the same slow film."""
    chosen, network = base.build("cppn", {}), Network(configure({}))
    tensor = Tensor(chosen.info, network, "cpu")
    textbook = Naive(tensor, network, request(size, 0))
    painters = {"naive": film(size, textbook.paint), "chosen": film(size, rendering(chosen))}
    if isinstance(chosen, Fused):
        painters["every_pixel"] = film(
            size, lambda asked, out: chosen.kernel.paint(network.fold(asked), out, 1)
        )
        painters["torch"] = film(size, rendering(tensor))
    painters["stand_in"] = film(size, rendering(base.build_fallback("cppn", {})))
    return painters


def film(size: tuple[int, int], paint: Callable[[Request, Pixels], None]) -> Callable[[int], Pixels]:
    out = np.zeros((size[1], size[0], 4), np.uint8)

    def frame(number: int) -> Pixels:
        paint(request(size, number), out)
        return out

    return frame


def rendering(generator: Generator) -> Callable[[Request, Pixels], None]:
    def paint(asked: Request, out: Pixels) -> None:
        generator.render(asked, out)

    return paint


def request(size: tuple[int, int], number: int) -> Request:
    return Request(instance="bench", latent=Latent(from_seed(6, 16)), size=size, time=number / 30)
