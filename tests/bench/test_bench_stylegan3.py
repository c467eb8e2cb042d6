"""The scenario's figures come from nets that paint the same."""

from livegen.bench import stylegan3
from livegen.generators.alias.plan import Plan


def test_all_ways_paint_the_same_picture():
    """What is timed is the same work: in float32 within 2e-4, in bfloat16 within a few hundredths."""
    with stylegan3.torch_threads(1):
        found = stylegan3.net(Plan.designed(32, channel_base=256, channel_max=8, layers=5, w=16, z=16), 0.0)
    assert found["played"]["off"] < 2e-4 < found["bfloat16"]["off"] < 0.2
    assert 1.0 == found["naive"]["ratio"]
    assert {"naive", "played", "bfloat16", "megabytes"} == set(found)
