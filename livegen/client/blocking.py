"""The same client for scripts and threads, without asyncio in sight."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from typing import Any, Self, TypeVar

from ..frame import Pixels
from ..marks import Stroke, Token
from ..streams.measure import Spread
from .talk import Client
from .words import ClientStatistics, Seen

T = TypeVar("T")


class BlockingClient:
    """The same for scripts and threads: each call waits for its answer. Use it in a ``with``."""

    def __init__(self, url: str = "127.0.0.1:9210", **options: Any) -> None:
        """``options`` as for Client."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="livegen client", daemon=True)
        self._url, self._options = url, options
        self.client: Client
        """The asyncio client underneath; touch its methods only through this one."""

    def __enter__(self) -> Self:
        self._thread.start()
        self.client = self._wait(self._made())
        try:
            self._wait(self.client.open())
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._wait(self.client.close())
        self._stop()

    async def _made(self) -> Client:
        return Client(self._url, **self._options)

    def set(self, values: Mapping[str, Any]) -> int:
        """See ``Client.set``."""
        return self._wait(self.client.set(values))

    def happen(self, address: str, *args: Any) -> int:
        """See ``Client.happen``."""
        return self._wait(self.client.happen(address, *args))

    def see(self, pixels: Pixels, *, stream: int = 0) -> None:
        """See ``Client.see``."""
        self._wait(self.client.see(pixels, stream=stream))

    def get(self, *addresses: str) -> dict[str, Any]:
        """See ``Client.get``."""
        return self._wait(self.client.get(*addresses))

    def frame(self, *, stream: int = 0, containing: int = 0, timeout: float | None = None) -> Seen:
        """See ``Client.frame``."""
        return self._wait(self.client.frame(stream=stream, containing=containing, timeout=timeout))

    def frames(self, stream: int = 0) -> Iterator[Seen]:
        """Frames as they come, the newest each time. Raises NotConnected when none comes in time."""
        while True:
            yield self.frame(stream=stream)

    def tokens(self, generator: str = "") -> Iterator[Token]:
        """See ``Client.tokens``."""
        return self._each(self.client.tokens(generator))

    def strokes(self, generator: str = "") -> Iterator[Stroke]:
        """See ``Client.strokes``."""
        return self._each(self.client.strokes(generator))

    @property
    def status(self) -> Mapping[str, Any]:
        return self.client.status

    @property
    def text(self) -> Mapping[str, str]:
        return self.client.text

    @property
    def drawing(self) -> Mapping[str, list[Stroke]]:
        return self.client.drawing

    def latency(self) -> Spread:
        """See ``Client.latency``."""
        return self.client.latency()

    def statistics(self) -> ClientStatistics:
        return self.client.statistics()

    def _each(self, found: AsyncIterator[T]) -> Iterator[T]:
        async def following() -> T | None:
            return await anext(found, None)

        while (each := self._wait(following())) is not None:
            yield each

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
