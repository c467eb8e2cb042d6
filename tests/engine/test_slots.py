"""Pictures cross the process border whole, or not at all."""

from multiprocessing import shared_memory

import numpy as np
import pytest

from livegen.engine.slots import COUNT, Slots, Torn


@pytest.fixture
def slots():
    made = Slots.create(32 * 16 * 4)
    yield made
    made.close()


def paint(slots: Slots, index: int, seq: int, value: int) -> None:
    slots.open(index, (32, 16))[...] = value
    slots.seal(index, seq, 1.5)


def blank():
    return np.zeros((16, 32, 4), np.uint8)


def test_a_sealed_picture_is_read_as_it_was_painted(slots):
    """Pixels, number and time stamp arrive, through a second attachment too."""
    paint(slots, 1, 7, 200)
    there, out = Slots.attach(slots.name, slots.count, slots.capacity), blank()
    stamp = there.copy(1, 7, out)
    there.close()
    assert (1.5, 200, 200) == (stamp, out.min(), out.max())


def test_a_picture_that_is_being_painted_is_torn(slots):
    """A worker that dies between open and seal leaves nothing to be shown."""
    paint(slots, 0, 7, 200)
    slots.open(0, (32, 16))[:4] = 9
    with pytest.raises(Torn):
        slots.copy(0, 7, blank())


def test_the_wrong_picture_is_torn(slots):
    """An older picture, another size or memory that was never painted is refused."""
    paint(slots, 0, 7, 200)
    for index, seq, out in [(0, 8, blank()), (0, 7, np.zeros((8, 32, 4), np.uint8)), (1, 7, blank())]:
        with pytest.raises(Torn):
            slots.copy(index, seq, out)


def test_a_picture_painted_over_during_the_copy_is_torn(slots, monkeypatch):
    """The header is looked at a second time, after the copy."""
    paint(slots, 0, 7, 200)
    real = np.copyto

    def meddle(out, pixels):
        real(out, pixels)
        slots.open(0, (32, 16))

    monkeypatch.setattr(np, "copyto", meddle)
    with pytest.raises(Torn):
        slots.copy(0, 7, blank())


def test_the_count_is_odd_while_painting_and_even_when_whole(slots):
    """Also after a picture that was never finished."""
    seen = []
    for _ in range(2):
        slots.open(0, (32, 16))
        seen.append(int(slots._header(0)[COUNT]) % 2)
    slots.seal(0, 1, 0.0)
    assert [1, 1, 0] == [*seen, int(slots._header(0)[COUNT]) % 2]


def test_a_picture_that_does_not_fit_is_refused(slots):
    """The owner has to make larger memory first."""
    with pytest.raises(ValueError, match="does not fit"):
        slots.open(0, (5000, 5000))


def test_closing_gives_the_memory_back():
    """Nothing is left behind in the system."""
    slots = Slots.create(1000)
    slots.close()
    with pytest.raises(FileNotFoundError):
        shared_memory.SharedMemory(name=slots.name)
