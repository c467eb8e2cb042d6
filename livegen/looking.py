"""Looking: the camera that the patch asks for, shown to a generator as a client would show it."""

from pathlib import Path
from typing import Any

from .clock import Clock
from .controls.camera import Camera, Pixels
from .ensemble import Ensemble
from .errors import LivegenError
from .patch import Patch
from .wire.shown import Shown

ORIGIN = "camera"
FILMS = (".mp4", ".mov", ".mkv", ".webm", ".avi")


class Looking:
    """Stands between the patch and the camera."""

    def __init__(self, ensemble: Ensemble, clock: Clock, *, folder: Path) -> None:
        """``folder``: where films lie that may stand in for a camera."""
        self._ensemble, self._folder = ensemble, folder
        self.camera = Camera(self._show, clock)
        self._patch: Patch | None = None
        self._problem = self._refused = ""

    def follow(self) -> None:
        """Look as the patch that plays says, unless it said so already. The loop of the doors."""
        patch = self._ensemble.patch
        if self._patch is not None and patch.camera == self._patch.camera:
            return
        self._patch = patch
        wish = patch.camera
        source: int | Path | None = None
        try:
            source = (
                wish.device
                if isinstance(wish.device, int) or wish.device is None
                else self._film(wish.device)
            )
            self._problem = ""
        except LivegenError as error:
            self._problem = str(error)
        self.camera.look(source, wish.fps, wish.mirror)

    @property
    def problem(self) -> str:
        return self._problem or self.camera.problem or self._refused

    def report(self) -> dict[str, Any]:
        """For ``/health``."""
        return {"shown": self.camera.shown, "problem": self.problem}

    def close(self) -> None:
        self.camera.close()

    def _film(self, name: str) -> Path:
        """A name is a key of what lies beside the patch, never a path. Raises LivegenError."""
        films = {path.name: path for path in sorted(self._folder.glob("*")) if path.suffix.lower() in FILMS}
        if name not in films:
            there = ", ".join(films) or "none"
            raise LivegenError(
                f"there is no film {name[:60]!r} beside the patch",
                hint=f"there are: {there}; or write device = 0",
            )
        return films[name]

    def _show(self, pixels: Pixels) -> None:
        """On the camera's thread."""
        looks, wanted = self._ensemble.seeing.looks(), self._ensemble.patch.camera.to
        stream = next((number for number, look in looks.items() if wanted in ("", look.name)), None)
        if stream is None:
            who = f"the generator {wanted} does not look" if wanted else "no generator of this patch looks"
            raise LivegenError(
                f"the camera has nobody to show to: {who} at pictures",
                hint="a vae does, and a gan with an encoder",
            )
        if self._ensemble.seeing.taken(stream):
            return  # a take shows what its own camera saw
        height, width = pixels.shape[:2]
        self._ensemble.seeing.show(
            Shown(stream, "raw", (width, height), 3, 0, memoryview(pixels.tobytes())), ORIGIN, self._sorry
        )
        self._refused = ""

    def _sorry(self, error: LivegenError) -> None:
        self._refused = str(error)
