"""The style-modulated generator: one core for torch and numpy, any size, tiles, canvases."""

import numpy as np
import pytest
import torch

from livegen.errors import ModelRefused
from livegen.generators.styled.latents import Space, surveyed, turned
from livegen.generators.styled.layers import Linear
from livegen.generators.styled.mapping import Mapping
from livegen.generators.styled.plain import PlainMapping, PlainSynthesis
from livegen.generators.styled.shape import Shape
from livegen.generators.styled.synthesis import Synthesis, around, blurred, doubled, lapped

# Multiplied in single precision some ten layers deep: rounding is this share of the largest number.
ROUNDING = 2e-5


def tiny(**more):
    return Shape(**{"width": 16, "height": 16, "channel_base": 128, "channel_max": 8, "z": 6, "w": 12, **more})


def nets(shape, seed=0):
    """Mapping and synthesis with no weight left at zero."""
    torch.manual_seed(seed)
    pair = Mapping(shape), Synthesis(shape)
    with torch.no_grad():
        for net in pair:
            for each in net.parameters():
                if each.dim() < 2:
                    each.add_(0.3 * torch.randn_like(each))
    return pair


def ws_of(mapping, count=2, seed=1):
    z = torch.randn(count, mapping.shape.z, generator=torch.Generator().manual_seed(seed))
    return mapping(z)[:, None].expand(-1, mapping.shape.layers, -1)


@pytest.mark.parametrize(("size", "start", "levels"), [((64, 64), (4, 4), 4), ((96, 64), (4, 6), 4), ((256, 384), (6, 4), 6)])
def test_a_picture_grows_from_a_small_constant(size, start, levels):
    """Sides are a constant of four or more pixels, doubled."""
    shape = Shape(width=size[0], height=size[1])
    assert (start, levels, 2 * levels + 2) == (shape.start, shape.levels, shape.layers)


def test_a_size_that_cannot_be_grown_names_one_that_can():
    """The hint is a size that is taken."""
    with pytest.raises(ModelRefused) as refused:
        Shape(width=500, height=333)
    width, height = (int(side) for side in refused.value.hint.removeprefix("take ").split(" x "))
    assert (width, height) == (Shape(width=width, height=height).width, height)


@pytest.mark.parametrize("more", [{}, {"width": 24}, {"wrap": True}, {"noise": True}, {"normal": False}])
def test_numpy_paints_what_torch_paints(more):
    """The stand-in shows the same picture."""
    shape = tiny(**more)
    mapping, synthesis = nets(shape)
    held = {f"mapping.{n}": t.numpy() for n, t in mapping.state_dict().items()}
    held |= {f"synthesis.{n}": t.numpy() for n, t in synthesis.state_dict().items()}
    with torch.no_grad():
        ws = ws_of(mapping, 1)
        expected = synthesis(ws)[0].numpy()
    z = torch.randn(1, shape.z, generator=torch.Generator().manual_seed(1)).numpy()
    w = PlainMapping(shape, held)(z)[0]
    assert np.abs(ws[0, 0].numpy() - w).max() < ROUNDING * np.abs(w).max()
    painted = PlainSynthesis(shape, held)(np.repeat(w[None], shape.layers, 0))
    assert expected.shape == painted.shape == (3, shape.height, shape.width)
    assert np.abs(expected - painted).max() < ROUNDING * np.abs(expected).max()


@pytest.mark.parametrize("kind", [-1, 0, 2])
def test_a_class_goes_into_the_mapping(kind):
    """Beside z, evened out as z is; torch and numpy agree, and another class is another w."""
    shape = tiny(classes=3)
    mapping, _ = nets(shape)
    held = {f"mapping.{n}": t.numpy() for n, t in mapping.state_dict().items()}
    z, shares = torch.randn(2, shape.z), torch.zeros(2, 3)
    if kind >= 0:
        shares[:, kind] = 1.0
    with torch.no_grad():
        wanted, other = mapping(z, shares).numpy(), mapping(z, 1.0 - shares).numpy()
    assert np.abs(wanted - PlainMapping(shape, held)(z.numpy(), kind)).max() < ROUNDING * np.abs(wanted).max()
    assert np.abs(wanted - other).max() > 100 * ROUNDING * np.abs(wanted).max()


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"table": (8, 8)}, "3 whole numbers"),
        ({"table": (8, 8, 0)}, "3 whole numbers"),
        ({"table": (8, 8, 1 << 20)}, "3 whole numbers"),
        ({"colours": 2}, "colours 1, 3 or 4"),
        ({"architecture": "fancy"}, "skip, resnet, orig"),
        ({"clamp": -1.0}, "0 or a positive number"),
        ({"clamp": float("nan")}, "0 or a positive number"),
        ({"classes": -1}, "a whole number"),
    ],
)
def test_nonsense_in_a_file_from_elsewhere_is_refused(given, hint):
    """A shape is read from a stranger's file: nothing is built from it before it is checked."""
    with pytest.raises(ModelRefused) as refused:
        tiny(**given)
    assert hint in refused.value.hint


def test_what_only_nets_from_elsewhere_say_is_left_out_of_ours():
    """And what is said is read again, lists as tuples."""
    assert "table" not in tiny().as_dict()
    shape = tiny(table=(8, 6, 5), colours=4, zeros=True)
    assert shape == Shape.from_dict({**shape.as_dict(), "table": [8, 6, 5]})


def test_a_style_on_the_activations_is_a_style_on_the_weights():
    """Modulation and demodulation as the paper writes them, on the weights of each picture."""
    shape = tiny()
    mapping, synthesis = nets(shape)
    layer, w = synthesis.blocks[1].conv, ws_of(mapping)[:, 0]
    x = torch.randn(2, 8, 8, 8)
    with torch.no_grad():
        expected = []
        for one, style in zip(x, layer.affine(w), strict=True):
            weight = layer.weight / 72**0.5 * style[None, :, None, None]
            weight = weight * (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
            y = torch.nn.functional.conv2d(one[None], weight, layer.bias, padding=1)
            expected.append(torch.nn.functional.leaky_relu(y, 0.2) * 2**0.5)
        assert torch.allclose(torch.cat(expected), layer(x, w), atol=1e-5)


def test_doubling_keeps_a_flat_picture_flat():
    """The filter makes up for the zeros between: a torus of ones stays ones."""
    one = torch.zeros(1, 1, 3, 3)
    one[..., 1, 1] = 1.0
    assert torch.allclose(torch.ones(1, 1, 8, 8), doubled(torch.ones(1, 1, 4, 4), one, wrap=True))
    assert (1, 1, 8, 8) == doubled(torch.ones(1, 1, 4, 4), one, wrap=False).shape
    assert (1, 2, 8, 8) == blurred(torch.ones(1, 2, 9, 9), padding=1).shape


def test_a_tile_moved_round_is_the_same_tile_moved_round():
    """Wrapped pictures know no edge: a canvas of two is the picture twice."""
    shape = tiny(wrap=True)
    mapping, synthesis = nets(shape)
    with torch.no_grad():
        ws = ws_of(mapping, 1)
        one, two = synthesis(ws), synthesis(ws, canvas=(2, 1))
    assert torch.allclose(torch.cat((one, one), 3), two, atol=1e-4)


def test_a_canvas_whose_w_moves_round_moves_round():
    """w may change from place to place, and goes over the edge of a torus without a seam."""
    shape = tiny(wrap=True)
    _, synthesis = nets(shape)
    maps = torch.randn(1, shape.layers, shape.w, 1, 3, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        here, moved = synthesis(maps, canvas=(3, 1)), synthesis(maps.roll(1, 4), canvas=(3, 1))
    assert torch.allclose(here.roll(16, 3), moved, atol=1e-4)


def test_the_way_back_around_the_edge_is_what_autograd_finds():
    """The short cut of the wrapped padding changes no gradient."""
    x = torch.randn(2, 3, 4, 5, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(2, 3, 6, 7, dtype=torch.float64)
    (expected,) = torch.autograd.grad((lapped(x) * weight).sum(), x)
    (found,) = torch.autograd.grad((around(x) * weight).sum(), x)
    assert torch.allclose(expected, found)


def test_a_coarser_level_has_half_the_sides():
    """The skip connections to RGB let a picture stop early."""
    shape = tiny(width=24)
    mapping, synthesis = nets(shape)
    assert (2, 3, 8, 12) == synthesis(ws_of(mapping), level=1).shape
    fields = synthesis.fields()
    assert [(4, 6), (8, 12), (8, 12), (16, 24), (16, 24)] == fields
    noise = [torch.zeros(1, 1, *side) for side in fields]
    with torch.no_grad():
        assert torch.equal(synthesis(ws_of(mapping)), synthesis(ws_of(mapping), noise=noise))


def test_layers_begin_with_spread_one():
    """An equalised layer keeps the spread of what goes in, whatever its width."""
    torch.manual_seed(0)
    x = torch.randn(4000, 64)
    # The spread of a spread over 4000 x 32 outputs that share 32 weight rows of 64.
    assert abs(1.0 - Linear(64, 32, rate=0.01)(x).std().item()) < 4 / (2 * 32 * 64) ** 0.5


def test_directions_are_sorted_and_lead_back():
    """u in standard deviations -> w -> u."""
    draw = np.random.default_rng(0)
    w = draw.standard_normal((4000, 5)).astype(np.float32) * np.array([1, 5, 2, 0.5, 3], np.float32) + 7
    space, share = surveyed(w, 3)
    assert [1, 4, 2] == np.abs(space.basis).argmax(1).tolist()
    assert np.allclose([25 / 39.25, 9 / 39.25, 4 / 39.25], share, atol=0.03)
    u = draw.standard_normal((7, 3)).astype(np.float32)
    again = Space.from_tensors(space.tensors())
    assert np.allclose(u, again.down(again.up(u)), atol=1e-4)


def test_a_turned_space_is_sorted_by_what_shows():
    """What shows follows one direction strongly and another weakly; the space around is as wide as before."""
    draw = np.random.default_rng(1)
    w = draw.standard_normal((4000, 4)).astype(np.float32) * np.array([4, 3, 2, 1], np.float32)
    space, _ = surveyed(w, 4)
    u = draw.standard_normal((400, 4)).astype(np.float32)
    at = space.up(u)
    found, share = turned(space, u, np.stack([3 * at[:, 3] / 1, at[:, 1] / 3], 1))
    assert [3, 1] == np.abs(found.basis[:2]).argmax(1).tolist()
    assert np.allclose([0.9, 0.1, 0, 0], share, atol=0.05)
    assert np.allclose(np.cov(found.down(w).T), np.eye(4), atol=0.01)
    assert np.allclose(u, found.down(found.up(u)), atol=1e-4)
