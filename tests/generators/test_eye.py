"""What generators that look share: between the played and the seen, eased, never farther out than makes sense."""

import numpy as np

from livegen.generators.base import Request
from livegen.generators.eye import FARTHEST, Eye, followed
from livegen.latent import Latent

PLAYED = np.array([1.0, -1.0], np.float32)
SEEN = np.array([0.0, 9.0], np.float32)
PICTURE = np.zeros((2, 2, 3), np.uint8)


def asked(follow, time=0.0, state=None, image=PICTURE, ease=0.0):
    return Request(
        instance="main", latent=Latent(PLAYED), image=image, time=time, state=state, knobs={"follow": follow, "ease": ease}
    )


def test_it_goes_to_what_it_sees_and_no_farther_than_makes_sense():
    """Half way is half way; what lies nine deviations out is taken to be three away."""
    found = followed(asked(0.5), lambda image: SEEN)
    assert np.allclose([0.5, (FARTHEST - 1.0) / 2], found.u)
    assert np.array_equal(found.u, found.latent)


def test_who_sees_nothing_stays_with_the_latent():
    """No eye, no picture, or no wish to follow: the latent as it is, and nothing to remember."""
    for request, see in ((asked(1.0), None), (asked(1.0, image=None), lambda image: SEEN), (asked(0.0), lambda image: SEEN)):
        found = followed(request, see)
        assert np.array_equal(PLAYED, found.u)
        assert (None, None) == (found.latent, found.state)


def test_a_new_picture_is_gone_to_in_its_own_time():
    """After one time constant a third of the way is left; the state carries it."""
    first = followed(asked(1.0), lambda image: np.zeros(2, np.float32))
    later = followed(asked(1.0, time=0.5, state=first.state, ease=0.5), lambda image: np.ones(2, np.float32))
    assert np.allclose(1.0 - np.exp(-1.0), later.u, atol=1e-5)


def test_the_same_picture_is_encoded_once():
    """Another one anew."""
    seen = []
    eye = Eye(lambda image: seen.append(image) or SEEN)
    for value in (0, 0, 7, 7):
        eye(np.full((2, 2, 3), value, np.uint8))
    assert [0, 7] == [int(image[0, 0, 0]) for image in seen]
