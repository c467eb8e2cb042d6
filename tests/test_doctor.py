"""livegen.doctor: what is said of a machine, and that the truth of this one is seen."""

import io
import socket
import sys

import pytest
from rich.console import Console

from livegen import doctor
from livegen.doctor import BAD, GOOD, NOTE, playing


def free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


@pytest.fixture
def quick(monkeypatch):
    """torch takes seconds to import; these tests ask about everything else."""
    monkeypatch.setattr(doctor, "ask_torch", lambda: {"version": "2.11", "cuda": False, "mps": False, "cuda_build": ""})


def test_this_machine_is_examined_whole(quick):
    """Every part has its finding, and nothing here stops a show."""
    found = {finding.about: finding for finding in doctor.examine(free_port())}
    assert {"python", "cores", "torch", "compiler", "encoder", "clock", "state", "browser", "discovery", "network"} < set(found)
    assert [] == [finding for finding in found.values() if finding.verdict == BAD]
    assert "ms" in found["encoder"].said


def test_the_report_ends_with_nothing_to_mend(quick):
    """Exit code 0, and the lines that are typed into TouchDesigner and p5 carry the port."""
    out = io.StringIO()
    port = free_port()
    assert 0 == doctor.report(port, Console(file=out, width=120))
    said = out.getvalue()
    assert "Ready to play" in said
    assert f"Network Port     {port}" in said
    assert f"http://127.0.0.1:{port}/p5/" in said


def test_a_windows_pipe_is_survived(quick):
    """Output that knows nothing but its code page, and refuses the rest, gets what it can hold."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", errors="strict")
    assert 0 == doctor.report(free_port(), Console(file=out, width=100))


@pytest.mark.parametrize(("kind", "type"), [("TCP", socket.SOCK_STREAM), ("UDP", socket.SOCK_DGRAM)])
def test_a_port_that_somebody_holds_is_bad_news(quick, kind, type):
    """Held by another program: exit code 1, the port is named, and so is the way out."""
    with socket.socket(socket.AF_INET, type) as other:
        other.bind(("127.0.0.1", 0))
        if type == socket.SOCK_STREAM:
            other.listen()
        port = other.getsockname()[1]
        finding = doctor.look_at_port(kind, port)
        assert (f"{kind} {port}", BAD) == (finding.about, finding.verdict)
        assert "--port" in finding.mend
        if sys.platform == "linux":
            assert "python" in finding.said or "pytest" in finding.said
        assert 1 == doctor.report(port, Console(file=io.StringIO()))
    assert GOOD == doctor.look_at_port(kind, port).verdict


def test_a_livegen_that_plays_already_is_only_a_note():
    """Two doctors may look at a running show."""
    assert NOTE == doctor.of_port("TCP", 9210, True, "", True).verdict


def test_torch_is_asked_outside():
    """A real answer from a real process, and the asking process stays light."""
    was = "torch" in sys.modules
    said = doctor.ask_torch()
    assert "version" in said, said
    assert was == ("torch" in sys.modules)


def test_a_torch_that_hangs_is_not_waited_for():
    """Time is up: an error in words."""
    assert "longer than" in doctor.ask_torch(0.01)["error"]


@pytest.mark.parametrize(
    ("said", "nvidia", "verdict", "word"),
    [
        ({"version": "2.11", "cuda": True, "works": True, "name": "H100", "memory": 85 << 30}, True, GOOD, "H100 (85 GB)"),
        ({"version": "2.11", "cuda": False, "mps": True}, False, GOOD, "MPS"),
        ({"version": "2.13", "cuda": False, "cuda_build": ""}, True, NOTE, "although there is an NVIDIA GPU"),
        ({"version": "2.11", "cuda": True, "cuda_build": "12.8", "error": "no kernel image"}, True, NOTE, "no kernel image"),
        ({"version": "2.13", "cuda": False}, False, GOOD, "on the CPU"),
        ({"error": "OSError: broken"}, False, BAD, "broken"),
        ({}, False, BAD, "no answer"),
    ],
)
def test_every_kind_of_torch_has_its_sentence(said, nvidia, verdict, word):
    """GPU, Apple, a CPU build beside a GPU, a driver that is too old, none at all."""
    finding = doctor.of_torch(said, nvidia)
    assert verdict == finding.verdict
    assert word in finding.said
    assert bool(finding.mend) == (verdict != GOOD)


def test_an_old_python_is_refused_and_windows_gets_its_advice():
    """3.10 will not do; Windows before 3.13 plays, with a coarser clock."""
    assert BAD == doctor.of_python((3, 10, 1), "Linux", "").verdict
    assert NOTE == doctor.of_python((3, 12, 0), "Windows", "").verdict
    assert GOOD == doctor.of_python((3, 13, 0), "Windows", "").verdict
    assert "3.13" in doctor.of_clock(15.0, (3, 12), "Windows").mend
    assert GOOD == doctor.of_clock(0.2, (3, 12), "Windows").verdict


def test_a_folder_that_cannot_be_written_is_bad_news(tmp_path):
    """The show's state would be lost; the sentence names the folder."""
    (tmp_path / "file").write_text("in the way")
    finding = doctor.look_at_state(tmp_path / "file" / "livegen")
    assert BAD == finding.verdict
    assert "livegen" in finding.said
    assert GOOD == doctor.look_at_state(tmp_path / "new").verdict


@pytest.mark.parametrize(("system", "word"), [("Windows", "New-NetFirewallRule"), ("Darwin", "System Settings"), ("Linux", "ufw")])
def test_each_system_has_its_firewall_line(system, word):
    """The most common complaint is silence."""
    lines = "\n".join(doctor.firewall(9210, system))
    assert word in lines
    assert "9210" in lines or system == "Darwin"


def test_other_machines_get_this_ones_address():
    """What to type elsewhere is the address on the network, not 127.0.0.1."""
    said = "\n".join(line for _, lines in doctor.recipes(9210, ["192.168.1.5"]) for line in lines)
    assert "192.168.1.5" in said


def test_sound_is_a_note_with_a_way_out():
    """No input, or no extra: the show plays all the same, and the doctor says what would open the door."""
    assert ("note", "files are heard without one") == (playing.of_sound([]).verdict, playing.of_sound([]).mend.rpartition("; ")[2])
    assert "hears by Scarlett 2i2" == playing.of_sound(["Scarlett 2i2"]).said


def test_without_the_extra_for_sound_the_doctor_says_its_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert "pip install 'livegen[audio]'" == playing.look_at_sound().mend


def test_midi_ports_are_listed_or_the_way_to_them():
    """Controllers by name, what is missing with its install line, an empty table with a hint."""
    finding = playing.of_midi(["nanoKONTROL2", "Launchpad"], ["nanoKONTROL2"], "")
    assert GOOD == finding.verdict and "hears nanoKONTROL2, Launchpad; lamps and motor faders of nanoKONTROL2" in finding.said
    assert "pip install 'livegen[midi]'" == playing.of_midi((), (), "MIDI needs an extra: pip install 'livegen[midi]'").mend
    assert "snd-seq" in playing.of_midi((), (), "this machine has no MIDI: there is no /dev/snd/seq (sudo modprobe snd-seq)").said
    assert "plug" in playing.of_midi((), (), "").mend
