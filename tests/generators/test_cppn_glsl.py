"""The exported shader paints what the stage paints, in a real browser."""

import base64
import shutil

import numpy as np
import pytest
from playwright.async_api import async_playwright

from livegen.errors import ModelRefused
from livegen.generators import base
from livegen.generators.base import Request
from livegen.generators.cppn import glsl
from livegen.generators.cppn.words import NAMES, knobs
from livegen.latent import Latent, from_seed

PAGE = """
async ([vertex, fragment, uniforms, width, height, version]) => {
  const canvas = new OffscreenCanvas(width, height);
  const gl = canvas.getContext(version, {antialias: false});
  if (!gl) return {log: 'no ' + version};
  gl.getExtension('OES_standard_derivatives');
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) return {log: gl.getShaderInfoLog(shader)};
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return {log: gl.getProgramInfoLog(program)};
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
  const corner = gl.getAttribLocation(program, 'corner');
  gl.enableVertexAttribArray(corner);
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
  for (const [name, values] of Object.entries(uniforms)) {
    const at = gl.getUniformLocation(program, name);
    gl['uniform' + (name === 'u_z' ? 4 : values.length) + 'fv'](at, values);
  }
  gl.viewport(0, 0, width, height);
  gl.drawArrays(gl.TRIANGLES, 0, 3);
  const pixels = new Uint8Array(width * height * 4);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  let text = '';
  for (let i = 0; i < pixels.length; i += 8192) text += String.fromCharCode(...pixels.subarray(i, i + 8192));
  return {log: '', pixels: btoa(text)};
}
"""
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VERTEX = {
    "webgl2": "#version 300 es\nin vec2 corner; out vec2 vTexCoord;\n"
    "void main() { vTexCoord = vec2(corner.x + 1.0, 1.0 - corner.y) / 2.0; gl_Position = vec4(corner, 0.0, 1.0); }",
    "webgl": "attribute vec2 corner; varying vec2 vTexCoord;\n"
    "void main() { vTexCoord = vec2(corner.x + 1.0, 1.0 - corner.y) / 2.0; gl_Position = vec4(corner, 0.0, 1.0); }",
}
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def request(size=(256, 256), latent=16, seed=5, time=2.5, **said):
    return Request(instance="main", latent=Latent(from_seed(seed, latent)), knobs=said, size=size, time=time)


async def drawn(page, config, asked, dialect="p5"):
    """The shader's picture, (H, W, 4), row 0 at the top."""
    version = "webgl" if dialect == "webgl1" else "webgl2"
    width, height = asked.size
    answer = await page.evaluate(
        PAGE,
        [
            VERTEX[version],
            glsl.export(config, asked, dialect),
            glsl.uniforms(config, asked),
            width,
            height,
            version,
        ],
    )
    assert "" == answer["log"]
    pixels = np.frombuffer(base64.b64decode(answer["pixels"]), np.uint8)
    return pixels.reshape(height, width, 4)[::-1]


def painted(config, asked):
    out = np.zeros((asked.size[1], asked.size[0], 4), np.uint8)
    base.build("cppn", config).render(asked, out)
    return out


async def test_the_shader_paints_what_the_stage_paints():
    """Every look, a mix of two, other knobs, another shape, a longer latent: two byte steps off at most."""
    asked = [
        *[({}, request(look=look), "p5") for look in NAMES],
        ({}, request(look=tuple(0.5 * (name in ("silk", "ember")) for name in NAMES)), "p5"),
        ({}, request((640, 240), look="neon", zoom=0.7, twist=0.6, hue=0.2, spin=3.3, pulse=0.7), "p5"),
        (
            {"latent": 10},
            request(latent=10, detail=1.3, symmetry=0.5, lines=0.4, contrast=0.8, light=0.1),
            "p5",
        ),
        ({}, request(look="malachite", relief=0.5, chroma=1.4, flow=2.0), "webgl1"),
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page()
        for config, wanted, dialect in asked:
            off = np.abs(painted(config, wanted).astype(int) - await drawn(page, config, wanted, dialect))
            assert off[..., :3].mean() < 2.0, (config, dict(wanted.knobs), off[..., :3].mean())
        await browser.close()


def test_every_knob_but_the_look_is_a_uniform():
    """What a performer may touch is a runtime value in the shader as well."""
    names = {f"u_{param.address}" for param in knobs()} - {"u_look"}
    assert names == set(glsl.uniforms({}, request())) - {"u_z", "u_time", "u_size"}
    assert all(f"uniform float {name};" in glsl.export({}, request()) for name in names)


def test_touchdesigner_gets_its_own_words():
    """A GLSL TOP has its own inputs and outputs, and no WebGL header."""
    text = glsl.export({}, request(), "touchdesigner")
    assert "TDOutputSwizzle" in text
    assert "#version" not in text
    assert "vTexCoord" not in text


def test_an_unknown_dialect_is_refused():
    """The sentence names those there are."""
    with pytest.raises(ModelRefused, match="one of p5, webgl1, touchdesigner"):
        glsl.export({}, request(), "hlsl")


def test_a_latent_too_long_for_uniforms_is_refused():
    """A shader has room for so many uniforms only."""
    with pytest.raises(ModelRefused, match="too long"):
        glsl.export({"latent": 65}, request(latent=65))
