"""Nets of lightweight-gan's make: the plan and the network. What they paint: tests/importing/test_importing_gated.py."""

import pytest
import torch

from livegen.errors import ModelRefused
from livegen.generators.gated.network import Gated
from livegen.generators.gated.plan import Plan, tensors_of
from livegen.generators.styled.bending import Bend

PLAN = Plan(width=128, height=128, z=6, begin=6, table=(6, 5, 4, 4, 3), middle=(6, 6, 5, 4, 4), gate="look")


def net_of(plan, seed=0):
    torch.manual_seed(seed)
    net = Gated(plan).eval().requires_grad_(False)
    net.rise.weight.normal_()
    net.out.bias.fill_(0.5)
    for level in net.levels:
        level.conv.weight.normal_(0.0, 1.7 / level.conv.weight[0].numel() ** 0.5)
        if level.noise is not None:
            level.noise.normal_(0.0, 0.5)
    return net


def changed(**more):
    return Plan.from_dict({**PLAN.as_dict(), **more})


KINDS = {
    "usual": PLAN,
    "old": changed(kernel=3, noise=False, blur=True, gate="waves"),
    "attending": changed(apart=True, attention=(1,), attends="both", heads=2),
    "attending to all": changed(attention=(0, 1), attends="linear", heads=2, norm="outside", colours=4),
}


@pytest.mark.parametrize("kind", KINDS)
def test_its_tensors_are_those_of_the_plan(kind):
    """By name and shape, so that a file can be held against it; and it paints."""
    net = net_of(KINDS[kind])
    assert tensors_of(KINDS[kind]) == {name: tuple(each.shape) for name, each in net.state_dict().items()}
    made = net(torch.randn(2, 6, generator=torch.Generator().manual_seed(1)))
    assert (2, KINDS[kind].colours, 128, 128) == made.shape
    assert made.isfinite().all()


def test_noise_and_bending_change_the_picture():
    """None is not the usual noise; both are the same every time."""
    net, z = net_of(PLAN), torch.ones(1, 6)
    usual = net(z)
    assert torch.equal(usual, net(z))
    for how in ({"noise": net.sown(None)}, {"noise": net.sown(4)}, {"bend": Bend(layer=1, turn=0.2)}, {"bend": Bend(layer=4, invert=1.0)}):
        assert float((usual - net(z, **how)).abs().mean()) > 1e-3, how
    assert torch.equal(usual, net(z, noise=net.sown(0)))


def test_half_precision_is_near():
    """As a processor with bfloat16 plays it."""
    net, z = net_of(PLAN), torch.ones(1, 6)
    wanted = net(z)
    got = net.to(torch.bfloat16)(z.bfloat16())
    assert float((got - wanted).abs().max()) < 0.03 * float(wanted.abs().max())


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 96, "height": 96}, {"height": 64}, {"table": ()}, {"middle": (6,)}, {"table": (6, 5, 4, 4, 0)}, {"colours": 2}, {"kernel": 5},
        {"gate": "x"}, {"attends": "both"}, {"attention": (1,)}, {"attention": (7,), "attends": "both"}, {"norm": ""}, {"apart": 1}, {"z": 1},
        {"table": 3},
    ],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(wrong):
    """With a sentence, before anything is built from it."""
    with pytest.raises(ModelRefused):
        changed(**wrong)
