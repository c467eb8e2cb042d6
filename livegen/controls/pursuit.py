"""A pursuit: a thread that follows what is wished, and tries again while a device is gone."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from ..errors import LivegenError

Wish = TypeVar("Wish")
RETRY = 2.0
"""Seconds between two attempts."""
FAREWELL = 1.0
"""Seconds that the thread gets to end."""


class Pursuit(Generic[Wish]):
    """Follows one wish at a time, the newest."""

    def __init__(
        self, name: str, follow: Callable[[Wish], None], *, failed: Callable[[Wish], str], retry: Callable[[], None] = lambda: None
    ) -> None:  # fmt: skip
        """``follow`` works, on the thread called ``livegen <name>``, until ``changed`` is set, and raises LivegenError for
        a device that is gone; ``failed`` says what it was at when something else goes wrong; ``retry`` is called before a
        next attempt."""
        self._name, self._follow, self._failed, self._retry = name, follow, failed, retry
        self._wish: Wish | None = None
        self._closed = False
        self._thread: threading.Thread | None = None
        self.changed = threading.Event()
        """Another wish is there."""
        self.problem = ""
        """Why the newest wish is not followed."""

    def wish(self, wish: Wish | None) -> None:
        """From now on follow this; None: nothing. Never waits."""
        if wish == self._wish or self._closed:
            return
        self._wish = wish
        self.changed.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=f"livegen {self._name}", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Follow nothing more."""
        self._closed, self._wish = True, None
        self.changed.set()
        if self._thread is not None:
            self._thread.join(FAREWELL)

    def _work(self) -> None:
        while not self._closed:
            self.changed.clear()
            wish = self._wish
            if wish is None:
                self.problem = ""
                self.changed.wait()
                continue
            try:
                self._follow(wish)
                self.problem = ""
            except LivegenError as error:
                self.problem = str(error)
            except Exception as error:  # an edge: a driver's whim must not end the pursuit
                self.problem = f"{self._failed(wish)} failed: {error}"
            if self.problem and not self.changed.wait(RETRY):
                self._retry()
