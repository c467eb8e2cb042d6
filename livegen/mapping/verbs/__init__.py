"""Verbs: what an instrument can be told, one function each, by what comes after its prefix.

A verb gets the instrument, the write and the snapshot that it came with; it raises LivegenError for what makes no
sense, and the instrument then says so and plays on.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...board import Snapshot, Write
from .. import lookback
from . import editing, latents, presets, variations

if TYPE_CHECKING:
    from ..instrument import Instrument

Verb = Callable[["Instrument", Write, Snapshot], None]

VERBS: Mapping[str, Verb] = MappingProxyType({**latents.VERBS, **presets.VERBS, **editing.VERBS, **variations.VERBS, **lookback.VERBS})
"""What comes after the prefix → what to do about it."""
