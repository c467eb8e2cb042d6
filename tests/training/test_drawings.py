"""Whatever an artist's drawings lie in, they come out as the same steps of a pen."""

import json

import numpy as np
import pytest

from livegen.training.drawings import (
    FEWEST,
    LONGEST,
    NoDrawings,
    drawing_of,
    kept,
    lines_of,
    load,
    points,
    simplified,
)

LINES = [np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 0.0]]), np.array([[1.0, 2.0], [5.0, 2.0]])]
"""A letter A: two strokes."""


def letters(count=FEWEST + 5):
    return [drawing_of([line * (1 + i / count) for line in LINES]) for i in range(count)]


def as_objects(drawings):
    held = np.empty(len(drawings), object)
    held[:] = drawings
    return held


def write_npz(folder):
    drawings = [np.round(drawing * 50).astype(np.int16) for drawing in letters()]
    for drawing in drawings:
        drawing[:, 2] = drawing[:, 2] > 0
    np.savez(folder / "a.npz", train=as_objects(drawings), valid=as_objects(drawings[:3]), test=as_objects(drawings[:2]))


def write_npy(folder):
    for i, drawing in enumerate(letters()):
        np.save(folder / f"{i}.npy", drawing)


def write_json(folder):
    (folder / "a.json").write_text(json.dumps([drawing.tolist() for drawing in letters()]))


def write_csv(folder):
    rows = [f"{dx},{dy},{int(pen)}" for drawing in letters() for dx, dy, pen in [*drawing[:-1], (*drawing[-1][:2], 2)]]
    (folder / "a.csv").write_text("dx,dy,pen\n" + "\n".join(rows))


def write_studio(folder):
    rows = [{"strokes": [(line * (1 + i / 25)).tolist() for line in LINES]} for i in range(FEWEST + 5)]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")


def write_quickdraw(folder):
    rows = [{"word": "a", "drawing": [(line.T * (1 + i / 25)).tolist() for line in LINES]} for i in range(FEWEST + 5)]
    (folder / "a.ndjson").write_text("\n".join(map(json.dumps, rows)))


def write_svg(folder):
    for i in range(FEWEST + 5):
        size = 1 + i / 25
        (folder / f"{i}.svg").write_text(
            f'<svg><g transform="scale({size})"><path d="M0 0L3 4L6 0"/><line x1="1" y1="2" x2="5" y2="2"/></g></svg>'
        )


@pytest.mark.parametrize(
    "write", [write_npz, write_npy, write_json, write_csv, write_studio, write_quickdraw, write_svg]
)
def test_every_format_gives_the_same_letter(tmp_path, write):
    """Two strokes of three and two points around their middle, as large as the rest makes them."""
    write(tmp_path)
    found = load(tmp_path)
    assert FEWEST + 5 == found.count - (5 if write is write_npz else 0)
    for drawing in found.train:
        assert [0, 0, 1, 0, 1] == drawing[:, 2].tolist()
        first, second = lines_of(drawing)
        size = np.ptp(points(drawing)[:, 0])
        assert np.allclose(np.array(LINES[0]) - (3, 2), first * 6 / size, atol=0.06)
        assert np.allclose(np.array(LINES[1]) - (3, 2), second * 6 / size, atol=0.06)
    assert np.concatenate(found.train)[:, :2].std() == pytest.approx(1, abs=1e-5)


def test_files_that_say_what_is_held_out_are_believed(tmp_path):
    write_npz(tmp_path)
    found = load(tmp_path / "a.npz")
    assert (FEWEST + 5, 3, 2) == (len(found.train), len(found.held), len(found.test))


def test_otherwise_one_in_twenty_is_held_out(tmp_path):
    write_json(tmp_path)
    found = load(tmp_path)
    assert (FEWEST + 5 - 2, 2, 0) == (len(found.train), len(found.held), len(found.test))


def test_drawing_and_lines_are_each_other_s_reverse():
    """The first step leads from the middle to the first point."""
    drawing = drawing_of(LINES)
    middle = np.array([3, 2])
    assert np.allclose([0 - 3, 0 - 2], drawing[0, :2])
    for line, again in zip(LINES, lines_of(drawing), strict=True):
        assert np.allclose(line - middle, again)


def test_points_on_a_straight_line_go_and_corners_stay():
    line = np.array([[0, 0], [1, 0.0001], [2, 0], [2, 1], [2, 2.0]])
    assert [True, False, True, False, True] == kept(line, 0.01).tolist()


def test_a_circle_keeps_its_shape_with_few_points():
    """No point of the drawn circle lies further beside the simplified one than promised."""
    angle = np.linspace(0, 2 * np.pi, 2000)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    (line,) = lines_of(simplified(drawing_of([circle])))
    assert 12 < len(line) < 80
    middles = (line[1:] + line[:-1]) / 2
    assert 1 - np.hypot(*middles.T).min() < 0.01


def test_a_long_scribble_is_simplified_until_it_fits():
    draw = np.random.default_rng(0)
    scribble = np.cumsum(draw.standard_normal((5000, 2)), axis=0)
    assert 20 < len(simplified(drawing_of([scribble]))) <= LONGEST
    assert 0 == len(simplified(drawing_of([scribble[i : i + 2] for i in range(0, 1000, 2)])))


def test_broken_files_are_left_out_and_named(tmp_path):
    """The rest is learned from all the same."""
    write_svg(tmp_path)
    (tmp_path / "bad.svg").write_text("<svg><path")
    (tmp_path / "bad.json").write_text("{]")
    (tmp_path / "bad.npz").write_bytes(b"PK")
    np.save(tmp_path / "flat.npy", np.zeros((5, 7)))
    np.save(tmp_path / "endless.npy", np.full((5, 3), np.nan))
    (tmp_path / "readme.txt").write_text("not a drawing")
    found = load(tmp_path)
    assert FEWEST + 5 == found.count
    said = " ".join(found.left_out)
    assert all(name in said for name in ("bad.svg", "bad.npz", "flat.npy", "endless.npy"))
    assert 5 == len(found.left_out)
    assert any("left out" in sentence for sentence in found.sentences())


@pytest.mark.parametrize(
    "name, text",
    [
        ("a.json", "[[1,2,3]]"), ("a.json", "[]"), ("a.json", '{"strokes": 3}'), ("a.jsonl", '{"strokes": []}'),
        ("a.jsonl", '{"drawing": [["x", "y"]]}'), ("a.csv", "1,2\n3,4"), ("a.csv", ""), ("a.json", "[[[1,2,7],[1,2,0]]]"),
        ("a.svg", ""), ("a.png", "x"), ("a.json", "[" * 100000), ("a.jsonl", '{"strokes": [[[1e999, 2], [3, 4]]]}'),
    ],
)  # fmt: skip
def test_nothing_to_learn_from_is_a_sentence(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(NoDrawings) as refused:
        load(tmp_path)
    assert str(tmp_path) in str(refused.value) or name in str(refused.value)


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(NoDrawings, match="nothing at"):
        load(tmp_path / "none")
