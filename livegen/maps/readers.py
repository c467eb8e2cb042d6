"""Readers: whether the maps of a take listen to what generators say, so that no picture of one stands alone."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..wire.take import Heard, Tick
from .ears import parts
from .words import BASE


def listens_to_generators(moment: Mapping[str, Any], ticks: Iterable[Tick], said: Iterable[str]) -> bool:
    """``moment``: where the take begins; ``said``: the addresses at which only the stage itself speaks."""
    models = [
        one["player"] for one in dict(moment.get("sections", {})).get("maps", {}).get("maps", {}).values()
    ]
    texts = [text for player in models for key, text in player["map"] if key == "text"]
    texts += [
        str(event.message.args[0])
        for tick in ticks
        for event in tick.events
        if isinstance(event, Heard) and is_model(event)
    ]
    outlets = frozenset(said)
    return any(parts(name)[0] in outlets for text in texts for name in inputs_of(text))


def is_model(event: Heard) -> bool:
    address = event.message.address
    return address.startswith(f"{BASE}/") and address.endswith("/model") and bool(event.message.args)


def inputs_of(text: str) -> list[str]:
    try:
        return [str(name) for name in json.loads(text)["inputs"]] if text else []
    except (ValueError, TypeError, KeyError):
        return []
