"""Two steps, one picture, and words for what went wrong."""

import numpy as np
import pytest

from livegen.engine.renderer import InlineRenderer, Spec, built, failure_of, is_sticky, paint, trial
from livegen.errors import ModelRefused, RenderFailed
from livegen.generators.base import Request
from livegen.latent import Latent, from_seed
from livegen.testing import AcceleratorError, FaultyGenerator, StillGenerator, describe_faulty


def request(**knobs) -> Request:
    return Request(instance="main", seq=1, latent=Latent(from_seed(1, 4)), knobs=knobs, size=(16, 8), seed=7)


def test_begin_and_finish_give_the_picture():
    """Red is the knob, blue the seed, as the request said; nobody can write on it any more."""
    renderer = InlineRenderer({"main": StillGenerator()})
    renderer.begin(request(level=1.0))
    pixels = renderer.finish().pixels
    assert (255, 7, (8, 16, 4), False) == (pixels[0, 0, 0], pixels[0, 0, 2], pixels.shape, pixels.flags.writeable)


def test_the_same_request_gives_the_same_picture():
    """A request says everything that a frame depends on."""
    pictures = []
    for _ in range(2):
        renderer = InlineRenderer({"main": StillGenerator()})
        renderer.begin(request(level=0.3))
        pictures.append(renderer.finish().pixels)
    assert np.array_equal(*pictures)


def test_an_unknown_instance_is_refused_by_name():
    """The code is for machines, the sentence for people."""
    with pytest.raises(RenderFailed, match="'main'") as caught:
        InlineRenderer({}).begin(request())
    assert "unknown_generator" == caught.value.code


@pytest.mark.parametrize(
    ("fault", "code"),
    [("raise", "raised"), ("memory", "out_of_memory"), ("nan", "not_finite"), ("shape", "raised"),
     ("sticky", "raised")],
)
def test_what_goes_wrong_has_a_code(fault, code):
    """And the next request is painted as if nothing had been (a lost device aside)."""
    renderer = InlineRenderer({"main": FaultyGenerator()})
    renderer.begin(request(fault=fault))
    with pytest.raises(RenderFailed) as caught:
        renderer.finish()
    assert code == caught.value.code
    if fault != "sticky":
        renderer.begin(request())
        assert 16 == renderer.finish().pixels.shape[1]
    assert 1 <= renderer.statistics().failed


def test_a_generator_that_ignores_out_is_copied():
    """Whatever array it returns, the picture ends where it belongs."""

    class Stubborn(StillGenerator):
        def render(self, request, out):
            return super().render(request, np.zeros_like(out))

    out = np.zeros((8, 16, 4), np.uint8)
    assert paint(Stubborn(), request(level=1.0), out).pixels is out
    assert 255 == out[0, 0, 0]


def test_torchs_errors_are_told_by_name():
    """The server does not know torch, so the names have to do."""

    class OutOfMemoryError(RuntimeError):
        pass

    cases = [OutOfMemoryError("CUDA out of memory"), AcceleratorError("x"), RuntimeError("CUDA error: 710"), ValueError("x")]
    assert ["out_of_memory", "raised", "raised", "raised"] == [failure_of("main", error).code for error in cases]
    assert [False, True, True, False, False] == [is_sticky(error) for error in [*cases, None]]


def test_building_proves_every_generator_by_a_picture():
    """A model that builds and warms up, but cannot paint, is refused before the show sees it."""
    with pytest.raises(RenderFailed) as caught:
        built({"main": Spec("faulty", {"fault": "nan"}, (8, 8))}, "cpu")
    assert "not_finite" == caught.value.code
    with pytest.raises(ModelRefused):
        built({"main": Spec("no such thing", {})}, "cpu")


def test_a_trial_sets_every_knob_to_its_default():
    """The generator gets what a board at rest would give it."""
    tried = trial("main", describe_faulty({}), (8, 4))
    assert ({"level": 0.5, "fault": "none"}, (8, 4)) == (dict(tried.knobs), tried.size)


def test_other_generators_are_prepared_beside_the_present_ones():
    """A broken one is refused and changes nothing; a good one plays once it is adopted."""
    renderer = InlineRenderer({"main": StillGenerator()})
    assert isinstance(renderer.prepare({"main": Spec("faulty", {"fault": "raise"}, (8, 8))}).exception(), RenderFailed)
    renderer.adopt()
    renderer.begin(request(level=1.0))
    assert 255 == renderer.finish().pixels[0, 0, 0]
    assert renderer.prepare({"other": Spec("still", {}, (8, 8))}).exception() is None
    renderer.adopt()
    with pytest.raises(RenderFailed):
        renderer.begin(request())
