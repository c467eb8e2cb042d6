"""The recipe of Ha and Eck's paper in its plainest form, to be measured against: their sizes, rates and
annealing, batches drawn at random, nothing averaged. https://arxiv.org/abs/1704.03477, section 3 and appendix.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch

from ..latent import Floats
from .strokes import Settings, batch, measure, net_of, varied

PAPER = Settings(
    latent=128, decoder=512, encoder=256, mixtures=20, dropout=0.1, batch=100, rate=1e-3, kl=0.5, kl_floor=0.2,
    stretch=0.15, turn=0.0, drop=0.1,
)  # fmt: skip
"""What the paper trained with. Its dropout is inside the recurrence, ours of the output."""
LEAST, DECAY, ANNEAL = 1e-5, 0.9999, 0.99995


@contextmanager
def one_thread() -> Iterator[None]:
    """Meanwhile torch works on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def train_plain(
    known: list[Floats],
    asked: list[Floats],
    seconds: float,
    *,
    latent: int = PAPER.latent,
    jitter: float = 0.02,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, float]:
    """Train for ``seconds`` of ``clock``: what ``asked`` then costs, as ``strokes.measure`` says it, and ``steps``.

    ``latent`` 0 trains the paper's decoder only.
    """
    settings = replace(PAPER, latent=latent, jitter=jitter)
    torch.manual_seed(0)
    net, chance = net_of(settings), np.random.default_rng(0)
    optimizer = torch.optim.Adam(net.parameters(), lr=settings.rate)
    began, step = clock(), 0
    while clock() - began < seconds:
        chosen = chance.integers(len(known), size=settings.batch)
        steps, lengths = batch([varied(known[i], chance, settings) for i in chosen])
        losses = net.train().losses(steps, lengths)
        weight = settings.kl * (1 - (1 - 0.01) * ANNEAL**step)
        kl = losses.kl.mean().clamp(min=settings.kl_floor) if latent else losses.offset.new_zeros(())
        optimizer.zero_grad()
        (losses.offset + losses.pen + weight * kl).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_value_(net.parameters(), settings.clip)
        for group in optimizer.param_groups:
            group["lr"] = (settings.rate - LEAST) * DECAY**step + LEAST
        optimizer.step()
        step += 1
    return {**measure(net, asked, settings), "steps": float(step)}
