"""What the patch says about a camera: which generator is shown what, and what is said when it cannot be."""

import numpy as np
import pytest
from audio_rig import until
from camera_rig import film  # noqa: F401, a fixture

from livegen.clock import SystemClock
from livegen.ensemble import Ensemble
from livegen.looking import Looking
from livegen.patch import loads

CLOCK = SystemClock()
PATCH = """
[camera]
device = {device}
to = "{to}"
fps = 60
[generators.plain]
kind = "cppn"
latent = 4
[generators.main]
kind = "vae"
model = "dresses"
"""


def test_what_the_camera_sees_is_what_the_generator_looks_at(film):  # noqa: F811
    pytest.importorskip("cv2")
    ensemble = Ensemble(loads(PATCH.format(device='"greys.mp4"', to="main")))
    looking = Looking(ensemble, CLOCK, folder=film.parent)
    looking.follow()
    until(lambda: ensemble.seeing.image("main") is not None)
    seen = ensemble.seeing.image("main")
    assert ensemble.cast.infos["main"].sees == seen.shape[1::-1]
    assert "" == looking.problem
    looking.close()
    ensemble.seeing.sight.close()


@pytest.mark.parametrize(
    ("device", "to", "said"),
    [('"../greys.mp4"', "main", "beside the patch; there are: greys.mp4"), ('"greys.mp4"', "plain", "the generator plain does not look at pictures")],
)
def test_what_cannot_be_shown_is_said(film, device, to, said):  # noqa: F811
    pytest.importorskip("cv2")
    looking = Looking(Ensemble(loads(PATCH.format(device=device, to=to))), CLOCK, folder=film.parent)
    looking.follow()
    until(lambda: said in looking.problem)
    looking.close()


def test_while_a_take_shows_its_own_pictures_the_camera_is_not_looked_at(film):  # noqa: F811
    """Nor is that a problem."""
    pytest.importorskip("cv2")
    ensemble = Ensemble(loads(PATCH.format(device='"greys.mp4"', to="main")))
    width, height = ensemble.cast.infos["main"].sees
    own = np.full((height, width, 3), 9, np.uint8)
    ensemble.seeing.relive(1, own)
    looking = Looking(ensemble, CLOCK, folder=film.parent)
    looking.follow()
    until(lambda: looking.report()["shown"] > 2)
    assert own is ensemble.seeing.image("main") and "" == looking.problem
    ensemble.seeing.release()
    until(lambda: ensemble.seeing.image("main") is not own)
    looking.close()
    ensemble.seeing.sight.close()
