"""Parcels: a generator's state on its way through the pipe, opened only where somebody paints.

The server keeps the parcel shut: it need not know what is inside, and a state of a megabyte costs it
nothing. The worker opens it, and so does the fallback, which goes on where the worker stopped.
"""

import io
import pickle
from typing import Any

from ..errors import RenderFailed

LARGEST = 1 << 20
"""Bytes that a state may take."""
ROOMS = frozenset({"numpy", "collections", "livegen"})
PLAIN = frozenset({"complex", "set", "frozenset", "bytearray", "slice", "range"})


class Parcel(bytes):
    """A state, pickled."""


class Opener(pickle.Unpickler):
    """Knows numpy's arrays and our own values, and nothing else: no state wakes torch in the server."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] in ROOMS or (module == "builtins" and name in PLAIN):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"it holds a {module}.{name}")


def pack(state: Any) -> Parcel | None:
    """``state`` as a parcel; what is one already stays as it is. Raises RenderFailed for one that is too large."""
    if state is None or isinstance(state, Parcel):
        return state
    parcel = Parcel(pickle.dumps(state, pickle.HIGHEST_PROTOCOL))
    if len(parcel) > LARGEST:
        raise RenderFailed(
            f"the generator left a state of {len(parcel)} bytes behind", hint=f"at most {LARGEST}", code="raised"
        )
    return parcel


def unpack(state: Any) -> Any:
    """What is in a parcel; anything else as it is. Raises RenderFailed for one that cannot be opened."""
    if not isinstance(state, Parcel):
        return state
    try:
        return Opener(io.BytesIO(state)).load()
    except Exception as error:  # a pickle can raise anything
        raise RenderFailed(f"the state cannot be read: {error}", code="raised") from None
