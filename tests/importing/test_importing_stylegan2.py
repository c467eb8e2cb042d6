"""A StyleGAN2 laid out as our styled net: shapes are read off, and held against the plan."""

import numpy as np
import pytest

from livegen.errors import ModelRefused
from livegen.generators.gan.network import maker
from livegen.generators.styled.shape import Shape
from livegen.importing import stylegan2
from livegen.importing.parts import part

SHAPES = [
    Shape(width=32, height=32, table=(6, 5, 4, 3), z=4, w=8, noise=True, zeros=True),
    Shape(width=16, height=32, begin=4, table=(6, 5, 4), z=4, w=8, mapping=3, zeros=True),
    Shape(width=16, height=16, table=(6, 5, 4), z=4, w=8, classes=3, colours=4, zeros=True, architecture="resnet"),
    Shape(width=16, height=16, table=(6, 5, 4), z=4, w=8, colours=1, zeros=True, architecture="orig"),
]


def parts_of(shape):
    return {name: part(np.zeros(sides, np.float32)) for name, sides in stylegan2.tensors_of(shape).items()}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.width}x{shape.height} {shape.architecture}")
def test_its_tensors_are_those_of_the_net(shape):
    """What torch builds has the same names and shapes, and reading them off gives the shape back."""
    wanted = {name: tuple(each.shape) for name, each in maker(shape).state_dict().items()}
    assert wanted == stylegan2.tensors_of(shape)
    found = stylegan2.found(parts_of(shape), {}, architecture=shape.architecture)
    assert shape == Shape.from_dict(found.config)


def test_a_tensor_too_few_or_of_another_shape_is_named():
    """Which one, and what it should be."""
    parts = parts_of(SHAPES[0])
    with pytest.raises(ModelRefused, match=r"no tensor for synthesis\.blocks\.1\.up\.bias"):
        stylegan2.found({name: each for name, each in parts.items() if name != "synthesis.blocks.1.up.bias"}, {})
    with pytest.raises(ModelRefused, match=r"synthesis\.blocks\.1\.up\.bias is 9 and not 5"):
        stylegan2.found({**parts, "synthesis.blocks.1.up.bias": part(np.zeros(9, np.float32))}, {})
