"""Bytes to pixels: pictures that clients show. Called from decoding threads only, with bytes that anybody may
have sent: what they say about their size was checked before."""

import io

import numpy as np
import simplejpeg
from PIL import Image

from ..errors import BadPacket
from ..frame import Pixels
from ..wire import packet
from ..wire.shown import LONGEST, Shown


def decode(shown: Shown, size: tuple[int, int]) -> Pixels:
    """The picture in ``size`` (width, height): its middle, (h, w, 3) uint8. Raises BadPacket.

    A JPEG is decoded at a half, a quarter or an eighth of its size where that is enough.
    """
    try:
        pixels = _READERS[shown.codec](shown, size)
    except BadPacket:
        raise
    except Exception as error:  # whatever broken bytes make a decoder raise
        words = str(error).strip().splitlines()
        raise BadPacket(
            f"a {shown.codec} of {len(shown.payload)} bytes cannot be read: {words[0][:120] if words else type(error).__name__}",
            hint="send it whole", code="bad_image",
        ) from None  # fmt: skip
    if shown.flags & packet.BOTTOM:
        pixels = pixels[::-1]
    return fitted(np.ascontiguousarray(pixels), size)


def fitted(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """(H, W, 3) cut to the aspect of ``size`` around its middle, and scaled to it, averaged."""
    height, width = pixels.shape[:2]
    if (width, height) == size:
        return pixels
    scale = max(size[0] / width, size[1] / height)
    half = size[0] / scale / 2, size[1] / scale / 2
    box = (width / 2 - half[0], height / 2 - half[1], width / 2 + half[0], height / 2 + half[1])
    image = Image.fromarray(pixels)
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box, reducing_gap=2.0))


def _jpeg(shown: Shown, size: tuple[int, int]) -> Pixels:
    found: Pixels = simplejpeg.decode_jpeg(
        shown.payload, colorspace="RGB", fastdct=True, fastupsample=True, min_height=size[1], min_width=size[0], min_factor=1
    )
    return found


def _png(shown: Shown, size: tuple[int, int]) -> Pixels:
    with Image.open(io.BytesIO(shown.payload), formats=("PNG",)) as image:
        if max(image.size) > LONGEST:
            raise BadPacket(f"a png of {image.width} x {image.height}", hint=f"at most {LONGEST} a side", code="bad_image")
        if image.has_transparency_data:
            return _on_black(np.asarray(image.convert("RGBA")))
        return np.asarray(image.convert("RGB"))


def _raw(shown: Shown, size: tuple[int, int]) -> Pixels:
    width, height = shown.size
    pixels = np.frombuffer(shown.payload, np.uint8).reshape(height, width, shown.channels)
    if shown.flags & packet.BGRA:
        pixels = pixels[..., [2, 1, 0, *range(3, shown.channels)]]
    return _on_black(pixels) if shown.channels == 4 else pixels


def _on_black(pixels: Pixels) -> Pixels:
    """RGBA as it looks on black, as a canvas shows what is not painted."""
    alpha = pixels[..., 3:]
    if alpha.min() == 255:
        return pixels[..., :3]
    return ((pixels[..., :3].astype(np.uint16) * alpha + 127) // 255).astype(np.uint8)


_READERS = {"jpeg": _jpeg, "png": _png, "raw": _raw}
