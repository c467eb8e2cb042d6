"""Small random StyleGAN2 networks written as the repositories write them, and what they paint by the papers.

``Module`` pickles into what their modules pickle into: a call of ``_reconstruct_persistent_obj`` with the class
name, the program text and the state. The synthesis below is the paper's, a grouped convolution with modulated
weights and an explicit filter, and shares nothing with livegen's.
"""

import math
import pickle
import pickletools
import sys
import types
from collections import OrderedDict

import numpy as np
import torch
from torch.nn import Parameter
from torch.nn import functional as F

SOURCE = "import os\nclass Generator: pass\n"


def _fake(name, **members):
    """A module that only exists so that pickle can name what is in it."""
    made = sys.modules.setdefault(name, types.ModuleType(name))
    for key, member in members.items():
        member.__module__, member.__qualname__ = name, key
        setattr(made, key, member)


def _reconstruct_persistent_obj(meta):
    raise AssertionError("the file's own code was about to run")


class EasyDict(dict):
    pass


_fake("torch_utils")
_fake("torch_utils.persistence", _reconstruct_persistent_obj=_reconstruct_persistent_obj)
_fake("dnnlib")
_fake("dnnlib.util", EasyDict=EasyDict)


class Module:
    """What a persistent class pickles into."""

    def __init__(self, kind, parameters=(), buffers=(), modules=(), source=SOURCE, **attributes):
        self.kind, self.source = kind, source
        self.state = {
            "training": False,
            "_parameters": OrderedDict((k, None if v is None else Parameter(v)) for k, v in dict(parameters).items()),
            "_buffers": OrderedDict(buffers),
            "_non_persistent_buffers_set": set(), "_backward_hooks": OrderedDict(), "_is_full_backward_hook": None,
            "_forward_hooks": OrderedDict(), "_forward_pre_hooks": OrderedDict(), "_state_dict_hooks": OrderedDict(),
            "_load_state_dict_pre_hooks": OrderedDict(), "_modules": OrderedDict(modules), **attributes,
        }  # fmt: skip

    def __reduce__(self):
        meta = {"type": "class", "version": 6, "module_src": self.source, "class_name": self.kind, "state": self.state}
        return _reconstruct_persistent_obj, (meta,)


def linear(draw, inward, outward, *, lr=1.0, activation="linear", bias=0.0):
    return Module(
        "FullyConnectedLayer",
        {"weight": torch.randn(outward, inward, generator=draw) / lr,
         "bias": torch.randn(outward, generator=draw) * 0.1 / lr + bias / lr},
        activation=activation, weight_gain=np.float64(lr / math.sqrt(inward)), bias_gain=lr,
        in_features=inward, out_features=outward,
    )  # fmt: skip


FIR = torch.outer(torch.tensor([1.0, 3, 3, 1]), torch.tensor([1.0, 3, 3, 1])) / 64


def convolution(draw, inward, outward, size, w, *, clamp, noise, up=1):
    weight = torch.randn(outward, inward, 3, 3, generator=draw).to(memory_format=torch.channels_last)
    parameters = {"weight": weight, "bias": torch.randn(outward, generator=draw) * 0.1}
    buffers = {"resample_filter": FIR}
    if noise:
        parameters["noise_strength"] = torch.randn([], generator=draw) * 0.2
        buffers["noise_const"] = torch.randn(size, size, generator=draw)
    return Module(
        "SynthesisLayer", parameters, buffers, {"affine": linear(draw, w, inward, bias=1.0)}, resolution=size, up=up,
        use_noise=noise, activation="lrelu", conv_clamp=clamp, padding=1, act_gain=np.sqrt(2),
    )  # fmt: skip


def colours(draw, inward, outward, w, *, clamp):
    return Module(
        "ToRGBLayer",
        {"weight": torch.randn(outward, inward, 1, 1, generator=draw), "bias": torch.randn(outward, generator=draw) * 0.1},
        {}, {"affine": linear(draw, w, inward, bias=1.0)}, conv_clamp=clamp, weight_gain=1 / math.sqrt(inward),
    )  # fmt: skip


def block(draw, inward, outward, size, w, *, last, architecture, clamp, noise, rgb):
    modules, parameters = {}, {}
    if not inward:
        parameters["const"] = torch.randn(outward, size, size, generator=draw)
    else:
        modules["conv0"] = convolution(draw, inward, outward, size, w, clamp=clamp, noise=noise, up=2)
    modules["conv1"] = convolution(draw, outward, outward, size, w, clamp=clamp, noise=noise)
    if last or architecture == "skip":
        modules["torgb"] = colours(draw, outward, rgb, w, clamp=clamp)
    if inward and architecture == "resnet":
        modules["skip"] = Module(
            "Conv2dLayer", {"weight": torch.randn(outward, inward, 1, 1, generator=draw), "bias": None},
            {"resample_filter": FIR}, weight_gain=1 / math.sqrt(inward), conv_clamp=None,
        )  # fmt: skip
    return Module(
        "SynthesisBlock", parameters, {"resample_filter": FIR}, modules, architecture=architecture, resolution=size,
        is_last=last, img_channels=rgb, in_channels=inward, num_conv=2 if inward else 1, num_torgb=1,
    )  # fmt: skip


def stylegan2(
    *, table=(12, 10, 8), z=6, w=8, depth=2, classes=0, rgb=3, architecture="skip", clamp=None, noise=True, lr=0.01,
    seed=0, flat=False, average=True, source=SOURCE,
):  # fmt: skip
    """A generator; ``flat``: as the StyleGAN3 repository keeps its arguments."""
    draw = torch.Generator().manual_seed(seed)
    inward = z + (w if classes else 0)
    layers = {"embed": linear(draw, classes, w)} if classes else {}
    for i in range(depth):
        layers[f"fc{i}"] = linear(draw, w if i else inward, w, lr=lr, activation="lrelu")
    mapping = Module(
        "MappingNetwork", {}, {"w_avg": torch.randn(w, generator=draw) * 0.3} if average else {}, layers, z_dim=z,
        c_dim=classes, w_dim=w, num_layers=depth, w_avg_beta=0.995,
    )  # fmt: skip
    blocks = {
        f"b{4 << i}": block(
            draw, table[i - 1] if i else 0, channels, 4 << i, w, last=i == len(table) - 1, architecture=architecture,
            clamp=clamp, noise=noise, rgb=rgb,
        )
        for i, channels in enumerate(table)
    }  # fmt: skip
    side = 2 << len(table)
    synthesis = Module("SynthesisNetwork", {}, {}, blocks, w_dim=w, img_resolution=side, img_channels=rgb)
    more = {"conv_clamp": clamp, "channel_base": 16384}
    return Module(
        "Generator", {}, {}, {"synthesis": synthesis, "mapping": mapping}, z_dim=z, c_dim=classes, w_dim=w,
        img_resolution=side, img_channels=rgb, source=source, _init_args=(),
        _init_kwargs=EasyDict(more if flat else {"synthesis_kwargs": EasyDict(more)}, z_dim=z, img_resolution=side),
    )  # fmt: skip


def pickled(network, protocol=4, *, numpy=2, alone=False, **more):
    """The bytes of a snapshot, with another network in the place of G and D."""
    other = Module("Discriminator", {"weight": torch.ones(3)})
    whole = network if alone else {
        "G": other, "D": other, "G_ema": network, "augment_pipe": None, "training_set_kwargs": EasyDict(path="x.zip"), **more,
    }  # fmt: skip
    made = pickle.dumps(whole, protocol)
    return renamed(made, "numpy._core", "numpy.core") if numpy == 1 else renamed(made, "numpy.core", "numpy._core")


def renamed(made, old, new):
    """The pickle with a module called otherwise: names of protocol 2 are lines, later ones say their length."""
    pieces, last = [], 0
    for op, argument, at in list(pickletools.genops(made)):
        if op.name == "FRAME":
            pieces.append(made[last:at])
            last = at + 9
        elif op.name == "SHORT_BINUNICODE" and argument.startswith(old):
            text = argument.replace(old, new, 1).encode()
            pieces += [made[last:at], b"\x8c", bytes([len(text)]), text]
            last = at + 2 + len(argument.encode())
        elif op.name == "GLOBAL" and argument.startswith(old):
            text = argument.replace(old, new, 1).replace(" ", "\n").encode()
            pieces += [made[last:at], b"c", text, b"\n"]
            last = at + 2 + len(argument.encode())
    return b"".join([*pieces, made[last:]])


# The papers' picture ---------------------------------------------------------------------------


def mapped(net, z, labels=None):
    """(N, z) -> (N, w)."""
    layers = net.state["_modules"]["mapping"].state["_modules"]
    x = z / z.square().mean(1, keepdim=True).add(1e-8).sqrt()
    if labels is not None:
        y = dense(layers["embed"], labels)
        x = torch.cat([x, y / y.square().mean(1, keepdim=True).add(1e-8).sqrt()], 1)
    for name, layer in layers.items():
        if name.startswith("fc"):
            x = F.leaky_relu(dense(layer, x), 0.2) * math.sqrt(2)
    return x


def dense(layer, x):
    held = layer.state
    return x @ (held["_parameters"]["weight"] * float(held["weight_gain"])).T + held["_parameters"]["bias"] * held["bias_gain"]


def painted(net, ws):
    """(N, layers, w) -> (N, colours, height, width)."""
    blocks = net.state["_modules"]["synthesis"].state["_modules"]
    x = picture = None
    at = 0
    for each in blocks.values():
        parts, architecture = each.state["_modules"], each.state["architecture"]
        if x is None:
            x = each.state["_parameters"]["const"][None].repeat(len(ws), 1, 1, 1)
            x = styled(parts["conv1"], x, ws[:, at])
            at += 1
        else:
            before = x
            gain = math.sqrt(0.5) if architecture == "resnet" else 1.0
            x = styled(parts["conv0"], x, ws[:, at])
            x = styled(parts["conv1"], x, ws[:, at + 1], gain)
            at += 2
            if architecture == "resnet":
                past = F.conv2d(before, parts["skip"].state["_parameters"]["weight"] * parts["skip"].state["weight_gain"])
                x = x + upsampled(past) * gain
        picture = upsampled(picture) if picture is not None else None
        if "torgb" in parts:
            made = coloured(parts["torgb"], x, ws[:, at])
            picture = made if picture is None else picture + made
    return picture


def styled(layer, x, w, gain=1.0):
    held = layer.state["_parameters"]
    s = dense(layer.state["_modules"]["affine"], w)
    weight = held["weight"][None] * s[:, None, :, None, None]
    weight = weight / (weight.square().sum((2, 3, 4), keepdim=True) + 1e-8).sqrt()
    n, o, i = weight.shape[:3]
    if layer.state["up"] == 2:
        x = F.conv_transpose2d(x.reshape(1, n * i, *x.shape[2:]), weight.transpose(1, 2).reshape(n * i, o, 3, 3), stride=2, groups=n)
        x = F.conv2d(x.reshape(n * o, 1, *x.shape[2:]), 4 * FIR[None, None], padding=1)
        x = x.reshape(n, o, *x.shape[2:])
    else:
        x = F.conv2d(x.reshape(1, n * i, *x.shape[2:]), weight.reshape(n * o, i, 3, 3), padding=1, groups=n).reshape(n, o, *x.shape[2:])
    if layer.state["use_noise"]:
        x = x + layer.state["_buffers"]["noise_const"] * held["noise_strength"]
    x = F.leaky_relu(x + held["bias"][:, None, None], 0.2) * math.sqrt(2) * gain
    clamp = layer.state["conv_clamp"]
    return x if clamp is None else x.clamp(-clamp * gain, clamp * gain)


def coloured(layer, x, w):
    held = layer.state["_parameters"]
    s = dense(layer.state["_modules"]["affine"], w) * layer.state["weight_gain"]
    x = torch.einsum("nihw,oi,ni->nohw", x, held["weight"][:, :, 0, 0], s) + held["bias"][:, None, None]
    clamp = layer.state["conv_clamp"]
    return x if clamp is None else x.clamp(-clamp, clamp)


def upsampled(x):
    n, c, h, w = x.shape
    big = torch.zeros(n, c, h, 2, w, 2)
    big[:, :, :, 0, :, 0] = x
    big = F.pad(big.reshape(n * c, 1, 2 * h, 2 * w), (2, 1, 2, 1))
    return F.conv2d(big, 4 * FIR[None, None]).reshape(n, c, 2 * h, 2 * w)
