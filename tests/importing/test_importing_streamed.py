"""Models written tensor by tensor are those that are written in one."""

import numpy as np
import pytest

from livegen.card import Card
from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.generators.weights import Header
from livegen.importing import streamed
from livegen.importing.parts import Parts, part

DRAW = np.random.default_rng(1)
TENSORS = {
    "b": DRAW.standard_normal((3, 4), np.float32), "a.number": np.array(2.0, np.float32), "a": DRAW.standard_normal(7).astype(np.float16),
    "c": DRAW.standard_normal((5, 2)).T, "none": np.zeros((0, 3), np.float32), "long": DRAW.standard_normal((3, 700_000), np.float32),
}  # fmt: skip
HEADER = Header(family="gan", config={"net": "styled", "table": [1, 2]}, statistics={"notes": ["é"]}, card=Card(title="t"))


@pytest.mark.parametrize("held", [TENSORS, Parts({name: part(each) for name, each in TENSORS.items()})], ids=["arrays", "parts"])
def test_the_shelf_reads_it_like_its_own(tmp_path, held):
    """Header, digest and tensors, all of them float32."""
    shares = []
    wide = {name: np.asarray(each, np.float32) for name, each in TENSORS.items()}
    wanted = weights.write(tmp_path / "one.safetensors", wide, HEADER)
    written = streamed.write(tmp_path / "two.safetensors", held, HEADER, tell=shares.append)
    header, found = weights.read(tmp_path / "two.safetensors")
    assert (wanted.digest, wanted.config, wanted.card) == (header.digest, header.config, header.card)
    assert written == header
    assert all(np.array_equal(wide[name], found[name]) for name in wide)
    assert shares == sorted(shares)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_what_is_no_number_is_refused_and_nothing_is_left(tmp_path, bad):
    """Not a number, infinite, or beyond float32."""
    with pytest.raises(ModelRefused, match=r"no numbers any more \(in a\)"):
        streamed.write(tmp_path / "x.safetensors", {"a": np.array([1.0, bad])}, HEADER)
    assert [] == list(tmp_path.iterdir())


def test_more_than_was_allowed_is_not_begun(tmp_path):
    """Tensors that all look into one storage can be many times their file."""
    with pytest.raises(ModelRefused, match="more than its file can hold"):
        streamed.write(tmp_path / "x.safetensors", TENSORS, HEADER, most=1000)
