"""Convolutions whose weights never change: laid out once, the way the processor wants them.

torch lays weights out anew at every call. oneDNN, which torch brings along on x86 and 64-bit ARM, can
keep them, and bends what comes out in the same pass. Where it is missing, torch's own convolution does.
"""

import statistics
import time
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from .layers import SLOPE

Convolution = Callable[[Tensor, Tensor, Tensor, bool], Tensor]
"""Features (which it may change), what their channels are multiplied by first, (I, 1, 1), what is added to
the channels that come out, (O,), whether to bend them by the leaky ReLU -> features."""
LIGHT = 64
"""Where the features are this many times as many as the weights, the weights are multiplied instead."""
DNN = torch.ops.mkldnn


def convolution(weight_OI33: Tensor, sides: tuple[int, int], *, padding: int = 1) -> Convolution:
    """A 3x3 convolution of features that have ``sides`` (height, width), as a rule."""
    apply = prepared(weight_OI33, sides, padding=padding)
    if weight_OI33.numel() * LIGHT > weight_OI33.shape[1] * sides[0] * sides[1]:
        return lambda x, factor, bias, bent: apply(x.mul_(factor), None, bias, bent)
    return lambda x, factor, bias, bent: apply(x, weight_OI33 * factor, bias, bent)


def prepared(
    weight_OIKK: Tensor, sides: tuple[int, int], *, padding: int = 1, groups: int = 1
) -> Callable[[Tensor, Tensor | None, Tensor | None, bool], Tensor]:
    """Applies the weights, or others of the same shape, to features: (features, other weights, bias, bent)."""
    if not packs(weight_OIKK.device.type, weight_OIKK.dtype):
        weight = weight_OIKK.contiguous(memory_format=torch.channels_last)

        def plain(x: Tensor, other: Tensor | None, bias: Tensor | None, bent: bool) -> Tensor:
            y = F.conv2d(x, weight if other is None else other, bias, padding=padding, groups=groups)
            return F.leaky_relu_(y, SLOPE) if bent else y

        return plain
    inward = weight_OIKK.shape[1] * groups
    around, once = [padding, padding], [1, 1]
    kept = DNN._reorder_convolution_weight(weight_OIKK.contiguous(), around, once, once, groups, [1, inward, *sides])

    def packed(x: Tensor, other: Tensor | None, bias: Tensor | None, bent: bool) -> Tensor:
        after = ("leaky_relu", [SLOPE], "") if bent else ("none", [], "")
        weight = kept if other is None else other
        made: Tensor = DNN._convolution_pointwise(x, weight, bias, around, once, once, groups, *after)
        return made

    return packed


def doubling(weight_OIKK: Tensor, sides: tuple[int, int]) -> Callable[[Tensor], Tensor]:
    """The transposed convolution with stride two of features with ``sides``: twice the sides and one more."""
    across = weight_OIKK.transpose(0, 1).contiguous()
    if not packs(weight_OIKK.device.type, weight_OIKK.dtype):
        return lambda x: F.conv_transpose2d(x, across, stride=2)
    none, once, twice = [0, 0], [1, 1], [2, 2]
    kept = DNN._reorder_convolution_transpose_weight(across, none, none, twice, once, 1, [1, across.shape[0], *sides])

    def packed(x: Tensor) -> Tensor:
        made: Tensor = DNN._convolution_transpose_pointwise(x, kept, None, none, none, twice, once, 1, "none", [], "")
        return made

    return packed


@cache
def packs(device: str, dtype: torch.dtype) -> bool:
    """Whether oneDNN keeps weights of this type here, and gives what torch gives."""
    if device != "cpu" or not torch._C._has_mkldnn:
        return False
    try:
        with torch.inference_mode():
            return _agrees(dtype)
    except (RuntimeError, NotImplementedError, AttributeError, TypeError):
        return False


def _agrees(dtype: torch.dtype) -> bool:
    ones = torch.ones(1, 16, 8, 8, dtype=dtype).contiguous(memory_format=torch.channels_last)
    weight, once = torch.ones(16, 16, 3, 3, dtype=dtype), [1, 1]
    kept = DNN._reorder_convolution_weight(weight, once, once, once, 1, [1, 16, 8, 8])
    minus = torch.full((16,), -244.0, dtype=dtype)
    got = DNN._convolution_pointwise(ones, kept, minus, once, once, once, 1, "leaky_relu", [SLOPE], "")
    kept = DNN._reorder_convolution_transpose_weight(weight, [0, 0], [0, 0], [2, 2], once, 1, [1, 16, 8, 8])
    big = DNN._convolution_transpose_pointwise(ones, kept, None, [0, 0], [0, 0], [2, 2], once, 1, "none", [], "")
    middle, wanted = float(got[0, 0, 4, 4]), 9 * 16 - 244.0
    return abs(middle - SLOPE * wanted) < 0.5 and float(big[0, 0, 8, 8]) == 64.0


@cache
def best_type(device: str) -> torch.dtype:
    """bfloat16 where it is clearly faster here, else float32; on CUDA without it float16.

    On the CPU this takes some 20 ms of measuring: what a processor says it can do is not how fast it is.
    """
    kind = device.split(":")[0]
    if kind == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if kind != "cpu" or not packs("cpu", torch.bfloat16):
        return torch.float32
    with torch.inference_mode():
        full, half = _trial(torch.float32), _trial(torch.bfloat16)
        times = [(full(), half()) for _ in range(7)]
    gain = statistics.median(one / other for one, other in times)
    return torch.bfloat16 if gain > 1.2 else torch.float32


def _trial(dtype: torch.dtype) -> Callable[[], float]:
    """Seconds that a convolution of a usual shape takes; the first call is for warming up."""
    x = torch.ones(1, 64, 64, 64, dtype=dtype).contiguous(memory_format=torch.channels_last)
    conv = prepared(torch.ones(64, 64, 3, 3, dtype=dtype), (64, 64))
    conv(x, None, None, True)

    def timed() -> float:
        began = time.perf_counter()
        conv(x, None, None, True)
        return time.perf_counter() - began

    return timed
