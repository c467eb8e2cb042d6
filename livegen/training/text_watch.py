"""Watching a text net learn: what the held-out text costs it, which weights were best, what it writes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from ..generators.text.choose import Taste, told
from ..generators.text.step import Step
from ..latent import Floats
from .run import Run
from .text_net import TextNet, tensors_of

WARM = 128
"""Bytes of each piece of the held-out text that are read before what they cost is counted."""
PIECES, PIECE = 32, 2048
"""The pieces of the held-out text that are watched while training, and the bytes of each."""
PATIENCE = 12
"""Looks at the held-out text without progress after which training stops."""
BY_HEART = 0.02
"""Bits per byte by which the held-out text must have become harder again before that is said."""
MOODS = 8
"""Directions of the state that are kept in the model."""
WINDOW, GLANCE = 256, 8
"""Bytes over which the state is averaged for them, and the bytes between two looks at it."""
SAMPLE, TEMPERATURE = 800, 0.8


@dataclass(slots=True)
class Watch:
    """What was seen on the way."""

    best: float = math.inf
    """Bits per byte of the held-out text under the best weights so far."""
    step: int = 0
    """When that was."""
    since: int = 0
    """Looks since then."""
    said: bool = False
    weights: dict[str, Tensor] = field(default_factory=dict)
    """The best weights so far."""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Watch":
        """As ``kept`` gave it."""
        return cls(**kept)

    def kept(self) -> dict[str, Any]:
        """For the file that a run goes on from."""
        return {name: getattr(self, name) for name in self.__slots__}

    def look(self, run: Run, net: TextNet, held_out: Tensor, *, half: bool) -> dict[str, float]:
        """Measure the held-out text; remember the weights if they are the best so far, and say it when
        the net begins to learn by heart. What was measured, for the log."""
        if len(held_out) < 4 * WARM or not run.step:
            return {}
        bits = watched_bits(net, held_out, half=half)
        if bits < self.best:
            self.best, self.step, self.since = bits, run.step, 0
            self.weights = {name: tensor.detach().clone() for name, tensor in net.state_dict().items()}
            return {"held_out": bits}
        self.since += 1
        if bits > self.best + BY_HEART and self.since >= 3 and not self.said:
            self.said = True
            run.noted(
                f"it begins to learn by heart: the held-out text costs {bits:.2f} bits per character, and cost"
                f" {self.best:.2f} at step {self.step}; the weights of that step are the ones that are played"
            )
        if self.since >= PATIENCE:
            run.stopping = True
            run.noted(f"it has learned what it can from this text; the best weights are those of step {self.step}")
        return {"held_out": bits}

    def publish(self, run: Run, net: TextNet, numbers: Tensor) -> None:
        """Write the best weights with their directions, and a sample of what they write."""
        chosen = net
        if self.weights and self.step != run.step:
            chosen = TextNet(run.config).to(numbers.device)
            chosen.load_state_dict(self.weights)
        mean, basis = moods(chosen, numbers)
        tensors = tensors_of(chosen)
        statistics = {"held_out_bits": round(self.best, 4), "best_step": self.step} if self.weights else {}
        run.publish(tensors | {"moods.mean": mean, "moods.basis": basis}, statistics=statistics)
        run.show_text(told(Step(run.config, tensors), SAMPLE, seed=1, taste=Taste(temperature=TEMPERATURE)))


@torch.no_grad()
def watched_bits(net: TextNet, held_out: Tensor, *, half: bool) -> float:
    """Bits per byte of pieces of the held-out text, spread over all of it; each is read for WARM bytes first."""
    net.eval()
    count = max(1, min(PIECES, len(held_out) // (4 * WARM)))
    each = len(held_out) // count
    long = min(PIECE, each - 1)
    places = torch.arange(count)[None] * each + torch.arange(long)[:, None]
    places = places.to(held_out.device)
    with torch.autocast(held_out.device.type, torch.bfloat16, enabled=half):
        logits, _ = net(held_out[places])
    warm = min(WARM, long // 2)
    nats = nn.functional.cross_entropy(logits[warm:].float().flatten(0, 1), held_out[places + 1][warm:].flatten())
    net.train()
    return float(nats) / math.log(2)


@torch.no_grad()
def moods(net: TextNet, numbers: Tensor) -> tuple[Floats, Floats]:
    """How the state differs between passages of the text: its mean (layers, parts, H) and its strongest
    directions (MOODS, layers, parts, H), each as long as the text strays along it (one standard deviation)."""
    net.eval()
    count = max(1, min(PIECES, len(numbers) // (2 * WINDOW)))
    each = len(numbers) // count
    windows = max(1, min(PIECE, each - 1) // WINDOW)
    state, seen = net.cold(count, numbers.device), []
    for begin in range(0, windows * WINDOW, GLANCE):
        places = torch.arange(count)[None] * each + torch.arange(GLANCE)[:, None] + begin
        _, state = net(numbers[places.to(numbers.device) % len(numbers)], state)
        seen.append(torch.stack(state).movedim(2, 0))
    net.train()
    states = torch.stack(seen).view(windows, -1, *seen[0].shape).mean(1).flatten(0, 1).cpu()  # (W N, layers, parts, H)
    mean = states.mean(0)
    flat = (states - mean).flatten(1)
    _, spread, axes = torch.linalg.svd(flat, full_matrices=False)
    axes = axes * (spread / max(1, len(flat) - 1) ** 0.5)[:, None]
    axes = axes * axes.gather(1, axes.abs().argmax(1, keepdim=True)).sign()
    basis = torch.zeros(MOODS, flat.shape[1])
    basis[: len(axes)] = axes[:MOODS]
    return mean.numpy(), basis.view(MOODS, *mean.shape).numpy()
