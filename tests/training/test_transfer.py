"""Transfer: what is taken over by name and shape, and what is kept from learning."""

import numpy as np
import pytest
import torch
from torch import nn

from livegen.errors import BadValue, ModelRefused
from livegen.generators import weights
from livegen.training.transfer import adopt, freeze, origin


def net():
    return nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))


def test_what_fits_is_taken_over_and_the_rest_is_named():
    """By name and by shape; half precision becomes the net's own."""
    mine = net()
    before = mine[2].weight.clone()
    tensors = {"g.0.weight": np.ones((3, 4), np.float16), "g.0.bias": np.full(3, 2, np.float32), "g.2.weight": np.ones((5, 3))}
    taken = adopt(mine, tensors, "g.")
    assert (("0.weight", "0.bias"), ("2.weight",), ("2.bias",)) == (taken.fitted, taken.other_shape, taken.absent)
    assert (1.0, 2.0) == (mine[0].weight[0, 0].item(), mine[0].bias[0].item())
    assert torch.equal(before, mine[2].weight)
    assert "2 of 4 tensors" in taken.sentence("net")
    assert 0.5 == taken.share


@pytest.mark.parametrize(
    ("pattern", "frozen"),
    [("g.0", ["g.0.bias", "g.0.weight"]), ("*.bias", ["g.0.bias", "g.2.bias"]), ("g.2.weight", ["g.2.weight"])],
)
def test_layers_are_frozen_by_their_beginning_or_a_pattern(pattern, frozen):
    """And nothing else is."""
    mine = net()
    assert frozen == freeze({"g": mine}, [pattern])
    assert frozen == sorted(f"g.{name}" for name, p in mine.named_parameters() if not p.requires_grad)


def test_a_layer_that_is_not_there_is_refused_with_those_that_are():
    """A slip of the pen must not train everything."""
    with pytest.raises(BadValue, match=r"nothing is called 'h'; there are g\.0"):
        freeze({"g": net()}, ["h"])


def test_a_model_of_another_family_is_refused(tmp_path):
    """With its own family named."""
    path = tmp_path / "a.safetensors"
    weights.write(path, {"w": np.ones(2, np.float32)}, weights.Header(family="text", config={}))
    with pytest.raises(ModelRefused, match="is a text model and this is a gan run"):
        origin(path, "gan")
    assert ["w"] == list(origin(path, "text").tensors)
