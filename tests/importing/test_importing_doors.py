"""Whatever is brought in: it is a network, or a sentence. No code runs, no time is lost."""

import time

import hostile_rig
import pytest

from livegen.card import Card
from livegen.errors import ModelRefused
from livegen.generators.weights import Header
from livegen.importing import doors, streamed

SECONDS = 2.0


@pytest.fixture(scope="module")
def marker(tmp_path_factory):
    return tmp_path_factory.mktemp("marker") / "ran"


@pytest.fixture(scope="module")
def corpus(marker):
    return hostile_rig.corpus(marker)


def taken(path, out):
    """Read and written, as the loader does it; what it was refused with."""
    try:
        found = doors.read(path)
        header = Header(family=found.family, config=found.config, card=Card(title="x"))
        streamed.write(out, found.tensors, header, most=4 * path.stat().st_size + (16 << 20))
    except ModelRefused as error:
        return str(error)
    return ""


def test_every_hostile_or_broken_file_gets_a_sentence_and_runs_nothing(corpus, marker, tmp_path):
    """More than sixty of them; each within two seconds, with its name and a reason."""
    assert 60 <= len(corpus)
    wrong = {}
    for number, (name, data) in enumerate(corpus.items()):
        path = tmp_path / f"file{number}.pkl"
        path.write_bytes(data)
        began = time.perf_counter()
        said = taken(path, tmp_path / "out.safetensors")
        took = time.perf_counter() - began
        path.unlink()
        if not said or took > SECONDS or marker.exists() or "\x1b" in said or len(said) > 500:
            wrong[name] = (said, took, marker.exists())
            marker.unlink(missing_ok=True)
    assert {} == wrong
    assert not (tmp_path / "out.safetensors").exists()


def test_what_is_no_file_is_said(tmp_path):
    """A missing file and an empty folder."""
    with pytest.raises(ModelRefused, match="no such file"):
        doors.read(tmp_path / "none.pkl")
    with pytest.raises(ModelRefused):
        doors.read(tmp_path)
