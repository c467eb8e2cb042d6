"""What the directions of a net's weights change, found by looking."""

import io

import numpy as np
import pytest
from PIL import Image

from livegen.card import Card
from livegen.generators import weights
from livegen.generators.base import describe
from livegen.generators.gan.knobs import closed_form
from livegen.generators.gan.network import AliasMaker
from livegen.generators.gan.plan import written
from livegen.generators.styled.latents import Space
from livegen.generators.weights import Header
from livegen.training import furnish as furnished
from livegen.training.amplified import looked_along
from livegen.traits import WORDS, leading

SPACE = Space(mean=np.zeros(4, np.float32), basis=np.eye(4, dtype=np.float32), sigma=np.full(4, 2.0, np.float32))
WAYS = 2.0 * np.eye(4, dtype=np.float32)


def paint(u: np.ndarray) -> np.ndarray:
    """Pictures that are darker along the first axis, warmer along the second, the same along the others."""
    base = np.full((len(u), 3, 16, 16), 120.0)
    base -= 8.0 * u[:, 0, None, None, None]
    base[:, 0] += 6.0 * u[:, 1, None, None]
    base[:, 2] -= 6.0 * u[:, 1, None, None]
    return base.clip(0, 255).astype(np.uint8)


def test_a_direction_is_named_by_the_trait_that_it_changes_and_turned_towards_more():
    """What changes nothing stays without a name and as it was."""
    ways = WAYS.copy()
    names, strips = looked_along(paint, SPACE, ways)
    assert ["light", "warmth", "", ""] == names
    assert np.array_equal(-WAYS[0], ways[0]) and np.array_equal(WAYS[1:], ways[1:])
    with Image.open(io.BytesIO(strips["thumb.sefa/1"].tobytes())) as image:
        pixels = np.asarray(image.convert("L")).astype(int)
    left, right = pixels[:, :8].mean(), pixels[:, -8:].mean()
    assert left < right
    assert {f"thumb.sefa/{i}" for i in (1, 2, 3, 4)} == set(strips)


def test_a_trait_that_goes_both_ways_leads_nowhere():
    """Lighter here and darker there is no word for a direction."""
    grey = np.full((2, 3, 16, 16), 120, np.uint8)
    mixed, both = grey.copy(), grey.copy()
    mixed[0] += 40
    mixed[1] -= 40
    both += 40
    assert ("", 0.0) == leading(grey, mixed)
    name, steps = leading(grey, both)
    assert "light" == name and steps > 1


@pytest.mark.parametrize("patience", [15.0, 0.0])
def test_an_alias_free_net_is_looked_at_where_that_is_soon_done(tmp_path, monkeypatch, patience):
    """A small one says what its directions change and shows a strip of each; one that takes long does neither."""
    monkeypatch.setattr(furnished, "PATIENCE", patience)
    plan = furnished.Alias.designed(32, channel_base=256, channel_max=8, layers=5, w=12, z=6)
    furnished.torch.manual_seed(4)
    net = AliasMaker(plan).eval()
    path = tmp_path / "waves.safetensors"
    held = {name: each.detach().numpy() for name, each in net.state_dict().items()}
    weights.write(path, held, Header(family="gan", config=written(net.plan)))
    furnished.furnish(path, Card(title="Waves", author="a", licence="CC0-1.0", data="random numbers"))
    header, held = weights.read(path)
    knobs = [row for row in describe("gan", {"model": str(path)}).params if row.address.startswith("sefa/")]
    assert 8 == len(knobs)
    assert (8 if patience else 0) == len([name for name in held if name.startswith("thumb.sefa/")])
    names = header.statistics["closed_form_names"]
    assert (8 if patience else 0) == len(names) and set(names) <= {"", *WORDS}


def test_the_knob_of_a_direction_says_in_words_what_it_changes():
    """In the studio, in the docs and for OSCQuery; a file that says nothing, or nonsense, has plain ones."""
    def said(names: object) -> list[str]:
        return [row.description for row in closed_form(Header(family="gan", config={}, statistics={"closed_form": 3, "closed_form_names": names}))]

    assert "Colder or warmer: what the net's own weights amplify, 1 by strength" == said(["warmth", "", "light"])[0]
    assert "What the net's own weights amplify, 2 by strength" == said(["warmth", "", "light"])[1]
    assert said(None) == said(7) == said([]) and 3 == len(said(None))
