"""Reading pictures: every kind that artists have, and what is done about those that cannot be used."""

import numpy as np
import pytest
from PIL import Image

from livegen.training import pictures
from livegen.training.manifest import DataRefused
from livegen.training.pictures import Framing, load

RED, GREEN = (200, 30, 30), (30, 160, 40)


def halves(width, height):
    """Red on the left, green on the right."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:, : width // 2], pixels[:, width // 2 :] = RED, GREEN
    return Image.fromarray(pixels)


def only(place, **framing):
    """The single picture of a folder, (H, W, 3)."""
    return load(place, Framing(**{"size": (32, 32), **framing})).pixels[0].transpose(1, 2, 0)


def test_pictures_come_upright(tmp_path):
    """A phone lays its picture on the side and says so in EXIF: 6 is a quarter turn."""
    exif = Image.Exif()
    exif[0x0112] = 6
    halves(64, 32).save(tmp_path / "a.png", exif=exif)
    found = load(tmp_path, Framing(size=(16, 32)))
    pixels = found.pixels[0].transpose(1, 2, 0)
    assert (32, 64) == found.seen[0].size
    assert np.abs(pixels[4, 8] - np.array(RED)).max() < 12
    assert np.abs(pixels[28, 8] - np.array(GREEN)).max() < 12


def test_the_frame_need_not_be_square(tmp_path):
    """(width, height) asked, (N, 3, height, width) given."""
    halves(60, 80).save(tmp_path / "a.png")
    assert (1, 3, 64, 48) == load(tmp_path, Framing(size=(48, 64))).pixels.shape


def test_transparency_shows_the_ground(tmp_path):
    """The artist's choice of ground stands behind it, without a fringe."""
    layered = Image.new("RGBA", (32, 32), (255, 255, 255, 0))
    layered.paste((*RED, 255), (8, 8, 24, 24))
    layered.save(tmp_path / "a.png")
    pixels = only(tmp_path, ground=(10, 20, 90))
    assert {(10, 20, 90), RED} == {tuple(int(v) for v in row) for row in pixels.reshape(-1, 3)}


@pytest.mark.parametrize("mode", ["L", "P", "LA", "CMYK", "1", "I;16", "RGBA"])
def test_every_mode_becomes_colours(tmp_path, mode):
    """Grey, palette, print colours, sixteen bits: a light square on dark stays one."""
    square = Image.new("L", (32, 32), 20)
    square.paste(230, (8, 8, 24, 24))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(square).astype(np.uint16) * 257)
    else:
        image = square.convert("RGB").convert(mode)
    image.save(tmp_path / f"a.{'tif' if mode in ('CMYK', 'I;16') else 'png'}")
    pixels = only(tmp_path).astype(int)
    assert pixels[16, 16].min() > 180
    assert pixels[2, 2].max() < 60


def test_a_frame_is_filled_fitted_or_pulled(tmp_path):
    """crop cuts off, fit shows the ground, stretch does neither."""
    halves(64, 32).save(tmp_path / "a.png")
    crop, fit, stretch = (only(tmp_path, mode=mode, ground=(0, 0, 255)) for mode in pictures.MODES)
    assert (0, 0, 255) == tuple(fit[2, 16])
    assert all(255 not in row for row in (crop[2, 16], stretch[2, 16]))
    # Pulled together, the seam stays in the middle and each half keeps half.
    assert np.abs(stretch[16, 2] - np.array(RED)).max() < 12
    assert np.abs(crop[16, 30] - np.array(GREEN)).max() < 12


def test_pixel_art_keeps_its_pixels(tmp_path):
    """Few colours that grow by a whole factor are not smoothed; a photograph is."""
    art = np.zeros((16, 16, 3), np.uint8)
    art[::2, ::2] = 255
    Image.fromarray(art).save(tmp_path / "a.png")
    assert {0, 255} == set(np.unique(only(tmp_path)))
    noise = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    assert not np.array_equal(noise.repeat(2, 0).repeat(2, 1), only(tmp_path))


def test_what_cannot_be_used_is_named_and_left_out(tmp_path):
    """A cut-off file, a lie, a bomb, a speck, a copy: each with its reason, and the rest is read."""
    rng = np.random.default_rng(3)
    Image.fromarray(rng.integers(0, 256, (64, 64, 3)).astype(np.uint8)).save(tmp_path / "good.jpg", quality=95)
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "good.jpg").read_bytes()[:900])
    (tmp_path / "lie.png").write_text("no picture")
    (tmp_path / "again.jpg").write_bytes((tmp_path / "good.jpg").read_bytes())
    (tmp_path / "phone.heic").write_bytes(b"0" * 30)
    Image.new("1", (10_000, 9_000)).save(tmp_path / "bomb.png")
    Image.new("RGB", (4, 4)).save(tmp_path / "speck.png")
    found = load(tmp_path, Framing())
    assert 1 == len(found)
    reasons = {each.name: each.why for each in found.left_out}
    assert {"cut.jpg", "lie.png", "good.jpg", "phone.heic", "bomb.png", "speck.png"} == set(reasons)
    assert "damaged" in reasons["cut.jpg"]
    assert "no picture" in reasons["lie.png"]
    assert "the same file as again.jpg" == reasons["good.jpg"]
    assert "80 million" in reasons["bomb.png"]
    assert "4 x 4" in reasons["speck.png"]
    assert "JPEG" in reasons["phone.heic"]


def test_nothing_to_read_is_a_sentence(tmp_path):
    """An empty folder, a missing one, one whose only file is broken."""
    with pytest.raises(DataRefused, match="there is no picture in"):
        load(tmp_path, Framing())
    with pytest.raises(DataRefused, match=r"there is no .*nowhere"):
        load(tmp_path / "nowhere", Framing())
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(DataRefused, match=r"a\.png: it is no picture that can be read"):
        load(tmp_path, Framing())


def test_folders_below_are_read_and_hidden_files_are_not(tmp_path):
    """Names in the manifest are relative, with forward slashes."""
    (tmp_path / "one" / "two").mkdir(parents=True)
    (tmp_path / ".trash").mkdir()
    halves(32, 32).save(tmp_path / "one" / "two" / "a.png")
    halves(32, 16).save(tmp_path / ".trash" / "b.png")
    assert ["one/two/a.png"] == [each.name for each in load(tmp_path, Framing()).entries]


def test_a_list_of_files_is_as_good_as_a_folder(tmp_path):
    """One path on each line of a text file."""
    for name in ("a", "b", "c"):
        halves(32, ord(name)).save(tmp_path / f"{name}.png")
    (tmp_path / "mine.txt").write_text("a.png\n\nc.png\n")
    assert ["a.png", "c.png"] == [each.name for each in load(tmp_path / "mine.txt", Framing()).entries]


def test_many_pictures_lie_on_the_disk_and_are_read_once(tmp_path, monkeypatch, folder):
    """Beyond LARGE they are an array in a file; the next start takes it up, unless a picture changed."""
    monkeypatch.setattr(pictures, "LARGE", 100)
    told = []
    first = load(folder, Framing(size=(16, 16)), cache=tmp_path / "cache", tell=lambda done, total: told.append((done, total)))
    assert (40, 40) == told[-1]
    told.clear()
    again = load(folder, Framing(size=(16, 16)), cache=tmp_path / "cache", tell=lambda done, total: told.append(done))
    assert [] == told
    assert isinstance(again.pixels, np.memmap)
    assert np.array_equal(first.pixels, again.pixels)
    assert (first.entries, first.twins, first.framing) == (again.entries, again.twins, again.framing)
    halves(8, 8).save(folder / "00.png")
    load(folder, Framing(size=(16, 16)), cache=tmp_path / "cache", tell=lambda done, total: told.append(done))
    assert 40 == len(told)
