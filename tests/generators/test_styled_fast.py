"""The styled core's painters: the same pictures as the plain net, quicker, at any size."""

import sys

import numpy as np
import pytest
import torch

from livegen.generators.styled.fast import NEAR, Painter, compared
from livegen.generators.styled.folded import FEW, Folded, corners, twice, unfolded, wild
from livegen.generators.styled.framing import as_bytes, cropped, framed, shown
from livegen.generators.styled.naive import Naive, untrained
from livegen.generators.styled.packed import best_type, convolution, doubling, packs
from livegen.generators.styled.plain import PlainSynthesis
from livegen.generators.styled.shape import Shape
from livegen.generators.styled.synthesis import Synthesis, doubled, upsampled
from livegen.generators.styled.vino import Vino

TINY = {"width": 32, "height": 16, "channel_base": 512, "channel_max": 32, "w": 16}
"""Its last block has few enough channels for the four small convolutions, the others have not."""


def net(**given) -> Synthesis:
    """A net with weights as training leaves them: no bias and no strength at nought."""
    torch.manual_seed(5)
    made = Synthesis(Shape(**TINY | given)).eval().requires_grad_(False)
    for name, each in made.named_parameters():
        if name.endswith(("bias", "strength")):
            each.add_(torch.randn_like(each) * 0.2)
    return made


def ws(synthesis: Synthesis) -> torch.Tensor:
    shape = synthesis.shape
    return torch.randn(shape.layers, shape.w, generator=torch.Generator().manual_seed(1))


def off(one: torch.Tensor, other: torch.Tensor) -> float:
    """The largest difference, as a share of the largest value."""
    return float((one - other).abs().max() / other.abs().max())


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("noise", [False, True])
def test_the_folded_net_gives_the_plain_nets_picture(wrap, noise):
    """Another order of the same sums: equal but for the last digits of single precision."""
    plain = net(wrap=wrap, noise=noise)
    assert TINY["channel_base"] // TINY["width"] > FEW >= TINY["channel_base"] // 64
    with torch.inference_mode():
        assert 1e-5 > off(Folded(plain)(ws(plain)), plain(ws(plain)[None]))


ELSEWHERE = [
    pytest.param({"architecture": architecture, "colours": colours, "clamp": clamp}, id=f"{architecture} {colours}")
    for architecture in ("skip", "resnet", "orig")
    for colours, clamp in ((1, 0.0), (3, 1.5), (4, 0.0))
]


def made_elsewhere(given):
    """(net, ws, what the textbook's net paints)."""
    plain = net(**given, zeros=True, noise=True, table=(24, 20, 12))
    with torch.inference_mode():
        wanted = Naive(plain)(ws(plain)[None])
    assert (1, given["colours"], 16, 32) == tuple(wanted.shape)
    return plain, ws(plain), wanted


@pytest.mark.parametrize("given", ELSEWHERE)
@torch.inference_mode()
def test_nets_made_elsewhere_look_the_same_whoever_paints_them(given):
    """The textbook's net, ours, the folded one and numpy's: one picture."""
    plain, w, wanted = made_elsewhere(given)
    held = {name: each.numpy() for name, each in plain.state_dict().items()}
    in_numpy = torch.from_numpy(PlainSynthesis(plain.shape, held, "")(w.numpy()))[None]
    for made in (plain(w[None]), Folded(plain)(w), in_numpy):
        assert 1e-5 > off(made, wanted)


@pytest.mark.parametrize("given", ELSEWHERE)
@torch.inference_mode()
def test_openvino_paints_nets_made_elsewhere_too(given):
    """Where the extra is installed."""
    pytest.importorskip("openvino")
    plain, w, wanted = made_elsewhere(given)
    assert 1e-5 > off(Vino(plain, Folded(plain))(w), wanted)


@pytest.mark.parametrize(("clamp", "cut"), [(0.0, False), (1.0, True), (1e4, False)])
def test_features_are_cut_where_they_come_near_the_limit(clamp, cut):
    """A limit that is far away costs nothing."""
    assert cut == (len(wild(net(clamp=clamp))) > 0)


@pytest.mark.parametrize("wrap", [False, True])
def test_the_folded_net_takes_noise_and_a_larger_canvas(wrap):
    """What performers ask for live needs no detour."""
    plain = net(wrap=wrap, channel_base=256)
    noise = [torch.randn(1, 1, *sides) for sides in plain.fields((2, 3))]
    with torch.inference_mode():
        wanted = plain(ws(plain)[None], noise=noise, canvas=(2, 3))
        assert 1e-5 > off(Folded(plain)(ws(plain), noise=noise, canvas=(2, 3)), wanted)


def test_the_textbook_net_paints_the_same_picture():
    """Modulated weights in a grouped convolution and zeros between the pixels: the benchmark's baseline is
    the same net."""
    plain = net()
    both = torch.stack((ws(plain), -ws(plain)))
    with torch.inference_mode():
        assert 1e-5 > off(Naive(plain)(both), plain(both))
    synthesis, walk = untrained(32, 64)
    assert (64, synthesis.shape.layers, synthesis.shape.w) == tuple(walk.shape)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_stays_near(dtype):
    """Each of the 10 roundings of a number in bfloat16 may be off by 1 in 256; they do not all add up."""
    plain = net()
    with torch.inference_mode():
        try:
            got = Folded(plain, dtype)(ws(plain))
        except RuntimeError as error:
            pytest.skip(f"this processor cannot: {error}")
        assert 10 / 256 > off(got, plain(ws(plain)[None]))


def test_float16_survives_styles_that_would_overflow_it():
    """Styles of a thousand times the usual are brought to one first, which d makes up for."""
    plain = net()
    for each in plain.modules():
        if hasattr(each, "up") and hasattr(each, "affine"):
            each.affine.weight.mul_(3e4)
    with torch.inference_mode():
        try:
            assert bool(Folded(plain, torch.float16)(ws(plain)).isfinite().all())
        except RuntimeError as error:
            pytest.skip(f"this processor cannot: {error}")


@torch.inference_mode()
def test_four_small_convolutions_are_the_doubling_one():
    """One kernel for each corner of a doubled pixel: the transposed convolution and its filter in one."""
    x, weight = torch.randn(1, 5, 6, 7), torch.randn(3, 5, 3, 3)
    got = unfolded(torch.nn.functional.conv2d(x, corners(weight), padding=1), 3)
    torch.testing.assert_close(got, doubled(x, weight, False), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("edges", [{}, {"wrap": True}, {"zeros": True}], ids=["held", "wrapped", "zeros"])
def test_pictures_are_doubled_as_torch_does_it(edges):
    """The quick one by rows and columns is the bilinear one."""
    picture, shape = torch.randn(1, 3, 5, 8), Shape(**edges)
    torch.testing.assert_close(twice(picture, shape), upsampled(picture, shape))


@pytest.mark.parametrize("sides", [(9, 10), (70, 80)])
@torch.inference_mode()
def test_packed_convolutions_are_torchs_own(sides):
    """Few features: they are multiplied; many: the weights are. Bent and not."""
    x, weight, bias = torch.randn(1, 8, *sides), torch.randn(4, 8, 3, 3), torch.randn(4)
    factor = torch.randn(8, 1, 1)
    wanted = torch.nn.functional.conv2d(x * factor, weight, bias, padding=1)
    conv = convolution(weight, sides)
    torch.testing.assert_close(conv(x.clone(), factor, bias, False), wanted, rtol=1e-4, atol=1e-4)
    bent = torch.nn.functional.leaky_relu(wanted, 0.2)
    torch.testing.assert_close(conv(x.clone(), factor, bias, True), bent, rtol=1e-4, atol=1e-4)
    wanted = torch.nn.functional.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
    torch.testing.assert_close(doubling(weight, sides)(x), wanted, rtol=1e-4, atol=1e-4)


def test_without_onednn_torch_paints(monkeypatch):
    """On other processors the same folded net runs on torch's own convolutions."""
    monkeypatch.setattr("livegen.generators.styled.packed.packs", lambda device, dtype: False)
    plain = net()
    with torch.inference_mode():
        assert 1e-5 > off(Folded(plain)(ws(plain)), plain(ws(plain)[None]))


def test_the_number_type_is_measured_once():
    """A second question costs nothing, and the answer is one that works here."""
    assert best_type("cpu") in (torch.float32, torch.bfloat16)
    assert best_type.cache_info().currsize and packs("cuda", torch.float32) is False


def test_a_painter_paints_any_size():
    """Native, larger, smaller, another aspect: RGBA without a hole, and no two ways to be finite."""
    painter = Painter(net())
    for size in ((32, 16), (64, 32), (20, 50), (16, 8)):
        out = np.zeros((size[1], size[0], 4), np.uint8)
        assert painter.paint(ws(painter.synthesis).numpy(), out)
        assert (255, True) == (out[..., 3].min(), out[..., :3].std() > 5)


def test_a_picture_that_is_not_finite_is_not_painted():
    """The frame keeps what it had."""
    painter, out = Painter(net()), np.full((16, 32, 4), 7, np.uint8)
    broken = ws(painter.synthesis)
    broken[0, 0] = float("nan")
    assert not painter.paint(broken, out)
    assert {7} == set(out.ravel())


def test_bytes_of_the_quick_and_the_plain_way_agree():
    """Half precision shows as a step of brightness here and there."""
    painter, out = Painter(net()), np.zeros((16, 32, 4), np.uint8)
    painter.paint(ws(painter.synthesis), out)
    plain = as_bytes(painter.draw(ws(painter.synthesis)))[0].permute(1, 2, 0).numpy()
    assert 1.0 > np.abs(plain.astype(int) - out).mean()


def test_what_only_the_plain_net_can_do_is_still_painted():
    """A map of w, and a picture that stops early."""
    painter, out = Painter(net()), np.zeros((16, 32, 4), np.uint8)
    assert painter.paint(ws(painter.synthesis)[None, :, :, None, None].expand(1, -1, -1, 2, 2), out)
    assert painter.paint(ws(painter.synthesis), out, level=1)


def test_a_batch_is_drawn_as_one_by_one():
    """For contact sheets: (N, layers, w) in, N pictures out."""
    painter = Painter(net())
    both = torch.stack((ws(painter.synthesis), -ws(painter.synthesis)))
    torch.testing.assert_close(painter.draw(both)[1], painter.draw(both[1])[0], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("fit", "corner", "middle"), [("cover", 200, 200), ("contain", 0, 200), ("stretch", 200, 200)]
)
def test_a_square_in_a_wide_frame(fit, corner, middle):
    """Covered, contained between black bars, or stretched; never a hole."""
    square = torch.full((1, 4, 8, 8), 200, dtype=torch.uint8)
    square[:, 3] = 255
    got = framed(square, (40, 20), fit)[0].permute(1, 2, 0)
    assert (corner, middle, 255) == (got[10, 1, 0], got[10, 20, 0], got[..., 3].min())


def test_a_cover_keeps_the_middle():
    """The largest part of the frame's aspect."""
    assert (8, 4) == cropped((8, 8), (40, 20))


def test_minus_one_is_black_and_one_is_white_and_beyond_is_cut():
    """Row 0 at the top, red first."""
    x = torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0]).expand(1, 3, 1, 5)
    out = np.zeros((1, 5, 4), np.uint8)
    assert shown(x, out)
    assert [0, 0, 128, 255, 255] == out[0, :, 0].tolist()


def test_grey_is_spread_and_what_is_transparent_stands_before_black():
    """Whatever a net's colours are, a frame has four bytes."""
    grey = as_bytes(torch.tensor([0.0, 1.0]).view(1, 1, 1, 2))[0, :, 0].T.tolist()
    assert [[128, 128, 128, 255], [255, 255, 255, 255]] == grey
    half = as_bytes(torch.tensor([1.0, 1.0, -1.0, 0.0]).view(1, 4, 1, 1))[0, :, 0, 0].tolist()
    assert [128, 128, 0, 128] == half


@pytest.mark.parametrize("noise", [False, True])
def test_openvino_takes_over_when_it_is_the_same(noise, monkeypatch):
    """Prepared beside the show; the pictures before and after are the same."""
    pytest.importorskip("openvino")
    monkeypatch.setattr("livegen.generators.styled.fast.statistics.median", lambda ratios: 2.0)
    painter = Painter(net(noise=noise, channel_base=1024))
    before = painter.numbers(ws(painter.synthesis))
    painter.warm_up((32, 16))
    painter.settle()
    assert painter.way.startswith("openvino")
    assert NEAR > off(painter.numbers(ws(painter.synthesis)), before)


def test_without_openvino_torch_plays_on(monkeypatch):
    """The extra is not there: nothing is said, nothing changes."""
    monkeypatch.setitem(sys.modules, "openvino", None)
    painter = Painter(net())
    painter.warm_up((32, 16))
    painter.settle()
    assert painter.way.startswith("folded")


def test_another_way_with_another_picture_is_not_taken():
    """A way that paints something else is refused by name of the difference."""
    with pytest.raises(ValueError, match="off by"):
        compared(lambda w: torch.zeros(1, 3, 4, 4), lambda w: torch.ones(1, 3, 4, 4), torch.zeros(1))


@pytest.mark.gpu
@pytest.mark.parametrize("size", [(32, 16), (64, 64)])
def test_a_gpu_paints_the_plain_nets_picture_from_a_recording(size):
    """Half precision, one replay, bytes only: within a step of brightness on average; and noticed when
    it is not finite."""
    if not torch.cuda.is_available():
        pytest.skip("no GPU here")
    painter, plain = Painter(net(), "cuda"), Painter(net())
    out, wanted = np.zeros((size[1], size[0], 4), np.uint8), np.zeros((size[1], size[0], 4), np.uint8)
    for turn in range(3):
        assert painter.paint(ws(plain.synthesis) * turn, out)
        assert shown(plain.draw(ws(plain.synthesis) * turn), wanted)
        assert 1.5 > np.abs(wanted.astype(int) - out).mean()
    assert painter.way.startswith("recorded")
    assert not painter.paint(ws(plain.synthesis) * float("nan"), out)
