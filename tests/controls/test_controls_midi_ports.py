"""The machine's own ports, by each binding that is installed: real virtual ports where JACK or ALSA can carry them."""

import importlib
import os
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

import pytest
from midi_rig import jack

from livegen import places
from livegen.controls import midi_ports
from livegen.controls.midi_ports import device, native, strange
from livegen.errors import DoorMissing


@pytest.fixture
def server():
    with jack() as name:
        if name is None:
            pytest.skip("needs jackd (apt-get install jackd2)")
        yield name


@pytest.mark.parametrize("module", ["rtmidi", "rtmidi2"])
def test_bytes_pass_through_real_ports(server, module):
    """From a box to the door and back, in milliseconds; a box that is pulled out is gone from the list."""
    pytest.importorskip(module)
    own = find_library("jack")  # a wheel's own may be of another version than the server
    env = {**os.environ, "PYTHONPATH": str(places.ROOT), **({"LD_PRELOAD": own} if own and module == "rtmidi2" else {})}
    script = Path(__file__).parent / "midi_loop.py"
    done = subprocess.run([sys.executable, str(script), module], capture_output=True, text=True, timeout=30, env=env, check=False)
    if "JACK" in done.stderr and "mismatch" in done.stderr:
        pytest.skip("this wheel cannot speak to this JACK")
    assert 0 == done.returncode, done.stderr[-2000:]
    assert float(done.stdout.split("heard ")[1]) < 100.0  # milliseconds, of which this server keeps up to twenty


def test_names_become_what_an_address_can_hold():
    """Without what the system puts behind a name and changes with every plug."""
    wanted = {
        "nanoKONTROL2:nanoKONTROL2 nanoKONTROL2 _ CTR 20:0": "nanokontrol2",
        "nanoKONTROL2 1": "nanokontrol2",
        "Launchpad Mini MK3 LPMiniMK3 MIDI": "launchpad-mini-mk3-lpminimk3-mid",
        "IAC-Treiber Bus 1": "iac-treiber-bus",
        "808": "midi-808", "": "midi", "äöü": "midi",
    }  # fmt: skip
    assert wanted == {name: device(name) for name in wanted}
    assert strange("Midi Through:Midi Through Port-0 14:0") and strange("Microsoft GS Wavetable Synth") and not strange("X-Touch")


def test_without_a_binding_the_sentence_says_what_to_install(monkeypatch):
    """The exact line."""

    def nothing(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", nothing)
    with pytest.raises(DoorMissing, match=r"pip install 'livegen\[midi\]'"):
        native("jack")


def test_a_machine_without_midi_says_so(monkeypatch):
    """On Linux before the library writes into the terminal by itself."""
    monkeypatch.setattr(midi_ports.sys, "platform", "linux")
    monkeypatch.setattr(midi_ports, "ALSA", "/nowhere")
    with pytest.raises(OSError, match="snd-seq"):
        native()
