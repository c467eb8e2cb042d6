"""Training a text net: bytes in, the next byte out, by truncated backpropagation through time.

Each place of the batch reads its own stretch of the text from front to back and keeps its state from one
step to the next (Williams and Peng 1990). Dropout keeps one mask per stretch (arXiv 1512.05287); the
weights that are played are an average over the newest ones.
"""

import copy
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import BadValue, ModelRefused
from ..generators.text.alphabet import Alphabet
from . import text_net, texts
from .run import Run
from .text_net import State, TextNet
from .text_watch import Watch
from .texts import Text
from .transfer import freeze

RESET = 0.01
"""How often a place loses its thread, so that the net learns to begin, too."""
AVERAGE = 0.998
"""How much of the played weights stays at every step."""
WARM_UP = 100
"""Steps over which the learning rate rises."""
SHORT = 4.0
"""Minutes below which a smaller net, which reads more text meanwhile, ends up better."""
PRECISIONS = ("auto", "float32", "bfloat16")
RANGES = {
    "units": (0, 2048), "layers": (0, 8), "dropout": (-1.0, 0.9), "batch": (0, 4096), "length": (2, 4096),
    "rate": (1e-6, 1.0), "decay": (0.0, 1.0), "held_out": (0.0, 0.5),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a text net is built and trained. What is 0 is chosen by the size of the text."""

    net: str = "lstm"
    """``lstm``, ``gru``, or ``rnn``: the plain tanh network of the lessons, without residual ways."""
    budget: str = "small"
    units: int = 0
    """Numbers in the state of a layer, 8..2048."""
    layers: int = 0
    """1..8."""
    dropout: float = -1.0
    """Share of the numbers between layers that is dropped while training; below 0: by the size of the text."""
    batch: int = 0
    """Places of the text that are read at once."""
    length: int = 64
    """Bytes between two steps of the optimiser."""
    rate: float = 5e-3
    """Learning rate at its highest; it falls to a twentieth along a cosine."""
    decay: float = 0.05
    """Weight decay of the matrices."""
    held_out: float = 0.1
    """Share of the text, at its end, that is never trained on."""
    precision: str = "auto"
    """``float32``, ``bfloat16``, or ``auto``: what is faster here."""

    @property
    def residual(self) -> bool:
        """Whether the layers stand on residual ways with norms; the plain net has neither."""
        return self.net != "rnn"

    def suited(self, size: int, minutes: float = math.inf) -> "Settings":
        """With everything chosen, for a text of ``size`` bytes and ``minutes`` of one processor core."""
        units, layers = (128, 1) if self.net == "rnn" else (192, 2) if self.budget == "small" else (384, 2)
        dropout = 0.1 if size < 2_000_000 else 0.05
        if minutes < SHORT:
            units, dropout = min(units, 128), 0.0
        if size < texts.FEW and self.net != "rnn":
            units, dropout = min(units, 128), 0.4
        return replace(
            self, units=self.units or units, layers=self.layers or layers, batch=self.batch or 32,
            dropout=self.dropout if self.dropout >= 0 else 0.0 if self.net == "rnn" else dropout,
        )  # fmt: skip


def checked(settings: Settings) -> Settings:
    """The settings, if a net can be trained with them. Raises BadValue."""
    if settings.net not in text_net.KINDS:
        raise BadValue(f"a text net cannot be a {settings.net[:40]!r}", hint=f"one of {', '.join(text_net.KINDS)}")
    if settings.precision not in PRECISIONS:
        raise BadValue(f"precision is {settings.precision[:40]!r}", hint=f"one of {', '.join(PRECISIONS)}")
    for name, (low, high) in RANGES.items():
        if not low <= getattr(settings, name) <= high:
            raise BadValue(f"{name} is {getattr(settings, name):g}", hint=f"{low:g} to {high:g}")
    return settings


def config_of(settings: Settings, text: Text) -> dict[str, Any]:
    """What the net for ``text`` is built from: the config in its model file."""
    return {
        "net": settings.net, "units": settings.units, "layers": settings.layers,
        "residual": settings.residual, "alphabet": Alphabet.seen_in(text.data).said,
    }  # fmt: skip


# The text as tensors ------------------------------------------------------------------------------


class Reading(NamedTuple):
    """A text as it is trained on."""

    numbers: Tensor
    """(bytes,) int64: what is learned from."""
    held_out: Tensor
    """(bytes,) int64: what is only looked at; empty when nothing is held out."""

    def places(self, batch: int) -> int:
        """How many places there are for as many stretches of useful length, at most ``batch``."""
        return max(1, min(batch, (len(self.numbers) - 1) // 64))

    def stretch(self, step: int, batch: int, length: int) -> tuple[Tensor, Tensor, bool]:
        """What step ``step`` reads: (T, N) bytes, those that follow each of them, and whether it begins
        anew. Every round through the text begins at another byte, so that borders move."""
        batch = self.places(batch)
        each = (len(self.numbers) - 1) // batch
        length = min(length, each)
        per_round = each // length
        turn, at = divmod(step, per_round)
        shift = int(np.random.default_rng(turn).integers(0, len(self.numbers)))
        begins = (torch.arange(batch) * each + at * length + shift)[None] + torch.arange(length)[:, None]
        last = len(self.numbers)
        return self.numbers[begins % last], self.numbers[(begins + 1) % last], at == 0

    def per_round(self, batch: int, length: int) -> int:
        """Steps that one reading of the whole text takes."""
        each = (len(self.numbers) - 1) // self.places(batch)
        return max(1, each // min(length, each))


def reading(text: Text, alphabet: Alphabet, held_out: float, device: str) -> Reading:
    """The text as numbers, its last part put aside."""
    numbers = torch.from_numpy(alphabet.numbers(text.data)[0].astype(np.int64)).to(device)
    aside = int(len(numbers) * held_out)
    return Reading(numbers[: len(numbers) - aside], numbers[len(numbers) - aside :])


def half_is_faster(net: TextNet, batch: int, length: int, device: str) -> bool:
    """Whether one step in bfloat16 takes less time here than one in float32."""
    if device != "cpu":
        return True
    numbers, took = torch.zeros((length, batch), dtype=torch.long), []
    for half in (False, True):
        for _ in range(2):  # the first one warms up
            began = time.perf_counter()
            with torch.autocast(device, torch.bfloat16, enabled=half):
                logits, _ = net(numbers)
            logits.float().sum().backward()
            net.zero_grad()
        took.append(time.perf_counter() - began)
    return took[1] < took[0]


# The loop -----------------------------------------------------------------------------------------


def train(run: Run, data: Text, settings: Settings) -> None:
    """Train until the run's budget is used up, or until the held-out text gets harder again."""
    settings = checked(settings).suited(len(data.data))
    run.config = config_of(settings, data)
    alphabet = Alphabet.of(run.config)
    text = reading(data, alphabet, settings.held_out, run.device)
    torch.manual_seed(run.seed)
    net = TextNet(run.config, settings.dropout).to(run.device)
    kept = run.resume()
    if kept is None and run.origin is not None:
        run.noted(text_net.begin_from(net, run.origin, alphabet).sentence("the net"))
    if run.freeze:
        freeze({"net": net}, run.freeze)
    average = copy.deepcopy(net).requires_grad_(False)
    optimiser = torch.optim.AdamW(groups(net, settings.decay), lr=settings.rate, betas=(0.9, 0.99))
    batch = text.places(settings.batch)
    state, watch = net.cold(batch, run.device), Watch()
    if kept is None:
        half = settings.precision == "bfloat16" or (
            settings.precision == "auto" and half_is_faster(net, batch, settings.length, run.device)
        )
    else:
        state, watch, half = restore(kept, net, average, optimiser)
    look_every = max(25, text.per_round(settings.batch, settings.length) // 2)

    def everything() -> dict[str, Any]:
        return {
            "net": net.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict(),
            "state": state, "watch": watch.kept(), "half": half,
        }  # fmt: skip

    for step in run.steps():
        if run.due("keep"):
            run.keep(everything())
        if run.due("show"):
            watch.publish(run, average, text.numbers)
        for group in optimiser.param_groups:
            group["lr"] = settings.rate * run.rate * schedule(step, run.progress)
        x_TN, y_TN, anew = text.stretch(step, settings.batch, settings.length)
        state = net.cold(batch, run.device) if anew else forgetful(state)
        with torch.autocast(torch.device(run.device).type, torch.bfloat16, enabled=half):
            logits_TNV, state = net(x_TN, state)
        loss = nn.functional.cross_entropy(logits_TNV.float().flatten(0, 1), y_TN.flatten())
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        follow(average, net, min(AVERAGE, (step + 1) / (step + 10)))
        seen = watch.look(run, average, text.held_out, half=half) if (step + 1) % look_every == 0 else {}
        run.say(bits=float(loss.detach()) / math.log(2), **seen)
    if run.progress >= 1.0:
        watch.look(run, average, text.held_out, half=half)
    run.keep(everything())
    watch.publish(run, average, text.numbers)


def groups(net: TextNet, decay: float) -> list[dict[str, Any]]:
    """Weight decay for the matrices only."""
    trained = [p for p in net.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trained if p.dim() > 1], "weight_decay": decay},
        {"params": [p for p in trained if p.dim() < 2], "weight_decay": 0.0},
    ]


def schedule(step: int, progress: float) -> float:
    """Share of the learning rate: it rises over the first steps and falls along a cosine to a twentieth."""
    return min(1.0, (step + 1) / WARM_UP) * (0.05 + 0.475 * (1 + math.cos(math.pi * progress)))


def forgetful(state: State) -> State:
    """The state that the step before left, cut off from its past; some places lose it altogether."""
    stays = (torch.rand(1, state[0].shape[1], 1) >= RESET).to(state[0].device)
    return [part.detach() * stays for part in state]


@torch.no_grad()
def follow(average: TextNet, net: TextNet, stays: float) -> None:
    """Move the averaged weights a little towards those that were just trained."""
    torch._foreach_lerp_(list(average.parameters()), list(net.parameters()), 1 - stays)


def restore(
    kept: Mapping[str, Any], net: TextNet, average: TextNet, optimiser: torch.optim.Optimizer
) -> tuple[State, Watch, bool]:
    """Stand where ``kept`` was taken. Raises ModelRefused."""
    try:
        net.load_state_dict(kept["net"])
        average.load_state_dict(kept["average"])
        optimiser.load_state_dict(kept["optimiser"])
        device = net.head.weight.device
        return [part.to(device) for part in kept["state"]], Watch.of(kept["watch"]), bool(kept["half"])
    except (RuntimeError, KeyError, ValueError, TypeError) as error:
        raise ModelRefused(
            f"what was kept does not fit these settings: {str(error).splitlines()[0]}",
            hint="give the settings it was begun with, or another folder",
        ) from None
