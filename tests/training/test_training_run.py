"""A run: what is due when, what is written, what is done about losses that are no numbers."""

import numpy as np
import pytest
import torch
from torch import nn

from livegen.errors import BadValue
from livegen.generators import weights
from livegen.training.record import read_log, read_record
from livegen.training.run import (
    BEFORE,
    FIRST_SHOW,
    KEEP_EVERY,
    MOST_CHECKPOINTS,
    MOST_RETURNS,
    RESUME,
    Budget,
    Diverged,
)
from livegen.training.transfer import Origin


def step_through(run, count, seconds=1.0):
    """``count`` steps of ``seconds`` each."""
    last = run.step + count
    for step in run.steps():
        run.clock.time += seconds
        run.say(loss=1.0)
        run.stopping = step + 1 == last
    run.stopping = False


def state(value=0.0):
    return {"w": torch.full((3,), value)}


def test_a_kill_costs_less_than_a_minute():
    """What was done since the last keep is lost."""
    assert KEEP_EVERY < 60


def test_what_is_due_comes_round(a_run):
    """The state twice a minute; the first sheet soon, later ones ever more seldom."""
    run = a_run()
    shown, kept = [], []
    for _ in run.steps():
        run.clock.time += 1.0
        if run.due("show"):
            run.publish({"w": np.ones(2, np.float32)})
            shown.append(run.seconds)
        if run.due("keep"):
            run.keep(state())
            kept.append(run.seconds)
        if run.step == 400:
            break
    assert FIRST_SHOW == shown[0]
    assert (np.diff(shown)[:3] == [16.0, 32.0, 64.0]).all()
    assert {KEEP_EVERY} == set(np.diff(kept))


def test_a_step_is_the_same_whenever_it_is_done(a_run):
    """Its random numbers come from the run's seed and its number alone."""

    def drawn(run, stop):
        found = {}
        for step in run.steps():
            found[step] = (torch.rand(1).item(), run.draw().random(), run.draw(1).random())
            if step == stop:
                break
        return found

    first, late = drawn(a_run(), 5), drawn(a_run(step=3), 5)
    assert {step: first[step] for step in (3, 4, 5)} == late
    assert drawn(a_run(seed=2), 3)[3] != late[3]


def test_it_ends_by_time_or_by_steps(a_run):
    """Whichever comes first."""
    run = a_run(budget=Budget(minutes=0.5, steps=1000))
    step_through(run, 1000)
    assert 30 == run.step
    run = a_run(budget=Budget(minutes=10, steps=5))
    step_through(run, 1000)
    assert 5 == run.step


def test_what_was_kept_is_taken_up_with_its_time(a_run):
    """And the log forgets what comes after it."""
    run = a_run()
    step_through(run, 40)
    run.keep(state(2.0))
    step_through(run, 10)
    run.end("stopped")
    assert 49 == read_log(run.folder)[-1]["step"]
    again = a_run()
    assert torch.equal(state(2.0)["w"], again.resume()["w"])
    assert (40, 40.0) == (again.step, again.seconds)
    assert max(line["step"] for line in read_log(run.folder)) < 40


@pytest.mark.parametrize("late", [False, True], ids=["before the step", "after it"])
def test_a_step_is_never_done_twice(a_run, late):
    """A loop may keep before a step has done anything, or after it has measured: the count is right."""
    run, done = a_run(), []
    for step in run.steps():
        if not late and step == 5:
            run.keep(state(float(len(done))))
        done.append(step)
        run.say(loss=1.0)
        if late and step == 5:
            run.keep(state(float(len(done))))
        run.stopping = step == 8
    again = a_run()
    assert again.resume()["w"][0] == again.step == 5 + late


def test_a_damaged_state_gives_way_to_the_one_before(a_run):
    """A disk may lose a file; the run is not lost with it."""
    run = a_run()
    for step in (1, 2):
        run.step = step
        run.keep(state(float(step)))
    (run.folder / RESUME).write_bytes(b"gone")
    again = a_run()
    assert 1.0 == again.resume()["w"][0]
    assert "the one before it is taken" in again.notes[0]


def test_the_state_of_another_family_is_refused(a_run):
    """By name."""
    a_run().keep(state())
    with pytest.raises(Exception, match="belongs to a vae run"):
        a_run(family="gan").resume()


@pytest.mark.parametrize("where", ["say", "keep", "publish"])
def test_non_numbers_are_never_kept(a_run, where):
    """Neither as a loss nor as weights; what was kept before stays."""
    run = a_run()
    run.keep(state(1.0))
    run.publish({"w": np.ones(2, np.float32)})
    bad = {
        "say": lambda: run.say(loss=float("inf")),
        "keep": lambda: run.keep(state(float("nan"))),
        "publish": lambda: run.publish({"w": np.array([1, np.nan], np.float16)}),
    }
    with pytest.raises(Diverged, match="no number"):
        bad[where]()
    assert 1.0 == a_run().resume()["w"][0]
    assert np.isfinite(weights.read(run.folder / "model.safetensors")[1]["w"]).all()


def test_it_goes_back_three_times_at_half_the_rate(a_run):
    """The second time to the state before the last one, which may have been on its way already."""
    run = a_run()
    for step in (10, 20):
        run.step = step
        run.keep(state(float(step)))
    found = []
    while run.go_back():
        run.resume()
        found.append((run.rate, run.step))
    assert [(0.5, 20), (0.25, 10), (0.125, 10)] == found
    assert MOST_RETURNS == len(found)
    assert not (run.folder / BEFORE).exists()


def test_a_halved_rate_outlives_the_process(a_run):
    """Whoever resumes later goes on with it."""
    run = a_run(rate=0.25)
    run.keep(state())
    again = a_run()
    again.resume()
    assert 0.25 == again.rate


def test_a_disk_that_is_full_is_noted_and_tried_again(a_run, monkeypatch):
    """Training goes on, and the next keep that fits is whole."""
    run = a_run()
    step_through(run, 3)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.replace", full)
        run.keep(state(1.0))
        run.publish({"w": np.ones(2, np.float32)})
        run.show(np.zeros((4, 3, 8, 8), np.uint8))
        run.end("running")
    assert len(run.notes) >= 3
    assert all("No space left" in note and "make room" in note for note in run.notes)
    assert not (run.folder / RESUME).exists()
    run.keep(state(2.0))
    assert 2.0 == a_run().resume()["w"][0]
    assert [] == [path.name for path in run.folder.rglob("*.part")]


def test_checkpoints_stay_few_and_evenly_spread(a_run):
    """The first and the newest always."""
    run = a_run()
    for step in range(0, 600, 10):
        run.step = step
        run.publish({"w": np.ones(2, np.float32)})
    steps = sorted(int(path.stem) for path in (run.folder / "checkpoints").iterdir())
    assert (MOST_CHECKPOINTS, 0, 590) == (len(steps), steps[0], steps[-1])
    assert max(np.diff(steps)) <= 4 * min(np.diff(steps))


def test_run_json_says_how_it_goes(a_run):
    """Progress, measures, what was asked."""
    run = a_run(asked={"asked": {"source": "here"}}, config={"width": 8})
    step_through(run, 3)
    run.end("ended")
    said = read_record(run.folder)
    assert ("ended", 3, {"loss": 1.0}, "here") == (said["state"], said["step"], said["measures"], said["asked"]["source"])


def test_samples_and_curves_are_pictures(a_run):
    """One sheet a show, the newest beside it, the curves at every publish."""
    run = a_run()
    step_through(run, 12)
    run.show(np.zeros((6, 3, 8, 8), np.uint8), "a note")
    run.show_text("to be")
    run.publish({"w": np.ones(2, np.float32)})
    names = {path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*.*")}
    step = f"{run.step:08d}"
    assert {f"samples/{step}.jpg", f"samples/{step}.txt", "samples/latest.jpg", "samples/film.jpg", "curves.png"} <= names


def origin(net, tmp_path, names=lambda name: name):
    tensors = {names(name): tensor.numpy() for name, tensor in net.state_dict().items()}
    return Origin(path=tmp_path / "other.safetensors", header=weights.Header(family="vae", config={}), tensors=tensors)


def test_it_begins_from_another_model(a_run, tmp_path):
    """What fits is taken over and said; a run that was resumed is its own."""
    other, mine = nn.Linear(3, 2), nn.Linear(3, 2)
    run = a_run(origin=origin(other, tmp_path), freeze=("bias",))
    run.adopt(mine)
    assert torch.equal(other.weight, mine.weight)
    assert ("2 of 2 tensors" in run.notes[0], "1 tensors stay" in run.notes[1]) == (True, True)
    assert [False, True] == [p.requires_grad for p in (mine.bias, mine.weight)]
    run.keep({"net": mine.state_dict()})
    later = nn.Linear(3, 2)
    a_run(origin=origin(other, tmp_path)).adopt(later)
    assert not torch.equal(other.weight, later.weight)


def test_a_model_of_which_nothing_fits_is_refused(a_run, tmp_path):
    """Rather than trained from nothing without a word."""
    with pytest.raises(BadValue, match="nothing of"):
        a_run(origin=origin(nn.Linear(9, 9), tmp_path)).adopt(nn.Linear(3, 2))
