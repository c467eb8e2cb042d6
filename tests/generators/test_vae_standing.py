"""Where a VAE stands between the played and the seen."""

import numpy as np
import pytest

from livegen.generators.base import Request
from livegen.generators.vae.standing import FARTHEST, Eye, Space, stand
from livegen.latent import Latent

BASIS = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
SPACE = Space({"latent.mean": np.ones(4, np.float32), "latent.basis": BASIS})
SEEN = np.array([0.5, -1.0, 2.0], np.float32)
PICTURE = np.zeros((2, 2, 3), np.uint8)
PLAYED = np.array([1.0, 1.0, -1.0], np.float32)


def eye(u=SEEN):
    return Eye(lambda image: SPACE.up(u))


def request(follow=0.0, image=PICTURE, state=None, time=0.0, **knobs):
    return Request(
        instance="main", latent=Latent(PLAYED), image=image, state=state, time=time,
        knobs={"follow": follow, "ease": 0.0} | knobs,
    )  # fmt: skip


@pytest.mark.parametrize(("follow", "share"), [(0.0, 0.0), (0.25, 0.25), (1.0, 1.0)])
def test_follow_goes_from_the_played_to_the_seen(follow, share):
    """On a straight line, and it says where it stands."""
    found = stand(request(follow), SPACE, eye())
    wanted = PLAYED + (SEEN - PLAYED) * share
    assert np.allclose(SPACE.up(wanted), found.z, atol=1e-5)
    assert (found.latent is None) == (follow == 0.0)
    assert follow == 0.0 or np.allclose(wanted, found.latent, atol=1e-5)


def test_nothing_was_shown_nothing_is_followed():
    """Whatever the knob says."""
    found = stand(request(1.0, image=None), SPACE, eye())
    assert found.latent is None
    assert np.allclose(SPACE.up(PLAYED), found.z)


def test_it_eases_to_a_new_picture_in_its_own_time():
    """After one easing time 1/e of the way is left; a frozen instance stays."""
    first = stand(request(1.0, ease=0.5), SPACE, eye(np.zeros(3, np.float32)))
    later = stand(request(1.0, ease=0.5, time=0.5, state=first.state), SPACE, eye())
    assert np.allclose(SEEN * (1 - np.exp(-1)), later.latent, atol=1e-5)
    frozen = stand(request(1.0, ease=0.5, state=first.state), SPACE, eye())
    assert np.allclose(0.0, frozen.latent, atol=1e-6)


def test_many_small_steps_are_one_long_one():
    """The way does not depend on the frame rate."""
    state = stand(request(1.0, ease=0.4), SPACE, eye(np.zeros(3, np.float32))).state
    one = stand(request(1.0, ease=0.4, time=0.3, state=state), SPACE, eye())
    for step in range(1, 31):
        many = stand(request(1.0, ease=0.4, time=step / 100, state=state), SPACE, eye())
        state = many.state
    assert np.allclose(one.latent, many.latent, atol=1e-4)


@pytest.mark.parametrize("state", [{}, {"seen": 3}, {"seen": np.zeros(9), "time": 0.0}, "x", 5])
def test_a_state_of_another_model_is_left_alone(state):
    """After an edited patch."""
    assert np.allclose(SEEN, stand(request(1.0, ease=9.0, state=state), SPACE, eye()).latent, atol=1e-5)


def test_a_knob_moves_along_its_direction_but_does_not_count_as_seen():
    """So that keeping what is seen does not add the knob twice."""
    moved = stand(request(1.0, **{"direction/b": 0.5}), SPACE, eye(), ("direction/a", "direction/b"))
    assert np.allclose(SPACE.up(SEEN + np.array([0, 0.5, 0], np.float32)), moved.z, atol=1e-5)
    assert np.allclose(SEEN, moved.latent, atol=1e-5)


def test_a_picture_unlike_anything_learned_stays_within_reach():
    """Three standard deviations to any side."""
    found = stand(request(1.0), SPACE, eye(np.array([50.0, -9.0, 0.1], np.float32)))
    assert np.allclose([FARTHEST, -FARTHEST, 0.1], found.latent, atol=1e-3)


def test_the_same_picture_is_encoded_once():
    """A still picture costs nothing; a new one is looked at."""
    asked = []
    look = Eye(lambda image: asked.append(1) or np.zeros(4, np.float32))
    for level in (0, 0, 0, 9, 9):
        look(np.full((2, 2, 3), level, np.uint8))
    assert 2 == len(asked)
