"""The file of links: what was learned by touching, beside the patch, read again when it is edited, written when
something is learned, and moved into the patch on request."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from . import places
from .board import Write
from .errors import LivegenError
from .mapping import Route
from .mapping.touched import LEARN
from .message import Message
from .patch import loads
from .patch.file import decoded, read
from .patch.links import HEAD, written
from .state import exchange
from .touching import Touch
from .watch import Watch

SUFFIX = ".links.toml"
EVERY = 0.25
"""Seconds between two looks."""
ORIGIN = "links"


def place(patch: Path) -> Path:
    """Where the links of a patch lie."""
    return places.beside(patch, SUFFIX)


class LinkFile:
    """Keeps the links of one stage. All its methods are for the loop."""

    def __init__(
        self, patch: Path, touch: Touch, apply: Callable[[Message], None], now: Callable[[], float]
    ) -> None:
        self.patch, self.path = patch, place(patch)
        self._touch, self._apply, self._now = touch, apply, now
        self._stands: tuple[Route, ...] = ()
        """What the file says."""
        self._watch = Watch(self.path)
        self._keeps = False
        self.problem = ""
        """What went wrong last; empty while all is well."""

    def begin(self) -> None:
        """Bind what the file says."""
        if self.path.is_file():
            self._take()

    def heed(self, write: Write) -> None:
        """What was asked of links on the loop's thread."""
        self._keeps = self._keeps or write.address == f"{LEARN}keep"

    async def follow(self) -> None:
        """Read what was edited, write what was learned."""
        while True:
            await asyncio.sleep(EVERY)
            if self._watch.changed():
                self._take()
            if self._touch.links != self._stands:
                await self._try(self._write)
            if self._keeps:
                self._keeps = False
                await self._try(self._into_patch)

    async def close(self) -> None:
        """Write what was learned last."""
        if self._touch.links != self._stands:
            await self._try(self._write)

    def _take(self) -> None:
        try:
            text = decoded(self.path.read_bytes()[: 1 << 20], str(self.path))
            links = self._touch.read(text, self.path.name)
            self._apply(Message(f"{LEARN}load", text, self._now(), ORIGIN))
            self._stands, self.problem = links, ""
        except LivegenError as error:
            self.problem = f"these links are not followed: {error}"
        except OSError as error:
            self.problem = f"{self.path} cannot be read: {error.strerror or error}"

    async def _try(self, work: Callable[[tuple[Route, ...]], None]) -> None:
        links = self._touch.links
        try:
            await asyncio.to_thread(work, links)
            self._stands, self.problem = links, ""
        except LivegenError as error:
            self.problem = str(error)
        except OSError as error:
            self._stands = links  # once is enough: the disk is not asked four times a second
            self.problem = f"what was learned cannot be kept in {self.path}: {error.strerror or error}"

    def _write(self, links: tuple[Route, ...]) -> None:
        """The whole file anew, old or new whatever happens. In a thread."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        exchange(self.path, (HEAD + "\n" + written(links)).encode())
        self._watch = Watch(self.path)

    def _into_patch(self, links: tuple[Route, ...]) -> None:
        """The links as the patch's last lines; the stage that follows the patch lets go of them then. In a thread."""
        if not links:
            return
        if self.path.parent != self.patch.parent:
            raise LivegenError(
                f"{self.patch.name} came with livegen and stays as it is", hint="copy it, and play the copy"
            )
        text = read(self.patch)
        text = f"{text.rstrip()}\n\n{written(links)}"
        loads(text, str(self.patch))
        exchange(self.patch, text.encode())
