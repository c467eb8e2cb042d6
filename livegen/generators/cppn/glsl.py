"""The same network as a fragment shader: weights as constants, latent and knobs as uniforms.

A client then paints at its own size and rate while the stage sends it a few numbers a frame. Every
knob of ``Info.params`` but ``look`` is a uniform ``u_<name>`` with the knob's own value, the latent is
``u_z``, the instance's time in seconds ``u_time``. The looks stand as they are mixed at the export.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ModelRefused
from ..base import Request
from .network import BIASES, FINER, LAYERS, PERIODS, UNITS, WEIGHTS, Blend, Network, width
from .words import configure, knobs

SOURCE = Path(__file__).with_name("shader.glsl")
WIDEST = 64
"""Dimensions of z up to which a shader takes it as uniforms."""
SHINE = {"DEPTH": 0.7, "STRATA": 0.35}
"""What the sheet multiplies into these traits."""

HEADS = {
    "p5": (
        "#version 300 es\nprecision highp float;\nin vec2 vTexCoord;\nout vec4 livegen_color;\n"
        "uniform vec2 u_size;  // pixels: [width * pixelDensity(), height * pixelDensity()]\n"
    ),
    "webgl1": (
        "#extension GL_OES_standard_derivatives : enable\nprecision highp float;\nvarying vec2 vTexCoord;\n"
        "uniform vec2 u_size;  // pixels: [width * pixelDensity(), height * pixelDensity()]\n"
    ),
    "touchdesigner": "out vec4 livegen_color;\n",
}
TAILS = {
    "p5": "  livegen_color = vec4(livegen(vTexCoord, u_size), 1.0);\n",
    "webgl1": "  gl_FragColor = vec4(livegen(vTexCoord, u_size), 1.0);\n",
    "touchdesigner": (
        "  vec2 size = uTDOutputInfo.res.zw;\n"
        "  livegen_color = TDOutputSwizzle(vec4(livegen(vec2(vUV.s, 1.0 - vUV.t), size), 1.0));\n"
    ),
}
DIALECTS = tuple(HEADS)
"""``p5``: WebGL 2, as p5.js from 1.7 on uses it; ``webgl1``: older p5.js; ``touchdesigner``: GLSL TOP."""


def export(config: Mapping[str, Any], request: Request, dialect: str = "p5") -> str:
    """The fragment shader of the network that ``request`` is painted with.

    Only the look is taken from the request; everything else is a uniform, whose value ``uniforms``
    knows. ``vTexCoord`` is (0, 0) at the upper left. Raises ModelRefused for an unknown dialect or a
    latent that is too long for uniforms.
    """
    given = configure(config)
    if dialect not in DIALECTS:
        raise ModelRefused(
            f"there is no shader dialect {dialect[:40]!r}", hint=f"one of {', '.join(DIALECTS)}"
        )
    if given.latent > WIDEST:
        raise ModelRefused(
            f"a latent of {given.latent} dimensions is too long", hint=f"a shader takes {WIDEST}"
        )
    network = Network(given)
    blend = network.blend(network.said(request)["look"])
    names = [param.address for param in knobs() if param.address != "look"]
    declared = "".join(f"uniform float u_{name};\n" for name in ("time", *names))
    return "".join(
        (
            HEADS[dialect],
            f"uniform vec4 u_z[{_quads(given.latent)}];\n",
            declared,
            "\n",
            "\n".join(_constants(blend)),
            "\n\n",
            SOURCE.read_text("utf-8"),
            "\n",
            "\n".join(_network(network, blend)),
            "\n\nvoid main() {\n",
            TAILS[dialect],
            "}\n",
        )
    )


def uniforms(config: Mapping[str, Any], request: Request) -> dict[str, list[float]]:
    """What to set for ``request``: uniform → its numbers, in the order of OpenGL's ``uniform*fv``."""
    given = configure(config)
    said = Network(given).said(request)
    z = np.zeros(4 * _quads(given.latent), np.float32)
    z[: given.latent] = request.latent.values
    values = {f"u_{name}": [float(value)] for name, value in said.items() if name != "look"}
    return {
        "u_size": [float(x) for x in request.size],
        "u_z": z.tolist(),
        "u_time": [float(request.time)],
        **values,
    }


def _quads(size: int) -> int:
    return -(-size // 4)


def _constants(blend: Blend) -> Iterator[str]:
    names = ("LOW_0", "LOW_1", "LOW_2", "HIGH_0", "HIGH_1", "HIGH_2", "INK_0", "INK_1")
    for name, colour in zip(names, blend.palette, strict=True):
        yield f"const vec3 {name} = vec3({_row(colour)});"
    trait = {**blend.trait, "depth": 1.0}
    for name in (
        "tone",
        "edge",
        "blend",
        "strata",
        "fineness",
        "relief",
        "slope",
        "depth",
        "gloss",
        "lines",
        "spacing",
        "width",
        "glow",
        "symmetry",
    ):
        yield f"const float {name.upper()} = {_number(trait[name] * SHINE.get(name.upper(), 1.0))};"


def _network(network: Network, blend: Blend) -> Iterator[str]:
    """The unrolled layers, as the function ``livegen``."""
    yield "vec3 livegen(vec2 place, vec2 size) {"
    slow, slower = PERIODS[:2], PERIODS[2:]
    yield f"  vec4 slow = circles({_row(slow)}), slower = circles({_row(slower)});"
    yield f"  float finer = pow(u_detail, {FINER});"
    yield "  vec4 x0 = coordinates(place, size, slow, slower);"
    count = 1
    for layer in range(LAYERS):
        for half in (0, 4):
            yield f"  vec4 a{layer}_{half} = {_unit_quad(network, blend, layer, half, count)};"
        made = [f"{f}(a{layer}_{half})" for f in ("sin", "bend") for half in (0, 4)]
        ratio = _number(blend.trait["bend"] / blend.trait["wave"])
        for index, call in enumerate(made, count):
            yield f"  vec4 x{index} = {call.replace(')', f' * {ratio})') if call.startswith('bend') else call};"
        count += len(made)
    bias = blend.net[BIASES[LAYERS]]
    yield f"  vec4 field = vec4({_row(bias)}) + {_sum(blend.net[WEIGHTS[LAYERS]].reshape(-1, 4), count)};"
    yield "  return picture(field, place, size);"
    yield "}"


def _unit_quad(network: Network, blend: Blend, layer: int, half: int, count: int) -> str:
    """Four units of a layer: their bias under latent and time, and what they see."""
    rows = slice(layer * UNITS + half, layer * UNITS + half + 4)
    wave, size = blend.trait["wave"], network.config.latent
    reach = np.zeros((4 * _quads(size), 4))
    reach[:size] = network.latent[rows].T * (wave * blend.trait["mood"])
    sway = network.sway[rows].T * wave
    terms = [f"vec4({_row(blend.net[BIASES[layer]][half : half + 4])})"]
    terms += [f"{_matrix(reach[4 * i : 4 * i + 4])} * u_z[{i}]" for i in range(_quads(size))]
    terms += [f"u_flow * ({_matrix(sway[:4])} * slow + {_matrix(sway[4:])} * slower)"]
    weights = blend.net[WEIGHTS[layer]].reshape(width(layer), UNITS)[:, half : half + 4]
    seen = _sum(weights, count)
    return " + ".join((*terms, seen)) if layer == 0 else f"finer * ({' + '.join((*terms, seen))})"


def _sum(weights: np.ndarray, count: int) -> str:
    return " + ".join(f"{_matrix(weights[4 * i : 4 * i + 4])} * x{i}" for i in range(count))


def _matrix(columns: np.ndarray) -> str:
    return f"mat4({_row(columns)})"


def _row(values: Any) -> str:
    return ", ".join(_number(value) for value in np.ravel(values))


def _number(value: float) -> str:
    said = f"{float(value):.7g}"
    return said if any(sign in said for sign in ".en") else f"{said}.0"
