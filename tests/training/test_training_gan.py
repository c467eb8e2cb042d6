"""The GAN's loop, trained for real on tiny pictures."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from livegen.card import Card
from livegen.errors import BadValue
from livegen.generators import weights
from livegen.generators.gan.plan import Mlp, written
from livegen.generators.styled.shape import Shape
from livegen.training import gan, measures
from livegen.training.gan_show import pictures_of
from livegen.training.lesson import Wish
from livegen.training.lessons import gan as lesson
from livegen.training.run import Budget, Run

SHAPE = Shape(width=16, height=16, channel_base=128, channel_max=16, z=8, w=16)
FAST = gan.Settings(batch=8, rate=0.01, grow=0.0, half=False, augment=0.0, gamma=0.5)


@pytest.fixture(autouse=True)
def one_thread():
    """Other tests run beside: more threads would only wait for each other, and sum in another order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def two_kinds(count=64):
    """Half of them red, half of them blue, each darker on the right."""
    pixels = np.zeros((count, 3, 16, 16), np.uint8)
    pixels[: count // 2, 0] = pixels[count // 2 :, 2] = 200
    pixels[:, 1] = np.random.default_rng(0).integers(0, 40, (count, 1, 1))
    pixels[..., 8:] //= 2
    return pixels


def begun(folder, steps, plan=SHAPE, notes=None, **more):
    return Run(
        folder=folder, family="gan", config=written(plan), card=Card(title="t", author="a", licence="CC0-1.0", data="d"),
        budget=Budget(steps=steps), noted=(notes if notes is not None else []).append, **more,
    )  # fmt: skip


def painted(folder, count=64):
    """Pictures by the weights that a run published."""
    return pictures_of(folder / "model.safetensors", count, 3)


def apart(made, real):
    """The mean distance from each painted picture to the nearest real one, and from each real one back."""
    far = measures.distances(measures.seen(made), measures.seen(real))
    return far.min(1).mean(), far.min(0).mean()


def test_it_learns_to_paint_both_kinds(tmp_path):
    """After a few seconds its pictures are nearer to the set than the mean picture is, and the set to them."""
    real = two_kinds()
    gan.train(begun(tmp_path, 130), real, FAST)
    mean = np.repeat(real.mean(0, keepdims=True).astype(np.uint8), 64, 0)
    for got, bound in zip(apart(painted(tmp_path), real), apart(mean, real), strict=True):
        assert got < 0.75 * bound


def test_resuming_is_the_same_as_never_stopping(tmp_path):
    """Step by step the same weights, the growing and the augmentation included."""
    settings = replace(FAST, augment=-1.0, grow=0.4, lazy=2)
    shape = replace(SHAPE, width=32, height=32)
    real = np.repeat(np.repeat(two_kinds(24), 2, 2), 2, 3)
    gan.train(begun(tmp_path / "whole", 6, shape), real, settings)
    halves = begun(tmp_path / "halves", 6, shape)
    halves.told = lambda run, numbers: setattr(run, "stopping", run.step >= 2)
    gan.train(halves, real, settings)
    assert 3 == halves.step
    gan.train(begun(tmp_path / "halves", 6, shape), real, settings)
    whole, again = (weights.read(tmp_path / name / "model.safetensors")[1] for name in ("whole", "halves"))
    assert [] == [name for name in whole if not np.array_equal(whole[name], again[name])]


def test_the_first_lessons_net_learns_too(tmp_path):
    """Fully connected layers and the plain loss, as a class builds it first."""
    real, plan = two_kinds(), Mlp(width=16, height=16, z=8, hidden=64)
    gan.train(begun(tmp_path, 150, plan), real, replace(gan.FIRST_LESSON, batch=16, rate=2e-3))
    header, _ = weights.read(tmp_path / "model.safetensors")
    assert "mlp" == header.config["net"]
    mean = np.repeat(real.mean(0, keepdims=True).astype(np.uint8), 64, 0)
    assert apart(painted(tmp_path), real)[0] < apart(mean, real)[0]


def test_a_run_may_begin_from_another_model_and_keep_layers(tmp_path):
    """Generator and discriminator come over; what is frozen stays as it was there."""
    from livegen.training import transfer

    gan.train(begun(tmp_path / "first", 2), two_kinds(16), FAST)
    path, notes = tmp_path / "first" / "model.safetensors", []
    second = begun(
        tmp_path / "second", 2, notes=notes, origin=transfer.origin(path, "gan"),
        freeze=("generator.mapping", "discriminator.blocks.0"),
    )  # fmt: skip
    gan.train(second, two_kinds(16), FAST)
    assert ["generator", "discriminator"] == [said.split(":")[0] for said in notes[:2]]
    was, now = (weights.read(tmp_path / name / "model.safetensors")[1] for name in ("first", "second"))
    kept = {name for name in was.keys() & now.keys() if np.array_equal(was[name], now[name])}
    assert {"mapping.layers.0.weight", "discriminator.blocks.0.first.weight"} <= kept
    assert not {"synthesis.const", "discriminator.out.weight"} & kept


def test_the_half_size_comes_first_and_never_again(tmp_path):
    """A run that is given more time later goes on in full size."""
    shape = Shape(width=32, height=32)
    stages = [gan.stage(progress, shape, FAST) for progress in (0.0, 0.5)]
    assert [(None, 1.0)] * 2 == stages
    growing = replace(FAST, grow=0.4)
    assert [(2, 1.0), (None, 0.5), (None, 1.0)] == [
        (level, round(fade, 6)) for level, fade in (gan.stage(x, shape, growing) for x in (0.1, 0.45, 0.6))
    ]


@pytest.mark.parametrize("loss", gan.LOSSES)
def test_losses_fall_the_right_way(loss):
    """The discriminator gains when real ones stand above painted ones, the generator when they do not."""
    low, high = torch.tensor([-1.0]), torch.tensor([1.0])
    assert gan.against(high, low, loss) < gan.against(low, high, loss)
    assert gan.towards(low, high, loss) < gan.towards(high, low, loss)
    assert (1.0, 0.0) == (gan.sureness(high, low), gan.sureness(torch.tensor([-1.0, 1.0]), torch.tensor([1.0, -1.0])))


def test_what_the_artist_says_goes_to_the_net_or_to_the_loop():
    """``--set`` reaches both; words that are neither are refused."""
    plan, more = lesson.planned(Wish(more={"wrap": "true", "rate": "0.001"}), (64, 48))
    assert (True, (64, 48), {"rate": "0.001"}) == (plan.wrap, (plan.width, plan.height), more)
    assert ((12, 16), (6, 8)) == (plan.start, lesson.planned(Wish(), (64, 48))[0].start)
    assert isinstance(lesson.planned(Wish(net="mlp"), (32, 32))[0], Mlp)


def test_a_loss_that_does_not_exist_is_refused(tmp_path):
    """With those that do."""
    from PIL import Image

    for i in range(12):
        Image.fromarray(np.random.default_rng(i).integers(0, 255, (16, 16, 3), np.uint8)).save(tmp_path / f"{i}.png")
    with pytest.raises(BadValue, match="best"):
        lesson.lesson(tmp_path, Wish(size=(16, 16), more={"loss": "best"}), None, lambda done, whole: None)
    taken = lesson.lesson(tmp_path, Wish(size=(16, 16), flip=True), None, lambda done, whole: None)
    assert (True, True, 12) == (taken.settings.flip, taken.settings.cutout, len(taken.data))
    assert json.dumps(dict(taken.config))
