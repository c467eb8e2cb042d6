"""Keeping the state of a training: nested dicts and lists of tensors as one safetensors file, no pickle."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ..errors import ModelRefused


def save(
    path: Path, state: Mapping[str, Any], said: Mapping[str, Any], *, before: Path | None = None
) -> None:
    """Write ``state`` in one piece, with the plain values ``said`` beside; what was there moves to ``before``.

    Raises OSError; what was there then stays.
    """
    tensors: dict[str, torch.Tensor] = {}
    skeleton = json.dumps({"said": dict(said), "state": folded(state, "", tensors)})
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    try:
        save_file(tensors, beside, metadata={"kept": skeleton})
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        if before is not None and path.is_file():
            os.replace(path, before)
        os.replace(beside, path)
    except SafetensorError as error:
        raise OSError(f"{path}: {error}") from None
    finally:
        beside.unlink(missing_ok=True)


def load(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """(state, said) as they were saved, tensors on the CPU. Raises ModelRefused."""
    try:
        with safe_open(path, framework="pt") as file:
            skeleton = json.loads(file.metadata()["kept"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, it is no dict
        return unfolded(skeleton["state"], tensors), skeleton["said"]
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise ModelRefused(f"{path} is damaged: {error}", hint="train again, or take the file away") from None


def finite(value: Any) -> bool:
    """Whether every tensor in a state holds numbers only."""
    if isinstance(value, torch.Tensor):
        return not value.is_floating_point() or bool(torch.isfinite(value).all())
    if isinstance(value, Mapping):
        return all(finite(each) for each in value.values())
    return all(finite(each) for each in value) if isinstance(value, (list, tuple)) else True


def folded(value: Any, place: str, tensors: dict[str, torch.Tensor]) -> Any:
    """``value`` as JSON, its tensors put aside under the names of their places."""
    if isinstance(value, torch.Tensor):
        # Each in memory of its own: safetensors refuses tensors that share theirs.
        tensors[place] = value.detach().to("cpu", copy=True).contiguous()
        return {"tensor": place}
    if isinstance(value, Mapping):
        return {"dict": [[key, folded(each, f"{place}/{key}", tensors)] for key, each in value.items()]}
    if isinstance(value, (list, tuple)):
        return {"list": [folded(each, f"{place}/{i}", tensors) for i, each in enumerate(value)]}
    return {"plain": value}


def unfolded(value: Any, tensors: Mapping[str, torch.Tensor]) -> Any:
    """The reverse of ``folded``."""
    ((kind, held),) = value.items()
    if kind == "tensor":
        return tensors[held]
    if kind == "dict":
        return {key: unfolded(each, tensors) for key, each in held}
    return [unfolded(each, tensors) for each in held] if kind == "list" else held
