"""What a reader hands on."""

import json

import stylegan_rig as rig

from livegen.importing import doors
from livegen.importing.found import Found


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
