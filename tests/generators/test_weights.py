"""The model file: what is written is what is read, and what is not ours is refused."""

import json
import struct

import numpy as np
import pytest
from safetensors.numpy import save_file

from livegen.card import Card
from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.generators.weights import Header, digest, look, read, tensors_of, with_card, write

CARD = Card(title="stripes", author="me", licence="CC0-1.0", data="made up")
TENSORS = {"a": np.arange(6, dtype=np.float16).reshape(2, 3), "thumb.model": np.arange(4, dtype=np.uint8)}


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "a.safetensors"
    write(path, TENSORS, Header(family="vae", config={"width": 8}, statistics={"steps": 3}, card=CARD))
    return path


def altered(path, change):
    """The same file with another JSON object under ``livegen``."""
    raw = path.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    said = json.loads(header["__metadata__"]["livegen"])
    header["__metadata__"]["livegen"] = json.dumps(change(said))
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + raw[8 + length :])


def test_what_is_written_is_read(model):
    """Header, half precision, and the digest over it all."""
    header, tensors = read(model)
    assert ("vae", 8, 3, CARD) == (header.family, header.config["width"], header.statistics["steps"], header.card)
    assert (np.float16, digest(TENSORS)) == (tensors["a"].dtype, header.digest)
    assert np.array_equal(TENSORS["a"], tensors["a"])
    assert model.stat().st_size == header.size
    assert header == look(model)


def test_the_file_is_what_safetensors_itself_writes(tmp_path):
    """Byte for byte, whatever the numbers' type: strided, empty, a single number, of odd length."""
    odd = {
        "long": np.arange(3), "half": np.ones((2, 5), np.float16), "odd": np.arange(7, dtype=np.uint8), "one": np.array(2.5),
        "none": np.zeros((0, 3), np.float32), "across": np.arange(12, dtype=np.float32).reshape(3, 4).T, "so": np.array([True]),
    }  # fmt: skip
    path = tmp_path / "odd.safetensors"
    write(path, odd, Header(family="gan", config={"é": [1]}))
    said = json.dumps(weights.said_of(Header(family="gan", config={"é": [1]}), digest(odd)))
    save_file({name: np.ascontiguousarray(each).reshape(each.shape) for name, each in odd.items()}, tmp_path / "theirs", {"livegen": said})
    assert (tmp_path / "theirs").read_bytes() == path.read_bytes()


def test_views_into_the_file_are_what_is_read(model):
    """Some can be written to, and the file stays what it is; a wrong digest or place is noticed."""
    before = model.read_bytes()
    header, views = weights.mapped(model)
    assert (header, True) == (look(model), all(np.array_equal(each, TENSORS[name]) for name, each in views.items()))
    views["a"][:] = 7
    assert before == model.read_bytes()
    bad = {"damaged:": before[:-1], "does not match its own digest": before[:-1] + b"x", "place": before.replace(b"[2,3]", b"[2,4]")}
    for i, (sentence, raw) in enumerate(bad.items()):
        (model.parent / str(i)).write_bytes(raw)
        with pytest.raises(ModelRefused, match=sentence):
            weights.mapped(model.parent / str(i))


def test_a_few_tensors_can_be_read_alone(model):
    """Thumbnails; what is not there is left out."""
    assert ["thumb.model"] == list(tensors_of(model, ("thumb.model", "thumb.other")))


def test_a_changed_weight_is_noticed(model):
    """One bit on the disk."""
    raw = bytearray(model.read_bytes())
    raw[-1] ^= 1
    model.write_bytes(raw)
    with pytest.raises(ModelRefused, match="does not match its own digest"):
        read(model)
    assert read(model, verify=False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda said: said | {"format": 9}, "format 9"),
        (lambda said: [], "no model that can be read"),
        (lambda said: {}, "no model that can be read"),
        (lambda said: said | {"card": {"title": 3}}, "the card's title"),
        (lambda said: said | {"config": 3}, "no model that can be read"),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(model, change, sentence):
    """Whoever wrote it."""
    altered(model, change)
    with pytest.raises(ModelRefused, match=sentence):
        look(model)


def test_what_is_no_model_is_refused(tmp_path):
    """Nothing there, an empty file, a pickle, a length of four exabytes, somebody else's safetensors."""
    for name, raw in {
        "empty": b"", "pickle": b"\x80\x04cos\nsystem\n.", "huge": struct.pack("<Q", 1 << 62) + b"{}", "cut": b"\x10" + b"\0" * 7 + b"{}",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(ModelRefused, match="no model that can be read"):
            look(tmp_path / name)
    with pytest.raises(ModelRefused, match="there is no model file"):
        look(tmp_path / "nothing")
    save_file({"a": np.ones(2)}, tmp_path / "other.safetensors")
    with pytest.raises(ModelRefused, match="not made by livegen"):
        look(tmp_path / "other.safetensors")


def test_a_file_that_is_too_large_is_not_read(model, monkeypatch):
    """Before a tensor is touched."""
    monkeypatch.setattr(weights, "LARGEST_FILE", 100)
    with pytest.raises(ModelRefused, match="more than"):
        read(model)


def test_a_disk_that_gives_up_leaves_the_old_model(model, monkeypatch):
    """A reader sees the old file or the new one."""
    before = model.read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write(model, {"a": np.ones(9)}, Header(family="gan", config={}))
    assert before == model.read_bytes()
    assert [model.name] == [path.name for path in model.parent.iterdir()]


def test_a_card_is_written_into_a_model(model):
    """The weights and their digest stay what they were."""
    old = look(model)
    new = with_card(model, Card(title="other", author="you"))
    assert ("other", old.digest) == (new.card.title, new.digest)
    assert "other" == read(model)[0].card.title


def test_the_digest_depends_on_everything():
    """Names, types, shapes, values; not on the order."""
    base = {"a": np.zeros(4, np.float32), "b": np.ones(2)}
    others = [
        {"c": base["a"], "b": base["b"]}, {"a": base["a"].astype(np.float16), "b": base["b"]},
        {"a": base["a"].reshape(2, 2), "b": base["b"]}, {"a": base["a"] + 1, "b": base["b"]},
    ]  # fmt: skip
    assert 5 == len({digest(each) for each in (base, *others)})
    assert digest(base) == digest(dict(reversed(base.items())))
