"""The programme: who plays, whose work is in it, and how far it has learned. What pages show of models."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .casting import Cast
from .errors import ModelRefused
from .generators import shelf, weights
from .generators.base import Info
from .generators.learning import along, run_of
from .generators.weights import Header

THUMB = "thumb."
SHEET = "learning"
"""The name under which a run's newest contact sheet is asked for."""
POINTS = 240
"""Points of a curve that are told at most."""
LONGEST_LOG = 4 << 20
"""Bytes of a log that are read, from its end."""
LARGEST_SHEET = 8 << 20


class Programme:
    """Answers pages. Any thread."""

    def __init__(self, cast: Callable[[], Cast]) -> None:
        self._cast = cast
        self._paths: dict[str, Path | None] = {}
        self._known: dict[tuple[Path, int], tuple[Header, tuple[str, ...]]] = {}
        self._curves: dict[Path, tuple[tuple[int, int], dict[str, Any]]] = {}

    def models(self) -> dict[str, Any]:
        """Instance → its generator, card, thumbnails by knob, and its run if it is one: plain JSON."""
        cast = self._cast()
        return {name: self._model(cast.infos[name], cast.spec(name).config) for name in cast.infos}

    def picture(self, instance: str, name: str) -> bytes | None:
        """A JPEG that stands in a model (``model``, or the bare name of a knob), or the newest sheet of its
        run (``learning``). None when there is none of that name."""
        cast = self._cast()
        if instance not in cast.infos:
            return None
        info, config = cast.infos[instance], cast.spec(instance).config
        if name == SHEET:
            run = run_of(config)
            sheet = newest_sheet(run) if run is not None else None
            return sheet.read_bytes() if sheet is not None else None
        path = self._path(info, config)
        if path is None or name not in self._look(path)[1]:
            return None
        found = weights.tensors_of(path, (THUMB + name,))
        return found[THUMB + name].tobytes() if found else None

    # Inside --------------------------------------------------------------------------------

    def _model(self, info: Info, config: Mapping[str, Any]) -> dict[str, Any]:
        path, run = self._path(info, config), run_of(config)
        said: dict[str, Any] = {
            "generator": info.name, "kind": info.kind, "card": info.card.as_dict(), "digest": info.digest[:8],
            "sees": list(info.sees) if info.sees else None, "directions": list(info.directions),
        }  # fmt: skip
        if path is not None:
            header, thumbs = self._look(path)
            numbers = {key: header.statistics.get(key) for key in ("steps", "seconds")}
            said |= {"model": path.stem if run is None else run.name, "bytes": header.size, "thumbs": list(thumbs)}
            said |= {key: value for key, value in numbers.items() if isinstance(value, (int, float))}
        return said | {"learning": None if run is None else self._learning(run)}

    def _path(self, info: Info, config: Mapping[str, Any]) -> Path | None:
        """The file of the model that plays; None for a generator without one."""
        name = config.get("model")
        if isinstance(name, str) and name:
            try:
                return shelf.find(name)
            except ModelRefused:
                return None
        if info.digest not in self._paths:
            here = (path for path in shelf.names().values() if digest_of(path) == info.digest)
            self._paths[info.digest] = next(here, None) if info.digest else None
        return self._paths[info.digest]

    def _look(self, path: Path) -> tuple[Header, tuple[str, ...]]:
        """The header of a model and the names of its thumbnails."""
        key = (path, path.stat().st_mtime_ns)
        if key not in self._known:
            if len(self._known) > 64:
                self._known.clear()
            names = tuple(name.removeprefix(THUMB) for name in weights.names_in(path) if name.startswith(THUMB))
            self._known[key] = (weights.look(path), names)
        return self._known[key]

    def _learning(self, run: Path) -> dict[str, Any]:
        """How a run is doing."""
        sheet = newest_sheet(run)
        return {
            **record_of(run), "run": run.name, "checkpoints": len(along(run)), "sheet": sheet.stem if sheet else "",
            "newest": (run / shelf.PLAYED).stat().st_mtime, "curves": self._read_curves(run / "log.jsonl"),
        }  # fmt: skip

    def _read_curves(self, log: Path) -> dict[str, Any]:
        """measure → [(seconds, value), …], thinned."""
        try:
            found = log.stat()
        except OSError:
            return {}
        stamp = (found.st_mtime_ns, found.st_size)
        if log not in self._curves or self._curves[log][0] != stamp:
            self._curves[log] = (stamp, curves(log))
        return self._curves[log][1]


def curves(log: Path) -> dict[str, list[tuple[float, float]]]:
    """What a run's log says about each measure over time, POINTS at most. A line that is broken is left out."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in lines(log):
        at = line.pop("seconds", None)
        line.pop("step", None)
        for name, value in line.items() if isinstance(at, (int, float)) else ():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                found.setdefault(name, []).append((round(float(at), 1), float(value)))
    return {name: thinned(points) for name, points in found.items()}


def lines(log: Path) -> Iterator[dict[str, Any]]:
    """The lines of a log, the oldest first; of a very long one the last ones."""
    with log.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - LONGEST_LOG))
        raw = file.read(LONGEST_LOG).splitlines()
    for text in raw:
        try:
            said = json.loads(text)
        except ValueError:
            continue
        if isinstance(said, dict):
            yield said


def thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most POINTS of them, each the middle of those that it stands for."""
    step = -(-len(points) // POINTS)
    if step <= 1:
        return points
    groups = [points[i : i + step] for i in range(0, len(points), step)]
    return [(group[len(group) // 2][0], sum(y for _, y in group) / len(group)) for group in groups]


def record_of(run: Path) -> dict[str, Any]:
    """What the run's record says that a page shows; empty when it cannot be read."""
    try:
        said = json.loads((run / "run.json").read_text(encoding="utf8"))
    except (OSError, ValueError):
        return {}
    wanted = ("state", "why", "step", "seconds", "minutes", "device")
    return {key: said[key] for key in wanted if key in said} if isinstance(said, dict) else {}


def newest_sheet(run: Path) -> Path | None:
    """The newest contact sheet of a run."""
    sheets = sorted(path for path in (run / "samples").glob("*.jpg") if path.stat().st_size <= LARGEST_SHEET)
    return sheets[-1] if sheets else None


def digest_of(path: Path) -> str:
    try:
        return weights.look(path).digest
    except ModelRefused:
        return ""
