"""Recording: a file that has everything in its order, and never holds up the show."""

import os
import threading

import numpy as np
import pytest
from take_rig import Played

from livegen.errors import BadValue, UnknownParam
from livegen.message import Message
from livegen.wire.take import Came, Heard, Read, read


def heard(take):
    return [event.message for tick in take.ticks for event in tick.events if isinstance(event, Heard)]


def test_what_is_applied_is_kept_and_what_is_refused_is_not(tmp_path):
    """But for what a route has heard before the board refused it."""
    show = Played(tmp_path / "a.take")
    assert show.tell("/livegen/main/params/hue", 0.25)
    with pytest.raises(UnknownParam):
        show.recorder.apply(Message("/nobody", 1.0), show.ensemble.apply, lambda address: False)
    with pytest.raises(BadValue):
        show.recorder.apply(Message("/livegen/main/params/hue", float("nan")), show.ensemble.apply, lambda address: False)
    assert show.tell("/fader", 0.5)
    show.tick()
    assert ["/livegen/main/params/hue", "/fader"] == [message.address for message in heard(read(show.close()))]


def test_every_picture_is_summed_and_what_routes_hear_of_the_stage_itself_is_kept(tmp_path):
    """So that a take can prove itself."""
    show = Played(tmp_path / "a.take")
    show.tick(3)
    show.ensemble.board.echo({"/livegen/status/fps": 24.5})
    show.tick(3)
    events = [event for tick in read(show.close()).ticks for event in tick.events]
    assert [0.0, 24.5] == [event.value for event in events if isinstance(event, Read)]
    sums = [event.check for event in events if isinstance(event, Came)]
    assert 5 == len(sums) == len(set(sums))


def test_messages_of_many_threads_stand_in_the_order_in_which_the_board_took_them(tmp_path):
    """The last one that was kept is the one that the board holds."""
    show = Played(tmp_path / "a.take")

    def tell(number):
        for i in range(200):
            show.tell("/livegen/main/params/light", float((number * 200 + i) % 97) / 100 - 0.48, origin=f"ws {number}")

    threads = [threading.Thread(target=tell, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    show.tick(20)
    for thread in threads:
        thread.join()
    show.tick()
    found = heard(read(show.close()))
    assert 800 == len(found)
    assert found[-1].args[0] == show.ensemble.board.value("/livegen/main/params/light")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a disk that is always full")
def test_a_full_disk_ends_the_take_and_not_the_show(tmp_path):
    """With a sentence."""
    show = Played(tmp_path / "a.take")
    with open("/dev/full", "wb", buffering=0) as full:
        os.dup2(full.fileno(), show.recorder._file.fileno())
    show.perform(np.random.default_rng(1), 200)
    show.close()
    assert "No space left" in show.recorder.problem
    assert 200 == len(show.frames)


def test_a_take_is_never_written_over_another(tmp_path):
    """What is there stays."""
    show = Played(tmp_path / "a.take")
    with pytest.raises(FileExistsError):
        Played(tmp_path / "a.take")
    show.tick()
    assert 1 == len(read(show.close()).ticks)


def test_an_hour_of_sixty_messages_a_second_stays_below_twenty_megabytes(tmp_path):
    """By a minute of it: 30 ticks and 60 messages of OSC's single precision a second."""
    show, draw = Played(tmp_path / "a.take"), np.random.default_rng(1)
    show.engine.renderer = None
    before = show.recorder.path.stat().st_size
    for _ in range(600):
        for fader in ("hue", "zoom"):
            show.tell(f"/livegen/main/params/{fader}", float(np.float32(draw.uniform(0, 0.5))), origin="osc 192.168.100.101:53211")
        show.clock.jump(1 / 30)
        now = show.clock.now()
        with show.recorder.latching(now):
            pass
        show.recorder.asked(0, (1920, 1080), None)
        with show.recorder.coming(0, np.full((4, 4, 4), 7, np.uint8)):
            pass
    size = show.close().stat().st_size - before
    assert size * 180 < 20e6
