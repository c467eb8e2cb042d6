"""The space that is played: whitened, sorted by what shows, exactly invertible."""

import json

import numpy as np

from livegen.training.vae_space import Space, measured


def latents(count=400):
    """Means in 5 dimensions: a loud one that nobody sees, two that show, one that is dead."""
    draw = np.random.default_rng(0)
    hidden = draw.standard_normal((count, 4))
    means = np.zeros((count, 5))
    means[:, :4] = hidden * (3.0, 1.0, 0.5, 0.8)
    means = means @ np.linalg.qr(draw.standard_normal((5, 5)))[0] + 2.0
    pictures = hidden[:, 1:2] * np.ones((1, 9)) + 0.3 * hidden[:, 2:3] * np.array([1.0, -1, 1, -1, 1, -1, 1, -1, 1.1])
    return means.astype(np.float32), pictures.astype(np.float32), hidden


def test_what_was_learned_is_spread_one_in_every_direction():
    """A slider in standard deviations means what it says."""
    means, pictures, _ = latents()
    space = measured(means, pictures)
    u = (means - space.mean) @ np.linalg.pinv(space.basis).T
    assert np.allclose(np.cov(u.T, bias=True), np.eye(space.rank), atol=1e-4)


def test_a_direction_that_says_nothing_is_left_out():
    """Four of five dimensions hold all the variance."""
    means, pictures, _ = latents()
    assert 4 == measured(means, pictures).rank


def test_the_first_direction_is_the_one_that_shows_most():
    """Not the loudest one in the latent: a slider is judged by the picture."""
    means, pictures, hidden = latents()
    space = measured(means, pictures)
    u = (means - space.mean) @ np.linalg.pinv(space.basis).T
    assert abs(np.corrcoef(u[:, 0], hidden[:, 1])[0, 1]) > 0.99
    assert list(space.strength) == sorted(space.strength, reverse=True)
    assert 0.99 < space.strength.sum() <= 1.01


def test_to_the_right_it_gets_brighter():
    """The sign is no accident."""
    means, pictures, _ = latents()
    space = measured(means, pictures)
    u = (means - space.mean) @ np.linalg.pinv(space.basis).T
    assert np.corrcoef(u[:, 0], pictures.mean(1))[0, 1] > 0.9


def test_a_kept_space_is_the_same_space():
    """Through JSON, exactly: a resumed run draws the same latents."""
    space = measured(*latents()[:2])
    again = Space.from_state(json.loads(json.dumps(space.state())))
    assert np.array_equal(space.basis, again.basis)
    assert np.array_equal(space.mean, again.mean)


def test_means_that_are_all_the_same_are_no_error():
    """The very first picture of a run may come before anything was learned."""
    space = measured(np.ones((10, 4), np.float32), np.random.default_rng(0).random((10, 6)).astype(np.float32))
    assert np.isfinite(space.basis).all()
