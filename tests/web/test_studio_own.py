"""A GAN with an own picture and an encoder, in the real studio on a real stage: called by its picture, led by a camera."""

import json

import numpy as np
import pytest
import torch
from faces_rig import faces, painted
from stage_rig import RealStage
from test_studio import CHROMIUM, FLAGS, browsing, soon

from livegen.generators.gan import own, sight
from livegen.generators.gan.encoder import Inverse, tensors
from livegen.generators.gan.sight import designed
from livegen.training.gan_show import jpeg

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
PATCH = """
fps = 20
size = [64, 32]
[generators.main]
kind = "gan"
model = {model}
[generators.main.params]
walk = 0.0
"""
CAMERA = [*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A stage that plays a random net with an own picture and a random encoder."""
    folder = tmp_path_factory.mktemp("own")
    path = folder / "faces.safetensors"
    _, net = faces(path)
    place = np.random.default_rng(1).standard_normal((6, 12)).astype(np.float32)
    own.keep(path, path, {"name": "dusk"}, place, jpeg(painted(net, place).transpose(1, 2, 0), 1))
    plan = designed((32, 16), 6, (8, 16))
    torch.manual_seed(7)
    sight.keep(path, path, tensors(Inverse(plan)), plan.as_dict())
    with RealStage(folder, patch=PATCH.format(model=json.dumps(str(path)))) as running:
        yield running.running()


def picture(stage):
    """The newest JPEG."""
    return stage.get("/frame.jpg")[1]


async def test_an_own_picture_is_called_by_its_picture(stage):
    """Its button shows what the net paints there; a touch leads the show to it, and the name stays readable."""
    async with browsing(f"http://127.0.0.1:{stage.port}/", viewport={"width": 390, "height": 844}) as page:
        before = picture(stage)
        button = page.get_by_role("radio", name="Dusk")
        image = button.locator("img")
        await soon(lambda: image.evaluate("image => !image.hidden && image.naturalWidth === 32"))
        box = await button.bounding_box()
        assert 44 <= box["height"] <= 120
        await button.click()
        await soon(lambda: stage.value("/livegen/main/params/own") == "dusk")
        assert "true" == await button.get_attribute("aria-checked")
        await soon(lambda: picture(stage) != before)
        await page.get_by_role("radio", name="None").click()


async def test_a_camera_leads_a_gan_that_has_an_encoder(stage):
    """Following begins by itself; Keep makes the place the latent."""
    async with browsing(f"http://127.0.0.1:{stage.port}/", args=CAMERA) as page:
        before = json.loads(stage.get("/livegen/main/z/0?VALUE")[1])
        await page.get_by_role("button", name="Camera").click()
        await soon(lambda: stage.value("/livegen/main/params/follow") == 1.0)
        shown = picture(stage)
        await soon(lambda: picture(stage) != shown)
        await page.get_by_role("button", name="Keep").click()
        await soon(lambda: stage.value("/livegen/main/params/follow") == 0.0)
        assert before != json.loads(stage.get("/livegen/main/z/0?VALUE")[1])
