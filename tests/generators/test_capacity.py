"""Nets of stylegan2-pytorch's make: the plan, and the quick way against the plain one."""

import pytest
import torch

from livegen.errors import ModelRefused
from livegen.generators.capacity.plan import Plan, tensors_of
from livegen.generators.capacity.played import Played
from livegen.generators.capacity.synthesis import Synthesis, drawn
from livegen.generators.styled.bending import Bend

PLAN = Plan(width=32, height=32, w=12, mapping=2, begin=10, table=(10, 8, 6, 4))
KINDS = {
    "usual": PLAN,
    "attending": Plan(**{**PLAN.as_dict(), "table": PLAN.table, "attention": (2,), "norm": "inside", "heads": 2}),
    "alpha": Plan(**{**PLAN.as_dict(), "table": PLAN.table, "attention": (), "colours": 4, "const": False, "first": False, "blur": False}),
}


def untrained(plan, seed=0):
    """A net with random weights, of which no part is idle and whose picture is neither black nor white."""
    torch.manual_seed(seed)
    synthesis = Synthesis(plan).eval().requires_grad_(False)
    for block in synthesis.blocks:
        for part in (block.up, block.conv):
            part.noise.weight.normal_(0.0, 0.3)
            part.noise.bias.normal_(0.0, 0.3)
        block.colours.weight.abs_()
    bright = float(synthesis(torch.randn(16, 1, plan.w).expand(-1, plan.layers, -1)).add(1.0).mean())
    for block in synthesis.blocks:
        block.colours.weight /= bright
    return synthesis


def apart(got, wanted):
    return float((got - wanted).abs().max() / wanted.abs().max())


@pytest.mark.parametrize("kind", KINDS)
def test_the_quick_way_paints_the_same(kind):
    """To 2e-4 of the largest value, in half precision to 3 in a hundred, bent as well."""
    plan = KINDS[kind]
    synthesis = untrained(plan)
    ws = torch.randn(plan.layers, 12, generator=torch.Generator().manual_seed(2))
    quick, half = Played(synthesis), Played(synthesis, torch.bfloat16)
    for how in ({}, {"bend": Bend(layer=3, across=0.2, invert=0.5)}, {"noise": synthesis.sown(7)}):
        wanted = synthesis(ws[None], **how)
        assert (1, plan.colours, 32, 32) == wanted.shape
        assert apart(quick(ws, **how), wanted) < 2e-4
        assert apart(half(ws, **how), wanted) < 0.03
    assert apart(synthesis(ws[None], bend=Bend(layer=3, invert=0.5)), synthesis(ws[None])) > 0.05


def test_painting_leaves_nothing_behind():
    """The same w gives the same picture, however often and whatever was painted in between."""
    quick = Played(untrained(PLAN))
    ws = torch.randn(2, PLAN.layers, 12, generator=torch.Generator().manual_seed(2))
    first = quick(ws[0])
    quick(ws[1], bend=Bend(layer=2, turn=0.1))
    assert torch.equal(first, quick(ws[0]))


def test_its_tensors_are_those_of_the_plan():
    """By name and shape, so that a file can be held against it."""
    for plan in KINDS.values():
        there = {f"synthesis.{name}": tuple(each.shape) for name, each in Synthesis(plan).state_dict().items()}
        assert tensors_of(plan) == there


def test_small_pictures_are_what_the_first_blocks_paint():
    """A level's colours, as they are before they are doubled."""
    synthesis, ws = untrained(PLAN), torch.ones(1, PLAN.layers, 12)
    assert [(1, 3, 4 << level, 4 << level) for level in range(4)] == [tuple(synthesis(ws, level=level).shape) for level in range(4)]


def test_every_layer_sees_the_same_corner_of_the_noise():
    """Even between 0 and 1, the same for a seed; without noise it is what it is on the average."""
    synthesis = untrained(PLAN)
    fields, none = synthesis.sown(5), synthesis.sown(None)
    assert [tuple(each.shape[2:]) for each in fields] == synthesis.fields()
    assert all(torch.equal(each, fields[-1][:, :, : each.shape[2], : each.shape[3]]) for each in fields)
    assert 0.0 < float(fields[-1].min()) < 0.05 < 0.95 < float(fields[-1].max()) < 1.0
    assert {0.5} == {float(each.unique()) for each in none}
    assert torch.equal(torch.from_numpy(drawn(8, 3, 3)[0]), torch.from_numpy(drawn(8, 3)[0]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 48, "height": 48}, {"height": 16}, {"table": ()}, {"table": (8, 8, 8, 0)}, {"table": (8, True, 8, 8)}, {"colours": 5},
        {"norm": "inside"}, {"attention": (9,), "norm": "inside"}, {"attention": (1,)}, {"norm": "x", "attention": (1,)}, {"w": 2}, {"heads": 99},
        {"blur": 1}, {"begin": 10_000}, {"mapping": 0},
    ],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(wrong):
    """With a sentence, before anything is built from it."""
    with pytest.raises(ModelRefused):
        Plan.from_dict({**PLAN.as_dict(), **wrong})


def test_a_plan_outlives_the_file():
    for plan in KINDS.values():
        assert plan == Plan.from_dict(plan.as_dict())
    with pytest.raises(ModelRefused, match="no table"):
        Plan.from_dict({**PLAN.as_dict(), "table": "many"})
