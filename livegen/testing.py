"""Shipped stand-ins for tests and scripts: a clock that moves by hand, and more."""


class ManualClock:
    """A clock that stands still until it is moved; sleeping moves it to the deadline at once."""

    def __init__(self, start: float = 0.0) -> None:
        self.time = start

    def now(self) -> float:
        return self.time

    def jump(self, seconds: float) -> None:
        self.time += seconds

    def sleep_until(self, deadline: float) -> None:
        self.time = max(self.time, deadline)
