"""The alias-free synthesis against the paper's equations, written out plainly."""

import json
import math

import numpy as np
import pytest
import torch

from livegen.errors import ModelRefused
from livegen.generators.alias.filters import line, parted, round_
from livegen.generators.alias.naive import Naive, untrained
from livegen.generators.alias.plan import Plan
from livegen.generators.alias.played import Played
from livegen.generators.alias.synthesis import Synthesis, moved

SMALL = {"channel_base": 512, "channel_max": 16, "w": 16, "z": 16}
KINDS = {
    "t": {},
    "r": {"kernel": 1, "radial": True},
    "grey": {"colours": 1, "layers": 6, "margin": 4},
    "no clamp": {"clamp": 0.0, "layers": 5, "critical": 1, "colours": 4},
    "tight clamp": {"clamp": 0.7, "layers": 5},
}


def planned(kind: str, side: int = 32) -> Plan:
    return Plan.designed(side, **SMALL, **KINDS[kind])


def test_the_table_is_the_papers():
    """The 1024 pixel net of the paper: its channels, sides and the paddings that follow from them."""
    plan = Plan.designed(1024)
    assert (512, 512, 512, 512, 512, 512, 512, 323, 203, 128, 81, 51, 32, 32) == plan.channels
    assert (36, 36, 52, 52, 84, 148, 148, 276, 276, 532, 1044, 1044, 1044, 1024, 1024) == plan.sides
    assert 16 == plan.layers
    assert ([12, 24], 12) == (sorted({layer.up_taps for layer in plan.table[:-1]}), plan.table[0].down_taps)
    assert math.isclose(512.0, plan.cutoffs[-1])


def test_a_plan_outlives_json():
    """What a model file says of the net is all that is needed to build it."""
    plan = planned("r")
    assert plan == Plan.from_dict(json.loads(json.dumps(plan.as_dict())))


@pytest.mark.parametrize(
    "change",
    [
        {"sides": None}, {"sides": "ten"}, {"channels": [16] * 99}, {"width": 48}, {"kernel": 5}, {"colours": 2},
        {"rates": [7.0, 5.0, 3.0] * 5}, {"rates": [math.nan] * 15}, {"radial": 1}, {"clamp": -1.0}, {"w": True}, {"sides": [1 << 40] * 15},
    ],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(change):
    """Nothing is built from a file's numbers before they were looked at."""
    with pytest.raises(ModelRefused):
        Plan.from_dict({**planned("t").as_dict(), **change})


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("way", [None, moved(0.2, -0.1, 0.07, 1.4), moved(zoom=0.6)], ids=["still", "moved", "far"])
def test_the_picture_is_that_of_the_papers_equations(kind, way):
    """The same weights and filters give the same picture in float32, moved or not."""
    synthesis = untrained(planned(kind))
    with torch.inference_mode():
        ws = torch.randn(2, synthesis.plan.layers, 16, generator=torch.Generator().manual_seed(1))
        wanted = Naive(synthesis)(ws, way)
        found = synthesis(ws, transform=way)
    assert wanted.abs().max() > 0.05
    assert (wanted - found).abs().max() < 2e-5 * wanted.abs().max()


def test_tensors_are_called_what_the_plan_says():
    """The names that a file's tensors are given, and nothing that a file would not have."""
    names = set(Synthesis(planned("t")).state_dict())
    own = {"weight", "bias", "affine.weight", "affine.bias", "magnitude"}
    last = len(planned("t").sides) - 1
    waves = {f"input.{each}" for each in ("frequencies", "phases", "transform", "weight", "affine.weight", "affine.bias")}
    layers = {f"layers.{i}.{each}" for i in range(last) for each in (*own, "up", "down")}
    assert waves | layers | {f"layers.{last}.{each}" for each in own} == names


def test_a_filter_lets_low_waves_through_and_stops_high_ones():
    """One below the cutoff, little beyond the transition, both along a line and in every direction."""
    taps, rate = 12, 64.0
    for two in (torch.outer(one := line(taps, 8.0, 8.0, rate), one), round_(taps, 8.0, 8.0, rate)):
        answer = np.abs(np.fft.fft2(two.numpy(), (64, 64)))
        assert math.isclose(1.0, float(answer[0, 0]), rel_tol=1e-5)
        assert answer[2, 0] > 0.9 and answer[20:32, 0].max() < 0.02


def test_a_round_filter_is_a_sum_of_lines():
    """Nothing that could be seen is lost by taking a round filter apart."""
    whole = round_(12, 8.0, 8.0, 64.0).double()
    parts = parted(whole)
    assert len(parts) <= 6
    assert torch.allclose(whole, sum(torch.outer(one, two) for one, two in parts), atol=1e-7 * whole.abs().max())


def test_a_moved_picture_is_the_picture_moved():
    """A quarter of the picture to the right: the middle stands where it was told to, as sharp as before."""
    synthesis = untrained(planned("t"))
    with torch.inference_mode():
        ws = torch.randn(1, synthesis.plan.layers, 16, generator=torch.Generator().manual_seed(2))
        here, there = synthesis(ws), synthesis(ws, transform=moved(across=0.25))
    away = (there[..., 12:24] - here[..., 4:16]).square().mean() / here.var()
    assert away < 0.02 < (there - here).square().mean() / here.var()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_played_picture_is_the_same(kind):
    """Made the quick way: the same numbers within a hundredth of what an eye could see."""
    synthesis = untrained(planned(kind))
    quick = Played(synthesis)
    with torch.inference_mode():
        ws = torch.randn(2, synthesis.plan.layers, 16, generator=torch.Generator().manual_seed(1))
        wanted = Naive(synthesis)(ws)
        found = torch.cat([quick(each) for each in ws])
    assert (wanted - found).abs().max() < 2e-5 * wanted.abs().max()


def test_half_precision_is_near():
    """bfloat16 is there for who wants it, and errs by some hundredths."""
    synthesis = untrained(planned("t"))
    with torch.inference_mode():
        ws = torch.randn(synthesis.plan.layers, 16, generator=torch.Generator().manual_seed(1))
        wanted, found = Played(synthesis)(ws), Played(synthesis, torch.bfloat16)(ws)
    assert 1e-4 < float((wanted - found).abs().max() / wanted.abs().max()) < 0.15
