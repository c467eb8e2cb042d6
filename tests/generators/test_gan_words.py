"""How a GAN introduces itself."""

import pytest
from gan_rig import trained

from livegen.errors import ModelRefused
from livegen.generators.gan.words import configure, describe


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(trained(tmp_path_factory.mktemp("gan")))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"modle": "x"}, "did you mean model"),
        ({"space": "x"}, "one of w, z"),
        ({"fit": "covers"}, "did you mean cover"),
        ({"canvas": [0, 2]}, "1 to 8"),
        ({"canvas": 3}, "1 to 8"),
        ({"canvas": [1, True]}, "1 to 8"),
    ],
)
def test_what_it_will_not_take_it_refuses_with_the_way_out(model, more, says):
    """Strangers with what was meant, values with what there is."""
    with pytest.raises(ModelRefused) as refused:
        describe({"model": model, **more})
    assert says in refused.value.hint


def test_knobs_are_those_that_the_net_has(model):
    """A tile scrolls, a canvas varies, and every direction of the file has a knob and says its share."""
    info = describe({"model": model})
    names = [row.address for row in info.params]
    assert {"truncation", "mix", "mix/seed", "mix/crossover", "noise", "shimmer", "across", "down"} <= set(names)
    assert not {"vary", "drift"} & set(names)
    assert {"vary", "drift"} <= {row.address for row in describe({"model": model, "canvas": [2, 2]}).params}
    first = next(row for row in info.params if row.address == info.directions[0])
    assert "% of how the pictures differ" in first.description
    assert 6 == len(info.directions) == len(set(info.directions))


def test_an_introduction_does_not_wake_torch(model):
    """The server starts without it."""
    import subprocess
    import sys

    code = f"import sys; from livegen.generators.gan.words import describe; describe({{'model': {model!r}}}).sow(1); "
    assert 0 == subprocess.run([sys.executable, "-c", code + "sys.exit('torch' in sys.modules)"], check=False).returncode


def test_the_introduction_names_the_weights(model):
    """By their digest."""
    assert configure({"model": model}).header.digest == describe({"model": model}).digest != ""
