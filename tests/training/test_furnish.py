"""A net made elsewhere is given what playing wants, and then plays."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from livegen import cli
from livegen.card import Card
from livegen.generators import stills, weights
from livegen.generators.alias.plan import Plan
from livegen.generators.base import Request, build, describe
from livegen.generators.capacity.plan import Plan as Capacity
from livegen.generators.gan.network import AliasMaker, CapacityMaker, Maker
from livegen.generators.gan.plan import written
from livegen.generators.gated.network import Gated
from livegen.generators.gated.plan import Plan as Gates
from livegen.generators.styled.naive import Naive
from livegen.generators.styled.shape import Shape
from livegen.generators.weights import Header
from livegen.latent import Latent
from livegen.training.furnish import furnish

CARD = Card(title="Foreign", author="a", licence="CC0-1.0", data="random numbers")
FOREIGN = {"width": 32, "height": 32, "table": (16, 12, 10, 8), "z": 12, "w": 12, "mapping": 3, "noise": True, "zeros": True}


def brought(folder, average=True, **more):
    """(path, net): a model file as an import leaves it, with nothing but the weights."""
    torch.manual_seed(2)
    net = Maker(Shape(**FOREIGN | more)).eval().requires_grad_(False)
    for name, each in net.named_parameters():
        if name.endswith(("bias", "strength")):
            each.add_(torch.randn_like(each) * 0.2)
        elif name.startswith("mapping.layers"):
            each.copy_(torch.randn_like(each) / 0.01)
    held = {name: each.numpy() for name, each in net.state_dict().items()}
    if average:
        held["mapping.average"] = np.full(12, 0.1, np.float32)
    path = folder / "foreign.safetensors"
    weights.write(path, held, Header(family="gan", config=written(net.plan)))
    return path, net


def painted(generator, **knobs):
    """(32, 32, 4), as numbers."""
    out = np.zeros((32, 32, 4), np.uint8)
    values = generator.info.sow(1)
    given = {name.replace("__", "/"): value for name, value in knobs.items()}
    request = Request(instance="main", latent=Latent(values, generator.info.spaces[0]), knobs=given, size=(32, 32))
    assert generator.render(request, out).finite
    return out.astype(int)


def test_it_plays_with_directions_and_thumbnails(tmp_path):
    """The file's own mean w is kept; every direction has a knob and a strip of pictures; the first one is shown early."""
    path, _ = brought(tmp_path)
    said: list[float] = []
    seen: list[tuple[float, bytes]] = []
    furnish(path, CARD, lambda done, what: said.append(done), lambda jpeg: seen.append((said[-1], jpeg)))
    assert sorted(said) == said
    held = weights.read(path)[1]
    assert [(0.05, held["thumb.model"].tobytes())] == seen
    assert np.allclose(0.1, held["latent.mean"])
    info = describe("gan", {"model": str(path)})
    assert {"sefa/1", "truncation/layers", "noise"} <= {param.address for param in info.params}
    assert all(f"thumb.{address}" in held for address in info.directions)
    assert len([each for each in info.directions if each.startswith("sefa/")]) == 8
    amplified = [param.description for param in info.params if param.address.startswith("sefa/")]
    assert any(" or " in each.split(":")[0] for each in amplified)


def test_the_seeds_picture_is_the_nets_own(tmp_path):
    """Through mapping, played space and folded net: what the textbook's net paints of the same z."""
    path, net = brought(tmp_path)
    furnish(path, CARD)
    generator = build("gan", {"model": str(path)})
    with torch.no_grad():
        z = torch.from_numpy(stills.opened(str(path)).of_seeds([1]))
        ws = net.mapping(z)[:, None].expand(-1, net.plan.layers, -1)
        wanted = ((Naive(net.synthesis)(ws)[0] * 127.5 + 128).clamp(0, 255)).permute(1, 2, 0).numpy()
    assert np.abs(painted(generator)[..., :3] - wanted).mean() < 2.5


@pytest.mark.parametrize("architecture", ["resnet", "orig"])
def test_other_architectures_come_in_too(tmp_path, architecture):
    """Grey and transparent ones as well; without a mean in the file it is taken from samples."""
    path, _ = brought(tmp_path, average=False, architecture=architecture, colours=4 if architecture == "orig" else 1)
    furnish(path, CARD)
    assert painted(build("gan", {"model": str(path)})).std() > 1.0


def test_knobs_change_the_picture_and_go_back(tmp_path):
    """Noise, its motion, layers of truncation, closed-form directions, classes."""
    path, _ = brought(tmp_path, classes=3)
    furnish(path, CARD)
    generator = build("gan", {"model": str(path)})
    usual = painted(generator)
    for knobs in (
        {"noise": 0.0}, {"shimmer": 0.3}, {"sefa__1": 2.0}, {"class": 2},
        {"truncation": 0.3, "truncation__layers": 2}, {"truncation": 0.3},
    ):  # fmt: skip
        assert np.abs(painted(generator, **knobs) - usual).mean() > 1.0, knobs
    assert (usual == painted(generator, noise=1.0, shimmer=0.0, truncation__layers=8)).all()


def test_stills_are_the_nets_own_numbers(tmp_path):
    """Classes, layers of truncation and mixing, as the papers have them, to the last digits of single precision."""
    path, net = brought(tmp_path, classes=3)
    furnish(path, CARD)
    still = stills.opened(str(path))
    z, other = (torch.from_numpy(still.of_seeds([seed])) for seed in (4, 7))
    shares = torch.tensor([[0.0, 0.0, 1.0]])
    with torch.no_grad():
        ws = net.mapping(z, shares)[:, None].repeat(1, net.plan.layers, 1)
        ws[:, 5:] = net.mapping(other, shares)
        middle = torch.full((12,), 0.1)
        ws[:, :3] = middle + 0.5 * (ws[:, :3] - middle)
        wanted = Naive(net.synthesis)(ws).numpy()
    got = next(iter(still.draw(z.numpy(), truncation=0.5, cutoff=3, kind=2, mix=(7, 5))))
    assert np.abs(got - wanted).max() < 2e-5 * np.abs(wanted).max()


def test_the_verb_takes_them_as_words(tmp_path, capsys):
    """And says which classes there are."""
    path, _ = brought(tmp_path, classes=3, colours=4)
    furnish(path, CARD)
    out = tmp_path / "one.png"
    assert 0 == cli.main(["still", str(path), "--class", "1", "--cutoff", "2", "--mix", "3:4", "-o", str(out)])
    assert ("RGBA", (32, 32)) == (Image.open(out).mode, Image.open(out).size)
    assert 0 != cli.main(["still", str(path), "--class", "3", "-o", str(out)])
    assert "0 to 2" in capsys.readouterr().err


@pytest.mark.parametrize("more", [{}, {"classes": 3, "colours": 4}], ids=["plain", "classes"])
def test_an_alias_free_net_is_given_its_space_too(tmp_path, more):
    """It plays with directions by number and those of its weights, from its own middle."""
    torch.manual_seed(4)
    net = AliasMaker(Plan.designed(32, channel_base=256, channel_max=8, layers=5, w=12, z=6, **more)).eval()
    held = {name: each.detach().numpy() for name, each in net.state_dict().items()}
    path = tmp_path / "waves.safetensors"
    weights.write(path, held | {"mapping.average": np.full(12, 0.1, np.float32)}, Header(family="gan", config=written(net.plan)))
    furnish(path, CARD)
    generator = build("gan", {"model": str(path)})
    assert {"form-1", "form-6"} <= {name.removeprefix("direction/") for name in generator.info.directions}
    still = painted(generator)
    for knob in ("direction/form-1", "sefa/1", *(["class"] if more else [])):
        assert np.abs(painted(generator, **{knob: 2.0}) - still).max() > 0, knob
    assert np.allclose(0.1, weights.read(path)[1]["latent.mean"])
    with Image.open(io.BytesIO(weights.read(path)[1]["thumb.model"].tobytes())) as image:
        assert (32, 32) == image.size


def test_a_net_of_lucidrains_make_is_given_all_of_it(tmp_path):
    """Directions with names and strips, those of its weights, a likeness; a net without w only the last."""
    torch.manual_seed(4)
    styled = CapacityMaker(Capacity(width=32, height=32, w=12, mapping=2, begin=10, table=(10, 8, 6, 4))).eval()
    gated = Gated(Gates(width=32, height=32, z=6, begin=6, table=(6, 5, 4), middle=(6, 6, 5))).eval()
    found = []
    for net in (styled, gated):
        held = {name: each.detach().numpy() for name, each in net.state_dict().items()}
        path = tmp_path / f"{type(net).__name__}.safetensors"
        weights.write(path, held, Header(family="gan", config=written(net.plan)))
        furnish(path, CARD)
        found.append((build("gan", {"model": str(path)}), weights.names_in(path)))
    (generator, names), (plain, few) = found
    assert 8 == len([name for name in names if name.startswith("thumb.direction/")]) == len([name for name in names if name.startswith("thumb.sefa/")])
    still = painted(generator)
    for knob in (*generator.info.directions[:2], "sefa/1"):
        assert np.abs(painted(generator, **{knob: 2.0}) - still).max() > 0, knob
    assert ({"thumb.model"}, ()) == ({name for name in few if name.startswith(("thumb", "latent"))}, plain.info.directions)
    assert (painted(plain) == painted(plain)).all()
