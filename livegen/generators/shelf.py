"""The shelf: where a model that a patch names is found, and what stands there."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..card import Card
from ..errors import ModelRefused
from ..places import models_folder, shipped
from . import weights
from .weights import SUFFIX, Header

PLAYED = "model" + SUFFIX
"""The newest weights in the folder of a training run."""
RECORD = "run.json"
"""What such a run says about itself."""


def folders() -> tuple[Path, ...]:
    """Where models are looked for by name: the artist's own first, then those that ship."""
    return (models_folder(), shipped("models"))


def names() -> dict[str, Path]:
    """Every model on the shelf, name → file: scanned, so that no name is ever joined to a path."""
    found: dict[str, Path] = {}
    for folder in reversed(folders()):
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if path.suffix == SUFFIX and not path.name.startswith("."):
                    found[path.stem] = path
                elif (path / PLAYED).is_file():
                    found[path.name] = path / PLAYED
    return found


def find(name: str) -> Path:
    """The file of the model ``name``: one of the shelf, a model file, or the folder of a run.

    Only patches and command lines come here, never a message. Raises ModelRefused.
    """
    known = names()
    if name in known:
        return known[name]
    path = Path(os.path.expanduser(name))
    if (path / PLAYED).is_file():
        return path / PLAYED
    if path.suffix == SUFFIX and path.is_file():
        return path
    if (path / RECORD).is_file():
        raise ModelRefused(f"the run {name[-80:]} has no weights yet", hint="wait for its first contact sheet; then play it")
    close = difflib.get_close_matches(name, known, 1)
    there = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known) or 'none yet'}"
    raise ModelRefused(f"there is no model {name[:80]!r}", hint=f"{there}; or give the path of a file or run")


def kept(path: Path) -> Path:
    """Where a changed model is written: the file itself; for one that ships, or belongs to a run, a copy of its
    name on the artist's own shelf, where it is found first."""
    run = path.name == PLAYED and (path.parent / RECORD).is_file()
    if run or path.parent == shipped("models"):
        return models_folder() / f"{path.parent.name if run else path.stem}{SUFFIX}"
    return path


def introduced(config: Mapping[str, Any], family: str, default: str = "") -> tuple[Path, Header, Card]:
    """The model that a patch's table names under ``model``, fit to be played as ``family``.

    Raises ModelRefused when there is none, when it is of another family, or when nobody has
    written on its card whose work is in it.
    """
    wanted = config.get("model", default)
    if not isinstance(wanted, str) or not wanted:
        fits = ", ".join(name for name, path in names().items() if _is(path, family)) or "none yet"
        raise ModelRefused(f"a {family} needs a model", hint=f'write model = "NAME"; there are {fits}')
    path = find(wanted)
    header = weights.look(path)
    if header.family != family:
        raise ModelRefused(f"{path.name} is a {header.family} model", hint=f'write kind = "{header.family}"')
    if header.card is None or header.card.missing():
        open_ = "" if header.card is None else f" ({', '.join(header.card.missing())} missing)"
        raise ModelRefused(
            f"nobody has written whose work is in {path.name}{open_}",
            hint=f"say so with: livegen card {path}",
        )
    return path, header, header.card


def _is(path: Path, family: str) -> bool:
    try:
        return weights.look(path).family == family
    except ModelRefused:
        return False
