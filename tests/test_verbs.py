"""The verbs beside run."""

import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib

import pytest

from livegen import cli


def livegen(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "livegen", *words], capture_output=True, text=True, timeout=120, check=False
    )


def test_a_touchosc_layout_of_a_patch_is_written(tmp_path):
    """The file that a tablet opens: its faders speak this patch's addresses."""
    out = tmp_path / "hello.tosc"
    assert 0 == cli.main(["export", "touchosc", "hello", "-o", str(out)])
    text = zlib.decompress(out.read_bytes())
    assert "lexml" == ET.fromstring(text).tag
    assert b"/livegen/main/params/hue" in text


@pytest.mark.parametrize(("target", "word"), [("p5", "vTexCoord"), ("touchdesigner", "TDOutputSwizzle")])
def test_a_cue_is_written_as_a_shader(tmp_path, target, word):
    """Weights as constants, for those who draw at 4K themselves."""
    out = tmp_path / "a.frag"
    assert 0 == cli.main(["export", "glsl", "hello", "--cue", "ember", "--target", target, "-o", str(out)])
    text = out.read_text()
    assert word in text and "uniform vec4 u_z" in text


def test_a_cue_that_is_not_there_is_answered_with_those_that_are(capsys):
    """The way out is in the sentence."""
    assert 1 == cli.main(["export", "glsl", "hello", "--cue", "marmalade"])
    assert "ember" in capsys.readouterr().err


def test_monitor_says_when_nothing_came(free_udp_port):
    """It ends by itself when told to, and its code says that nothing was heard."""
    done = livegen("monitor", "hello", "--port", str(free_udp_port), "--seconds", "0.5")
    assert 1 == done.returncode, done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_looks_at_this_machine_and_says_what_to_type():
    """Findings first, then the lines for TouchDesigner and p5.js."""
    done = livegen("doctor")
    assert done.returncode in (0, 1)
    for word in ("python", "torch", "TouchDesigner", "Network Port", "p5.js"):
        assert word in done.stdout


@pytest.fixture
def free_udp_port() -> int:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_what_was_put_up_beside_a_patch_is_checked_and_listed(tmp_path, capsys, monkeypatch):
    """With what no longer fits; the patch itself is not blamed for that."""
    monkeypatch.setenv("COLUMNS", "1000")
    patch = tmp_path / "show.toml"
    patch.write_text('[generators.main]\nkind = "cppn"\n')
    beside = tmp_path / "show.modulate.toml"
    move = '[[modulate]]\nfrom = "lfo/wobble"\nto = "main/params/hue"\ndepth = 0.5\n'
    beside.write_text(f"[lfos.wobble]\nbeats = 4\n{move}{move.replace('hue', 'gone')}")
    assert 0 == cli.main(["check", str(patch)])
    said = capsys.readouterr().out
    assert "lfo/wobble (put up while it played)" in said
    assert "lfo/wobble → /livegen/main/params/hue by 0.5 (put up while it played)" in said
    assert "left out" in said and "gone" in said
    assert 0 == cli.main(["osc", str(patch)])
    assert "/livegen/main/params/hue/depth" in capsys.readouterr().out
