"""The second stage, a few steps of it."""

import copy

import numpy as np
import pytest
import torch
from vae_rig import tiny

from livegen.generators.vae.network import Autoencoder
from livegen.training import vae_sharpen
from livegen.training.plain_vae import one_thread
from livegen.training.vae_sharpen import Sharpener, nearness
from livegen.training.vae_space import measured


@pytest.fixture
def sharpener():
    torch.manual_seed(0)
    draw = np.random.default_rng(0)
    space = measured(draw.standard_normal((50, 6)).astype(np.float32), draw.standard_normal((50, 12)).astype(np.float32))
    return Sharpener(Autoencoder(tiny()), space, half=False)


def real(count=4):
    return torch.rand(count, 3, 24, 16, generator=torch.Generator().manual_seed(2)) * 2 - 1


def frozen(module):
    return [each.detach().clone() for each in module.parameters()]


def same(module, before):
    return all(torch.equal(a, b) for a, b in zip(module.parameters(), before, strict=True))


def test_the_encoder_stands_still_and_everything_else_learns(sharpener):
    """Decoder, discriminator and the average that is played."""
    parts = {name: (part, frozen(part)) for name, part in vars(sharpener).items() if isinstance(part, torch.nn.Module)}
    for left in (1.0, 0.1):
        measures = sharpener.step(real(), left)
        assert all(np.isfinite(list(measures.values())))
    assert {"encoder", "before"} == {name for name, (part, before) in parts.items() if same(part, before)}
    assert parts.keys() == {"encoder", "decoder", "before", "mean", "judge"}


def test_half_of_the_latents_are_drawn_in_the_played_space(sharpener):
    """The other half are pictures, encoded."""
    z = sharpener.latents(real(8))
    assert (8, 6) == tuple(z.shape)
    with torch.no_grad():
        mean, spread = sharpener.encoder(real(8)[:4])
    assert ((z[:4] - mean).abs() < 6 * (0.5 * spread).exp()).all()


def test_what_is_drawn_stays_near_the_first_stage_seen_from_afar(sharpener, monkeypatch):
    """Without the weight on it, the same steps carry it further away."""
    free = copy.deepcopy(sharpener)
    strayed = []
    for each, weight in ((sharpener, vae_sharpen.STAY), (free, 0.0)):
        monkeypatch.setattr(vae_sharpen, "STAY", weight)
        torch.manual_seed(3)
        strayed.append(np.mean([each.step(real(8), 1.0)["strayed"] for _ in range(60)][-20:]))
    kept, gone = strayed
    assert kept < 0.9 * gone


def test_a_kept_stage_goes_on_where_it_was(sharpener):
    """State out, state in: the same next step, to the bit."""
    sharpener.step(real(), 0.8)
    net = Autoencoder(tiny())
    net.encoder.load_state_dict(sharpener.encoder.state_dict())
    net.decoder.load_state_dict(sharpener.decoder.state_dict())
    again = Sharpener(net, sharpener.space, half=False)
    again.load_state_dict(copy.deepcopy(sharpener.state_dict()))
    found = []
    with one_thread():  # two would add up gradients in an order of chance
        for each in (sharpener, again):
            torch.manual_seed(7)
            found.append(each.step(real(), 0.7))
    assert found[0] == found[1]
    assert same(again.decoder, frozen(sharpener.decoder))


def test_near_features_are_a_share_of_how_large_they_are():
    """Half as large everywhere is half away, at every level alike."""
    x = [torch.ones(2, 3, 4, 4), 100 * torch.ones(2, 5, 2, 2)]
    assert abs(0.5 - float(nearness([each / 2 for each in x], x))) < 1e-4
