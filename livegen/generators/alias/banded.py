"""Products with banded matrices, a block at a time: filters that read their neighbours only, along one axis."""

import torch
from torch import Tensor

Part = tuple[int, int, int, int, Tensor]
"""(first row, end, first column, end, the block)."""


class Banded:
    """A matrix of which each row has a few neighbouring values that are not zero, the same ones a step further
    in every block of rows: all blocks are one batch of small products."""

    def __init__(self, matrix: Tensor, block: int, step: int, dtype: torch.dtype = torch.float32) -> None:
        """``block`` rows reach ``step`` columns further than those before."""
        self.rows, self.columns = matrix.shape
        self.block, self.step, self.count = block, step, -(-self.rows // block)
        used = matrix.nonzero()
        shift = used[:, 1] - used[:, 0] // block * step
        first, self.wide = int(shift.min()), int(shift.max() - shift.min()) + 1
        self.before, self.first = max(0, -first), max(0, first)
        """Rows of zeros that what comes in has before its own, and after them what is missing to ``whole``."""
        self.whole = max(self.before + self.columns, (self.count - 1) * step + self.first + self.wide)
        values = matrix.new_zeros(block, self.wide)
        values[used[:, 0] % block, shift - first] = matrix[used[:, 0], used[:, 1]]
        self.values = values.to(dtype).expand(self.count, -1, -1)
        self.gain = float(matrix.abs().sum(1).max())
        """How much larger than the largest value coming in one going out may be."""

    def __call__(self, x_CN: Tensor, out_RN: Tensor) -> None:
        """(whole, N) -> (count * block, N), into ``out``; rows beyond ``rows`` mean nothing."""
        wide = x_CN.shape[1]
        start = x_CN.storage_offset() + self.first * wide
        blocks = x_CN.as_strided((self.count, self.wide, wide), (self.step * wide, wide, 1), start)
        torch.bmm(self.values, blocks, out=out_RN.view(self.count, self.block, wide))

    def edged(self, x_CN: Tensor) -> Tensor:
        """The part of ``x``, (whole or more, N), that values are to be put into; what is around them is made zero."""
        x_CN[: self.before].zero_()
        x_CN[self.before + self.columns :].zero_()
        return x_CN[self.before : self.before + self.columns]


def parts(matrix: Tensor, block: int, dtype: torch.dtype) -> list[Part]:
    """Blocks of rows of any matrix, each without the columns that are zero in all of them."""
    return [part(matrix, row, min(row + block, len(matrix)), dtype) for row in range(0, len(matrix), block)]


def part(matrix: Tensor, row: int, below: int, dtype: torch.dtype) -> Part:
    used = matrix[row:below].abs().amax(0).nonzero()[:, 0]
    left, right = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, 1)
    return row, below, left, right, matrix[row:below, left:right].to(dtype).contiguous()


class Room:
    """Memory that is used again and again, by name: fresh pages cost more than what is written to them."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        self.dtype = dtype
        self._held: dict[str, Tensor] = {}

    def __call__(self, name: str, *shape: int) -> Tensor:
        """A tensor of that shape with any values; whoever asks for the same name next gets the same memory."""
        count = 1
        for side in shape:
            count *= side
        held = self._held.get(name)
        if held is None or held.numel() < count:
            held = self._held[name] = torch.empty(count, dtype=self.dtype)
        return held[:count].view(shape)

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(held.numel() * held.element_size() for held in self._held.values())
