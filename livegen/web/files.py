"""Static files: a dictionary made by looking once. Names that clients send are keys, never paths."""

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".ts": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".frag": "text/plain; charset=utf-8",
    ".vert": "text/plain; charset=utf-8",
    ".glsl": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
}
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
LARGEST = 16 << 20
MOST = 4096


@dataclass(slots=True)
class File:
    """One file as it was when it was last read."""

    path: Path
    type: str
    body: bytes = b""
    etag: str = ""
    stamp: tuple[int, int] = (-1, -1)


class Shelf:
    """Every file that is served. Nothing can be asked for that was not there when it was made."""

    def __init__(self, sources: Mapping[str, Path]) -> None:
        self._files: dict[str, File] = {}
        for url, source in sources.items():
            if url.endswith("/"):
                self._scan(url, source)
            else:
                self._add(url, source)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, url: str) -> bool:
        return self.key(url) in self._files

    def key(self, url: str) -> str:
        """A folder's address means its index page."""
        return f"{url}index.html" if url.endswith("/") else url

    def find(self, url: str) -> File | None:
        """The file at ``url``, read again if it has changed; None if there is none."""
        found = self._files.get(self.key(url))
        if found is None:
            return None
        try:
            return refresh(found)
        except OSError:
            return None

    def _scan(self, url: str, folder: Path) -> None:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            return  # a folder that is not there serves nothing
        for entry in entries:
            if not _NAME.fullmatch(entry.name) or entry.is_symlink() or len(self._files) >= MOST:
                continue
            if entry.is_dir(follow_symlinks=False):
                self._scan(f"{url}{entry.name}/", Path(entry.path))
            else:
                self._add(url + entry.name, Path(entry.path))

    def _add(self, url: str, path: Path) -> None:
        kind = TYPES.get(path.suffix.lower())
        if kind is not None and is_plain(path):
            self._files[url] = File(path, kind)


def is_plain(path: Path) -> bool:
    """A regular file of sensible size, and no link to one."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST


def refresh(file: File) -> File:
    """Read ``file`` again if it changed since. Raises OSError when it is gone or no plain file."""
    if not is_plain(file.path):
        raise FileNotFoundError(file.path)
    found = file.path.stat()
    stamp = (found.st_mtime_ns, found.st_size)
    if stamp != file.stamp:
        file.body = file.path.read_bytes()
        file.etag = f'"{hashlib.blake2b(file.body, digest_size=8).hexdigest()}"'
        file.stamp = stamp
    return file
