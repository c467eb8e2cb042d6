"""The folded net on OpenVINO, where it is installed: ``pip install 'livegen[openvino]'``.

The graph is written down operation by operation from the folded weights, so nothing is traced or
converted. Styles and the sum of the colours stay with torch, as in the folded net.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .folded import Folded, twice
from .layers import GAIN, SLOPE
from .synthesis import HALF, Colours, Synthesis, parts

Node = Any
"""A node of an OpenVINO graph, which has no types."""


class Vino:
    """Plays one synthesis as ``folded`` does."""

    def __init__(self, synthesis: Synthesis, folded: Folded) -> None:
        """Takes a second or two. Raises ImportError without OpenVINO, RuntimeError when it will not."""
        import openvino

        if synthesis.shape.architecture == "resnet" and not synthesis.shape.zeros:
            raise RuntimeError("a resnet whose edges go on is not written for OpenVINO")
        if synthesis.shape.wrap:
            raise RuntimeError("pictures that wrap around are not written for OpenVINO")
        self._folded = folded
        half = folded.dtype == torch.bfloat16
        compiled = openvino.Core().compile_model(
            graph(synthesis, folded),
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": "bf16" if half else "f32",
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_NUM_THREADS": torch.get_num_threads(),
                "ENABLE_CPU_PINNING": False,
            },
        )
        self._request = compiled.create_infer_request()

    def __call__(self, ws_LW: Tensor) -> Tensor:
        """(layers, w) float32 -> (1, colours, height, width) float32, about -1..1."""
        styles, roots = self._folded.styles.plain(ws_LW)
        given = [styles.numpy(), roots.reciprocal_().mul_(GAIN).numpy()]
        found = self._request.infer(given, share_inputs=True, share_outputs=True)
        picture: Tensor | None = None
        for colours in (torch.from_numpy(found[i]) for i in range(len(found))):
            picture = colours.clone() if picture is None else twice(picture, self._folded.shape).add_(colours)
        assert picture is not None
        return picture


def graph(synthesis: Synthesis, folded: Folded) -> Node:
    """The net as an OpenVINO model: styles and d in, the colours of every level out.

    Here d stays where the papers have it: OpenVINO multiplies, adds and bends in one pass.
    """
    import openvino
    from openvino import opset13 as op

    convs, wide = folded.styles.bias.shape
    given = [op.parameter([rows, wide], np.float32) for rows in (len(folded.stages), convs)]
    styles, gains = given
    limit = synthesis.shape.clamp
    x, outs, conv = constant(op, synthesis.const), list[Node](), 0
    aside = x
    for row, (stage, part) in enumerate(zip(folded.stages, parts(synthesis), strict=True)):
        weight = part.weight.detach().float() * part.scale
        weighed = op.multiply(x, channel(op, styles, row, weight.shape[1]))
        if isinstance(part, Colours):
            tint = op.convolution(weighed, constant(op, weight), [1, 1], [0, 0], [0, 0], [1, 1])
            outs.append(cut(op, op.add(tint, constant(op, stage.bias[None, :, None, None])), limit))
            continue
        if stage.past is not None:
            weight_past = stage.past.weight.detach() * stage.past.scale
            narrow = op.convolution(x, constant(op, weight_past), [1, 1], [0, 0], [0, 0], [1, 1])
            aside = cut(op, enlarged(op, narrow, len(weight_past)), HALF * limit)
        y = raised(op, weighed, weight) if part.up else kept(op, weighed, weight)
        bias = stage.bias[None, :, None, None] * GAIN
        if stage.field is not None and stage.strength is not None:
            bias = bias + stage.field * (stage.strength * GAIN)
        y = op.add(op.multiply(y, channel(op, gains, conv, len(weight))), constant(op, bias))
        x, conv = cut(op, op.prelu(y, op.constant(np.float32(SLOPE))), limit), conv + 1
        if stage.joins:
            x = op.add(op.multiply(x, op.constant(np.float32(HALF))), aside)
    return openvino.Model(outs, given, "synthesis")


def cut(op: Node, x: Node, limit: float) -> Node:
    return op.clamp(x, -limit, limit) if limit else x


def enlarged(op: Node, x: Node, channels: int) -> Node:
    """Sides times two, as synthesis.upsampled with zeros beyond the edges."""
    line = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 4.0
    kernel = torch.outer(line, line).expand(channels, 1, 1, 4, 4)
    return op.group_convolution_backprop_data(
        x, constant(op, kernel), [2, 2], pads_begin=[1, 1], pads_end=[1, 1], dilations=[1, 1]
    )


def constant(op: Node, tensor: Tensor) -> Node:
    return op.constant(np.ascontiguousarray(tensor.detach().float().cpu().numpy()))


def channel(op: Node, table: Node, row: int, count: int) -> Node:
    """The first ``count`` numbers of a row, one per channel."""
    first, last, step = (op.constant(np.array(at, np.int64)) for at in ((row, 0), (row + 1, count), (1, 1)))
    return op.reshape(op.slice(table, first, last, step), op.constant(np.array([1, count, 1, 1])), False)


def kept(op: Node, x: Node, weight: Tensor) -> Node:
    return op.convolution(x, constant(op, weight), [1, 1], [1, 1], [1, 1], [1, 1])


def raised(op: Node, x: Node, weight: Tensor) -> Node:
    """Sides times two, as synthesis.doubled."""
    line = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 4.0
    kernel = torch.outer(line, line).expand(len(weight), 1, 1, 4, 4)
    big = op.convolution_backprop_data(
        x, constant(op, weight.transpose(0, 1)), [2, 2], pads_begin=[0, 0], pads_end=[0, 0], dilations=[1, 1]
    )
    return op.group_convolution(big, constant(op, kernel), [1, 1], [1, 1], [1, 1], [1, 1])
