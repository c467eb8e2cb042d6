"""The OSC bench runs and measures both sides on the same bytes; its figures are judged elsewhere."""

from livegen.bench import osc as bench
from livegen.wire import osc


def test_the_scenario_measures_all_sets_and_a_flood():
    """A short run has every figure, and both sides did the work."""
    found = bench.scenario(0.4)
    for name in ("message", "bundle_of_100", "latent_of_512"):
        assert found[name]["ours_us"] > 0
        assert found[name]["python_osc_us"] > 0
    assert found["ratio"] == min(found[name]["ratio"] for name in bench.packets())
    assert found["flood"]["handled"] > 0
    assert found["flood"]["hostile"] > 0


def test_the_sets_hold_what_they_say():
    """Otherwise the figures per message would be wrong."""
    assert {name: each for name, (_, each) in bench.packets().items()} == {
        name: len(osc.decode(data[0])) for name, (data, _) in bench.packets().items()
    }
