"""A net that another way of painting takes over in the middle of a show: the take says which, and asks for it again."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from gan_rig import TILES, trained
from take_rig import Played

from livegen.engine.renderer import InlineRenderer, built
from livegen.ensemble import Ensemble
from livegen.patch import loads
from livegen.rendering import Plan, Tally, pictures
from livegen.replaying import Player, inline
from livegen.wire.take import Came, read

PATCH = """
fps = 25
size = [32, 32]
[generators.main]
kind = "gan"
model = '{model}'
[generators.main.params]
walk = 1.0
"""


@pytest.fixture(scope="module")
def patch(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gan")
    run = trained(folder / "run", replace(TILES, wrap=False))
    return PATCH.format(model=shutil.copy(run, folder / "net.safetensors").as_posix())  # a finished net


def painters(patch):
    """The generators of a patch, and what paints for the first."""
    generators = built(Ensemble(loads(patch)).cast.specs(), "cpu")
    painter = generators["main"]._painter
    painter.settle()
    painter._better = None  # where OpenVINO is installed it may have been quicker
    return generators, painter


def proven(take, renderer):
    """(pictures that were those of the show, others, the pictures)."""
    player, tally = Player(take, renderer), Tally()
    done = type("Nothing", (), {"__call__": lambda self, number, at: False})()
    shown = [pixels.copy() for _, pixels in pictures(player, Plan(size=(32, 32), exact=True), done, tally)]
    return tally.same, tally.other, shown


def test_pictures_are_painted_again_the_way_they_were(tmp_path, patch):
    """Here the other way is off by a hundredth, so that its pictures are surely others."""

    def other(painter):
        folded = painter._plain()
        return lambda ws: folded(ws) + 0.02

    generators, painter = painters(patch)
    show = Played(tmp_path / "a.take", patch, InlineRenderer(generators))
    show.tick(10)
    painter._better = other(painter)
    show.tick(10)
    painter._better = None
    show.tick(5)
    take = read(show.close())
    ways = [event.way for tick in take.ticks for event in tick.events if isinstance(event, Came)]
    assert ["folded"] * 10 + ["openvino"] * 10 == [way.partition(" ")[0] for way in ways][:20]

    def renderer(ensemble):
        made, again = painters(patch)
        again._asked = other(again)
        return InlineRenderer(made)

    same, off, shown = proven(take, renderer)
    assert (25, 0) == (same, off)
    for (_, _, pixels), picture in zip(show.frames, shown, strict=True):
        np.testing.assert_array_equal(pixels, picture)
    plain, off, _ = proven(take, lambda ensemble: InlineRenderer(no_other(patch)))
    assert (15, 10) == (plain, off)


def no_other(patch):
    made, painter = painters(patch)
    painter._refused = True
    return made


def test_openvino_itself_comes_back_to_the_bit(tmp_path, patch):
    """Prepared anew, and painted by it from the picture on at which it had taken over."""
    pytest.importorskip("openvino")
    generators, painter = painters(patch)
    show = Played(tmp_path / "a.take", patch, InlineRenderer(generators))
    show.tick(10)
    painter.improve(demand=0.0)
    show.tick(20)
    take = read(show.close())
    assert "openvino" in {
        event.way.partition(" ")[0] for tick in take.ticks for event in tick.events if isinstance(event, Came)
    }
    assert (30, 0) == proven(take, inline())[:2]
