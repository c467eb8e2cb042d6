"""A pursuit follows the newest wish, and tries again while a device is gone."""

import threading

import pytest

from livegen.controls import pursuit
from livegen.controls.pursuit import Pursuit
from livegen.errors import LivegenError


class Device:
    """Present or gone; holds whoever follows it until something else is wished."""

    def __init__(self):
        self.followed, self.failing = [], None
        self.once = threading.Event()
        self.pursuit = Pursuit("test", self.follow, failed=lambda wish: f"following {wish}", retry=self.once.set)

    def follow(self, wish):
        self.followed.append(wish)
        if self.failing is not None:
            raise self.failing
        self.pursuit.changed.wait(10)


@pytest.fixture
def device():
    found = Device()
    yield found
    found.pursuit.close()


def wait(done, seconds=20.0):
    pause = threading.Event()
    for _ in range(int(seconds * 100)):
        if done():
            return
        pause.wait(0.01)
    pytest.fail("that never came")


def test_the_newest_wish_is_followed_and_none_is_peace(device):
    """One thread for all of them; the same wish again disturbs nothing."""
    for wish in ("a", "a", "b"):
        device.pursuit.wish(wish)
        wait(lambda wish=wish: device.followed[-1:] == [wish])
    device.pursuit.wish(None)
    wait(lambda: not device.pursuit.problem)
    assert ["a", "b"] == device.followed


@pytest.mark.parametrize(
    ("error", "said"),
    [(LivegenError("the eye is gone"), "the eye is gone"), (OSError("driver"), "following a failed: driver")],
)
def test_what_is_gone_is_said_and_looked_for_again(device, monkeypatch, error, said):
    """A driver's own error as well; and the complaint ends with it."""
    monkeypatch.setattr(pursuit, "RETRY", 0.02)
    device.failing = error
    device.pursuit.wish("a")
    wait(lambda: device.pursuit.problem == said and device.once.is_set())
    device.failing = None
    wait(lambda: device.followed.count("a") >= 2)
    device.pursuit.wish(None)
    wait(lambda: device.pursuit.problem == "")


def test_nothing_is_followed_after_the_end(device):
    device.pursuit.wish("a")
    wait(lambda: device.followed == ["a"])
    device.pursuit.close()
    device.pursuit.wish("b")
    assert ["a"] == device.followed
