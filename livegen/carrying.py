"""What a generator's last picture left behind, such as the memory of a text net, as a short text that a cue can hold.

The text says what it was made for: it is never given to another model. Nothing but values can come out of it.
"""

import base64
import hashlib
import json
import zlib
from typing import Any

from .engine.parcel import unpack
from .errors import BadPacket, BadValue
from .wire.plain import packed, unpacked

LONGEST = 48 * 1024
"""Characters that a state may take in a cue."""
LARGEST = 1 << 20
"""Bytes of a state that is opened."""


def coded(state: Any, mould: str) -> str:
    """A state as text; ``mould`` says what it is made for. Raises BadValue for one that is too large, RenderFailed or
    BadPacket for one that is no plain value."""
    if state is None:
        return ""
    opened = unpack(state)
    if hasattr(opened, "rested"):  # what it counts by the show's time is of no use at another
        opened = opened.rested()
    plain = json.dumps(packed(opened), separators=(",", ":")).encode()
    text = f"{mark(mould)}:{base64.b64encode(zlib.compress(plain)).decode()}"
    if len(text) > LONGEST:
        raise BadValue(f"what the generator remembers takes {len(text):,} characters", hint=f"a cue holds {LONGEST:,}; it goes without")
    return text


def decoded(text: str, mould: str) -> Any:
    """The state in a text. Raises BadValue when it was made for another model, or is no state."""
    made_for, _, body = text.partition(":")
    if made_for != mark(mould):
        raise BadValue("the cue remembers what another model was about", hint="save it again")
    try:
        opener = zlib.decompressobj()
        plain = opener.decompress(base64.b64decode(body, validate=True), LARGEST)
        if opener.unconsumed_tail or not opener.eof:
            raise ValueError("it is cut, or too large")
        return unpacked(json.loads(plain))
    except (ValueError, zlib.error, RecursionError, BadPacket) as error:
        raise BadValue(f"what the cue remembers cannot be read: {error}", hint="save it again") from None


def mark(mould: str) -> str:
    return hashlib.blake2b(mould.encode(), digest_size=4).hexdigest()
