"""A family small enough for tests: a linear autoencoder of 8 x 8 pictures, trained for real by the verb.

As a program it stands in for the family ``vae`` and runs the command line, with short pauses between keeps.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from livegen import cli
from livegen.training import pictures, run, several, table, trainer
from livegen.training.lesson import Lesson, altered
from livegen.training.lessons import framing

RANK = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    batch: int = 8
    rate: float = 0.01
    sleep: float = 0.0
    nan_at: int = -1
    """Step whose loss is no number, while the rate is above ``nan_above`` of its first value."""
    nan_above: float = 0.0
    tell_weights: bool = False
    """Whether each process writes what it ended with."""
    units: int = 0
    """Numbers that are kept beside and never used, to fill a disk."""


def lesson(source, wish, cache, tell):
    found = pictures.load(source, pictures.Framing(size=wish.size or (8, 8), ground=wish.ground), cache=cache, tell=tell)
    settings = altered(Settings(), wish.more)
    return Lesson(
        data=found.pixels, settings=settings, config={"width": 8, "height": 8}, loop=train, entries=found.entries,
        left_out=found.left_out, remarks=framing.remarks(found, "vae"), per_step=settings.batch, unit="pictures",
        whole=len(found), reference=framing.shown(found),
    )  # fmt: skip


def train(run, pixels, settings):
    torch.manual_seed(run.seed)
    net = nn.Sequential(nn.Linear(3 * 64, RANK), nn.Linear(RANK, 3 * 64))
    run.adopt(net)
    adam = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], settings.rate)
    if (kept := run.resume()) is not None:
        net.load_state_dict(kept["net"])
        adam.load_state_dict(kept["adam"])
    everything = torch.from_numpy(pixels.reshape(len(pixels), -1).copy()).float() / 127.5 - 1

    def state():
        return {"net": net.state_dict(), "adam": adam.state_dict(), "ballast": torch.zeros(settings.units)}

    for step in run.steps():
        if run.due("keep"):
            run.keep(state())
        if run.due("show"):
            show(run, net, everything)
        chosen = torch.from_numpy(run.draw().integers(len(everything), size=settings.batch))
        real = everything[chosen] + 0.01 * torch.randn(settings.batch, 3 * 64)
        loss = (net(real) - real).square().mean()
        for group in adam.param_groups:
            group["lr"] = settings.rate * run.rate
        adam.zero_grad()
        loss.backward()
        adam.step()
        broken = step == settings.nan_at and run.rate > settings.nan_above
        run.say(loss=float("nan") if broken else loss.item())
        time.sleep(settings.sleep)
    show(run, net, everything)
    run.keep(state())
    if settings.tell_weights:
        np.save(run.folder / f"weights-{several.rank()}.npy", net[0].weight.detach().numpy())


def show(run, net, everything):
    with torch.no_grad():
        given = net(everything[:16]).clamp(-1, 1)
    run.show(((given + 1) * 127.5).byte().reshape(-1, 3, 8, 8).numpy())
    run.publish({name: tensor.detach().numpy() for name, tensor in net.state_dict().items()})


ROW = table.Row(
    lesson="tiny_family:lesson", takes="a folder with pictures", nets=("linear",), minutes={"small": 0.01, "medium": 0.02}
)


PAUSES = (0.3, 0.5, 60.0)
"""Seconds between keeps, to the first sheet, and between sheets."""


def main(argv):
    torch.set_num_threads(1)
    sys.modules["tiny_family"] = sys.modules["__main__"]
    table.FAMILIES["vae"] = ROW
    run.KEEP_EVERY, run.FIRST_SHOW, run.LONGEST_SHOW = PAUSES
    several.PROGRAM = [__file__]
    trainer.step_back = lambda: None  # a test does not wait behind others
    return cli.main(argv)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main(sys.argv[1:]))
