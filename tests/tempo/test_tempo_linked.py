"""Ableton Link: real peers in processes of their own, over this machine's network."""

import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from tempo_rig import Clocked, real, wait, write

from livegen.clock import SystemClock
from livegen.tempo.beside import Beside
from livegen.tempo.linked import Session


@real
def test_two_peers_share_tempo_and_beat_and_either_may_set_them():
    """The stage's own process, and another one that knows nothing of livegen's messages but the pipe."""
    clock, heard = SystemClock(), []
    show = Clocked(source="link")
    beside = Beside(heard.append, show.board, clock)
    other = subprocess.Popen(
        [sys.executable, "-m", "livegen.tempo.linked", "90", "4"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        beside.attend(0.0)
        if not wait(lambda: heard and heard[-1].value[2] == 1):
            pytest.skip("this machine's network carries no multicast")
        other.stdin.write('{"bpm": 133}\n')
        other.stdin.flush()
        assert wait(lambda: heard[-1].value[0] == pytest.approx(133.0))
        beside.heed(write("bpm", 99.0))
        assert wait(lambda: heard[-1].value[0] == pytest.approx(99.0))
        time.sleep(0.5)
        ours = heard[-1]
        assert 0.0 <= clock.now() - ours.at < 2.0
        other.stdin.close()
        assert 0 == other.wait(5)
        at, bpm, beat, peers, _ = (
            float(x)
            for x in other.stdout.read().splitlines()[-1].strip("[]").replace("false", "0").split(",")
        )
        assert (99.0, 1.0) == (pytest.approx(bpm), peers)
        apart = (ours.value[1] + (at - ours.at) * bpm / 60.0 - beat + 2.0) % 4.0 - 2.0
        assert abs(apart) < 0.02
        assert wait(lambda: heard[-1].value[2] == 0)
    finally:
        beside.close()
        other.kill()
        other.wait()


def test_what_went_on_as_foreseen_is_no_news_for_a_second():
    """A tempo, a peer, a jump or a stop is."""
    link = SimpleNamespace(tempo=120.0, beat=0.0, num_peers=0, playing=False, quantum=4.0)
    session = Session(link)
    assert session.look() is not None and session.look() is None
    link.beat = 3.0
    assert session.look()[2] == 3.0
    session.obey({"bpm": 100, "meter": 3, "playing": True})
    assert (100.0, 3.0, True) == (link.tempo, link.quantum, link.playing)
    assert session.look()[1] == 100.0
