"""The inference bench: every way is compared with the naive one on the same weights."""

import numpy as np

from livegen.bench import infer


def test_every_way_paints_the_naive_picture():
    """Half precision and the plain net differ by less than a step of brightness on average."""
    with infer.torch_threads(1):
        found = infer.images(32, 0.0)
    assert {"naive", "torch", "enlarged"} <= set(found)
    assert 1.0 > found["torch"]["off"]
    assert found["best"] >= found["torch"]["fps"] > 0


def test_torch_and_numpy_write_the_same_text():
    """The ratio compares like with like."""
    net, config, tensors = infer.text_stepping.untrained(24, 2)
    one, other = infer.stepped(infer.Stepping(net)), infer.written(infer.Step(config, tensors))
    assert [one(3), one(5)] == [other(3), other(5)]


def test_ways_take_turns():
    """Each way is asked in every turn, so that a busy moment falls on all of them."""
    order: list[str] = []
    ways = {name: lambda turn, name=name: order.append(name) or np.zeros(1) for name in ("naive", "other")}
    times, _ = infer.measured(ways, 0.0)
    assert ["naive", "other"] * (infer.LEAST + 1) == order
    assert {"naive": infer.LEAST, "other": infer.LEAST} == {name: len(each) for name, each in times.items()}
