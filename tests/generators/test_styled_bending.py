"""Network bending: what is done to the features of one layer, on the plain net and the folded one alike."""

import pytest
import torch

from livegen.generators.styled.bending import Bend, asked, channels
from livegen.generators.styled.folded import Folded
from livegen.generators.styled.shape import Shape
from livegen.generators.styled.synthesis import Synthesis


def net(**given):
    torch.manual_seed(5)
    shape = Shape(**{"width": 32, "height": 16, "channel_base": 512, "channel_max": 16, "w": 16, **given})
    return Synthesis(shape).eval().requires_grad_(False)


EACH = [{"across": 0.3}, {"down": -0.2}, {"turn": 0.1}, {"zoom": 0.7}, {"grow": 1.0}, {"grow": -0.5}, {"invert": 1.0}]


@pytest.mark.parametrize("how", EACH, ids=lambda how: next(iter(how)))
@pytest.mark.parametrize("given", [{}, {"wrap": True}, {"architecture": "resnet"}], ids=["plain", "wrap", "resnet"])
@pytest.mark.parametrize("layer", [0, 3])
def test_the_folded_net_bends_as_the_plain_one(how, given, layer):
    """Features that are still to be multiplied may be bent all the same; and the picture is another one."""
    synthesis = net(**given)
    ws = torch.randn(synthesis.shape.layers, 16, generator=torch.Generator().manual_seed(1))
    bend = Bend(layer=layer, share=0.6, **how)
    with torch.inference_mode():
        straight, wanted = synthesis(ws[None]), synthesis(ws[None], bend=bend)
        made = Folded(synthesis)(ws, bend=bend)
    assert 1e-4 > float((made - wanted).abs().max() / wanted.abs().max())
    assert 0.01 < float((straight - wanted).abs().max() / wanted.abs().max())


def test_moving_round_a_torus_comes_back():
    """Once across and down is where it was; so are two halves; without a torus edges are mirrored in."""
    x = torch.randn(1, 6, 8, 16)
    torch.testing.assert_close(Bend(across=1.0, down=1.0)(0, x, True), x, rtol=1e-4, atol=1e-4)
    half = Bend(across=0.5)
    torch.testing.assert_close(half(0, half(0, x, True), True), x, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(half(0, x, True), x.roll(8, 3), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(half(0, x, False)[..., 8:], x[..., :8], rtol=1e-4, atol=1e-4)


def test_what_is_bright_spreads_and_what_is_dark_eats_into_it():
    """One bright pixel becomes a window of them, or goes."""
    x = torch.zeros(1, 1, 9, 9)
    x[0, 0, 4, 4] = 1.0
    assert (9.0, 0.0) == (float(Bend(grow=1.0)(0, x, False).sum()), float(Bend(grow=-1.0)(0, x, False).sum()))


def test_only_the_chosen_layer_and_channels_are_bent():
    """A smaller share is a part of a larger one; nothing asked for is nothing done."""
    x = torch.randn(1, 10, 4, 4)
    bend = Bend(layer=2, share=0.3, invert=1.0)
    assert bend(1, x, False) is x
    changed = (bend(2, x, False) != x).flatten(2).any(2)[0].nonzero()[:, 0]
    assert changed.tolist() == channels(10, 0.3, 1).tolist()
    assert set(changed.tolist()) < set(channels(10, 0.7, 1).tolist())
    assert asked({"bend/layer": 3, "bend/share": 1.0}, 5) is None
    assert Bend(layer=4, turn=0.25) == asked({"bend/layer": 9, "bend/turn": 0.25}, 5)
