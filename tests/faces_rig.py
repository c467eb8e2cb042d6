"""A small GAN with random weights as a file, that can be looked through and fitted to: what tests of own images need."""

import numpy as np
import torch

from livegen.card import Card
from livegen.generators import weights
from livegen.generators.gan.network import Maker
from livegen.generators.gan.plan import written
from livegen.generators.styled.latents import surveyed
from livegen.generators.styled.shape import Shape
from livegen.generators.weights import Header
from livegen.training.gan_show import gaussian

CARD = Card(title="Faces", author="a", licence="CC0-1.0", data="random numbers")
FACES = Shape(width=32, height=16, channel_base=128, channel_max=12, z=6, w=12)


def faces(path, net=None, more=None):
    """Write a random net to ``path``, with ``more`` tensors; (its tensors, the net)."""
    torch.manual_seed(5)
    net = (net or Maker(FACES)).eval().requires_grad_(False)
    for name, each in net.named_parameters():
        if name.startswith("mapping.layers") and name.endswith("weight"):
            each.copy_(torch.randn_like(each) / 0.01)
    space, _ = surveyed(net.mapping(gaussian(2000, net.plan.z, 7)).numpy(), min(net.plan.z, net.plan.w))
    held = {name: each.numpy() for name, each in net.state_dict().items()} | space.tensors() | (more or {})
    statistics = {"directions": [{"name": "light", "share": 0.4}]}
    weights.write(path, held, Header(family="gan", config=written(net.plan), statistics=statistics, card=CARD))
    return held, net


def painted(net, ws_LW):
    """(3, H, W) uint8 of one w, or of one for each layer."""
    with torch.no_grad():
        made = net.synthesis(torch.as_tensor(np.asarray(ws_LW))[None].expand(1, net.plan.layers, -1))
    return ((made[0].clamp(-1, 1) + 1) * 127.5).round().byte().numpy()
