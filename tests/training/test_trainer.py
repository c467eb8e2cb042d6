"""What stands around every loop, tried on a tiny family that is trained by the real command in its own process."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from livegen import cli
from livegen.card import Card
from livegen.generators import weights
from livegen.training import keeping, table, trainer
from livegen.training.lesson import Wish
from livegen.training.record import read_log, read_record
from livegen.training.run import RESUME
from livegen.training.trainer import RunRefused, check_folder

SCRIPT = Path(__file__).with_name("tiny_family.py")


def command(folder, out, *more):
    return ["train", "vae", str(folder), "-o", str(out), "--yes", *more]


@pytest.fixture
def trained(tiny, capfd):
    """The real verb, to its end, in this process."""

    def train(folder, out, *more):
        code = cli.main(command(folder, out, *more))
        said = capfd.readouterr()
        return code, said.err + said.out

    return train


def started(folder, out, *more):
    """The real verb in a process of its own."""
    line = [sys.executable, str(SCRIPT), *command(folder, out, *more)]
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def waited_for(path, process, seconds=120):
    deadline = time.monotonic() + seconds
    while not path.is_file() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    assert path.is_file()


def tensors(out):
    return weights.read(out / "model.safetensors")[1]


def test_a_killed_run_goes_on_as_if_nothing_had_been(folder, tmp_path, trained):
    """kill -9 in the middle; the papers can be read; resumed, it ends with the very same weights."""
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert 0 == trained(folder, whole, "--steps", "500")[0]
    process = started(folder, killed, "--steps", "500", "--set", "sleep=0.02")
    waited_for(killed / RESUME, process)
    process.kill()
    process.communicate()
    said, kept = read_record(killed), keeping.load(killed / RESUME)[1]["step"]
    assert ("running", True) == (said["state"], 0 < kept < 500)
    assert all(line["step"] < 500 for line in read_log(killed))
    # On with it, without the sleep: that is no part of what is learned.
    (killed / "run.json").write_text((killed / "run.json").read_text().replace('"sleep": "0.02"', '"sleep": "0"'))
    code, output = trained(folder, killed, "--resume")
    assert 0 == code, output
    assert "ended" == read_record(killed)["state"]
    mine, theirs = tensors(killed), tensors(whole)
    assert all(np.array_equal(mine[name], theirs[name]) for name in theirs)
    steps = [line["step"] for line in read_log(killed)]
    assert steps == sorted(set(steps))


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_a_request_to_end_ends_it_softly(folder, tmp_path):
    """The step is finished, everything is kept, and the exit code says that all is well."""
    out = tmp_path / "run"
    process = started(folder, out, "--steps", "1000000", "--set", "sleep=0.02")
    waited_for(out / "model.safetensors", process)
    process.send_signal(signal.SIGTERM)
    _, output = process.communicate(timeout=120)
    assert 0 == process.returncode, output
    assert "everything is kept" in output
    said = read_record(out)
    assert ("stopped", keeping.load(out / RESUME)[1]["step"]) == (said["state"], said["step"])


@pytest.mark.skipif(os.name == "nt", reason="limits the size of files as POSIX can")
def test_a_disk_that_will_not_take_it_does_not_end_the_training(folder, tmp_path, trained):
    """No file may grow beyond 300 kB here, so the state cannot be kept; the weights still come out, and it is said."""
    import resource

    out, (soft, hard) = tmp_path / "run", resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        code, output = trained(folder, out, "--steps", "40", "--set", "units=200000", "--set", "sleep=0.02")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert 0 == code, output
    assert "could not be kept" in output
    assert "make room on the disk" in output
    assert not (out / RESUME).exists()
    assert "ended" == read_record(out)["state"]
    assert [] == list(out.rglob("*.part"))
    assert tensors(out)


def test_a_loss_that_is_no_number_sends_it_back(folder, tmp_path, trained):
    """Back to what was kept, at half the learning rate, until it passes the place."""
    out = tmp_path / "run"
    code, output = trained(folder, out, "--steps", "40", "--set", "nan_at=25", "--set", "nan_above=0.3", "--set", "sleep=0.02")
    assert 0 == code, output
    said = read_record(out)
    assert ("ended", 2, 0.25, 40) == (said["state"], said["returns"], said["rate"], said["step"])
    assert 2 == output.count("back to what was kept")
    assert all(np.isfinite(tensor).all() for tensor in tensors(out).values())


def test_a_loss_that_stays_no_number_ends_with_a_sentence(folder, tmp_path, trained):
    """After three returns; what was kept is whole and can be played and resumed."""
    out = tmp_path / "run"
    code, output = trained(folder, out, "--steps", "40", "--set", "nan_at=25", "--set", "sleep=0.02")
    assert 1 == code
    assert "livegen: loss is no number any more at step 25" in output
    assert "Traceback" not in output
    said = read_record(out)
    assert ("failed", 3) == (said["state"], said["returns"])
    assert "no number" in said["why"]
    assert all(np.isfinite(tensor).all() for tensor in tensors(out).values())
    assert keeping.load(out / RESUME)[1]["step"] <= 25


def test_a_training_stands_behind_a_show(monkeypatch):
    """Below normal priority, on every system."""
    if os.name == "nt":
        import psutil

        trainer.step_back()
        assert psutil.BELOW_NORMAL_PRIORITY_CLASS == psutil.Process().nice()
        return
    nice = {"now": 0}

    def fake(more):
        nice["now"] += more
        return nice["now"]

    monkeypatch.setattr(os, "nice", fake)
    trainer.step_back()
    trainer.step_back()
    assert trainer.NICE == nice["now"]


def test_a_folder_is_never_overwritten(tmp_path):
    """One that holds a run, one that holds other things, one that is a file."""
    check_folder(tmp_path / "new", resume=False)
    (tmp_path / "empty").mkdir()
    check_folder(tmp_path / "empty", resume=False)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "diary.txt").write_text("mine")
    with pytest.raises(RunRefused, match="is not empty and no run"):
        check_folder(tmp_path / "other", resume=False)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text("{}")
    with pytest.raises(RunRefused, match="holds a run already; go on with it by --resume"):
        check_folder(tmp_path / "run", resume=False)
    with pytest.raises(RunRefused, match="holds no run to go on with"):
        check_folder(tmp_path / "empty", resume=True)


def test_papers_are_written_before_the_first_step(tmp_path, folder, tiny):
    """The card with its count, the manifest with hashes, a sheet of the data."""
    lesson = table.lesson("vae", folder, Wish(), None, lambda done, total: None)
    card = trainer.counted(Card(title="stripes"), lesson)
    trainer.write_papers(tmp_path / "run", card, lesson)
    said = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert (40, card.digest) == (said["count"], said["digest"])
    assert 40 == json.loads((tmp_path / "run" / "card.json").read_text())["count"]
    assert (tmp_path / "run" / "samples" / "data.jpg").is_file()


def test_papers_that_cannot_be_written_are_a_sentence(tmp_path, folder, tiny):
    """A place that is no folder."""
    lesson = table.lesson("vae", folder, Wish(), None, lambda done, total: None)
    (tmp_path / "file").write_text("")
    with pytest.raises(RunRefused, match="cannot be written"):
        trainer.write_papers(tmp_path / "file" / "run", Card(title="x"), lesson)


def test_speed_is_measured_by_the_loop_itself(folder, tiny):
    """A loop that sleeps 10 ms a step does fewer than a hundred steps a second, and leaves nothing behind."""
    lesson = table.lesson("vae", folder, Wish(more={"sleep": "0.01"}), None, lambda done, total: None)
    speed = trainer.throughput(lesson, "vae", "cpu", 0.1)
    assert 0 < speed.steps < 100
    assert 0 < speed.cores


def test_the_fastest_number_of_threads_is_taken(folder, tiny, monkeypatch):
    """All of them are not always it."""
    lesson = table.lesson("vae", folder, Wish(), None, lambda done, total: None)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    before = torch.get_num_threads()
    for slow, fast in ((2, 1), (1, 2)):
        speeds = {slow: 3.0, fast: 5.0}
        monkeypatch.setattr(trainer, "throughput", lambda *_: trainer.Speed(steps=speeds[torch.get_num_threads()], cores=1.0))  # noqa: B023
        assert fast == trainer.fitting_threads(lesson, "vae", "cpu")
    trainer.use_threads(before)
    assert 2 == trainer.fitting_threads(lesson, "vae", "cuda")


def test_signals_are_given_back(a_run):
    """Whoever trains inside another program keeps that program's Ctrl-C."""
    before = signal.getsignal(signal.SIGINT)
    one = a_run()
    with trainer.ending_softly(one, one.notes.append):
        handler = signal.getsignal(signal.SIGINT)
        handler(signal.SIGINT, None)
        assert one.stopping
        with pytest.raises(KeyboardInterrupt):
            handler(signal.SIGINT, None)
    assert before is signal.getsignal(signal.SIGINT)


def test_whatever_ends_it_is_on_record(a_run, folder, tiny, monkeypatch):
    """Also an error that nobody thought of."""
    lesson = table.lesson("vae", folder, Wish(), None, lambda done, total: None)
    one = a_run()
    broken = replace(lesson, loop=lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        trainer.go(one, broken)
    assert ("failed", "division by zero") == tuple(read_record(one.folder)[name] for name in ("state", "why"))
