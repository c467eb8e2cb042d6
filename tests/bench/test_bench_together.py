"""The bench of a picture and a text at once: what it lets play is what the stage can play."""

from livegen.bench import together
from livegen.generators import base
from livegen.patch import loads


def test_its_patch_and_its_models_can_be_played(tmp_path):
    """Both nets introduce themselves, and the patch is one that is read without complaint."""
    places = {"gan": together.gan(tmp_path / "gan.safetensors"), "text": together.text(tmp_path / "text.safetensors")}
    patch = loads((together.BOTH + together.TEXT).format(fps=together.FPS, rate=together.RATE, **places))
    assert ["gan", "text"] == [each.kind for each in patch.generators.values()]
    infos = [base.describe(kind, {"model": str(place)}) for kind, place in places.items()]
    assert [((128, 128), "image"), "text"] == [(infos[0].size, infos[0].kind), infos[1].kind]
    assert {"rate"} <= {each.address for each in infos[1].params}
