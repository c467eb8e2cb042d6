"""From the numbers of a net to the pixels of a frame: bytes first, then their size.

Bytes are a quarter of the numbers' weight, and torch scales them with the vector instructions of the
processor: 256 x 256 to 512 x 512 in half a millisecond, a sixteenth of what numbers take.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from ...frame import Pixels
from .shape import FITS as FITS


def as_bytes(x_NCHW: Tensor, into: Tensor | None = None) -> Tensor:
    """-1..1, (N, 1, 3 or 4, H, W) -> (N, 4, H, W) uint8 RGBA, channels last; what lies beyond is cut.

    What a net leaves transparent stands before black, for streams that know no alpha; alpha goes along.
    ``into``: (N, H, W, 4) uint8 to write them to.
    """
    n, count, high, wide = x_NCHW.shape
    alpha = None
    if count == 4:
        alpha = (x_NCHW[:, 3:].float() * 0.5 + 0.5).clamp_(0.0, 1.0)
        x_NCHW = (x_NCHW[:, :3].float().clamp(-1.0, 1.0) + 1.0) * alpha - 1.0
    made = torch.empty((n, high, wide, 4), dtype=torch.uint8, device=x_NCHW.device) if into is None else into
    # Planes first: to change type, cut and take apart in one pass is twice as slow.
    planes = (x_NCHW.float() * 127.5).add_(128.0).clamp_(0.0, 255.0).to(torch.uint8)
    made[..., :3] = planes.permute(0, 2, 3, 1)
    made[..., 3] = 255 if alpha is None else (alpha[:, 0] * 255.0 + 0.5).to(torch.uint8)
    return made.permute(0, 3, 1, 2)


def framed(bytes_NCHW: Tensor, size: tuple[int, int], fit: str = "cover") -> Tensor:
    """RGBA bytes at ``size`` (width, height), bicubic, smoothed where they get smaller."""
    high, wide = bytes_NCHW.shape[-2:]
    if (wide, high) == size:
        return bytes_NCHW
    if fit == "stretch" or wide * size[1] == high * size[0]:
        return scaled(bytes_NCHW, size)
    if fit == "contain":
        return contained(bytes_NCHW, size)
    kept = cropped((wide, high), size)
    x, y = (wide - kept[0]) // 2, (high - kept[1]) // 2
    return scaled(bytes_NCHW[:, :, y : y + kept[1], x : x + kept[0]], size)


def cropped(size: tuple[int, int], into: tuple[int, int]) -> tuple[int, int]:
    """The largest part of ``size`` with the aspect of ``into``, (width, height)."""
    scale = max(into[0] / size[0], into[1] / size[1])
    return max(1, min(size[0], round(into[0] / scale))), max(1, min(size[1], round(into[1] / scale)))


def contained(bytes_NCHW: Tensor, size: tuple[int, int]) -> Tensor:
    high, wide = bytes_NCHW.shape[-2:]
    scale = min(size[0] / wide, size[1] / high)
    inner = max(1, min(size[0], round(wide * scale))), max(1, min(size[1], round(high * scale)))
    made = torch.zeros((len(bytes_NCHW), size[1], size[0], 4), dtype=torch.uint8, device=bytes_NCHW.device)
    made[..., 3] = 255
    x, y = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    made[:, y : y + inner[1], x : x + inner[0]] = scaled(bytes_NCHW, inner).permute(0, 2, 3, 1)
    return made.permute(0, 3, 1, 2)


def scaled(bytes_NCHW: Tensor, size: tuple[int, int]) -> Tensor:
    shape = (size[1], size[0])
    if bytes_NCHW.device.type == "cpu":
        return F.interpolate(bytes_NCHW, shape, mode="bicubic", antialias=True)
    # Other devices scale numbers only.
    numbers = F.interpolate(bytes_NCHW.float(), shape, mode="bicubic", antialias=True)
    return numbers.add_(0.5).clamp_(0.0, 255.0).to(torch.uint8)


def put(bytes_NCHW: Tensor, out: Pixels) -> None:
    """Copy the one picture in ``bytes_NCHW`` into ``out`` (H, W, 4)."""
    torch.from_numpy(out).copy_(bytes_NCHW[0].permute(1, 2, 0))


def shown(x_1CHW: Tensor, out: Pixels, fit: str = "cover") -> bool:
    """Put -1..1, (1, 3, height, width), into ``out``, (H, W, 4) uint8 of any size. Whether all was finite;
    if not, ``out`` is as it was."""
    if not bool(x_1CHW.sum().isfinite()):
        return False
    there = torch.from_numpy(out)
    if x_1CHW.device.type == "cpu" and x_1CHW.shape[-2:] == there.shape[:2]:
        as_bytes(x_1CHW, there[None])
    else:
        put(framed(as_bytes(x_1CHW), (out.shape[1], out.shape[0]), fit), out)
    return True
