"""An OSCQuery client that is not ours (npm's ``oscquery``) reads a real stage."""

import json
import pathlib
import shutil
import subprocess

import pytest
from stage_rig import RealStage

HERE = pathlib.Path(__file__).parent
HUE = "/livegen/main/params/hue"

pytestmark = pytest.mark.skipif(
    not shutil.which("node") or not (HERE / "node_modules" / "oscquery").is_dir(),
    reason="npm's oscquery is not installed: run 'npm ci' in tests/foreign",
)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """What the client understood of a stage."""
    with RealStage(tmp_path_factory.mktemp("stage")) as stage:
        done = subprocess.run(
            ["node", HERE / "oscquery_client.js", str(stage.port)],
            cwd=HERE, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert 0 == done.returncode, done.stderr
        return json.loads(done.stdout) | {"port": stage.port}


def test_the_client_learns_where_to_send(read):
    """One number for everything."""
    assert (read["port"], "UDP") == (read["host"]["oscPort"], read["host"]["oscTransport"])


def test_the_client_finds_knobs_with_their_ranges(read):
    """A fader can be drawn from what it read."""
    (argument,) = read["methods"][HUE]["arguments"]
    assert ("f", "both", 3) == (argument["type"], argument["clipmode"], read["methods"][HUE]["access"])
    assert argument["range"]["min"] <= argument["value"] <= argument["range"]["max"]
    assert {"min": 0, "max": 1} == read["methods"][f"{HUE}/normalized"]["arguments"][0]["range"]


def test_the_client_finds_a_range_for_each_number_of_a_pad(read):
    """Two numbers, two ranges."""
    arguments = read["methods"]["/livegen/main/xy"]["arguments"]
    assert [{"min": 0, "max": 1}] * 2 == [argument["range"] for argument in arguments]


def test_the_client_finds_choices_switches_and_triggers(read):
    """Every kind of control has something to draw."""
    methods = read["methods"]
    assert "silk" in methods["/livegen/main/params/look"]["arguments"][0]["range"]["vals"]
    assert ("T", False) == tuple(
        methods["/livegen/main/freeze"]["arguments"][0][key] for key in ("type", "value")
    )
    assert (["I"], 2) == (
        [argument["type"] for argument in methods["/livegen/main/randomize"]["arguments"]],
        methods["/livegen/main/randomize"]["access"],
    )
