"""Products with banded matrices, a block at a time: filters that read their neighbours only, along one axis."""

import torch
from torch import Tensor

WIDE = 4096
"""Values beside each other that one product takes: of more, the rows leave the cache before they are used again."""
Part = tuple[int, int, int, int, Tensor]
"""(first row, end, first column, end, the block)."""


class Banded:
    """A matrix of which each row has a few neighbouring values that are not zero."""

    def __init__(self, matrix: Tensor, block: int, dtype: torch.dtype = torch.float32) -> None:
        """``block``: how many rows are made by one product."""
        self.rows, self.columns = matrix.shape
        self.parts = [part(matrix, row, min(row + block, self.rows), dtype) for row in range(0, self.rows, block)]
        self.gain = float(matrix.abs().sum(1).max())
        """How much larger than the largest value coming in one going out may be."""

    def __call__(self, x_CN: Tensor, out_RN: Tensor) -> None:
        """(columns, N) -> (rows, N), into ``out``."""
        for row, below, left, right, values in self.parts:
            product(values, x_CN[left:right], out_RN[row:below])


def product(values_RC: Tensor, x_CN: Tensor, out_RN: Tensor) -> None:
    for start in range(0, x_CN.shape[1], WIDE):
        torch.mm(values_RC, x_CN[:, start : start + WIDE], out=out_RN[:, start : start + WIDE])


def part(matrix: Tensor, row: int, below: int, dtype: torch.dtype) -> Part:
    """The rows, without the columns that are zero in all of them."""
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
