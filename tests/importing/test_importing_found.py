"""What a reader hands on."""

import json

import stylegan_rig as rig

from livegen.importing import doors
from livegen.importing.found import Found, described, make


def test_what_it_says_can_be_written_into_a_header(tmp_path):
    """Config, origin and notes are plain values; who says nothing has an empty origin."""
    path = tmp_path / "a.pkl"
    path.write_bytes(rig.pickled(rig.stylegan2()))
    found = doors.read(path)
    said = {"config": dict(found.config), "origin": dict(found.origin), "notes": list(found.notes)}
    assert json.loads(json.dumps(said))["origin"] == {
        "file": "a.pkl", "sha256": found.origin["sha256"], "class": "Generator", "source": found.origin["source"], "format": "stylegan2-ada",
    }  # fmt: skip
    assert ({}, ()) == (Found(family="gan", config={}, tensors={}).origin, Found(family="gan", config={}, tensors={}).notes)


def test_a_net_is_described_in_a_few_words():
    """Whose make it is, and what is unusual about it."""
    assert "StyleGAN2 (TensorFlow)" == make({"format": "stylegan2-tensorflow"})
    assert ("a model", "other") == (make({}), make({"format": "other"}))
    assert "64 x 32, with alpha, 3 classes" == described("gan", {"width": 64, "height": 32, "colours": 4, "classes": 3})
    assert "a net that writes" == described("text", {})
