"""Learned maps: seconds to learn and what is missed, for 30 and 300 examples of 8 inputs and 16 targets, beside a stand-in
for Wekinator, plain baselines and, where it is installed, scikit-learn; and what learning costs a loop of 60 ticks."""

import gc
import importlib
import statistics
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..board import Board
from ..clock import SystemClock
from ..engine.statistics import percentile
from ..mapping.learned import Example, Model, fit, target
from ..mapping.learned.judging import WAYS
from ..mapping.learned.scale import Doubles, measured
from ..maps.teacher import one_thread
from ..params import Param
from .wekinator import Peer

INPUTS, TARGETS = 8, 16
COUNTS = (30, 300)
NOISE = 0.02
BENT = (0.6, 1.4)
"""How bent the maps are that are to be learned."""
JUDGED = 500
"""Places that nobody was shown."""
BOARD = Board(Param(address=f"/livegen/main/params/p{i}") for i in range(TARGETS))
NAMES = [f"/in:{i}" for i in range(INPUTS)]
Answers = Callable[[Doubles], Doubles]


class Task:
    """A smooth bent map with some noise, and places to be judged by."""

    def __init__(self, seed: int, count: int) -> None:
        chance = np.random.default_rng(seed)
        bent = BENT[seed % len(BENT)]
        self._into, self._bias = (
            chance.normal(size=(INPUTS, 12)) * bent / np.sqrt(INPUTS),
            chance.normal(size=12) / 2,
        )
        self._out = chance.normal(size=(12, TARGETS))
        self.x, self.others = chance.uniform(size=(count, INPUTS)), chance.uniform(size=(JUDGED, INPUTS))
        self.y = np.clip(self.truth(self.x) + NOISE * chance.normal(size=(count, TARGETS)), 0.0, 1.0)

    def truth(self, x: Doubles) -> Doubles:
        hidden = np.tanh((x - 0.5) * 3.4 @ self._into + self._bias)
        return np.asarray(1.0 / (1.0 + np.exp(-2.0 * hidden @ self._out / np.sqrt(12))))

    def missed(self, answers: Answers) -> float:
        """Root mean square over places nobody was shown, the mean of all targets: a share of their range."""
        return float(np.sqrt(((answers(self.others) - self.truth(self.others)) ** 2).mean(0)).mean())

    def learned(self, kind: str) -> Model:
        examples = [
            Example(demo=i, inputs=dict(zip(NAMES, x.tolist(), strict=True)), outputs={f"main/params/p{j}": y for j, y in enumerate(row.tolist())})
            for i, (x, row) in enumerate(zip(self.x, self.y, strict=True))
        ]  # fmt: skip
        targets = [target(address, BOARD.params, BOARD.aliases) for address in BOARD.params]
        return fit(examples, NAMES, targets, BOARD.params, kind=kind)


def scenario(seconds: float = 30.0) -> dict[str, Any]:
    """Per number of examples: milliseconds to learn (every way with its own left-out error; ``auto`` tries all), that
    error (``said``), and what is missed of other places (``missed``), means over seeds."""
    found: dict[str, Any] = {}
    with one_thread():
        for count, share in zip(COUNTS, (0.3, 0.6), strict=True):
            found[f"{count} examples"] = compared(count, seconds * share)
        found["loop"] = loop(seconds * 0.1)
    return found


def compared(count: int, seconds: float) -> dict[str, Any]:
    """Seed after seed until the time is over, two at least: one for each bend."""
    rows: dict[str, list[dict[str, float]]] = {}
    until, seed = time.perf_counter() + seconds, 0
    while seed < len(BENT) or time.perf_counter() < until:
        task = Task(seed, count)
        for kind in ("auto", *WAYS):
            began = time.perf_counter()
            model = task.learned(kind)
            ms = 1000 * (time.perf_counter() - began)
            rows.setdefault(f"livegen {kind}", []).append(
                {"ms": ms, "said": model.error or 0.0, "missed": task.missed(model.answers)}
            )
        for name, learn in others().items():
            began = time.perf_counter()
            answers = learn(task.x, task.y)
            rows.setdefault(name, []).append(
                {"ms": 1000 * (time.perf_counter() - began), "missed": task.missed(answers)}
            )
        seed += 1
    found: dict[str, Any] = {"seeds": seed}
    for name, each in rows.items():
        found[name] = {
            key: round(statistics.mean(row[key] for row in each), 1 if key == "ms" else 4) for key in each[0]
        }
    found["ratio_to_wekinator"] = round(
        found["livegen auto"]["missed"] / found["wekinator's net"]["missed"], 3
    )
    return found


def others() -> dict[str, Callable[[Doubles, Doubles], Answers]]:
    """Who else could have learned it."""
    return {
        "wekinator's net": Peer,
        "always the mean": always,
        "least squares": squares,
        "3 nearest": nearest,
        **scikit(),
    }


def always(x: Doubles, y: Doubles) -> Answers:
    return lambda other: np.broadcast_to(y.mean(0), (len(other), y.shape[1]))


def squares(x: Doubles, y: Doubles) -> Answers:
    found = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]
    return lambda other: np.asarray(np.c_[other, np.ones(len(other))] @ found)


def nearest(x: Doubles, y: Doubles) -> Answers:
    def answers(other: Doubles) -> Doubles:
        apart = ((other[:, None, :] - x[None, :, :]) ** 2).sum(2)
        return np.asarray(y[np.argsort(apart, axis=1)[:, :3]].mean(1))

    return answers


def scikit() -> dict[str, Callable[[Doubles, Doubles], Answers]]:
    """Its usual regressors as its users begin with them, on standardised inputs; nothing where it is not installed."""
    rows = {
        "scikit-learn RidgeCV": ("linear_model", "RidgeCV", {"alphas": np.logspace(-4, 4, 17)}),
        "scikit-learn KNeighbors": ("neighbors", "KNeighborsRegressor", {"weights": "distance"}),
        "scikit-learn MLP lbfgs": ("neural_network", "MLPRegressor", {"hidden_layer_sizes": (16,), "solver": "lbfgs", "max_iter": 500, "random_state": 0}),
    }  # fmt: skip
    found: dict[str, Callable[[Doubles, Doubles], Answers]] = {}
    for name, (module, kind, settings) in rows.items():
        try:
            made = getattr(importlib.import_module(f"sklearn.{module}"), kind)
        except ImportError:
            return {}

        def learn(x: Doubles, y: Doubles, made: Any = made, settings: Any = settings) -> Answers:
            scale = measured(x)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that it might learn longer
                fitted = made(**settings).fit(scale(x), y)
            return lambda other: np.asarray(fitted.predict(scale(other)))

        found[name] = learn
    return found


def loop(seconds: float) -> dict[str, float]:
    """How late a loop of 60 ticks a second wakes (milliseconds), alone and while 300 examples are learned over and over
    in another thread of the same process."""
    gc.freeze()  # as a stage does before anybody plays
    alone = late(seconds / 2)
    over = threading.Event()
    task = Task(1, 300)

    def learn() -> None:
        while not over.is_set():
            task.learned("auto")

    thread = threading.Thread(target=learn)
    thread.start()
    try:
        beside = late(seconds / 2)
    finally:
        over.set()
        thread.join()
    return {
        "alone_p50_ms": percentile(alone, 0.5), "alone_p99_ms": percentile(alone, 0.99), "learning_p50_ms": percentile(beside, 0.5),
        "learning_p99_ms": percentile(beside, 0.99),
    }  # fmt: skip


def late(seconds: float) -> Sequence[float]:
    """In ascending order."""
    clock, found = SystemClock(), list[float]()
    due = began = clock.now()
    while due < began + seconds:
        clock.sleep_until(due)
        found.append(1000 * max(0.0, clock.now() - due))
        due += 1 / 60
    return sorted(found)
