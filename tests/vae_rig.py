"""Tiny VAEs as files, with random weights: what the tests of playing need."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from livegen.card import Card
from livegen.generators import weights
from livegen.generators.vae.network import Autoencoder, tensors
from livegen.generators.vae.plan import Plan, planned
from livegen.generators.weights import Header

CARD = Card(title="Tiny", author="livegen", licence="CC0-1.0", data="nobody's: random numbers")
RANK = 5


def tiny(net: str = "styled", size: tuple[int, int] = (16, 24)) -> Plan:
    plan = planned(size, net=net, latent=6)
    shape = replace(plan.shape, channel_base=128, channel_max=16, w=16)
    return replace(plan, shape=shape, hidden=32)


def written(path: Path, net: str = "styled", card: Card | None = CARD, **more) -> tuple[Path, Autoencoder]:
    """A model file, and the network that is in it, as exactly as half precision allows."""
    torch.manual_seed(3)
    plan = tiny(net)
    network = Autoencoder(plan)
    for each in network.parameters():
        each.data = each.data.half().float()
    draw = np.random.default_rng(4)
    held = {
        **tensors(network.encoder, network.decoder),
        "latent.mean": draw.standard_normal(6).astype(np.float32),
        "latent.basis": draw.standard_normal((6, RANK)).astype(np.float32),
    }
    statistics = {
        "space": {"rank": RANK, "rank95": 3},
        "directions": [{"name": "light", "share": 0.4}, {"name": "form-2", "share": 0.1}],
    } | more
    header = Header(family="vae", config=plan.as_dict(), statistics=statistics, card=card)
    weights.write(path, held, header)
    return path, network.requires_grad_(False).eval()
