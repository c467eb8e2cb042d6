"""Small random networks written as lucidrains' two programs write them, and what they paint by what is published.

The pictures below are plain: weights modulated and convolved picture by picture, batch statistics where they stand.
They share nothing with livegen's.
"""

import math

import torch
from torch.nn import functional as F

HEAD = 64


class Draw:
    """Random tensors, one after the other."""

    def __init__(self, seed):
        self.draw = torch.Generator().manual_seed(seed)

    def __call__(self, *shape, spread=1.0):
        return torch.randn(*shape, generator=self.draw) * spread

    def conv(self, place, outward, inward, size, *, bias=True, groups=1, spread=None):
        spread = math.sqrt(2.0 / (inward * size * size)) if spread is None else spread
        made = {f"{place}.weight": self(outward, inward // groups, size, size, spread=spread)}
        return made | ({f"{place}.bias": self(outward, spread=0.1)} if bias else {})

    def linear(self, place, inward, outward):
        return {f"{place}.weight": self(outward, inward, spread=math.sqrt(2.0 / inward)), f"{place}.bias": self(outward, spread=0.1)}


# stylegan2-pytorch -----------------------------------------------------------------------------


def styled(*, side=32, capacity=2, most=16, w=16, depth=3, alpha=False, const=True, early=False, blur=True, attn=(), norm="norm", seed=0):
    """Its weights by name. ``early``: as before 0.18; ``norm``: of attention, ``norm``, ``scale`` or ``rezero``."""
    draw, levels = Draw(seed), int(math.log2(side)) - 1
    table = [min(most, capacity * 2 ** (i + 1)) for i in range(levels)][::-1]
    begin = 4 * capacity if early else table[0]
    made = {}
    for i in range(depth):
        spread = math.sqrt(2.0 / w) if early else 1.0
        made |= {f"SE.net.{2 * i}.weight": draw(w, w, spread=spread), f"SE.net.{2 * i}.bias": draw(w, spread=0.1 if early else 1.0)}
    if const:
        made["GE.initial_block"] = draw(begin, 4, 4) if early else draw(1, begin, 4, 4)
    else:
        made["GE.to_initial_block.weight"] = draw(w, begin, 4, 4, spread=1.0 / math.sqrt(w))
    if not early:
        made |= draw.conv("GE.initial_conv", begin, begin, 3)
    for i, (inward, outward) in enumerate(zip([begin, *table], table, strict=False)):
        place = f"GE.blocks.{i}."
        for part, size in ((1, inward), (2, outward)):
            made |= draw.linear(f"{place}to_style{part}", w, size) | draw.conv(f"{place}conv{part}", outward, size, 3, bias=False)
            made |= {f"{place}to_noise{part}.weight": draw(outward, 1, spread=0.5), f"{place}to_noise{part}.bias": draw(outward, spread=0.2)}
        made |= draw.linear(f"{place}to_rgb.to_style", w, outward) | draw.conv(f"{place}to_rgb.conv", 4 if alpha else 3, outward, 1, bias=False)
        if blur and i < levels - 1:
            made[f"{place}to_rgb.upsample.1.f"] = torch.tensor([1.0, 2.0, 1.0])
        if levels - i in attn:
            made |= attending(draw, f"GE.attns.{i}.", inward, norm)
    # What is not played stands beside it.
    made |= {"S.net.0.weight": draw(w, w), "G.initial_block": draw(1, begin, 4, 4), "D.blocks.0.conv_res.weight": draw(4, 3, 1, 1)}
    return made


def attending(draw, place, channels, norm, heads=8):
    inner, made = heads * HEAD, {}
    for i in (0, 1):
        if norm == "norm":
            made |= {f"{place}{i}.fn.norm.g": 1.0 + draw(1, channels, 1, 1, spread=0.2), f"{place}{i}.fn.norm.b": draw(1, channels, 1, 1, spread=0.2)}
        else:
            made[f"{place}{i}.fn.g"] = draw(1, channels, 1, 1, spread=0.3) if norm == "scale" else torch.zeros(1)
    fn = f"{place}0.fn.fn."
    if norm == "rezero":
        return made | {f"{fn}to_q.weight": draw(inner, channels, 1, 1), f"{fn}to_kv.weight": draw(2 * inner, channels, 1, 1)}
    made |= draw.conv(f"{fn}to_q", inner, channels, 1, bias=False) | draw.conv(f"{fn}to_kv.net.0", channels, channels, 3, bias=False, groups=channels)
    made |= draw.conv(f"{fn}to_kv.net.1", 2 * inner, channels, 1, bias=False) | draw.conv(f"{fn}to_out", channels, inner, 1)
    return made | draw.conv(f"{place}1.fn.fn.0", 2 * channels, channels, 1) | draw.conv(f"{place}1.fn.fn.2", channels, 2 * channels, 1)


def mapped(held, z, *, early=False, rate=0.1):
    """(N, z) -> (N, w)."""
    x, i = z if early else F.normalize(z, dim=1), 0
    while f"SE.net.{2 * i}.weight" in held:
        weight, bias = held[f"SE.net.{2 * i}.weight"], held[f"SE.net.{2 * i}.bias"]
        x, i = F.leaky_relu(F.linear(x, weight, bias) if early else F.linear(x, weight * rate, bias * rate), 0.2), i + 1
    return x


def painted(held, ws, image, *, norm="inside"):
    """(N, blocks, w), and the noise picture (N or 1, side, side, 1) -> (N, colours, side, side), about 0..1."""
    if "GE.initial_block" in held:
        const = held["GE.initial_block"]
        x = const.reshape(1, *const.shape[-3:]).expand(len(ws), -1, -1, -1)
    else:
        x = F.conv_transpose2d(ws.mean(1)[:, :, None, None], held["GE.to_initial_block.weight"])
    if "GE.initial_conv.weight" in held:
        x = F.conv2d(x, held["GE.initial_conv.weight"], held["GE.initial_conv.bias"], padding=1)
    colours = None
    for i in range(ws.shape[1]):
        place, w = f"GE.blocks.{i}.", ws[:, i]
        if f"GE.attns.{i}.0.fn.fn.to_q.weight" in held:
            x = attended(held, f"GE.attns.{i}.", x, norm)
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False) if i else x
        for part in (1, 2):
            seen = F.linear(image[:, : x.shape[2], : x.shape[3]], held[f"{place}to_noise{part}.weight"], held[f"{place}to_noise{part}.bias"])
            s = F.linear(w, held[f"{place}to_style{part}.weight"], held[f"{place}to_style{part}.bias"])
            x = F.leaky_relu(modulated(held[f"{place}conv{part}.weight"], x, s, demodulate=True) + seen.permute(0, 3, 2, 1), 0.2)
        s = F.linear(w, held[f"{place}to_rgb.to_style.weight"], held[f"{place}to_rgb.to_style.bias"])
        made = modulated(held[f"{place}to_rgb.conv.weight"], x, s, demodulate=False)
        colours = made if colours is None else made + colours
        if i < ws.shape[1] - 1:
            colours = F.interpolate(colours, scale_factor=2, mode="bilinear", align_corners=False)
            colours = blurred(colours) if f"{place}to_rgb.upsample.1.f" in held else colours
    return colours


def modulated(weight, x, s, *, demodulate):
    found = []
    for one, style in zip(x, s, strict=True):
        each = weight * (style + 1.0)[None, :, None, None]
        if demodulate:
            each = each * torch.rsqrt(each.square().sum((1, 2, 3), keepdim=True) + 1e-8)
        found.append(F.conv2d(one[None], each, padding=weight.shape[-1] // 2))
    return torch.cat(found)


def blurred(x):
    line = torch.tensor([1.0, 2.0, 1.0])
    kernel = torch.outer(line, line) / 16.0
    n, c, h, w = x.shape
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect").reshape(n * c, 1, h + 2, w + 2), kernel[None, None]).reshape(n, c, h, w)


def even(held, place, x, norm):
    mean, spread = x.mean(1, keepdim=True), x.var(1, unbiased=False, keepdim=True)
    root = (spread + 1e-5).sqrt() if norm == "inside" else spread.sqrt() + 1e-5
    return (x - mean) / root * held[f"{place}.g"] + held[f"{place}.b"]


def attended(held, place, x, norm):
    def feed(y):
        y = F.leaky_relu(F.conv2d(y, held[f"{place}1.fn.fn.0.weight"], held[f"{place}1.fn.fn.0.bias"]), 0.2)
        return F.conv2d(y, held[f"{place}1.fn.fn.2.weight"], held[f"{place}1.fn.fn.2.bias"])

    def attend(y):
        y = F.gelu(linear_attention(held, y, f"{place}0.fn.fn.to_q", f"{place}0.fn.fn.to_kv"))
        return F.conv2d(y, held[f"{place}0.fn.fn.to_out.weight"], held[f"{place}0.fn.fn.to_out.bias"])

    for i, fn in enumerate((attend, feed)):
        if f"{place}{i}.fn.g" in held:
            x = fn(x) * held[f"{place}{i}.fn.g"] + x
        else:
            x = fn(even(held, f"{place}{i}.fn.norm", x, norm)) + x
    return x


def linear_attention(held, x, to_q, to_kv):
    """(N, C, H, W) -> (N, inner, H, W), head by head and without thrift."""
    n, c, high, wide = x.shape
    q = F.conv2d(x, held[f"{to_q}.weight"])
    kv = F.conv2d(F.conv2d(x, held[f"{to_kv}.net.0.weight"], padding=1, groups=c), held[f"{to_kv}.net.1.weight"])
    k, v = kv.chunk(2, 1)
    out = []
    for at in range(0, q.shape[1], HEAD):
        one, two, three = (each[:, at : at + HEAD].flatten(2).transpose(1, 2) for each in (q, k, v))
        context = torch.einsum("bnd,bne->bde", two.softmax(1), three)
        out.append(torch.einsum("bnd,bde->bne", one.softmax(2) * HEAD**-0.5, context).transpose(1, 2))
    return torch.cat(out, 1).reshape(n, -1, high, wide)


# lightweight-gan -------------------------------------------------------------------------------


def light(
    *, side=128, z=12, most=12, power=9, colours=3, kernel=4, noise=True, blur=False, apart="in", gate="look", attn=(), attends="both", seed=0
):  # fmt: skip
    """Its weights by name. ``apart``: "" nearest pixels, "in" or "out" which channels are taken apart; ``power``: channels
    at a side of n pixels are 2 ** power / n."""
    draw, levels = Draw(seed), int(math.log2(side)) - 2
    table = [min(most, max(3, 2**power // 2 ** (i + 2))) for i in range(levels)]
    made = {"GE.initial_conv.0.weight": draw(z, 2 * z, 4, 4, spread=1.0 / math.sqrt(z)), "GE.initial_conv.0.bias": draw(2 * z, spread=0.1)}
    made |= batched(draw, "GE.initial_conv.1", 2 * z)
    for i, (inward, outward) in enumerate(zip([z, *table], table, strict=False)):
        place, middle = f"GE.layers.{i}.", outward if apart == "out" else inward
        if apart:
            made |= draw.conv(f"{place}0.0.net.0", 4 * middle, inward, 1)
        if blur:
            made[f"{place}0.1.f"] = torch.tensor([1.0, 2.0, 1.0])
        made |= draw.conv(f"{place}0.2.1" if kernel == 4 else f"{place}0.2", 2 * outward, middle, kernel)
        if noise:
            made[f"{place}0.3.weight"] = draw(1, spread=0.5)
        made |= batched(draw, f"{place}0.{4 if noise else 3}", 2 * outward)
        if 1 <= i <= 4 and i + 3 < levels and gate:
            made |= gating(draw, f"{place}1.", outward, table[i + 3], 4 << (i + 1), gate)
        if 4 << i in attn:
            made |= looking(draw, f"{place}2.", inward, attends)
    made |= draw.conv("GE.out_conv", colours, table[-1], 3)
    return made | {"G.out_conv.bias": draw(colours), "D.to_logits.0.weight": draw(2, 2, 1, 1)}


def batched(draw, place, channels):
    return {
        f"{place}.weight": 1.0 + draw(channels, spread=0.2), f"{place}.bias": draw(channels, spread=0.2),
        f"{place}.running_mean": draw(channels, spread=0.2), f"{place}.running_var": 0.5 + draw(channels).square(),
        f"{place}.num_batches_tracked": torch.tensor(7),
    }  # fmt: skip


def gating(draw, place, inward, outward, side, gate):
    middle = max(3, outward // (2 if gate == "look" else 4))
    made = draw.conv(f"{place}net.0", middle, inward, 1) | draw.conv(f"{place}net.2", outward, middle, 1)
    return made | (draw.conv(f"{place}to_k", 1, inward, 1) if gate == "look" else {f"{place}dct_weights": draw(1, inward, side, side, spread=0.2)})


def looking(draw, place, channels, attends, heads=8):
    inner = heads * HEAD
    if attends == "gsa":
        return {f"{place}g": torch.tensor(1e-3), f"{place}fn.to_qkv.weight": draw(3 * inner, channels, 1, 1)}
    made = {f"{place}norm.g": 1.0 + draw(1, channels, 1, 1, spread=0.2), f"{place}norm.b": draw(1, channels, 1, 1, spread=0.2)}
    both = attends == "both"
    q, kv = ("to_lin_q", "to_lin_kv") if both else ("to_q", "to_kv")
    made |= draw.conv(f"{place}fn.{q}", inner, channels, 1, bias=False) | draw.conv(f"{place}fn.{kv}.net.0", channels, channels, 3, bias=False, groups=channels)
    made |= draw.conv(f"{place}fn.{kv}.net.1", 2 * inner, channels, 1, bias=False) | draw.conv(f"{place}fn.to_out", channels, (2 if both else 1) * inner, 1)
    if both:
        made |= draw.conv(f"{place}fn.to_q", inner, channels, 1, bias=False) | draw.conv(f"{place}fn.to_kv", 2 * inner, channels, 1, bias=False)
    return made


def grown(held, z, noise, *, norm="inside"):
    """(N, z), a field of noise for each level -> (N, colours, side, side), about 0..1."""
    x = F.conv_transpose2d(z[:, :, None, None], held["GE.initial_conv.0.weight"], held["GE.initial_conv.0.bias"])
    x = F.normalize(F.glu(batch_norm(held, "GE.initial_conv.1", x), 1), dim=1)
    open_, i = {}, 0
    while f"GE.layers.{i}.0.{2}.1.weight" in held or f"GE.layers.{i}.0.2.weight" in held:
        place = f"GE.layers.{i}."
        if f"{place}2.norm.g" in held:
            x = looked(held, f"{place}2.", x, norm) + x
        if f"{place}0.0.net.0.weight" in held:
            x = F.pixel_shuffle(F.silu(F.conv2d(x, held[f"{place}0.0.net.0.weight"], held[f"{place}0.0.net.0.bias"])), 2)
        else:
            x = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
        x = blurred(x) if f"{place}0.1.f" in held else x
        if f"{place}0.2.1.weight" in held:
            x = F.conv2d(F.pad(x, (2, 1, 2, 1)), held[f"{place}0.2.1.weight"], held[f"{place}0.2.1.bias"])
        else:
            x = F.conv2d(x, held[f"{place}0.2.weight"], held[f"{place}0.2.bias"], padding=1)
        noisy = f"{place}0.4.running_var" in held
        x = x + held[f"{place}0.3.weight"] * noise[i] if noisy else x
        x = F.glu(batch_norm(held, f"{place}0.{4 if noisy else 3}", x), 1)
        if f"{place}1.net.0.weight" in held:
            open_[i + 3] = opened(held, f"{place}1.", x)
        x = x * open_[i] if i in open_ else x
        i += 1
    return F.conv2d(x, held["GE.out_conv.weight"], held["GE.out_conv.bias"], padding=1)


def batch_norm(held, place, x):
    return F.batch_norm(x, held[f"{place}.running_mean"], held[f"{place}.running_var"], held[f"{place}.weight"], held[f"{place}.bias"], eps=1e-5)


def opened(held, place, x):
    if f"{place}to_k.weight" in held:
        share = F.conv2d(x, held[f"{place}to_k.weight"], held[f"{place}to_k.bias"]).flatten(2).softmax(2)
        seen = torch.einsum("bin,bcn->bci", share, x.flatten(2))[..., None]
    else:
        seen = (x * held[f"{place}dct_weights"]).sum((2, 3), keepdim=True)
    seen = F.leaky_relu(F.conv2d(seen, held[f"{place}net.0.weight"], held[f"{place}net.0.bias"]), 0.1)
    return torch.sigmoid(F.conv2d(seen, held[f"{place}net.2.weight"], held[f"{place}net.2.bias"]))


def looked(held, place, x, norm):
    x = even(held, f"{place}norm", x, norm)
    both = f"{place}fn.to_lin_q.weight" in held
    q, kv = ("to_lin_q", "to_lin_kv") if both else ("to_q", "to_kv")
    out = F.gelu(linear_attention(held, x, f"{place}fn.{q}", f"{place}fn.{kv}"))
    if both:
        out = torch.cat((out, near(held, f"{place}fn.", x)), 1)
    return F.conv2d(out, held[f"{place}fn.to_out.weight"], held[f"{place}fn.to_out.bias"])


def near(held, place, x):
    """Each pixel attends to the nine around it, looked up one by one."""
    q = F.conv2d(x, held[f"{place}to_q.weight"])
    k, v = F.conv2d(x, held[f"{place}to_kv.weight"]).chunk(2, 1)
    high, wide = x.shape[2:]
    k, v = F.pad(k, (1, 1, 1, 1)), F.pad(v, (1, 1, 1, 1))
    steps = [(i, j) for i in range(3) for j in range(3)]
    out = []
    for at in range(0, q.shape[1], HEAD):
        own = q[:, at : at + HEAD] * HEAD**-0.5
        alike = torch.stack([(own * k[:, at : at + HEAD, i : i + high, j : j + wide]).sum(1) for i, j in steps])
        share = alike.softmax(0)
        out.append(sum(share[n][:, None] * v[:, at : at + HEAD, i : i + high, j : j + wide] for n, (i, j) in enumerate(steps)))
    return torch.cat(out, 1)


def file_of(path, held, version="1.9.0", *, zipped=True, bare=False):
    """Saved as the programs save it."""
    value = held if bare else {"GAN": held} | ({"version": version} if version else {})
    torch.save(value, path, _use_new_zipfile_serialization=zipped)
    return path
