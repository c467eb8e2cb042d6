"""The courier: a foreign file in, lines of JSON out, and nothing goes on when nobody wants it any more."""

import base64
import io
import json
import os
import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pytest
from bring_rig import pickle_of
from PIL import Image
from safetensors.numpy import save_file

from livegen.bringing import surroundings
from livegen.courier import UNWANTED
from livegen.generators import base, shelf, weights
from livegen.generators.weights import SUFFIX


@contextmanager
def courier(path, out):
    words = [sys.executable, "-m", "livegen.courier", str(path), str(out)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=surroundings(), text=True) as child:
        yield child
        child.kill()


def said(child, *keys):
    """The next line that has one of these keys."""
    for line in child.stdout:
        found = json.loads(line)
        if any(key in found for key in keys):
            return found
    raise AssertionError("it ended")


def answer(child, **card):
    child.stdin.write(json.dumps(card) + "\n")
    child.stdin.flush()


def test_a_pickle_becomes_a_model_with_the_card_that_is_answered(tmp_path):
    """What it is, what is open, and in the end a file that a patch can name."""
    path, out = tmp_path / "My net.pkl", tmp_path / f"out{SUFFIX}"
    path.write_bytes(pickle_of())
    with courier(path, out) as child:
        found = said(child, "found")["found"]
        assert ("StyleGAN2: 16 x 16", "gan", ["author", "licence", "data"]) == (found["says"], found["family"], found["missing"])
        assert (16, 16) == Image.open(io.BytesIO(base64.b64decode(said(child, "picture")["picture"]))).size
        assert {"lacks": ["author", "licence", "data"]} == said(child, "lacks")
        answer(child, author="Ada", licence="CC0-1.0", digest="not a person's to say")
        assert {"lacks": ["data"]} == said(child, "lacks")
        if hasattr(os, "getpriority"):
            assert 19 == os.getpriority(os.PRIO_PROCESS, child.pid)
        answer(child, data="my own drawings")
        assert "gan" == said(child, "done")["done"]["family"]
    header = weights.look(out)
    assert ("My net", "Ada", "my own drawings", "") == (header.card.title, header.card.author, header.card.data, header.card.digest)
    assert header.digest == base.describe("gan", {"model": str(out)}).digest
    assert {out, path} == set(tmp_path.iterdir())


def test_a_refusal_is_a_sentence(tmp_path):
    """The one that livegen import says too."""
    path = tmp_path / "bad.pkl"
    path.write_bytes(b"no model at all, but long enough to be looked at")
    with courier(path, tmp_path / f"out{SUFFIX}") as child:
        assert "bad.pkl cannot be brought in" in said(child, "refused")["refused"]
        assert 0 == child.wait(10)
    assert [path] == list(tmp_path.iterdir())


def test_it_ends_at_once_when_nobody_wants_the_model_any_more(tmp_path):
    """The stage has gone, whatever ended it."""
    path = tmp_path / "net.pkl"
    path.write_bytes(pickle_of())
    with courier(path, tmp_path / f"out{SUFFIX}") as child:
        said(child, "lacks")
        child.stdin.close()
        assert UNWANTED == child.wait(10)


@pytest.mark.parametrize("whole", [True, False])
def test_a_model_of_livegen_keeps_its_card_and_a_damaged_one_is_refused(tmp_path, whole):
    """Its own format needs no reading, but its digest must hold."""
    source = shelf.find("glyphs")
    path, out = tmp_path / f"letters{SUFFIX}", tmp_path / f"out{SUFFIX}"
    data = source.read_bytes()
    path.write_bytes(data if whole else data[:-1] + bytes([data[-1] ^ 1]))
    with courier(path, out) as child:
        last = said(child, "done", "refused")
    assert whole == ("done" in last)
    if whole:
        assert data == out.read_bytes()
    else:
        assert "digest" in last["refused"]


def test_somebody_elses_safetensors_are_refused(tmp_path):
    """They say too little about their network."""
    path = tmp_path / f"other{SUFFIX}"
    save_file({"weight": np.zeros(4, np.float32)}, path)
    with courier(path, tmp_path / f"out{SUFFIX}") as child:
        assert "not made by livegen" in said(child, "refused")["refused"]
