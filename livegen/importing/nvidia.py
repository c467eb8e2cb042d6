"""Reads the pickles of the StyleGAN2-ADA and StyleGAN3 repositories: networks of either kind, G_ema of them.

Their modules come as a class name, the text of a program, and a state. The state has all that is needed; of
the text a hash is kept, and it is never compiled or run. The mathematics are in the papers: StyleGAN2
https://arxiv.org/abs/1912.04958, ADA https://arxiv.org/abs/2006.06676, StyleGAN3 https://arxiv.org/abs/2106.12423.
"""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import stylegan2
from .found import Found
from .numpied import NUMPY, Stored
from .parts import Part
from .torchfile import COMMON, Tensor, nested, table
from .unpickled import Damaged, LongText, Thing, Words, unpickled

DEEPEST, MOST_MODULES, MOST_TENSORS = 12, 5_000, 20_000
PLAIN_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
CHOICES = ("G_ema", "Gs", "G")
"""Which network is taken, the first that is there."""
FIR = np.outer((1, 3, 3, 1), (1, 3, 3, 1)) / 64.0


@dataclass(slots=True, eq=False)
class Module:
    """A network or a part of one, as the file keeps it."""

    kind: str
    state: Mapping[str, Any]
    source: str
    """SHA-256 of the program text that came with it."""


def module(meta: Any, *_: Any) -> Module:
    """Stands in for ``torch_utils.persistence._reconstruct_persistent_obj``, which would run the text."""
    if not isinstance(meta, dict) or not isinstance(meta.get("state"), dict):
        raise Damaged("it has a network that is none")
    text = meta.get("module_src")
    held = text.view if isinstance(text, LongText) else str(text or "").encode("utf8", "replace")
    return Module(str(meta.get("class_name"))[:80], meta["state"], hashlib.sha256(held).hexdigest())


WORDS: Words = {
    **COMMON, **NUMPY,
    ("torch_utils.persistence", "_reconstruct_persistent_obj"): module,
    ("dnnlib.util", "EasyDict"): table,
    ("torch.storage", "_load_from_bytes"): nested,
    ("dnnlib.tflib.network", "Network"): lambda *given: Thing("Network", given),
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Network:
    """A network, flat."""

    kind: str
    source: str
    parts: dict[str, Part] = field(default_factory=dict)
    """Name → parameter or buffer."""
    states: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Module → its attributes."""

    def number(self, module: str, name: str, usual: float | None) -> float | None:
        """An attribute that is a number, or None where the file says None."""
        value = self.states.get(module, {}).get(name, usual)
        if isinstance(value, (Stored, Tensor)) and 0 < math.prod(value.shape) <= 2:
            value = float(value.part().read().reshape(-1)[0])  # a number, or the two sides of a square
        elif isinstance(value, (list, tuple)) and 0 < len(value) <= 2:
            value = value[0]
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value)):
            raise Damaged(f"its {name} is no number")
        return None if value is None else float(value)

    def word(self, module: str, name: str, usual: str) -> str:
        """An attribute that is a word."""
        return str(self.states.get(module, {}).get(name, usual))[:40]


def read_pickle(view: memoryview) -> Any:
    """What the pickle holds, in our stand-ins. Raises Damaged."""
    return unpickled(view, 0, WORDS)[0]


def choose(value: Any) -> tuple[Module, tuple[str, ...]]:
    """The network that is played. Raises Damaged."""
    if isinstance(value, Module):
        return value, ()
    if isinstance(value, dict):
        for name in CHOICES:
            if isinstance(value.get(name), Module):
                late = name == "G"
                return value[name], ("It holds no running average of the weights (G_ema), so G is taken: expect it to look rougher.",) if late else ()
        there = ", ".join(shown(str(key)) for key in list(value)[:6]) or "nothing"
        raise Damaged(f"it holds {there}, and none of them is a generator that is known")
    raise Damaged("it holds no network")


def flat(net: Module) -> Network:
    """All parameters and buffers by their names. Raises Damaged."""
    made = Network(net.kind, net.source)
    waiting: list[tuple[str, Any]] = [("", net)]
    while waiting:
        place, each = waiting.pop()
        if not isinstance(each, Module):
            continue
        if len(made.states) >= MOST_MODULES or place.count(".") > DEEPEST:
            raise Damaged("its network has no end")
        made.states[place.rstrip(".")] = each.state
        for held in ("_parameters", "_buffers"):
            for name, tensor in items(each.state.get(held)):
                if isinstance(tensor, (Tensor, Stored)):
                    made.parts[place + name] = tensor.part()
        waiting += [(f"{place}{name}.", inner) for name, inner in reversed(items(each.state.get("_modules")))]
    if len(made.parts) > MOST_TENSORS:
        raise Damaged("its network has no end")
    return made


def items(held: Any) -> list[tuple[str, Any]]:
    """A table of the state, name and value. Raises Damaged."""
    if held is None:
        return []
    if not isinstance(held, dict) or len(held) > MOST_TENSORS or not all(isinstance(name, str) and PLAIN_NAME.fullmatch(name) for name in held):
        raise Damaged("its network has layers with names that are none")
    return list(held.items())


# StyleGAN2 -------------------------------------------------------------------------------------


def found(net: Network, origin: Mapping[str, Any], notes: tuple[str, ...]) -> Found:
    """A StyleGAN2. Raises Damaged, ModelRefused."""
    sizes = sorted(
        int(match[1]) for name in net.parts if (match := re.fullmatch(r"synthesis\.b(\d{1,5})\.conv1\.weight", name))
    )  # fmt: skip
    if not sizes:
        raise Damaged("its synthesis has no convolutions")
    const = net.parts.get(f"synthesis.b{sizes[0]}.const")
    if const is None or len(const.shape) != 3:
        raise Damaged("its synthesis does not begin from a constant")
    check_filters(net)
    made = mapping(net) | {"synthesis.const": const.shaped(1, *const.shape)}
    clamps = set()
    for level, size in enumerate(sizes):
        theirs, ours = f"synthesis.b{size}.", f"synthesis.blocks.{level}."
        for name, to in (("conv0", "up"), ("conv1", "conv"), ("torgb", "colours")):
            if f"{theirs}{name}.weight" in net.parts and not (level == 0 and name == "conv0"):
                made |= layer(net, f"{theirs}{name}", f"{ours}{to}")
                clamps.add(net.number(f"{theirs}{name}", "conv_clamp", None) or 0.0)
        skip = net.parts.get(f"{theirs}skip.weight")
        if skip is not None:
            made[f"{ours}skip.weight"] = skip.times(ratio(net, f"{theirs}skip", skip.shape))
    if len(clamps) > 1:
        raise Damaged(f"its layers are clamped differently ({', '.join(f'{each:g}' for each in sorted(clamps)[:4])})")
    words = {net.word(f"synthesis.b{size}", "architecture", "skip") for size in sizes}
    if len(words) > 1:
        raise Damaged(f"its blocks are of different architectures ({shown(', '.join(sorted(words)[:3]))})")
    return stylegan2.found(made, origin, notes, architecture=words.pop(), clamp=clamps.pop() if clamps else 0.0)


def mapping(net: Network) -> dict[str, Part]:
    """The mapping's tensors by our names, brought to our learning rate. Raises Damaged."""
    made: dict[str, Part] = {}
    for i in range(stylegan2.counted(net.parts, "mapping.fc{}.weight")):
        made |= linear(net, f"mapping.fc{i}", f"mapping.layers.{i}", stylegan2.RATE, "lrelu")
    if "mapping.embed.weight" in net.parts:
        made |= linear(net, "mapping.embed", "mapping.embed", 1.0, "linear")
    if "mapping.w_avg" in net.parts:
        made[stylegan2.AVERAGE] = net.parts["mapping.w_avg"]
    return made


def linear(net: Network, theirs: str, ours: str, rate: float, activation: str) -> dict[str, Part]:
    """A fully connected layer, whose gains are those of ``rate`` in our net. Raises Damaged."""
    weight = net.parts[f"{theirs}.weight"]
    bias = net.parts.get(f"{theirs}.bias")
    if len(weight.shape) != 2 or bias is None:
        raise Damaged(f"its layer {theirs} is none")
    if net.word(theirs, "activation", activation) != activation:
        raise Damaged(f"its layer {theirs} bends what goes through by {shown(net.word(theirs, 'activation', ''))}")
    usual = rate / math.sqrt(max(1, weight.shape[1]))
    gain = net.number(theirs, "weight_gain", usual) or usual
    return {
        f"{ours}.weight": weight.times(near(gain / usual)),
        f"{ours}.bias": bias.times(near((net.number(theirs, "bias_gain", rate) or rate) / rate)),
    }


def layer(net: Network, theirs: str, ours: str) -> dict[str, Part]:
    """A modulated convolution, its style and its noise. Raises Damaged."""
    weight = net.parts[f"{theirs}.weight"]
    if len(weight.shape) != 4:
        raise Damaged(f"its layer {theirs} is none")
    coloured = ours.endswith("colours")
    if not coloured and net.word(theirs, "activation", "lrelu") != "lrelu":
        raise Damaged(f"its layer {theirs} bends what goes through by {shown(net.word(theirs, 'activation', ''))}")
    # Demodulation takes the gain out of all but the colours.
    made = {f"{ours}.weight": weight.times(ratio(net, theirs, weight.shape) if coloured else 1.0)}
    if f"{theirs}.affine.weight" in net.parts:
        made |= linear(net, f"{theirs}.affine", f"{ours}.affine", 1.0, "linear")
    if f"{theirs}.bias" in net.parts:
        made[f"{ours}.bias"] = net.parts[f"{theirs}.bias"]
    field_, strength = net.parts.get(f"{theirs}.noise_const"), net.parts.get(f"{theirs}.noise_strength")
    if field_ is not None and strength is not None and not coloured:
        made[f"{ours}.field"] = field_.shaped(1, 1, *field_.shape)
        made[f"{ours}.strength"] = strength.shaped() if math.prod(strength.shape) == 1 else strength
    return made


def ratio(net: Network, place: str, shape: tuple[int, ...]) -> float:
    """What a convolution's gain is, beside the usual 1 / sqrt(inputs)."""
    usual = 1.0 / math.sqrt(max(1, math.prod(shape[1:])))
    return near((net.number(place, "weight_gain", usual) or usual) / usual)


def near(factor: float) -> float:
    """1 where the file means 1, so that weights stay what they are to the bit."""
    return 1.0 if abs(factor - 1.0) < 1e-5 else factor


def check_filters(net: Network) -> None:
    """Raises Damaged for a net that is blurred by another filter than the paper's."""
    for name, part in net.parts.items():
        if name.endswith("resample_filter"):
            held = part.read() if part.shape == (4, 4) else None
            if held is None or not np.allclose(held, FIR, atol=1e-4):
                raise Damaged("it doubles its pictures by another filter than [1, 3, 3, 1]")


def shown(text: str) -> str:
    return "".join(c if c.isprintable() else "·" for c in text[:120])
