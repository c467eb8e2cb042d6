"""Bringing in a model over the WebSocket: its files in pieces, each taken before too many follow, and its card.

``{"type": "bring", "id": 1, "files": [{"name": "net.pkl", "size": 364000000}], "generator": "main"}`` begins. The
stage answers with ``{"type": "brought", "id": 1, "state": …}``, again and again: ``receiving`` with ``taken``, the
bytes that it has written; ``reading`` with ``share`` and ``what``; ``found`` with what the file turned out to be;
``seen`` with its first ``picture``, a JPEG in base 64; ``waiting`` for the card; ``played`` at the end, or ``refused`` with a sentence. The files follow one after another
as binary messages: HEAD, then at most PIECE bytes. No more than WINDOW bytes may be on their way beyond ``taken``.
``{"type": "bring-card", "id": 1, "card": {…}}`` says whose work it is, ``bring-end`` gives up, and
``bring-back`` has the show play again what it played before.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from ..errors import BadPacket, LivegenError

MAGIC = b"LGB1"
HEAD = struct.Struct("<4sIQ")
"""Magic, id, how many bytes of all the files came before."""
PIECE = 256 << 10
"""Bytes of one piece at most."""
WINDOW = 1 << 20
"""Bytes that may be on their way."""
LARGEST = 2 << 30
"""Bytes of all files together."""
MOST_FILES = 64
LONGEST_NAME = 255
LONGEST_ANSWER = 2000
"""Characters of one answer on the card."""
MAX_ID = 0xFFFFFFFF


class File(msgspec.Struct):
    """One file that will come."""

    name: str
    size: int
    """Bytes."""


class Bring(msgspec.Struct, tag="bring"):
    """A model wants to come in."""

    id: int
    files: list[File]
    folder: str = ""
    """The name of the folder that they are from; empty: one file alone."""
    generator: str = ""
    """Instance of the patch that is to play it; empty: the first that fits."""
    play: bool = True
    """False: it only goes to the shelf."""


class BringCard(msgspec.Struct, tag="bring-card"):
    """Whose work is in it: fields of its card. What is said here of who plays it counts instead of what was."""

    id: int
    card: dict[str, str]
    generator: str = ""
    play: bool = True


class BringEnd(msgspec.Struct, tag="bring-end"):
    """Leave it."""

    id: int


class BringBack(msgspec.Struct, tag="bring-back"):
    """Play again what was played before."""

    id: int


@dataclass(frozen=True, slots=True)
class Piece:
    """The next bytes."""

    id: int
    offset: int
    payload: memoryview


Brings = Bring | BringCard | BringEnd | BringBack | Piece


def read(data: bytes, origin: str) -> Piece:
    """A binary message that begins with MAGIC. Raises BadPacket."""
    if not HEAD.size < len(data) <= HEAD.size + PIECE:
        raise BadPacket(
            f"{origin} sent a piece of {max(0, len(data) - HEAD.size)} bytes", hint=f"1 to {PIECE} at once", code="too_long"
        )
    _, id_, offset = HEAD.unpack_from(data)
    return Piece(id_, offset, memoryview(data)[HEAD.size :])


def bound(heard: Brings, origin: str) -> None:
    """Raises BadPacket for what is out of all proportion."""
    if not 0 <= heard.id <= MAX_ID:
        raise BadPacket(f"{origin} sent id {heard.id}", hint=f"0 to {MAX_ID}", code="bad_number")
    if isinstance(heard, BringCard) and (
        len(heard.card) > 16 or any(len(word) > LONGEST_ANSWER for pair in heard.card.items() for word in pair)
    ):
        raise BadPacket(f"{origin} sent a card that is too long", hint=f"{LONGEST_ANSWER} characters for an answer", code="too_long")
    if isinstance(heard, BringCard) and len(heard.generator) > LONGEST_NAME:
        raise BadPacket(f"{origin} sent a name of more than {LONGEST_NAME} characters", code="too_long")
    if not isinstance(heard, Bring):
        return
    total = sum(file.size for file in heard.files)
    if not 1 <= len(heard.files) <= MOST_FILES:
        raise BadPacket(f"{origin} wants to bring {len(heard.files)} files", hint=f"1 to {MOST_FILES}", code="too_many")
    if any(file.size < 1 for file in heard.files):
        raise BadPacket("an empty file is no model", code="bad_message")
    if total > LARGEST:
        raise BadPacket(
            f"the model has {total >> 20:,} MiB, and {LARGEST >> 20:,} are taken at most",
            hint="livegen import in a terminal reads no larger ones either", code="too_long",
        )  # fmt: skip
    if any(len(name) > LONGEST_NAME for name in (heard.folder, heard.generator, *(file.name for file in heard.files))):
        raise BadPacket(f"{origin} sent a name of more than {LONGEST_NAME} characters", code="too_long")


def told(id_: int, state: str, **more: Any) -> Mapping[str, Any]:
    """What the stage says of a model on its way in."""
    return {"type": "brought", "id": id_, "state": state, **more}


def refusal(id_: int, error: LivegenError) -> Mapping[str, Any]:
    """Our own sentence, never an internal one."""
    message = str(error.args[0] if error.args else "refused")
    return told(id_, "refused", code=error.code, message=message[:600], hint=error.hint[:300])
