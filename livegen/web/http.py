"""HTTP answers: static files, health, newest frame, docs and OSCQuery's GETs. Nothing changes by HTTP."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..errors import LivegenError
from ..streams.encode import QUALITY, Recipe
from .asked import Asked
from .files import Shelf
from .origin import Refusal
from .stage import Stage

_ENCODER = msgspec.json.Encoder()
NO_STORE = {"Cache-Control": "no-store"}
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer."""

    status: int = 200
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(refusal: Refusal) -> Reply:
    return sentence(refusal.status, refusal.sentence)


def sentence(status: int, text: str) -> Reply:
    return Reply(status, f"{text}\n".encode("utf8", "replace"), headers=NO_STORE)


def as_json(value: Any, status: int = 200) -> Reply:
    return Reply(status, _ENCODER.encode(value), JSON, NO_STORE)


class Pages:
    """What is answered to a GET that may come in."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.shelf = Shelf(stage.files)
        self._fixed = {"/health": self._health, "/frame.jpg": self._frame, "/docs/osc": self._docs, "/models": self._models, "/maps": self._maps}

    def is_public(self, asked: Asked) -> bool:
        """Files that ship with livegen hold no secret: a page must load before it can give a token."""
        return asked.path in self.shelf or (asked.path == "/" and self._shows_page(asked))

    async def answer(self, asked: Asked) -> Reply:
        """The reply to a GET."""
        if asked.path == "/" and self._shows_page(asked):
            return self._file(asked, self._stage.index)
        if asked.path in self._fixed:
            return await self._fixed[asked.path](asked)
        if asked.path.startswith("/thumbs/"):
            return await self._picture(asked) if "/" in asked.path[len("/thumbs/") :] else self._thumb(asked)
        if asked.path.startswith("/past/"):
            return self._past(asked)
        if asked.path in self.shelf:
            return self._file(asked, asked.path)
        if f"{asked.path}/" in self.shelf:
            return Reply(301, headers={"Location": f"{asked.path}/"})
        return self._query(asked)

    def stream_named(self, name: str) -> int | None:
        """The number of a stream; the first for no name; None for an unknown one."""
        for stream in self._stage.streams():
            if name in ("", stream.name, str(stream.id)):
                return stream.id
        return None

    def _shows_page(self, asked: Asked) -> bool:
        # OSCQuery's attributes are written in capitals; ?view=1 and ?token= are the page's own.
        return asked.wants_page and not asked.query.partition("=")[0].isupper()

    def _file(self, asked: Asked, url: str) -> Reply:
        found = self.shelf.find(url)
        if found is None:
            return sentence(404, f"{url} is not here. This stage was installed without its pages.")
        headers = {"ETag": found.etag, "Cache-Control": "no-cache"}
        if found.type.startswith("text/html"):
            loose = any(url.startswith(prefix) for prefix in self._stage.loose)
            headers["Content-Security-Policy"] = policy(asked.headers.get("host", ""), loose=loose)
        if asked.headers.get("if-none-match") == found.etag:
            return Reply(304, b"", found.type, headers)
        return Reply(200, found.body, found.type, headers)

    async def _health(self, asked: Asked) -> Reply:
        return as_json(self._stage.health())

    async def _docs(self, asked: Asked) -> Reply:
        page = self._stage.docs()
        if not page:
            return sentence(404, "This stage has no page of its addresses.")
        rules = policy(asked.headers.get("host", ""), styled=True)
        return Reply(200, page.encode(), "text/html; charset=utf-8", NO_STORE | {"Content-Security-Policy": rules})

    async def _frame(self, asked: Asked) -> Reply:
        stream = self.stream_named(asked.option("stream"))
        if stream is None:
            return sentence(404, "There is no stream of that name.")
        try:
            frame, encoded = await self._stage.hub.still(stream, Recipe(quality=QUALITY, longest=longest(asked)))
        except LivegenError as error:
            return Reply(503, f"{error}\n".encode(), headers=NO_STORE | {"Retry-After": "1"})
        return Reply(200, bytes(encoded.payload), "image/jpeg", NO_STORE | {"X-Livegen-Seq": str(frame.seq)})

    def _thumb(self, asked: Asked) -> Reply:
        name = asked.path.removeprefix("/thumbs/")
        plain = name.endswith(".jpg") and not set(name) & set("/\\\0:")
        found = self._stage.thumbs(name.removesuffix(".jpg"), asked.option("stream")) if plain else None
        if found is None:
            return sentence(404, "There is no thumbnail of that name.")
        if not found:
            return Reply(204, b"", headers=NO_STORE)
        return Reply(200, found, "image/jpeg", {"Cache-Control": "no-cache"})

    async def _picture(self, asked: Asked) -> Reply:
        """``/thumbs/<instance>/<name>.jpg``: what stands in a model. Both are keys of what it holds, no path."""
        instance, _, name = asked.path.removeprefix("/thumbs/").partition("/")
        found = None
        if name.endswith(".jpg"):
            found = await asyncio.to_thread(self._stage.pictures, instance, name.removesuffix(".jpg"))
        if found is None:
            return sentence(404, "There is no picture of that name.")
        return Reply(200, found, "image/jpeg", {"Cache-Control": "no-cache"})

    async def _maps(self, asked: Asked) -> Reply:
        return as_json(await asyncio.to_thread(self._stage.maps))
    def _past(self, asked: Asked) -> Reply:
        """``/past/<instance>.json?since=<number>``: what can be looked back at; ``/past/<instance>/<number>.jpg``."""
        instance, _, name = asked.path.removeprefix("/past/").partition("/")
        since = asked.option("since")
        if not name and instance.endswith(".json"):
            found = self._stage.past(instance.removesuffix(".json"), int(since) if whole(since) else 0)
            return sentence(404, "There is no generator of that name.") if found is None else as_json(found)
        number = name.removesuffix(".jpg")
        picture = self._stage.glimpses(instance, int(number)) if name != number and whole(number) else None
        if picture is None:
            return sentence(404, "That moment is not remembered any more.")
        return Reply(200, picture, "image/jpeg", NO_STORE)

    async def _models(self, asked: Asked) -> Reply:
        return as_json(await asyncio.to_thread(self._stage.models))

    def _query(self, asked: Asked) -> Reply:
        """OSCQuery: a node, one of its attributes, or HOST_INFO."""
        names = [pair.partition("=")[0] for pair in asked.query.split("&") if pair]
        names = [name for name in names if name != "token"]
        if "HOST_INFO" in names:
            return as_json(self._stage.host_info())
        if not names:
            node = self._stage.tree(asked.path)
            return as_json(node) if node is not None else self._lost(asked.path)
        status, found = self._stage.attribute(asked.path, names[0])
        if status == 200:
            return as_json(found)
        if status == 404:
            return self._lost(asked.path)
        return Reply(status, b"" if status == 204 else f"{names[0][:40]} is not an attribute here.\n".encode())

    def _lost(self, path: str) -> Reply:
        return sentence(404, f"Nothing is at {path[:120]!r}. /docs/osc lists every address, / shows the stage.")


def longest(asked: Asked) -> int:
    """``?maxSize=`` in pixels; 0 when it is not asked for."""
    size = asked.option("maxSize")
    return min(8192, int(size)) if whole(size) and len(size) < 6 else 0


def whole(said: str) -> bool:
    """Whether that is a whole number of a size that one can count to."""
    return said.isascii() and said.isdigit() and len(said) < 12


def policy(host: str, *, loose: bool = False, styled: bool = False) -> str:
    """The Content-Security-Policy of a page. ``loose``: p5 sketches; ``styled``: styles in the page.

    The socket is named as well as 'self': Safari before 15.4 does not count ws: as 'self'.
    """
    rules = {
        "default-src": "'self'",
        "connect-src": f"'self' ws://{host} wss://{host}" if host else "'self'",
        "img-src": "'self' blob: data:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self'",
    }
    if loose or styled:
        rules["style-src"] = "'self' 'unsafe-inline'"
    if loose:
        rules["media-src"] = "'self' blob: data:"
        rules["font-src"] = "'self' data:"
        rules["worker-src"] = "'self' blob:"
    return "; ".join(f"{name} {value}" for name, value in rules.items())
