"""What a run says about itself on the disk."""

import json

import pytest

from livegen.errors import ModelRefused
from livegen.training.record import Log, read_log, read_record, write_record, write_whole


def test_a_record_is_read_as_it_was_written(tmp_path):
    """And a half-written one never replaces it."""
    write_record(tmp_path, {"family": "gan", "step": 3})
    assert ("gan", 3) == (read_record(tmp_path)["family"], read_record(tmp_path)["step"])
    assert ["run.json"] == [path.name for path in tmp_path.iterdir()]


def test_a_record_that_is_none_is_a_sentence(tmp_path):
    """Missing, broken, or from elsewhere."""
    with pytest.raises(ModelRefused, match="holds no run"):
        read_record(tmp_path)
    for text in ("{", "[]", '{"format": 9, "family": "gan"}', '{"format": 1}'):
        (tmp_path / "run.json").write_text(text)
        with pytest.raises(ModelRefused, match=r"run\.json cannot be read"):
            read_record(tmp_path)


def test_fast_steps_share_a_line(tmp_path):
    """A line stands for a quarter of a second, with the means of that time."""
    log = Log(tmp_path / "log.jsonl")
    for step in range(100):
        log.add(step, step * 0.01, {"loss": float(step)})
    log.write()
    lines = read_log(tmp_path)
    assert 5 == len(lines)
    assert [0.0, 13.0, 38.0, 63.0, 87.5] == [line["loss"] for line in lines]


def test_a_measure_that_is_said_now_and_then_is_kept(tmp_path):
    """Each name is averaged over the times it was said, not over all steps."""
    log = Log(tmp_path / "log.jsonl")
    log.add(0, 0.0, {"loss": 1.0})
    log.add(1, 0.1, {"loss": 2.0})
    log.add(2, 0.2, {"loss": 4.0, "held": 7.0})
    log.write()
    assert {"step": 2, "seconds": 0.2, "loss": 3.0, "held": 7.0} == read_log(tmp_path)[-1]


def test_half_a_line_is_no_harm(tmp_path):
    """What a kill left behind is passed over, and trimmed before the run goes on."""
    log = Log(tmp_path / "log.jsonl")
    for step in range(4):
        log.add(step, float(step), {"loss": 1.0})
    log.write()
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 4, "sec')
    assert [0, 1, 2, 3] == [line["step"] for line in read_log(tmp_path)]
    log.trim(2)
    assert [0, 1] == [json.loads(line)["step"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]


def test_what_could_not_be_written_is_written_later(tmp_path):
    """A folder that is away for a moment costs no line."""
    log = Log(tmp_path / "away" / "log.jsonl")
    log.add(0, 0.0, {"loss": 1.0})
    with pytest.raises(OSError):
        log.write()
    (tmp_path / "away").mkdir()
    log.write()
    assert 1 == len(read_log(tmp_path / "away"))


def test_a_file_is_old_or_new(tmp_path, monkeypatch):
    """A disk that gives up in the middle leaves the old one, and nothing beside it."""
    write_whole(tmp_path / "a", "old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError):
        write_whole(tmp_path / "a", "new")
    assert ("old", ["a"]) == ((tmp_path / "a").read_text(), [path.name for path in tmp_path.iterdir()])
