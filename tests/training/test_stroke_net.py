"""The stroke network in torch: its likelihoods are likelihoods, and it looks only back."""

import math

import numpy as np
import pytest
import torch
from strokes_rig import stairs

from livegen.training.stroke_net import StrokeNet, shifted, surprise
from livegen.training.strokes import batch


@pytest.fixture
def net():
    torch.manual_seed(1)
    return StrokeNet(latent=3, decoder=12, encoder=6, mixtures=2).eval()


def row(mixtures=1, **parts):
    """One output of the network, flat: pen, weights, means, log spreads, correlations."""
    names = ("pen", "weight", "x", "y", "wide", "high", "lean")
    sizes = (3, *[mixtures] * 6)
    held = [parts.get(name, [0.0] * size) for name, size in zip(names, sizes, strict=True)]
    return torch.tensor([[[x for part in held for x in part]]])


def test_a_single_round_gaussian_costs_what_a_gaussian_costs():
    """At its mean: log of 2 pi sigma squared; and a pen that nothing is known of, log 3."""
    step = torch.tensor([[[1.0, 2.0, 0, 1, 0]]])
    offset, pen = surprise(row(x=[1.0], y=[2.0], wide=[0.5], high=[0.5]), step, 1)
    assert math.log(2 * math.pi) + 1.0 == pytest.approx(float(offset), abs=1e-5)
    assert math.log(3) == pytest.approx(float(pen), abs=1e-5)


def test_a_leaning_mixture_costs_what_torch_s_own_distributions_say():
    parts = {"weight": [0.3, -0.4], "x": [0.1, 1.0], "y": [0.5, -1.0], "wide": [-0.2, 0.3], "high": [0.4, -1.0], "lean": [0.8, -0.3]}
    step = torch.tensor([[[0.7, -0.2, 1, 0, 0]]])
    rho = 0.99 * np.tanh(parts["lean"])
    across = []
    for wide, high, lean in zip(np.exp(parts["wide"]), np.exp(parts["high"]), rho, strict=True):
        across.append([[wide**2, lean * wide * high], [lean * wide * high, high**2]])
    plain = torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(logits=torch.tensor(parts["weight"])),
        torch.distributions.MultivariateNormal(
            torch.tensor([parts["x"], parts["y"]]).T, torch.tensor(np.array(across), dtype=torch.float32)
        ),
    )
    offset, _ = surprise(row(2, **parts), step, 2)
    assert -float(plain.log_prob(step[0, 0, :2])) == pytest.approx(float(offset), abs=1e-4)


def test_the_decoder_has_seen_only_what_came_before(net):
    """Another end of the drawing changes nothing about its beginning."""
    steps, _ = batch(stairs(2))
    z = torch.zeros(2, 3)
    other = steps.clone()
    other[:, 4:] += 1
    first, second = net.decode(shifted(steps), z), net.decode(shifted(other), z)
    assert torch.equal(first[:, :5], second[:, :5])
    assert not torch.equal(first[:, 5:], second[:, 5:])


@torch.no_grad()
def test_padding_costs_nothing(net):
    """A short drawing costs the same alone as beside a long one."""
    long, short = sorted(stairs(8), key=len, reverse=True)[0], sorted(stairs(8), key=len)[0]
    alone = net.losses(*batch([short]), draw=False)
    together = net.losses(*batch([short, long]), draw=False)
    other = net.losses(*batch([long]), draw=False)
    count = (len(short), len(long))
    whole = (float(alone.offset) * count[0] + float(other.offset) * count[1]) / sum(count)
    assert whole == pytest.approx(float(together.offset), abs=1e-4)


def test_a_decoder_alone_needs_no_latent():
    net = StrokeNet(latent=0, decoder=8, encoder=4, mixtures=2)
    losses = net.losses(*batch(stairs(4)))
    assert torch.isfinite(losses.offset) and 0 == float(losses.kl)
