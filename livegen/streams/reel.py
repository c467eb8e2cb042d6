"""A reel: pictures of a running show into a film that can be watched however it ends.

The file is a fragmented one: what is older than half a second is in it, playable, whatever becomes of the program or
the machine. Pictures come when they come, each with its own time. An encoder cannot be told in the middle to take it
easier; so a reel goes on with another one, whose settings leave what stands in the file's head as it was.
"""

import math
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import BadValue, DoorMissing
from ..frame import Pixels
from .film import BT709, TICKS, TV, library

SUFFIXES = (".mp4", ".mkv")
RUNGS = ("faster", "veryfast", "superfast", "ultrafast")
"""x264's presets, the finest first: among these the head of a file stays the same."""
STEADY = (
    "ref=1:bframes=0:weightp=0:cabac=1:8x8dct=1:keyint=infinite:scenecut=0:"
    "rc-lookahead=0:sync-lookahead=0:sliced-threads=0:threads={threads}"
)
"""What all rungs share. Without frames that look ahead a picture is in the file as soon as it was encoded."""
QUALITY = "18"
FRAGMENT_S = 0.5
"""Seconds of film that a cut may cost."""
KEY_S = 1.0
"""Seconds between pictures that need no other."""
HYBRID, PLAIN = "hybrid_fragmented", "empty_moov+default_base_moof"
"""The first becomes a usual mp4 when it is closed; what is older than FFmpeg 8 may know the second only."""


class Pace(NamedTuple):
    """How hard the encoder has to work."""

    load: float = 0.0
    """Share of its time in which it encodes, over the last second or so."""
    calm: float = 0.0
    """Seconds for which that was little."""


BUSY, IDLE = 0.8, 0.25
"""Loads above which a reel should make less of it, and below which more."""
CALM_S = 8.0
"""Seconds of calm before it does."""
SPAN = 0.5
"""Seconds over which the load is taken."""


def paced(pace: Pace, took: float, since: float) -> Pace:
    """The pace after a picture that took ``took`` of the ``since`` seconds that have passed since the one before."""
    since = max(since, took, 1e-6)
    load = pace.load + (took / since - pace.load) * (1 - math.exp(-since / SPAN))
    return Pace(load, pace.calm + since if load < IDLE else 0.0)


class Reel:
    """One film, H.264."""

    def __init__(self, path: Path, size: tuple[int, int], fps: float, threads: int = 1) -> None:
        """``size``: (width, height), even. Raises DoorMissing, BadValue, OSError."""
        self._av = av = library()
        if size[0] % 2 or size[1] % 2:
            raise BadValue(f"a film of {size[0]} x {size[1]} cannot be encoded", hint="take even numbers")
        self.path, self.size, self.rung = path, size, 1
        self._rate, self._threads = Fraction(fps).limit_denominator(1001), threads
        self._file = self._opened()
        self._stream = self._file.add_stream("libx264", rate=self._rate)
        self._coder = self._set(self._stream.codec_context)
        self._last: Any = None
        self._pts, self._key = -TICKS, float("-inf")
        self.pictures = 0
        """How many were encoded, repeats not counted."""
        av.logging.set_level(av.logging.PANIC)
        self._file.start_encoding()

    def add(self, pixels: Pixels, at: float) -> None:
        """The picture, (H, W, 4) uint8, that is seen from ``at`` seconds on; of another size it is scaled."""
        frame = self._av.VideoFrame.from_ndarray(pixels, format="rgba")
        self._last = frame.reformat(
            width=self.size[0],
            height=self.size[1],
            format="yuv420p",
            dst_colorspace="ITU709",
            dst_color_range="MPEG",
        )
        self._encode(at)
        self.pictures += 1

    def again(self, at: float) -> None:
        """The last picture is still seen at ``at`` seconds."""
        if self._last is not None and round(at * TICKS) > self._pts:
            self._encode(at)

    def step(self, by: int) -> bool:
        """Go ``by`` rungs towards speed (or back towards quality); False at the end of the ladder."""
        rung = self.rung + by
        if not 0 <= rung < len(RUNGS):
            return False
        before, self.rung = self.rung, rung
        coder = self._set(self._av.CodecContext.create("libx264", "w"))
        coder.open()
        if self.pictures and coder.extradata != self._coder.extradata:  # another x264 than those we know
            self.rung = before
            return False
        self._mux(self._coder.encode(None))
        self._coder, self._key = coder, float("-inf")
        return True

    def close(self) -> None:
        """Finish the file."""
        if self._pts >= 0:
            self._mux(self._coder.encode(None))
        self._file.close()

    # Inside ----------------------------------------------------------------------------------

    def _opened(self) -> Any:
        if self.path.suffix.lower() == ".mkv":
            options = {"cluster_time_limit": str(int(FRAGMENT_S * 1000)), "flush_packets": "1"}
            return self._av.open(str(self.path), "w", format="matroska", options=options)
        micro = str(int(FRAGMENT_S * 1e6))
        try:
            options = {"movflags": HYBRID, "frag_duration": micro, "flush_packets": "1"}
            file = self._av.open(str(self.path), "w", format="mp4", options=options)
        except (ValueError, self._av.FFmpegError):
            options = {"movflags": PLAIN, "frag_duration": micro, "flush_packets": "1"}
            file = self._av.open(str(self.path), "w", format="mp4", options=options)
        return file

    def _set(self, coder: Any) -> Any:
        """An encoder of the present rung."""
        coder.width, coder.height, coder.pix_fmt = *self.size, "yuv420p"
        coder.framerate, coder.time_base = self._rate, Fraction(1, TICKS)
        coder.colorspace = coder.color_primaries = coder.color_trc = BT709
        coder.color_range = TV
        coder.flags |= self._av.codec.context.Flags.global_header
        coder.options = {
            "preset": RUNGS[self.rung], "crf": QUALITY, "forced-idr": "1", "x264-params": STEADY.format(threads=self._threads),
        }  # fmt: skip
        return coder

    def _encode(self, at: float) -> None:
        frame, kinds = self._last, self._av.video.frame.PictureType
        # A picture may be seen no earlier than the one before, however late that one came.
        self._pts = max(round(at * TICKS), self._pts + TICKS // 1000)
        frame.pts, frame.time_base = self._pts, Fraction(1, TICKS)
        key = self._pts / TICKS - self._key >= KEY_S
        frame.pict_type = kinds.I if key else kinds.NONE
        if key:
            self._key = self._pts / TICKS
        self._mux(self._coder.encode(frame))

    def _mux(self, packets: Any) -> None:
        for packet in packets:
            packet.stream = self._stream
            self._file.mux(packet)


def suited(path: Path) -> Path:
    """``path``, if a show can be filmed into it. Raises BadValue."""
    if path.suffix.lower() not in SUFFIXES:
        raise BadValue(f"no show can be filmed into {path.name[-60:]}", hint=f"{' or '.join(SUFFIXES)}")
    return path


def missing() -> DoorMissing | None:
    """Why no film can be written here, without waking the library."""
    try:
        found = find_spec("av") is not None
    except ValueError:
        found = False
    return None if found else DoorMissing("films need PyAV", hint="pip install 'livegen[video]'")
