"""What generators answer when they are asked: pictures from a latent, a seed or a label."""

import base64
import io
from concurrent.futures import Future

import numpy as np
import pytest
from PIL import Image

from livegen.ensemble import Ensemble
from livegen.errors import RenderFailed
from livegen.generators import base
from livegen.patch import loads
from livegen.replies import NoAnswer, Replies
from livegen.wire.ask import Ask

PATCH = """
size = [96, 64]
[generators.main]
kind = "cppn"
latent = 8
[generators.still]
kind = "still"
[[cues]]
name = "silk"
seed = 1
params = { look = "silk" }
[[cues]]
name = "ember"
seed = 2
params = { look = "ember" }
"""


@pytest.fixture
def replies():
    ensemble = Ensemble(loads(PATCH))
    return Replies(lambda: ensemble.cast)


def asked(replies, **words):
    said, state = replies.reply(Ask(id=1, **words), None, lambda: None)
    assert state is None
    return said


def seen(said) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(said["image"]))) as image:
        assert (said["width"], said["height"]) == image.size
        return np.asarray(image.convert("RGB")).astype(int)


def test_about_introduces_every_generator(replies):
    """Kind, size of the latent, labels: what a client needs to choose."""
    main, still = asked(replies)["generators"]
    assert ("main", "image", "cppn", 8, [96, 64]) == tuple(main[k] for k in ("name", "kind", "family", "latent", "size"))
    assert ["silk", "ember"] == main["labels"]
    assert ("still", []) == (still["name"], still["labels"])


def test_a_picture_of_a_seed_is_the_same_again(replies):
    one, other, again = (seen(asked(replies, what="image", seed=seed)) for seed in (3, 4, 3))
    assert (one == again).all()
    assert np.abs(one - other).mean() > 4


def test_a_picture_says_its_latent_and_that_paints_it_again(replies):
    """Without a seed it is another one every time."""
    said = asked(replies, what="image")
    assert said["latent"] != asked(replies, what="image")["latent"]
    again = asked(replies, what="image", latent=said["latent"], seed=said["seed"])
    assert (seen(said) == seen(again)).all()


def test_a_label_is_a_cue_and_what_lies_around_it(replies):
    """Temperature 0 is the cue itself; more of it strays."""
    exact = [seen(asked(replies, what="image", label="ember", temperature=0.0, seed=seed)) for seed in (1, 2)]
    around = seen(asked(replies, what="image", label="ember", seed=1))
    other = seen(asked(replies, what="image", label="silk", temperature=0.0, seed=1))
    assert (exact[0] == exact[1]).all()
    assert 0 < np.abs(exact[0] - around).mean()
    assert np.abs(exact[0] - other).mean() > 4


def test_a_picture_comes_in_the_size_that_was_asked_for(replies):
    assert (40, 24, 3) == seen(asked(replies, what="image", size=(24, 40))).shape


@pytest.mark.parametrize("words, said", [
    ({"what": "text"}, r"this patch has no text generator, there are main \(image\), still \(image\); put a text generator"),
    ({"what": "strokes"}, "no strokes generator"),
    ({"what": "image", "generator": "sky"}, r"there is no generator 'sky'; there are main"),
    ({"what": "text", "generator": "main"}, "main is a generator of kind image"),
    ({"what": "image", "label": "moss"}, "main has no label 'moss'; its labels: silk, ember"),
    ({"what": "image", "latent": [0.0] * 9}, "9 numbers; its latent has 8"),
])  # fmt: skip
def test_what_cannot_be_answered_says_why(replies, words, said):
    with pytest.raises(NoAnswer, match=said):
        asked(replies, **words)


def painter(*answers):
    """A worker that gives these answers, one after the other: pictures, or why there is none."""
    left = list(answers)

    def paint(request):
        found, done = left.pop(0) if len(left) > 1 else left[0], Future()
        if isinstance(found, Exception):
            done.set_exception(found)
        else:
            width, height = request.size
            done.set_result(base.Picture(pixels=np.full((height, width, 4), found, np.uint8)))
        return done

    return paint


def test_the_worker_paints_what_is_asked_for():
    """As soon as it has started."""
    ensemble = Ensemble(loads(PATCH))
    starting = RenderFailed("the worker is starting", code="starting")
    replies = Replies(lambda: ensemble.cast, painter(starting, 77))
    assert {77} == set(seen(asked(replies, what="image")).ravel())


def test_the_stand_in_paints_when_the_worker_cannot():
    ensemble = Ensemble(loads(PATCH))
    replies = Replies(lambda: ensemble.cast, painter(RenderFailed("gone", code="died")))
    assert seen(asked(replies, what="image")).std() > 4


def test_text_is_asked_of_the_generator_with_its_own_temperature(monkeypatch):
    """Another module answers for text; it is built once, and its state goes out and comes back."""
    built = []

    class Echo:
        def answer(self, ask, state, pause):
            return {"text": f"{ask.prime} {ask.temperature:g} {state}"}, (state or 0) + 1

    def build(config):
        built.append(config)
        return Echo()

    still = base.TABLE["still"]
    monkeypatch.setitem(base.TABLE, "still", still._replace(answers="livegen.testing:build_echo", describe="livegen.testing:describe_echo"))
    monkeypatch.setattr("livegen.testing.build_echo", build, raising=False)
    info = base.describe("faulty", {})
    monkeypatch.setattr("livegen.testing.describe_echo", lambda config: base.Info(
        name="still", kind="text", latent=4, card=info.card, params=(base.Param(address="temperature", default=0.75),),
    ), raising=False)  # fmt: skip
    ensemble = Ensemble(loads('[generators.poem]\nkind = "still"\n[generators.poem.params]\ntemperature = 0.25\n'))
    replies = Replies(lambda: ensemble.cast)
    assert ({"generator": "poem", "text": "a 0.25 None"}, 1) == replies.reply(Ask(id=1, what="text", prime="a"), None, lambda: None)
    assert ({"generator": "poem", "text": "a 0.5 1"}, 2) == replies.reply(Ask(id=1, what="text", prime="a", temperature=0.5), 1, lambda: None)
    assert 1 == len(built)
