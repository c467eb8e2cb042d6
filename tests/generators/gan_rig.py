"""A GAN for tests: two steps of real training on a few pictures, so that its file is a real one."""

import numpy as np

from livegen.card import Card
from livegen.generators.gan.plan import written
from livegen.generators.styled.shape import Shape
from livegen.training import gan
from livegen.training.run import Budget, Run

TILES = Shape(width=16, height=16, channel_base=128, channel_max=8, z=6, w=12, wrap=True)
CARD = Card(title="Tiles", author="a", licence="CC0-1.0", data="random numbers")


def trained(folder, plan=TILES, card=CARD, steps=2):
    """The file of a model that was trained for two steps."""
    shape = (12, 3, plan.height, plan.width)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    settings = gan.Settings(batch=4, half=False, rate=0.05, ema=0.0, grow=0.0)
    run = Run(
        folder=folder, family="gan", config=written(plan), card=card, budget=Budget(steps=steps), noted=lambda said: None
    )
    gan.train(run, pixels, settings)
    return folder / "model.safetensors"
