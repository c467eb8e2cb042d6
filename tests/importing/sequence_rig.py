"""Folders and files as ml5 and sketch-rnn left them, with small random networks in them, and plain second opinions."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

LETTERS = "e t\naoé漢🙂,\x00\ufeff"
"""Out of order, of one to four bytes, and two that no page shows."""


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def basic_lstm(kernel: np.ndarray, bias: np.ndarray, x: np.ndarray, c: np.ndarray, h: np.ndarray) -> Any:
    """One step of TensorFlow's documented BasicLSTMCell, forget_bias 1, in double precision: (c, h)."""
    i, j, f, o = np.split(np.concatenate([x, h]) @ kernel + bias, 4)
    c = c * sigmoid(f + 1.0) + sigmoid(i) * np.tanh(j)
    return c, np.tanh(c) * sigmoid(o)


def char_rnn(*, units: int = 9, layers: int = 2, embed: int | None = 9, letters: str = LETTERS, seed: int = 3) -> dict[str, np.ndarray]:
    """Weights as TensorFlow names them; ``embed`` None: no embedding."""
    chance, count = np.random.default_rng(seed), len(letters)
    held, given = {}, count if embed is None else embed
    if embed is not None:
        held["embedding"] = chance.standard_normal((count, embed))
    for i in range(layers):
        head = f"rnnlm/multi_rnn_cell/cell_{i}/basic_lstm_cell/"
        held[head + "kernel"] = 0.5 * chance.standard_normal((given + units, 4 * units))
        held[head + "bias"] = chance.standard_normal(4 * units)
        given = units
    held["rnnlm/softmax_w"] = chance.standard_normal((units, count))
    held["rnnlm/softmax_b"] = chance.standard_normal(count)
    return {name: each.astype(np.float32) for name, each in held.items()}


def char_rnn_says(held: dict[str, np.ndarray], numbers: list[int]) -> np.ndarray:
    """(T, V) logits after each letter, written down from the papers in double precision."""
    cells = [(held[name].astype(float), held[name[:-6] + "bias"].astype(float)) for name in held if name.endswith("kernel")]
    units = held["rnnlm/softmax_w"].shape[0]
    state = [(np.zeros(units), np.zeros(units)) for _ in cells]
    said = []
    for number in numbers:
        x = held.get("embedding", np.eye(len(held["rnnlm/softmax_b"])))[number].astype(float)
        for n, (kernel, bias) in enumerate(cells):
            state[n] = basic_lstm(kernel, bias, x, *state[n])
            x = state[n][1]
        said.append(x @ held["rnnlm/softmax_w"].astype(float) + held["rnnlm/softmax_b"])
    return np.array(said)


def folder_of(where: Path, held: dict[str, np.ndarray], letters: str = LETTERS) -> Path:
    """manifest.json, vocab.json and one raw file per variable."""
    where.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for name, each in held.items():
        file = name.replace("/", "_")
        (where / file).write_bytes(each.astype("<f4").tobytes())
        manifest[name] = {"filename": file, "shape": list(each.shape)}
    (where / "manifest.json").write_text(json.dumps(manifest), encoding="utf8")
    vocabulary = {letter: number for number, letter in enumerate(letters)}
    (where / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf8")
    return where


# SketchRNN ----------------------------------------------------------------------------------------


def sketch_rnn(*, units: int = 12, mixtures: int = 20, seed: int = 4) -> list[np.ndarray]:
    """W_out, b_out, W_x, W_h, b, as whole numbers of 16 bits: 32767 stands for 10."""
    chance = np.random.default_rng(seed)
    outs, gates = 3 + 6 * mixtures, 4 * units
    shapes = [(units, outs), (outs,), (5, gates), (units, gates), (gates,)]
    made = [chance.normal(0, 0.4, shape) for shape in shapes]
    return [np.clip(np.rint(each / 10 * 32767), -32768, 32767).astype("<i2") for each in made]


def gen_json(where: Path, weights: list[np.ndarray], flat: bool = False, **info: Any) -> Path:
    """The file that the web's sketch-rnn reads."""
    said = {"mode": "gen", "version": 6, "max_seq_len": 90, "name": "cat", "scale_factor": 51.2} | info
    texts = [base64.b64encode(each.astype("<i2").tobytes()).decode() for each in weights]
    shapes = [list(each.shape) for each in weights]
    where.write_text(json.dumps([said, shapes, *texts] if flat else [said, shapes, texts]), encoding="utf8")
    return where


def sketch_rnn_says(weights: list[np.ndarray], rows: np.ndarray) -> list[dict[str, np.ndarray]]:
    """Ha and Eck 2017, equations 3 to 6, after each of the stroke-5 rows: pen, weight, mean, deviation, correlation."""
    W_out, b_out, W_x, W_h, b = (each.astype(float) * 10 / 32767 for each in weights)
    c = h = np.zeros(len(W_h))
    said = []
    for row in rows:
        c, h = basic_lstm(np.concatenate([W_x, W_h]), b, row.astype(float), c, h)
        y = h @ W_out + b_out
        pi, mu_x, mu_y, sigma_x, sigma_y, rho = np.split(y[3:], 6)
        said.append(
            {
                "pen": np.exp(y[:3]) / np.exp(y[:3]).sum(), "weight": np.exp(pi) / np.exp(pi).sum(),
                "mean": np.stack([mu_x, mu_y], 1), "deviation": np.exp(np.stack([sigma_x, sigma_y], 1)),
                "correlation": np.tanh(rho),
            }
        )
    return said
