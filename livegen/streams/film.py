"""Films: pictures with their times into a file, by PyAV: ``pip install 'livegen[video]'``.

What stands in ``KINDS``: H.264 for the web and the projector, ProRes for editing, FFV1 without any loss; a folder
gets numbered PNGs. A film can be written in parts, which are joined without encoding anything again.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from PIL import Image

from ..errors import BadValue, DoorMissing
from ..frame import Pixels

TICKS = 90_000
"""A second in the units of a film's times."""
BT709, TV = 1, 1
"""FFmpeg's numbers for the colours of high definition and their range."""
PART = ".part"


class Kind(NamedTuple):
    """How a film is encoded."""

    codec: str
    format: str
    """Of its pixels."""
    options: dict[str, str]
    sound: str
    """What sound becomes."""
    part: str = "nut"
    """What parts are kept in: one that keeps times exactly."""


# Without frames that look ahead, parts can be put one after the other.
KINDS = {
    ".mp4": Kind("libx264", "yuv420p", {"crf": "16", "preset": "medium", "bf": "0"}, "aac"),
    ".mov": Kind("prores_ks", "yuv422p10le", {"profile": "3"}, "pcm_s16le", "mov"),
    ".mkv": Kind("ffv1", "bgr0", {"level": "3"}, "pcm_s16le"),
}


class Film(Protocol):
    """Takes pictures in order."""

    def add(self, pixels: Pixels, at: float) -> None:
        """A picture, (H, W, 4) uint8, that is seen from ``at`` seconds on."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class Stills:
    """Numbered PNGs in a folder."""

    def __init__(self, folder: Path, first: int = 0) -> None:
        self.folder, self.count = folder, first
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, pixels: Pixels, at: float) -> None:
        """Write the next one."""
        beside = self.folder / f".{self.count:06d}.part"
        with beside.open("wb") as file:
            Image.fromarray(pixels[..., :3]).save(file, "png", compress_level=3)
        beside.replace(self.folder / still(self.count))
        self.count += 1

    def close(self) -> None:
        """Every picture is finished already."""


class Video:
    """One part of a film, without sound."""

    def __init__(self, path: Path, kind: Kind, size: tuple[int, int], fps: float) -> None:
        """``size``: (width, height), both even. Raises DoorMissing, BadValue."""
        av = library()
        if size[0] % 2 or size[1] % 2:
            raise BadValue(f"a film of {size[0]} x {size[1]} cannot be encoded", hint="take even numbers")
        rate = Fraction(fps).limit_denominator(1001)
        self._file = av.open(str(path), "w", format=kind.part)
        self._stream = self._file.add_stream(kind.codec, rate=rate, options=kind.options)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = kind.format
        self._stream.codec_context.time_base = Fraction(1, TICKS)
        if kind.format != "bgr0":
            context = self._stream.codec_context
            context.colorspace = context.color_primaries = context.color_trc = BT709
            context.color_range = TV
        self._kind, self._av, self._last = kind, av, -1

    def add(self, pixels: Pixels, at: float) -> None:
        """Encode a picture; one that comes no later than the one before is left out."""
        pts = round(at * TICKS)
        if pts <= self._last:
            return
        frame = self._av.VideoFrame.from_ndarray(pixels, format="rgba")
        more = {} if self._kind.format == "bgr0" else {"dst_colorspace": "ITU709", "dst_color_range": "MPEG"}
        frame = frame.reformat(format=self._kind.format, **more)
        frame.pts, frame.time_base, self._last = pts, Fraction(1, TICKS), pts
        self._file.mux(self._stream.encode(frame))

    def close(self) -> None:
        """Write what the encoder still holds, and the end of the file."""
        self._file.mux(self._stream.encode(None))
        self._file.close()


def still(number: int) -> str:
    """What the picture of that number is called, such as ``000120.png``."""
    return f"{number:06d}.png"


def kind_of(path: Path) -> Kind | None:
    """How the film at ``path`` is encoded; None: a folder of PNGs. Raises BadValue for another ending."""
    if not path.suffix:
        return None
    if path.suffix.lower() not in KINDS:
        raise BadValue(f"no film can be written as {path.name[-60:]}", hint=f"{', '.join(KINDS)}, or a folder for PNGs")
    return KINDS[path.suffix.lower()]


def joined(parts: Sequence[Path], path: Path, kind: Kind, sound: Path | None = None) -> None:
    """Put parts one after the other into one film, with the sound of a file, which ends when the film does.

    Raises DoorMissing, BadValue when the sound cannot be read.
    """
    av = library()
    beside = path.with_name(f".{path.stem}.part{path.suffix}")
    options = {"movflags": "faststart"} if path.suffix.lower() != ".mkv" else {}
    with av.open(str(beside), "w", options=options) as film:
        stream = None
        heard = opened(av, sound) if sound is not None else None
        voice = film.add_stream(kind.sound, rate=heard.streams.audio[0].rate) if heard is not None else None
        coming = iter(()) if heard is None else sounds(voice, heard, ends(av, parts))
        sounding = next(coming, None)
        for part in parts:
            with av.open(str(part)) as source:
                video = source.streams.video[0]
                stream = stream or film.add_stream_from_template(video)
                for packet in source.demux(video):
                    if packet.dts is None:
                        continue
                    # Sound and pictures of one moment lie side by side, so that a player need not look elsewhere.
                    while sounding is not None and sounding[0] <= packet.dts * packet.time_base:
                        film.mux(sounding[1])
                        sounding = next(coming, None)
                    packet.stream = stream
                    film.mux(packet)
        if sounding is not None:
            film.mux([sounding[1], *(packet for _, packet in coming)])
        if heard is not None:
            heard.close()
    beside.replace(path)


def ends(av: Any, parts: Sequence[Path]) -> Fraction:
    """When the last picture of all parts ends, in seconds."""
    with av.open(str(parts[-1])) as source:
        packets = [packet for packet in source.demux(source.streams.video[0]) if packet.dts is not None]
    return max((Fraction((packet.pts + (packet.duration or 0)) * packet.time_base) for packet in packets), default=Fraction(0))


def audible(sound: Path) -> None:
    """Raises DoorMissing, and BadValue when a file cannot be heard."""
    opened(library(), sound).close()


def opened(av: Any, sound: Path) -> Any:
    try:
        found = av.open(str(sound))
    except (OSError, av.FFmpegError) as error:
        raise BadValue(f"the sound {sound.name[-60:]} cannot be read: {error.strerror or error}") from None
    if not found.streams.audio:
        raise BadValue(f"there is no sound in {sound.name[-60:]}")
    return found


def sounds(voice: Any, heard: Any, end: Fraction) -> Iterator[tuple[Fraction, Any]]:
    """The sound encoded anew, until ``end`` seconds: when each packet is heard, and the packet."""
    at = Fraction(0)
    for frame in chain(counted(heard, end), (None,)):
        for packet in voice.encode(frame):
            at = packet.pts * packet.time_base if packet.pts is not None else at
            yield at, packet


def counted(heard: Any, end: Fraction) -> Iterator[Any]:
    """The sound's frames, their times counted from the beginning."""
    samples = 0
    for frame in heard.decode(audio=0):
        if Fraction(samples, frame.sample_rate) >= end:
            return
        frame.pts, frame.time_base = samples, Fraction(1, frame.sample_rate)
        samples += frame.samples
        yield frame


def times(path: Path) -> Iterable[float]:
    """The seconds at which a film's pictures are seen."""
    av = library()
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            yield float(frame.pts * frame.time_base)


def library() -> Any:
    """PyAV. Raises DoorMissing with the line that installs it."""
    try:
        import av
    except ImportError:
        raise DoorMissing("films need PyAV", hint="pip install 'livegen[video]'") from None
    return av
