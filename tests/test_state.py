"""The state survives kill -9, torn files, full disks and edited patches."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from livegen import state

SHOW = {"patch": "d1", "values": {"/x": 0.5, "/z": [0.0] * 64}}


def test_what_is_written_is_read_again(tmp_path):
    """The plain case."""
    path = tmp_path / "a" / "show.json"
    state.write(path, SHOW)
    assert {"version": 1, **SHOW} == state.read(path)
    assert [path] == list(path.parent.iterdir())


def test_every_torn_or_changed_file_is_seen_as_none():
    """Whatever byte is missing or flipped, no half state is ever restored."""
    whole = state.pack(SHOW)
    assert state.unpack(whole) is not None
    for cut in range(len(whole) - 1):
        assert state.unpack(whole[:cut]) is None
    for at in range(0, len(whole) - 1, 3):
        flipped = bytearray(whole)
        flipped[at] ^= 0x41
        assert state.unpack(bytes(flipped)) is None


def test_a_giant_or_missing_file_is_none(tmp_path):
    """A state is bounded before it is read."""
    big = tmp_path / "big.json"
    big.write_bytes(b"0" * (state.LARGEST + 1))
    assert (None, None) == (state.read(big), state.read(tmp_path / "nothing"))


@pytest.mark.skipif(
    os.name == "nt", reason="SIGKILL is a POSIX signal; TerminateProcess is tested by the stage"
)
def test_a_writer_killed_at_any_moment_leaves_a_whole_state(tmp_path):
    """kill -9 while it writes as fast as it can: every time an old or a new state can be read."""
    path = tmp_path / "show.json"
    code = (
        "import sys, itertools; from pathlib import Path; from livegen import state\n"
        "for i in itertools.count(): state.write(Path(sys.argv[1]), {'n': i, 'pad': 'x' * 20000})\n"
    )
    for round_ in range(8):
        writer = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=Path(__file__).parents[1])
        deadline = time.monotonic() + 10
        seen = state.read(path)
        while state.read(path) in (None, seen) and time.monotonic() < deadline:
            time.sleep(0.003 * (round_ + 1))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        assert isinstance(state.read(path)["n"], int)


def test_a_full_disk_keeps_the_old_state_and_says_so(tmp_path, monkeypatch):
    """The show goes on, the problem is a sentence."""
    path = tmp_path / "show.json"
    state.write(path, SHOW)
    keeper = state.Keeper(path, every=0.01)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        keeper.close({"patch": "d2"})
    assert "No space left" in keeper.problem
    assert "d1" == state.read(path)["patch"]
    assert [path] == list(tmp_path.iterdir())


def test_the_keeper_writes_the_newest_and_not_each(tmp_path):
    """A thousand offers are a few writes, and the last one counts."""
    keeper = state.Keeper(tmp_path / "show.json", every=0.05)
    for n in range(1000):
        keeper.offer({"n": n})
    keeper.close({"n": 1000})
    assert 1000 == state.read(tmp_path / "show.json")["n"]
    assert keeper.written < 10


def test_an_edited_patch_starts_as_it_is_written():
    """What the artist typed last is what they want to see."""
    found, said = state.begin({"patch": "old", "values": {"/x": 1.0}}, "new", now=10.0)
    assert "values" not in found
    assert "edited" in said


def test_three_bad_starts_lead_to_a_safe_one():
    """A state that kills the show must not kill it for ever; a clean end forgets the count."""
    kept, said = {"patch": "d", "values": {"/x": 1.0}, "starts": [10.0, 30.0, 50.0]}, ""
    found, said = state.begin(kept, "d", now=60.0)
    assert "values" not in found and "three starts" in said
    found, said = state.begin({**kept, "clean": True}, "d", now=60.0)
    assert {"/x": 1.0} == found["values"] and said == ""
    assert [60.0] == found["starts"]


def test_patches_of_the_same_name_in_two_folders_do_not_share_a_state(tmp_path):
    """Every class has its hello.toml."""
    a, b = tmp_path / "a" / "hello.toml", tmp_path / "b" / "hello.toml"
    assert state.place(tmp_path, a) != state.place(tmp_path, b)
    assert state.place(tmp_path, a).name.startswith("hello-")
