"""Contact sheets, looked at pixel by pixel."""

import numpy as np
import pytest
from PIL import Image

from livegen.training import sheet
from livegen.training.sheet import Caption, add, as_pictures, fitting, grid, index, spoken_time


def flat(count, height=16, width=16, shade=0):
    """Pictures that are one grey each: the first darkest."""
    values = np.linspace(20, 230, count).astype(np.uint8) - shade
    return np.ones((count, 3, height, width), np.uint8) * values[:, None, None, None]


def test_every_picture_is_where_the_index_says(tmp_path):
    """So that the film can cut them out again."""
    path = add(tmp_path, flat(12), Caption(5, 1.0))
    row = index(tmp_path)[0]
    pixels = np.asarray(Image.open(path).convert("L")).astype(int)
    for i, shade in enumerate(np.linspace(20, 230, 12).astype(int)):
        left, top, right, bottom = sheet._box(row, i)
        assert abs(pixels[(top + bottom) // 2, (left + right) // 2] - shade) < 4


def test_the_film_shows_the_same_seeds_over_time(tmp_path):
    """Early on the left, late on the right, a row for each seed."""
    for step in range(5):
        add(tmp_path, flat(9, shade=5 * step), Caption(step, float(step)))
    film = np.asarray(Image.open(tmp_path / "samples" / "film.jpg").convert("L")).astype(int)
    cell = index(tmp_path)[0].cell[0] + sheet.GAP
    first_row = [film[cell // 2, cell // 2 + cell * i] for i in range(5)]
    assert first_row == sorted(first_row, reverse=True)
    assert film[cell // 2, cell // 2] < film[cell // 2 + cell * 7, cell // 2]


def test_a_resumed_run_takes_back_later_sheets(tmp_path):
    """Steps that are done again are shown again."""
    for step in (1, 2, 3, 2):
        add(tmp_path, flat(4), Caption(step, float(step)))
    assert [1, 2] == [row.step for row in index(tmp_path)]


def test_sheets_stay_few(tmp_path, monkeypatch):
    """However long a run is, the first and the newest stay."""
    monkeypatch.setattr(sheet, "MOST_SHEETS", 6)
    for step in range(20):
        add(tmp_path, flat(4), Caption(step, float(step)))
    rows = index(tmp_path)
    assert (6, 0, 19) == (len(rows), rows[0].step, rows[-1].step)
    assert 6 == len(list((tmp_path / "samples").glob("0*.jpg")))


@pytest.mark.parametrize("shape", [(4, 3, 16, 24), (4, 16, 24, 3)])
def test_channels_may_come_first_or_last(shape):
    """Torch's way and Pillow's."""
    assert (4, 16, 24, 3) == as_pictures(np.zeros(shape, np.uint8)).shape


def test_what_is_no_pictures_is_refused():
    """Grey, or a single one."""
    with pytest.raises(ValueError, match="samples of shape"):
        as_pictures(np.zeros((16, 16, 3), np.uint8))


def test_small_pictures_grow_by_whole_factors_and_large_ones_shrink():
    """Pixels stay square, and a sheet fits on a screen."""
    assert [(192, 96), (160, 160), (137, 274)] == [
        fitting((64, 32), 250), fitting((32, 32), 190), fitting((256, 512), 137)
    ]  # fmt: skip
    for count, side in ((4, 512), (64, 64), (100, 128), (1, 8)):
        picture, _, _ = grid(np.zeros((count, side, side, 3), np.uint8), "caption")
        assert picture.width <= sheet.WIDTH


def test_rows_may_be_as_long_as_the_loop_says(tmp_path):
    """A loop that shows pictures above what became of them."""
    add(tmp_path, flat(12), Caption(1, 1.0), 6)
    assert 6 == index(tmp_path)[0].columns


def test_time_is_spoken():
    """As a person says it."""
    assert ["40 s", "12 min", "3.5 h"] == [spoken_time(s) for s in (40, 720, 12600)]
