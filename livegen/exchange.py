"""The exchange: another patch is taken over while the show plays, at a frame boundary, or refused with a sentence."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from .brought import with_model
from .engine.loop import Engine
from .ensemble import Ensemble
from .errors import LivegenError
from .generators import shelf
from .generators.learning import run_of
from .params import Param
from .patch import Change, Patch, diff, load
from .patch.recast import lines
from .patch.show import GeneratorSpec
from .watch import Watch

WATCH_EVERY = 0.25
"""Seconds between two looks at the patch file."""

RENEWED = "a model was written anew, and plays"
"""What the terminal says of it."""

Taken = Callable[[Mapping[str, Param]], None]
"""Called on the loop when another patch plays, with the parameters that there were before."""


class Exchange:
    """Takes over one patch after another. All its methods are for the loop."""

    def __init__(self, ensemble: Ensemble, engine: Callable[[], Engine | None], taken: Taken) -> None:
        self._ensemble, self._engine, self._taken = ensemble, engine, taken
        self._turn = asyncio.Lock()
        self._before: Patch | None = None

    async def play(self, patch: Patch, *, anew: bool = False) -> Change:
        """Have ``patch`` played, its generators loaded beside those that play. What became different.

        ``anew``: its models are loaded even where the patch asks for the same ones. Raises LivegenError; then the
        present show goes on.
        """
        async with self._turn:
            engine = self._engine()
            if engine is None:
                raise LivegenError("the show has not begun", hint="wait a moment", code="starting")
            params, old = self._ensemble.board.params, self._ensemble.patch
            # A model's stand-in is read here, which takes as long as its file is large.
            show = await asyncio.to_thread(partial(self._ensemble.revised, patch, anew=anew))
            await asyncio.wrap_future(engine.change(show))
            self._taken(params)
            return diff(old, patch)

    async def edit(self, patch: Patch) -> Change:
        """Have another text of the patch played; there is no way back then to what played before a model came in."""
        change = await self.play(patch)
        self._before = None
        return change

    async def cast(self, model: str, family: str, wished: str = "") -> Mapping[str, Any]:
        """Have a model of the shelf played by the instance ``wished``, or by the first that plays such ones.

        Who plays it (``generator``), what to write into the patch to keep it (``lines``), and what of the patch it
        does not know (``notes``). Raises LivegenError.
        """
        patch = self._ensemble.patch
        instance = chosen(patch, family, wished)
        new, notes = await asyncio.to_thread(with_model, patch, instance, family, model)
        await self.play(new)
        self._before = patch
        return {"generator": instance, "lines": lines(new.generators[instance]), "notes": list(notes)}

    async def follow(
        self, path: Path, said: Callable[[Change | LivegenError], None], renewed: Callable[[], None] = lambda: None,
        edited: Callable[[], Awaitable[Change]] | None = None,
    ) -> None:
        """Hot reload: play the patch at ``path`` whenever it was edited, and its models whenever one of their files
        was written anew; say what came of it. ``edited`` plays it where there is more to it than the file."""
        watch, models = Watch(path), Models()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            if watch.changed():
                try:
                    said(await (edited() if edited else self.edit(await asyncio.to_thread(load, path))))
                except LivegenError as error:
                    said(error)
            elif await asyncio.to_thread(models.changed, self._ensemble.patch):
                try:
                    await self.play(self._ensemble.patch, anew=True)
                    renewed()
                except LivegenError as error:
                    said(error)

    async def back(self) -> Mapping[str, Any]:
        """Play again what was played before the last model came in. Raises LivegenError."""
        before, self._before = self._before, None
        if before is None:
            raise LivegenError("there is nothing to go back to", code="nothing")
        await self.play(before)
        return {"back": True}


class Models:
    """The files of the models that play. A training run is none: it is followed by who plays it."""

    def __init__(self) -> None:
        self._patch: Patch | None = None
        self._watches: dict[Path, Watch] = {}

    def changed(self, patch: Patch) -> bool:
        """Whether one of them is another than at the last time."""
        paths = {path for spec in patch.generators.values() for path in files_of(spec)}
        # A copy of a shipped model that was added to lies on the artist's own shelf, where it is found first.
        elsewhere = patch is self._patch and paths != set(self._watches)
        self._watches = {path: self._watches.get(path) or Watch(path) for path in paths}
        self._patch = patch
        return any([elsewhere, *[watch.changed() for watch in self._watches.values()]])


def files_of(spec: GeneratorSpec) -> list[Path]:
    """The model files that a generator names, runs left out."""
    found = []
    for key in ("model", "other"):
        name = spec.config.get(key)
        if isinstance(name, str) and name and run_of({"model": name}) is None:
            with suppress(LivegenError):
                found.append(shelf.find(name))
    return found


def chosen(patch: Patch, family: str, wished: str) -> str:
    """The instance that is to play a model of that family."""
    if wished in patch.generators:
        return wished
    fits = (name for name, spec in patch.generators.items() if spec.kind == family)
    return next(fits, next(iter(patch.generators)))
