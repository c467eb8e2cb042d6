"""What livegen and TouchDesigner say to each other: frames as bytes, everything else as JSON texts.

Pure functions on plain values: no sockets, no TouchDesigner, standard library and numpy only,
Python 3.9 syntax (the oldest TouchDesigner Python this is meant for).
"""

import collections
import json
import math
import struct

import numpy as np

VERSION = 1
HEADER = struct.Struct("<4sBBBBHHIdHHI")
MAGIC = b"LGF1"
IMAGE, LATENT, STROKES = 1, 2, 3
CODECS = ("raw", "jpeg", "png", "webp")
BOTTOM_FIRST, BGRA, LAST = 1, 2, 4
"""Bits of a frame's flags: row 0 is the bottom row; channels are blue first; last of a sequence."""

Frame = collections.namedtuple(
    "Frame", "kind codec flags channels width height seq time stream applied payload"
)
"""One binary message, opened.

``codec`` is a word of CODECS, ``time`` server seconds, ``applied`` the number of the newest
``set`` of ours that the picture already contains, ``payload`` bytes.
"""

OWN_PATHS = ("z", "xy", "seed", "randomize", "reset", "freeze")
"""Names that stand beside a generator's ``params`` folder, not in it."""


def read_frame(data):
    """A binary message as a Frame. Raises ValueError with a sentence when it is not one."""
    if len(data) < HEADER.size:
        raise ValueError("a frame of %d bytes is shorter than its %d byte header" % (len(data), HEADER.size))
    magic, kind, codec, flags, channels, width, height, seq, at, stream, size, applied = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise ValueError("a binary message starts with %r instead of %r" % (bytes(magic), MAGIC))
    if not HEADER.size <= size <= len(data):
        raise ValueError("a frame says that its header has %d bytes, it has %d in all" % (size, len(data)))
    word = CODECS[codec] if codec < len(CODECS) else "codec %d" % codec
    payload = bytes(memoryview(data)[size:])
    if kind == IMAGE and word == "raw" and len(payload) != width * height * channels:
        raise ValueError("a raw frame of %dx%dx%d has %d bytes" % (width, height, channels, len(payload)))
    return Frame(kind, word, flags, channels, width, height, seq, at, stream, applied, payload)


def pixels(frame):
    """A raw frame as TouchDesigner wants it: (h, w, channels) uint8, RGBA, row 0 at the bottom, contiguous."""
    array = np.frombuffer(frame.payload, np.uint8).reshape(frame.height, frame.width, frame.channels)
    if not frame.flags & BOTTOM_FIRST:
        array = array[::-1]
    if frame.flags & BGRA and frame.channels == 4:
        array = array[:, :, [2, 1, 0, 3]]
    return np.ascontiguousarray(array)


def floats(frame):
    """A latent or stroke frame's payload as float32."""
    return np.frombuffer(frame.payload, "<f4")


def hello(generator="", codec="jpeg", max_fps=60, max_size=1024, quality=0, token="", name=""):
    """The first text on a new connection. An empty ``generator`` asks for every stream.

    Raw pixels are asked for bottom row first, as ``copyNumpyArray`` wants them; TouchDesigner's own
    JPEG loader wants the top row first, as in any file.
    """
    said = {
        "type": "hello", "client": "touchdesigner", "version": VERSION,
        "codec": [codec, "raw" if codec == "jpeg" else "jpeg"],
        "origin": "bottom-left" if codec == "raw" else "top-left",
        "maxFps": int(max_fps), "maxSize": int(max_size), "ack": True,
    }
    if generator:
        said["generators"] = [generator]
    if quality:
        said["quality"] = int(quality)
    if token:
        said["token"] = token
    if name:
        said["name"] = name
    return json.dumps(said)


def set_values(seq, values):
    """Parameter changes: ``values`` maps full addresses to a number, truth, text or a list of them.

    Raises ValueError for infinities and non-numbers, which JSON does not have.
    """
    return json.dumps({"type": "set", "seq": seq, "values": values}, allow_nan=False)


def ack(seq, stream):
    """The frame was taken; the server may send another."""
    return json.dumps({"type": "ack", "seq": seq, "stream": stream})


def say(word):
    """A message that is only its type: ``pause`` or ``resume``."""
    return json.dumps({"type": word})


def listen(pattern):
    """Ask to be told when others change parameters that match ``pattern``."""
    return json.dumps({"type": "listen", "pattern": pattern})


def restyle(quality, max_fps, max_size):
    """Change how pictures are sent to us, on the living connection."""
    said = {"type": "format", "maxFps": int(max_fps), "maxSize": int(max_size)}
    if quality:
        said["quality"] = int(quality)
    return json.dumps(said)


def read_text(text):
    """A text message as a dict that has a ``type``. Raises ValueError for anything else."""
    said = json.loads(text)
    if not isinstance(said, dict) or not isinstance(said.get("type"), str):
        raise ValueError("a text message without a type came: %.80s" % text)
    return said


def full_address(generator, name):
    """``name`` as a full address: ``hue`` is a parameter, ``z/0`` and ``seed`` belong to the
    generator itself, and what begins with a slash is complete already."""
    if name.startswith("/"):
        return name
    if "/" in name or name in OWN_PATHS:
        return "/livegen/%s/%s" % (generator, name)
    return "/livegen/%s/params/%s" % (generator, name)


def plain(value):
    """``value`` as JSON can carry it: numpy and TouchDesigner numbers become Python's own.

    Raises ValueError for infinities and non-numbers, TypeError for what is not a value at all.
    """
    if isinstance(value, (bool, str)) or value is None:
        return value
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, np.bool_):
        return bool(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("%r is not a finite number" % number)
    return number
