"""Watching a file that an artist edits while it plays."""

from pathlib import Path


class Watch:
    """Tells when a file became different. Editors write in many ways, so only a file that has
    stayed the same for one look counts: half a save is never read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = self._seen = self._mark()

    def changed(self) -> bool:
        """Whether the file is another than at the last time this said so."""
        mark = self._mark()
        settled, self._seen = mark == self._seen, mark
        if mark == self._known or mark is None or not settled:
            return False
        self._known = mark
        return True

    def _mark(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None  # between two steps of an editor's save, or gone: the show goes on
        return found.st_mtime_ns, found.st_size, found.st_ino
