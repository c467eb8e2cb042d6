"""The verbs ``models`` and ``card``."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from livegen import cli, models
from livegen.card import Card
from livegen.generators import weights
from livegen.generators.weights import Header

CARD = Card(title="stripes", author="me", licence="CC0-1.0", data="made up", data_licence="CC0-1.0", count=7)


def jpeg(left, right):
    image = Image.new("RGB", (32, 32), left)
    image.paste(right, (16, 0, 32, 32))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return np.frombuffer(out.getvalue(), np.uint8)


def model(path, card=CARD, **tensors):
    header = Header(family="vae", config={"width": 8, "height": 8}, statistics={"steps": 1234}, card=card)
    weights.write(path, {"w": np.ones(4, np.float32), **tensors}, header)
    return path


@pytest.fixture
def livegen(capfd, monkeypatch):
    """A verb in this process: (exit code, what was said)."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words):
        code = cli.main([str(word) for word in words])
        said = capfd.readouterr()
        return code, said.out + said.err

    return call


def test_every_model_is_listed_with_its_card(livegen, tmp_path):
    """Those in a folder; a run among them; what is broken is named."""
    model(tmp_path / "dresses.safetensors")
    model(tmp_path / "run" / "model.safetensors", card=Card(title="run"))
    (tmp_path / "broken.safetensors").write_bytes(b"broken")
    code, said = livegen("models", tmp_path)
    assert 1 == code
    assert "dresses  vae, 8 x 8, 0.0 MB, 1,234 steps" in said
    assert "stripes by me CC0-1.0" in said
    assert "from made up (7 files), CC0-1.0" in said
    assert "not played: open on its card: author, licence, data; livegen card run --ask" in said
    assert "broken.safetensors is no model" in said


def test_the_shelf_is_listed_when_nothing_is_named(livegen, tmp_path, monkeypatch):
    """The artist's own, and what ships."""
    monkeypatch.setenv("LIVEGEN_MODELS", str(tmp_path))
    model(tmp_path / "mine.safetensors")
    code, said = livegen("models", "--json")
    assert 0 == code
    assert "mine" in [each["name"] for each in json.loads(said)]


def test_a_name_that_is_none_is_a_sentence(livegen):
    """With code 1."""
    code, said = livegen("models", "nobody")
    assert 1 == code
    assert "there is no model 'nobody'" in said


def test_thumbnails_are_half_blocks(tmp_path):
    """Red on the left, blue on the right, two pixels a character."""
    path = model(tmp_path / "a.safetensors", **{"thumb.model": jpeg((250, 10, 10), (10, 10, 250))})
    text = models.thumbnail(path)
    lines = text.plain.split("\n")
    assert (models.ACROSS // 2, models.ACROSS) == (len(lines), len(lines[0]))
    first, last = text.spans[0].style, text.spans[models.ACROSS - 1].style
    assert first.startswith("rgb(2") and "on rgb(2" in first
    assert last.split(",")[2].startswith("2")
    console = Console(file=io.StringIO(), color_system="truecolor", width=80)
    console.print(models.shelved([("a", path, weights.look(path))], {}, console))
    assert "▀" in console.file.getvalue()


@pytest.mark.parametrize("bad", [b"no picture", b""])
def test_a_broken_thumbnail_is_none(tmp_path, bad):
    """A model is more than its thumbnail."""
    assert models.thumbnail(model(tmp_path / "a.safetensors", **{"thumb.model": np.frombuffer(bad, np.uint8)})) is None


def test_a_card_is_shown_and_written(livegen, tmp_path):
    """By flags, by a file; into the model and into its run; then it may be played."""
    path = model(tmp_path / "run" / "model.safetensors", card=None)
    (path.parent / "card.json").write_text("{}")
    code, said = livegen("card", path.parent)
    assert "open: author, licence, data; it is not played until they are answered" in said
    livegen("card", path.parent, "--author", "me", "--licence", "CC0-1.0", "--data-from", "my drawings")
    assert () == weights.look(path).card.missing()
    assert "my drawings" == json.loads((path.parent / "card.json").read_text())["data"]
    (tmp_path / "card.json").write_text('{"consent": "mine"}')
    code, said = livegen("card", path, "--card", tmp_path / "card.json", "--json")
    assert 0 == code
    assert ("mine", "me") == (weights.look(path).card.consent, weights.look(path).card.author)
    assert "mine" in said


def test_asking_needs_somebody_who_answers(livegen, tmp_path, monkeypatch):
    """In a script there is nobody."""
    path = model(tmp_path / "a.safetensors", card=None)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, said = livegen("card", path, "--ask")
    assert 1 == code
    assert "--ask needs a terminal; answer by flags" in said


def test_a_model_that_cannot_be_written_says_so(livegen, tmp_path, monkeypatch):
    """One of those that ship, perhaps."""
    path = model(tmp_path / "a.safetensors", card=None)
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    code, said = livegen("card", path, "--author", "me")
    assert 1 == code
    assert "cannot be written" in said and "copy it to a folder of your own" in said


def test_speeds_are_remembered(livegen, tmp_path, monkeypatch):
    """Measured once, shown from then on; a model that cannot be played has none."""
    path = model(tmp_path / "a.safetensors")
    monkeypatch.setattr(models, "speed", lambda path, header: 123.0)
    assert "123 frames/s here" in livegen("models", path, "--measure")[1]
    assert "123 frames/s here" in livegen("models", path)[1]
    monkeypatch.undo()
    assert 0.0 == models.speed(path, weights.look(path))
