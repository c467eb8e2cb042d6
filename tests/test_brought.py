"""Models that came in while a show played: the take goes on with them, or says which one is missing."""

from dataclasses import replace

import pytest
from take_rig import Played

from livegen.brought import revived, with_model
from livegen.errors import ModelRefused
from livegen.generators import shelf, weights
from livegen.patch import Brought, loads
from livegen.places import models_folder
from livegen.replaying import Player, inline
from livegen.wire.take import Edited, read

PATCH = """
fps = 25
size = [32, 32]
[generators.main]
kind = "gan"
model = "textures"
[generators.main.params]
walk = 1.0
"""


def another(name, by):
    """A model of the artist's own on the shelf: the textures with other weights."""
    header, tensors = weights.read(shelf.find("textures"))
    changed = {key: (x + by).astype(x.dtype) if key.endswith("bias") else x for key, x in tensors.items()}
    assert any((changed[key] != x).any() for key, x in tensors.items())
    path = models_folder() / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    weights.write(path, changed, replace(header, digest=""))
    return path


def performed(path, model="guest"):
    """A show into which a model comes in the middle."""
    show = Played(path, PATCH)
    show.tick(3)
    patch, _ = with_model(show.ensemble.patch, "main", "gan", model)
    done = show.engine.change(show.ensemble.revised(patch))
    show.tick(3)
    done.result(0)
    show.tick(2)
    return show


def test_a_take_goes_on_with_the_model_that_came_in(tmp_path):
    """To the bit; under another name too, as long as it is the same."""
    another("guest", 0.05)
    show = performed(tmp_path / "a.take")
    take = read(show.close())
    (edit,) = [event for tick in take.ticks for event in tick.events if isinstance(event, Edited)]
    assert [("main", "gan", "guest")] == [each[:3] for each in edit.brought]
    (models_folder() / "guest.safetensors").rename(models_folder() / "renamed.safetensors")
    player = Player(take, inline())
    shots = [shot for tick in player.play() for shot in tick]
    assert [True] * 8 == [shot.same for shot in shots]
    assert "renamed" == player.ensemble.patch.generators["main"].config["model"]


def test_a_take_may_begin_after_it_came_in(tmp_path):
    """The head says so."""
    another("guest", 0.05)
    show = Played(tmp_path / "a.take", PATCH, later=True)
    patch, _ = with_model(show.ensemble.patch, "main", "gan", "guest")
    show.engine.change(show.ensemble.revised(patch))
    show.tick(2)
    show.record()
    show.tick(3)
    take = read(show.close())
    assert [("main", "gan", "guest")] == [each[:3] for each in take.head.brought]
    assert {True} == {shot.same for tick in Player(take, inline()).play() for shot in tick}


def test_a_model_that_is_gone_is_named_before_anything_is_painted(tmp_path):
    """Or another one stands in, if that is asked for."""
    path = another("guest", 0.05)
    take = read(performed(tmp_path / "a.take").close())
    path.unlink()
    with pytest.raises(ModelRefused, match=r"went on with guest .* not on the shelf") as refused:
        Player(take, inline())
    assert "--stand-in to play what played before" in refused.value.hint
    player = Player(take, inline(), stand_in=True)
    assert "what played before stands in" in player.notes[0]
    assert 8 == len([shot for tick in player.play() for shot in tick])
    another("guest", 0.3)
    player = Player(take, inline(), stand_in=True)
    assert "the one of that name stands in" in player.notes[0]
    assert {True, False} == {shot.same for tick in player.play() for shot in tick}


def test_takes_that_do_not_hold_it_are_refused():
    """As those of the first format."""
    with pytest.raises(ModelRefused, match="do not hold"):
        revived("", "a.take", [])
    patch, notes = revived(
        PATCH, "a.toml", [Brought("main", "gan", "textures", weights.look(shelf.find("textures")).digest)]
    )
    assert (loads(PATCH).generators["main"].config, [], 1) == (
        patch.generators["main"].config,
        notes,
        len(patch.brought),
    )


def test_a_model_that_was_written_over_in_the_show_is_not_taken_for_what_it_was(tmp_path):
    """The patch says the same; the weights are others from there on."""
    another("guest", 0.05)
    show = Played(tmp_path / "a.take", PATCH.replace("textures", "guest"))
    show.tick(3)
    another("guest", 0.1)
    show.engine.change(replace(show.ensemble.revised(show.ensemble.patch), specs=show.ensemble.cast.specs()))
    show.tick(3)
    take = read(show.close())
    with pytest.raises(ModelRefused, match="other weights for main"):
        Player(take, inline())
