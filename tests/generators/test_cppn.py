"""The CPPN's painters: the same request gives the same frame, whoever paints it and on whatever is at hand."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
import torch

from livegen.errors import BadValue, ModelRefused
from livegen.generators import base
from livegen.generators.base import Request
from livegen.generators.cppn import fields, kernel, paint
from livegen.generators.cppn.fused import Fused
from livegen.generators.cppn.naive import Naive
from livegen.generators.cppn.network import Network
from livegen.generators.cppn.plain import Plain
from livegen.generators.cppn.tensor import Tensor
from livegen.generators.cppn.words import NAMES, Config, describe
from livegen.latent import Latent, from_seed

KNOBS = {
    "zoom": 0.8,
    "detail": 1.2,
    "twist": 0.4,
    "hue": 0.1,
    "lines": 0.5,
    "symmetry": 0.3,
    "spin": 2.1,
    "pulse": 0.4,
}


def request(size=(96, 64), seed=3, time=1.5, z=None, **knobs):
    values = from_seed(seed, 16) if z is None else np.asarray(z, np.float32)
    return Request(instance="main", latent=Latent(values), knobs=knobs, size=size, time=time)


def painted(generator, asked):
    out = np.zeros((asked.size[1], asked.size[0], 4), np.uint8)
    assert out is generator.render(asked, out).pixels
    return out


def weights(**shares):
    return tuple(shares.get(name, 0.0) for name in NAMES)


def apart(a, b):
    """Mean difference in byte steps."""
    return float(np.abs(a.astype(int) - b).mean())


@pytest.fixture(scope="module")
def network():
    return Network(Config())


@pytest.fixture(scope="module")
def painters(network):
    """Every way to paint that this machine has."""
    found = {"torch": Tensor(describe({}), network, "cpu"), "stage": base.build("cppn", {})}
    assert isinstance(found["stage"], Fused) or kernel.load() is None
    return found


@pytest.mark.parametrize("look", NAMES)
def test_the_same_request_gives_the_same_frame(painters, look):
    """A frame depends on its request and on nothing else."""
    for painter in painters.values():
        first = painted(painter, request(look=look))
        painted(painter, request(look="ink", seed=9, size=(80, 20)))
        assert np.array_equal(first, painted(painter, request(look=look)))


@pytest.mark.parametrize("asked", [request(look=look) for look in NAMES] + [request((150, 40), **KNOBS)])
def test_all_painters_agree_with_the_definition(network, painters, asked):
    """Kernel and torch paint what the plain formulas say, within one byte step on average."""
    sheet = network.fold(asked)
    meant = fields.paint(sheet, asked.size).transpose(1, 2, 0) * 255
    for name, painter in painters.items():
        assert apart(meant.round(), painted(painter, asked)[..., :3]) < 0.5, name


def test_the_kernel_at_every_pixel_is_the_textbook_network(network, painters):
    """A textbook network with the same weights, latent repeated for every pixel, gives the same bytes."""
    loaded = kernel.load()
    if loaded is None:
        pytest.skip("no compiler on this machine")
    asked = request(**KNOBS)
    textbook, fused = (np.zeros((64, 96, 4), np.uint8) for _ in range(2))
    Naive(painters["torch"], network, asked).paint(asked, textbook)
    loaded.paint(network.fold(asked), fused, 1)
    assert apart(textbook, fused) < 0.05


@pytest.mark.parametrize("size", [(1920, 540), (540, 1920), (1, 1), (7, 3), (1, 90), (257, 129)])
def test_any_shape_is_painted_whole(painters, size):
    """No stride, no rounding to even sizes: every pixel is opaque and the rows differ where they should."""
    for painter in (*painters.values(), base.build_fallback("cppn", {})):
        if isinstance(painter, Tensor) and size[0] * size[1] > 10**5:
            continue
        assert 255 == painted(painter, request(size)).min(axis=(0, 1))[3]


def test_a_wide_picture_shows_more_and_stretches_nothing(painters):
    """The middle of a wide picture is the square picture of the same height."""
    wide, square = (painted(painters["stage"], request((w, 128))) for w in (384, 128))
    assert apart(wide[:, 128:256], square) < 0.5


def test_many_threads_paint_the_same_picture(network):
    """Bands meet without a seam."""
    pictures = []
    for threads in (1, 3):
        loaded = kernel.load(threads)
        if loaded is None:
            pytest.skip("no compiler on this machine")
        pictures.append(np.zeros((300, 200, 4), np.uint8))
        loaded.paint(network.fold(request()), pictures[-1])
    assert np.array_equal(*pictures)


def test_the_stand_in_paints_the_same_picture_softer(painters):
    """When the numpy stand-in takes over, the audience sees no other picture."""
    for look in NAMES:
        asked = request((200, 120), look=look)
        assert apart(painted(painters["stage"], asked), painted(base.build_fallback("cppn", {}), asked)) < 6


@pytest.mark.parametrize("place", ["z", "knob", "time"])
def test_numbers_that_are_none_are_not_shown(painters, place):
    """A NaN or an infinity anywhere in the request gives a picture that says it must not be shown."""
    z = from_seed(1, 16).copy()
    z[5] = np.nan
    bad = {"z": request(z=z), "knob": request(hue=float("nan")), "time": request(time=float("inf"))}[place]
    for painter in (*painters.values(), base.build_fallback("cppn", {})):
        out = np.zeros((64, 96, 4), np.uint8)
        with np.errstate(invalid="ignore"):
            assert False is painter.render(bad, out).finite
        assert True is painter.render(request(), out).finite


def test_huge_numbers_still_give_a_picture(painters):
    """A latent far outside its range is odd to look at, but it is a picture."""
    out = np.zeros((64, 96, 4), np.uint8)
    assert True is painters["stage"].render(request(z=[1e6] * 16), out).finite
    assert 255 == out[..., 3].min()


def test_moving_from_look_to_look_never_jumps(painters):
    """A small step in the weights of the looks is a small step in the picture, all the way."""
    steps = np.linspace(0, 1, 101)
    film = [painted(painters["stage"], request(look=weights(silk=1 - s, neon=s))) for s in steps]
    changes = [apart(a, b) for a, b in pairwise(film)]
    assert max(changes) < 12
    assert max(changes) < 6 * np.median(changes)


def test_half_way_between_two_looks_is_a_picture_of_its_own(painters):
    """The network is mixed, not the pixels: half way is not the mean of the ends."""
    ends = [painted(painters["stage"], request(look=weights(**{name: 1.0}))) for name in ("silk", "neon")]
    middle = painted(painters["stage"], request(look=weights(silk=0.5, neon=0.5)))
    assert apart(middle, np.mean(ends, axis=0)) > 15


@pytest.mark.parametrize("component", range(16))
def test_every_component_of_the_latent_is_heard_and_none_shouts(painters, component):
    """A slider shows at once, and a hundredth of its way is a small change."""
    z = from_seed(4, 16).copy()
    still = painted(painters["stage"], request(z=z))
    z[component] += 0.02
    assert apart(still, painted(painters["stage"], request(z=z))) < 3
    z[component] += 1.0
    assert apart(still, painted(painters["stage"], request(z=z))) > 3


@pytest.mark.parametrize(
    ("knob", "value"),
    [
        ("zoom", 2.0),
        ("detail", 1.5),
        ("symmetry", 0.7),
        ("twist", 0.5),
        ("hue", 0.25),
        ("chroma", 0.2),
        ("light", 0.3),
        ("contrast", 1.6),
        ("lines", 0.8),
        ("relief", -0.6),
        ("flow", 2.5),
        ("spin", 0.3),
        ("pulse", 0.5),
    ],
)
def test_every_knob_shows(painters, knob, value):
    """No knob is dead."""
    assert (
        apart(painted(painters["stage"], request()), painted(painters["stage"], request(**{knob: value}))) > 2
    )


def test_time_moves_the_picture_slowly_and_without_end(painters):
    """A thirtieth of a second changes little, a few seconds much, and a day later it still moves smoothly."""
    for now in (0.0, 86_400.0):
        first, next_, later = (painted(painters["stage"], request(time=now + t)) for t in (0, 1 / 30, 5))
        assert apart(first, next_) < 2
        assert apart(first, later) > 5


def test_whole_turns_end_where_they_began(painters):
    """Hue from one end to the other, and spin and pulse by whole cycles, meet without a seam."""
    still = painted(painters["stage"], request())
    assert (
        apart(painted(painters["stage"], request(hue=-0.5)), painted(painters["stage"], request(hue=0.5)))
        < 0.2
    )
    assert apart(still, painted(painters["stage"], request(spin=40.0, pulse=12.0))) < 0.2


def test_without_a_compiler_it_still_paints(network, monkeypatch, tmp_path):
    """An empty PATH: torch paints instead, the same picture."""
    asked = request(look="glass")
    usual = painted(paint.build({}), asked)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setitem(sys.modules, "ziglang", None)
    monkeypatch.setattr(kernel.platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path))
    painter = paint.build({})
    assert isinstance(painter, Tensor)
    assert apart(usual, painted(painter, asked)) < 0.5


def test_a_broken_file_in_the_cache_is_built_again(tmp_path, network):
    """Half a file, as a crash may leave, costs one compilation and nothing else."""
    if kernel.load(folder=tmp_path) is None:
        pytest.skip("no compiler on this machine")
    (library,) = tmp_path.iterdir()
    # A new file: writing into one that is loaded would change it under our feet.
    library.unlink()
    library.write_bytes(b"nonsense")
    loaded = kernel.load(folder=tmp_path)
    out = np.zeros((8, 8, 4), np.uint8)
    loaded.paint(network.fold(request()), out)
    assert 255 == out[..., 3].min()
    assert [library] == list(tmp_path.iterdir())


def test_a_compiler_that_fails_is_no_catastrophe(tmp_path, monkeypatch):
    """A compiler that only complains leaves nothing behind and does not stop the show."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "ziglang", None)
    monkeypatch.setenv("CC", f"{sys.executable} -c raise(SystemExit(1))")
    assert None is kernel.load(folder=tmp_path)
    assert [] == list(tmp_path.iterdir())


def test_the_kernel_takes_only_its_own_kind_of_pixels(network):
    """Wrong memory is refused before anything is written."""
    loaded = kernel.load()
    if loaded is None:
        pytest.skip("no compiler on this machine")
    for wrong in (
        np.zeros((8, 8, 3), np.uint8),
        np.zeros((8, 8, 4), np.float32),
        np.zeros((8, 16, 4), np.uint8)[:, ::2],
    ):
        with pytest.raises(ValueError, match="contiguous"):
            loaded.paint(network.fold(request()), wrong)


def test_a_latent_of_another_length_is_refused(painters):
    """The sentence says how many numbers it wants."""
    with pytest.raises(BadValue, match="16 dimensions"):
        painted(painters["stage"], request(z=[0.0] * 12))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("size", [(96, 64), (1920, 1080)])
def test_a_gpu_paints_the_same_picture(painters, size):
    """The device is a matter of speed, not of looks."""
    asked = request(size, **KNOBS)
    assert apart(painted(painters["stage"], asked), painted(paint.build({}, "cuda"), asked)) < 0.5


def test_an_unknown_device_is_refused():
    """The sentence names those there are."""
    with pytest.raises(ModelRefused, match="one of cpu, cuda, mps"):
        paint.build({}, "abacus")


def test_other_weights_are_other_pictures():
    """``net`` gives another set of eight looks."""
    first, second = (painted(Plain(describe({}), Network(Config(net=net))), request()) for net in (0, 1))
    assert apart(first, second) > 10


def test_the_stand_in_does_not_wake_torch():
    """It runs in the server, when no worker can paint."""
    code = (
        "import sys, numpy as np; from livegen.generators import base; from livegen.latent import Latent, from_seed;"
        "g = base.build_fallback('cppn', {}); out = np.zeros((64, 64, 4), np.uint8);"
        "g.render(base.Request(instance='main', latent=Latent(from_seed(1, 16)), size=(64, 64)), out);"
        "sys.exit('torch' in sys.modules or not out.any())"
    )
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
