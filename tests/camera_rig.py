"""A film of three greys, for whoever looks at pictures that move."""

import numpy as np
import pytest


@pytest.fixture
def film(tmp_path):
    """Three grey levels, a quarter of a second each, the left half black."""
    av = pytest.importorskip("av")
    with av.open(str(tmp_path / "greys.mp4"), "w") as file:
        stream = file.add_stream("mpeg4", rate=24)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 96, 64, "yuv420p", 2_000_000
        for number in range(18):
            pixels = np.full((64, 96, 3), (80, 160, 240)[number // 6], np.uint8)
            pixels[:, :48] = 0
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        file.mux(stream.encode())
    return tmp_path / "greys.mp4"
