"""A camera on this machine, or a film in its place: of its pictures the newest is handed on, and one that is gone is looked for again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..clock import Clock
from ..errors import DoorMissing, LivegenError
from .pursuit import Pursuit

MISSING = "a camera needs an extra: pip install 'livegen[camera]'"
MOST_MISSED = 30
"""Pictures that may fail one after the other before it counts as gone."""
Pixels = npt.NDArray[np.uint8]
Source = int | Path


class Camera:
    """Looks on a thread of its own."""

    def __init__(self, show: Callable[[Pixels], None], clock: Clock) -> None:
        """``show`` is told each picture, (H, W, 3) RGB, on the camera's thread; it may raise LivegenError."""
        self._show, self._clock = show, clock
        self._pursuit = Pursuit[tuple[Source, float, bool]](
            "camera", lambda wish: self._follow(*wish), failed=lambda wish: f"looking through {named(wish[0])}"
        )
        self.shown = 0

    def look(self, source: Source | None, fps: float = 15.0, mirror: bool = True) -> None:
        """From now on look through this; None: through none. Never waits."""
        self._pursuit.wish(None if source is None else (source, fps, mirror))

    @property
    def problem(self) -> str:
        """Why nothing is seen; empty while all is well."""
        return self._pursuit.problem

    def close(self) -> None:
        """Look no more."""
        self._pursuit.close()

    def _follow(self, source: Source, fps: float, mirror: bool) -> None:
        """Look until something else is wished. Raises LivegenError when it cannot be opened or is gone."""
        cv2 = library()
        eye = opened(cv2, source)
        try:
            own = float(eye.get(cv2.CAP_PROP_FPS) or 0.0) if isinstance(source, Path) else 0.0
            due, missed, began, number = self._clock.now(), 0, self._clock.now(), 0
            while not self._pursuit.changed.is_set():
                if isinstance(source, Path):  # a film has no time of its own
                    number += 1
                    self._pursuit.changed.wait(max(0.0, began + number / (own or 25.0) - self._clock.now()))
                missed = 0 if eye.grab() else missed + 1
                if missed and isinstance(source, Path):
                    missed = missed if eye.set(cv2.CAP_PROP_POS_FRAMES, 0) else MOST_MISSED
                if missed >= MOST_MISSED:
                    raise LivegenError(f"{named(source)} is gone", hint="livegen looks for it again")
                now = self._clock.now()
                if missed:
                    self._pursuit.changed.wait(0.02)
                elif now >= due:
                    due = max(due + 1.0 / fps, now)
                    self._hand_on(cv2, eye, mirror)
        finally:
            eye.release()

    def _hand_on(self, cv2: Any, eye: Any, mirror: bool) -> None:
        there, picture = eye.retrieve()
        if not there or picture is None:
            return
        pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB if picture.ndim == 3 else cv2.COLOR_GRAY2RGB)
        self._show(np.ascontiguousarray(pixels[:, ::-1] if mirror else pixels))
        self.shown += 1
        self._pursuit.problem = ""


def library() -> Any:
    """OpenCV. Raises DoorMissing."""
    try:
        import cv2
    except ImportError:
        raise DoorMissing(MISSING) from None
    return cv2


def opened(cv2: Any, source: Source) -> Any:
    """The capture, open, with as short a queue of its own as it has. Raises LivegenError."""
    eye = cv2.VideoCapture(source if isinstance(source, int) else str(source))
    if not eye.isOpened():
        eye.release()
        raise LivegenError(
            f"{named(source)} does not open", hint="is it plugged in, and held by no other program?"
        )
    eye.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return eye


def named(source: Source) -> str:
    return f"the camera {source}" if isinstance(source, int) else f"the film {source.name}"
