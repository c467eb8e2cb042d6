"""A GAN with random weights, as a model file: for tests that want no picture worth looking at."""

import numpy as np
import torch

from livegen.card import Card
from livegen.generators import weights
from livegen.generators.gan.network import Maker
from livegen.generators.gan.plan import written as planned
from livegen.generators.styled.shape import Shape
from livegen.generators.weights import Header

CARD = Card(title="Noise", author="a", licence="CC0-1.0", data="random numbers")


def saved(path, **given):
    """A GAN with random weights, noise of some strength and a mean w; and the network itself."""
    shape = Shape(width=16, height=16, channel_base=128, channel_max=8, z=6, w=12, **given)
    torch.manual_seed(2)
    net = Maker(shape).eval().requires_grad_(False)
    for name, each in net.named_parameters():
        if name.endswith(("bias", "strength")):
            each.add_(torch.randn_like(each) * 0.3)
    tensors = {name: each.numpy() for name, each in net.state_dict().items()}
    tensors["latent.mean"] = np.random.default_rng(1).standard_normal(12).astype(np.float32)
    tensors |= {"latent.basis": np.eye(6, 12, dtype=np.float32), "latent.sigma": np.ones(6, np.float32)}
    weights.write(path, tensors, Header(family="gan", config=planned(shape), card=CARD))
    return path, net
