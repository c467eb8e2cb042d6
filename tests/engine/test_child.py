"""One worker, seen from the server."""

import time
from types import MappingProxyType

import psutil
import pytest

from livegen.engine.buffers import Buffers
from livegen.engine.child import Child, Gone, plain
from livegen.engine.renderer import Spec
from livegen.engine.supervisor import Patience
from livegen.generators.base import Request
from livegen.latent import Latent, from_seed

PATIENCE = Patience(start_s=30.0, first_s=0.3, hang_s=0.3)


def look_until(child: Child, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while child.ready is None and time.monotonic() < deadline:
        child.look()
        time.sleep(0.005)


@pytest.fixture
def born():
    """``born(config, patience)``: a worker with that faulty generator; buried afterwards."""
    children = []

    def bear(config=None, patience=PATIENCE) -> Child:
        children.append(Child({"main": Spec("faulty", config or {}, (8, 8))}, "cpu", 1, patience))
        return children[-1]

    yield bear
    for child in children:
        child.kill()
        child.bury()


def request(**knobs) -> Request:
    latent = Latent(from_seed(1, 4))
    return Request(instance="main", seq=1, latent=latent, knobs=MappingProxyType(knobs), size=(8, 8))


def test_it_says_when_it_is_ready_and_how_long_that_took(born):
    """Ready means built, warmed up, and proven by a picture."""
    child = born()
    look_until(child)
    assert child.ready is not None and "cpu" == child.ready.device and child.ready.build_s > 0


def test_a_worker_that_does_not_get_ready_in_time_counts_as_hung(born):
    """A build that never ends."""
    child = born({"fault": "sleep", "where": "build"}, Patience(start_s=0.2))
    with pytest.raises(Gone, match="not ready within") as caught:
        look_until(child)
    assert "hung" == caught.value.code


def test_what_a_dying_worker_wrote_is_its_last_words(born):
    """The reason is in the log, not in nobody's pipe."""
    child = born({"fault": "segfault", "where": "build"})
    with pytest.raises(Gone, match=r"died while it started.*exit code"):
        look_until(child)


def test_an_unanswered_request_counts_as_hung(born):
    """Once the time that it may take has passed; not before."""
    child = born()
    look_until(child)
    child.begin(request(fault="sleep"))
    assert child.finish(0.05, Buffers()) is None
    with pytest.raises(Gone, match="did not answer"):
        for _ in range(100):
            child.finish(0.05, Buffers())


def test_time_that_the_server_slept_through_is_not_the_workers_fault(born, monkeypatch):
    """After a suspend of an hour, one look does not kill a worker that was suspended too."""
    child = born(patience=Patience(first_s=5.0))
    look_until(child)
    child.begin(request(fault="sleep"))
    real = time.perf_counter
    monkeypatch.setattr(time, "perf_counter", lambda: real() + 3600.0)
    assert child.finish(0.01, Buffers()) is None


def test_a_death_while_idle_is_noticed_by_looking(born):
    """Without waiting for the next request."""
    child = born()
    look_until(child)
    psutil.Process(child.pid).kill()
    psutil.Process(child.pid).wait(10)
    with pytest.raises(Gone, match="without being asked"):
        child.look()


def test_a_dismissed_worker_leaves_by_itself(born):
    """No signal needed."""
    child = born()
    look_until(child)
    child.dismiss()
    assert child.gone(10.0)


def test_mappings_travel_as_dictionaries():
    """A read-only view cannot be sent."""
    value = MappingProxyType({"a": [MappingProxyType({"b": (1, 2)})], "c": "text"})
    assert {"a": [{"b": (1, 2)}], "c": "text"} == plain(value)
