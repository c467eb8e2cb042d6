"""What the tests of texts share: small networks of random weights, and model files of them."""

from pathlib import Path
from typing import Any

import numpy as np

from livegen.card import Card
from livegen.generators import weights
from livegen.generators.text.alphabet import Alphabet
from livegen.generators.text.step import GATES, Step
from livegen.generators.text.words import LATENT

CARD = Card(title="noise", author="a test", licence="CC0-1.0", data="nobody's: random numbers")
WORDS = ("sea", "and", "stone", "the light", "émigré", "漢字", "🙂", "of salt,")


def some_text(size: int, seed: int = 0) -> bytes:
    """About ``size`` bytes of words in a random order, one to four bytes to a character."""
    chance, lines, long = np.random.default_rng(seed), list[str](), 0
    while long < size:
        lines.append(" ".join(WORDS[i] for i in chance.integers(0, len(WORDS), chance.integers(3, 8))))
        long += len(lines[-1].encode()) + 1
    return ("\n".join(lines) + "\n").encode()


def config_of(letters: str, net: str = "lstm", units: int = 12, layers: int = 2) -> dict[str, Any]:
    alphabet = Alphabet.seen_in(letters.encode())
    return {"net": net, "units": units, "layers": layers, "residual": net != "rnn", "alphabet": alphabet.said}


def tensors_of(config: dict[str, Any], seed: int = 5, sharp: float = 2.0) -> dict[str, np.ndarray]:
    """Random weights of that config; ``sharp`` ones have decided opinions."""
    chance, units, letters = np.random.default_rng(seed), config["units"], len(Alphabet.of(config))

    def some(*shape: int, scale: float = 1.0) -> np.ndarray:
        return (scale * chance.standard_normal(shape)).astype(np.float32)

    gates = GATES[config["net"]] * units
    made = {"embed.weight": some(letters, units), "head.weight": some(letters, units, scale=sharp)}
    made |= {"head.bias": some(letters), "moods.basis": some(LATENT, config["layers"], 2, units)}
    for i in range(config["layers"]):
        for name, shape in (("weight_ih_l0", (gates, units)), ("weight_hh_l0", (gates, units))):
            made[f"layers.{i}.{name}"] = some(*shape, scale=units**-0.5)
        made |= {f"layers.{i}.bias_ih_l0": some(gates), f"layers.{i}.bias_hh_l0": some(gates)}
    for i in range(config["layers"] + 1 if config["residual"] else 0):
        made |= {f"norms.{i}.weight": 1 + some(units, scale=0.1), f"norms.{i}.bias": some(units, scale=0.1)}
    return made


def step_of(letters: str, **more: Any) -> Step:
    config = config_of(letters, **more)
    return Step(config, tensors_of(config))


def model_file(folder: Path, letters: str = "\n ,.abcdefghij", seed: int = 5, **more: Any) -> Path:
    """A model of random weights, ready to be played."""
    config, path = config_of(letters, **more), folder / f"noise-{seed}.safetensors"
    weights.write(path, tensors_of(config, seed), weights.Header(family="text", config=config, card=CARD))
    return path
