"""Training a GAN: a generator learns to paint what a discriminator takes for pictures of the set.

The default loss compares real and painted pictures in pairs and keeps the discriminator's slopes small at
both, Huang et al., The GAN is dead; long live the GAN!, https://arxiv.org/abs/2501.05441; ``plain`` is
the non-saturating loss with the penalty at real ones only, https://arxiv.org/abs/1801.04406.
"""

import copy
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..frame import Pixels
from ..generators.gan.network import maker
from ..generators.gan.plan import Plan, planned
from ..generators.styled.shape import Shape
from . import transfer
from .augment import Augmentation, Symmetry
from .discriminator import Discriminator, PlainDiscriminator, discriminator
from .gan_show import Watch, show
from .run import Run

FADE = 0.1
"""Share of the budget in which the full size fades in after the half size."""
SETTLE = 0.3
"""Share of the budget at whose end the learning rate has come down to a tenth."""
LOSSES = ("pairing", "plain")

# N batch, Z z, C colours, H height, W width


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a GAN is trained."""

    batch: int = 16
    """Pictures per step."""
    rate: float = 0.002
    """Learning rate of both nets."""
    momentum: float = 0.0
    """How much of the last steps' direction goes into the next one, Adam's first beta."""
    memory: float = 0.99
    """Adam's second beta."""
    loss: str = "pairing"
    """``pairing`` or ``plain``."""
    gamma: float = -1.0
    """Weight of the penalty on the discriminator's slopes; negative takes what fits the size."""
    lazy: int = 8
    """Steps from one penalty to the next."""
    augment: float = -1.0
    """Probability of each augmentation, 0..1; negative lets it follow what the discriminator learns by heart."""
    cutout: bool = False
    """Whether rectangles are cut out as well, for fewer than 200 pictures."""
    flip: bool = False
    """Whether a mirrored picture is as good as the picture."""
    turns: bool = False
    """Whether a picture turned by right angles is as good as the picture."""
    mixing: float = 0.5
    """Share of pictures that are painted from two w, one for coarse and one for fine layers."""
    ema: float = 5.0
    """Half-life of the averaged weights, which are what is played, in thousand pictures; 0: no averaging."""
    grow: float = 0.35
    """Share of the budget that is spent at half the size, which costs a quarter."""
    half: bool = True
    """Whether bfloat16 is used where it is safe."""

    def penalty(self, side: int) -> float:
        """gamma at that many pixels of the shorter side."""
        if self.gamma >= 0.0:
            return self.gamma
        return 0.3 * side / 64 if self.loss == "pairing" else 0.0002 * side * side / self.batch


FIRST_LESSON = Settings(
    batch=64, rate=2e-4, momentum=0.5, memory=0.999, loss="plain", gamma=0.0, augment=0.0, mixing=0.0, ema=0.0, grow=0.0
)
"""How the plain net is trained in a first lesson: no penalty, no augmentation, no averaged weights."""


def train(run: Run, pixels: Pixels, settings: Settings) -> None:
    """Train until the budget is used up. ``pixels``: (N, 3, H, W) uint8, in the size of the run's plan."""
    torch.manual_seed(run.seed)
    plan = planned(run.config)
    nets = Nets(run, plan, settings)
    watch = Watch(pixels, nets.augment.symmetry.wrap)
    how: Stage = {"level": None, "fade": 1.0}
    for step in run.steps():
        how = nets.stage(run.progress)
        nets.learn_at(run.rate * settings.rate * min(1.0, 0.1 + 0.9 * (1.0 - run.progress) / SETTLE))
        real = batch(pixels, run.draw(), settings.batch, run.device)
        tried = nets.paint(shrunk(real, how["level"], plan), how)
        told = nets.tell(tried, how, steep=step % settings.lazy == 0)
        nets.average((step + 1) * settings.batch)
        run.say(**told)
        if run.due("keep"):
            run.keep(nets.state())
        if run.due("show"):
            show(run, nets.mean, nets.judge, watch, (how["level"], how["fade"]))
    show(run, nets.mean, nets.judge, watch, (how["level"], how["fade"]))
    run.keep(nets.state())


class Stage(TypedDict):
    """How far the nets have grown: arguments of both."""

    level: int | None
    fade: float


class Tried(NamedTuple):
    """What came of the generator's turn."""

    shown: Tensor
    """Real pictures as the discriminator saw them."""
    made: Tensor
    """Painted ones, as it saw them."""
    on_real: Tensor
    """Its scores of the real ones, (N,), ready to be learned from."""
    passing: float
    """The generator's loss."""


class Nets:
    """Generator and discriminator, and what moves them."""

    def __init__(self, run: Run, plan: Plan, settings: Settings) -> None:
        """New, or from the model that the run begins from, or as the run kept them. Raises ModelRefused, BadValue."""
        self.plan, self.settings, self.grown = plan, settings, False
        self.make, self.judge = maker(plan).to(run.device), discriminator(plan).to(run.device)
        kept = run.resume()
        if kept is None and run.origin is not None:
            run.noted(transfer.adopt(self.make, run.origin.tensors).sentence("generator"))
            run.noted(transfer.adopt(self.judge, run.origin.tensors, "discriminator.").sentence("discriminator"))
        self.mean = copy.deepcopy(self.make).requires_grad_(False)
        transfer.freeze({"generator": self.make, "discriminator": self.judge}, run.freeze)
        self._judges = [each for each in self.judge.parameters() if each.requires_grad]
        makers = [each for each in self.make.parameters() if each.requires_grad]
        self._adams = [
            torch.optim.Adam(each, settings.rate, betas=(settings.momentum, settings.memory), eps=1e-8)
            for each in (makers, self._judges)
        ]
        self.augment = augmentation(plan, settings)
        self._half = torch.autocast(run.device.split(":")[0], dtype=torch.bfloat16, enabled=settings.half)
        if kept is not None:
            for name, each in self._parts().items():
                each.load_state_dict(kept[name])
            self.augment.p, self.grown = kept["p"], kept["grown"]

    def _parts(self) -> dict[str, Any]:
        make, judge = self._adams
        return {"make": self.make, "judge": self.judge, "mean": self.mean, "maker_adam": make, "judge_adam": judge}

    def state(self) -> dict[str, Any]:
        """All that is needed to go on."""
        parts = {name: each.state_dict() for name, each in self._parts().items()}
        return parts | {"p": self.augment.p, "grown": self.grown}

    def stage(self, progress: float) -> Stage:
        """How far to grow. A run that is given more time later does not shrink again."""
        level, fade = (None, 1.0) if self.grown else stage(progress, self.plan, self.settings)
        self.grown = level is None and fade == 1.0
        return {"level": level, "fade": fade}

    def learn_at(self, rate: float) -> None:
        for adam in self._adams:
            for group in adam.param_groups:
                group["lr"] = rate

    def paint(self, real_NCHW: Tensor, how: Stage) -> Tried:
        """The generator's turn: it learns to pass for real."""
        with self._half:
            shown = self.augment(real_NCHW)
            on_real = self.judge(shown, **how)
            self._judge_learns(False)
            z_NZ = torch.randn(len(real_NCHW), self.plan.z, device=real_NCHW.device)
            made = self.augment(self.make(z_NZ, mixing=self.settings.mixing, **how))
            passing = towards(on_real.detach(), self.judge(made, **how), self.settings.loss)
        moved(self._adams[0], passing)
        return Tried(shown, made.detach(), on_real, passing.item())

    def tell(self, tried: Tried, how: Stage, steep: bool) -> dict[str, float]:
        """The discriminator's turn: it learns to tell the same pictures apart. What the step measured."""
        settings, numbers = self.settings, {}
        self._judge_learns(True)
        with self._half:
            on_made = self.judge(tried.made, **how)
            telling = against(tried.on_real, on_made, settings.loss)
            gamma = settings.penalty(min(tried.shown.shape[2:]))
            if steep and gamma > 0.0:
                both = (tried.shown, tried.made) if settings.loss == "pairing" else (tried.shown,)
                slopes = torch.stack([steepness(self.judge, each, **how) for each in both]).sum()
                telling, numbers = telling + 0.5 * gamma * settings.lazy * slopes, {"slopes": slopes.item()}
        moved(self._adams[1], telling)
        sure = sureness(tried.on_real, on_made)
        if settings.augment < 0.0:
            self.augment.follow(sure, settings.batch)
        return {"critic": telling.item(), "maker": tried.passing, "sure": sure, "augment": self.augment.p, **numbers}

    @torch.no_grad()
    def average(self, seen: int) -> None:
        """Let the averaged weights follow; early on, after few pictures were ``seen``, faster."""
        life = min(self.settings.ema * 1000, 0.05 * seen)
        share = 0.5 ** (self.settings.batch / life) if life > 0.0 else 0.0
        for old, new in zip(self.mean.parameters(), self.make.parameters(), strict=True):
            old.lerp_(new, 1.0 - share)

    def _judge_learns(self, whether: bool) -> None:
        for each in self._judges:
            each.requires_grad_(whether)


def moved(adam: torch.optim.Optimizer, loss: Tensor) -> None:
    """One step down the slope of ``loss``."""
    adam.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    adam.step()


def augmentation(plan: Plan, settings: Settings) -> Augmentation:
    """How pictures are shown to the discriminator."""
    wrap = isinstance(plan, Shape) and plan.wrap
    symmetry = Symmetry(flip=settings.flip, turns=settings.turns, wrap=wrap)
    return Augmentation(symmetry, p=max(0.0, settings.augment), cutout=settings.cutout)


def stage(progress: float, plan: Plan, settings: Settings) -> tuple[int | None, float]:
    """(level, fade): half the size first, then the full size fading in, as in https://arxiv.org/abs/1710.10196."""
    if not isinstance(plan, Shape) or min(plan.width, plan.height) < 32 or settings.grow <= 0.0 or progress >= settings.grow + FADE:
        return None, 1.0
    if progress < settings.grow:
        return plan.levels - 1, 1.0
    return None, (progress - settings.grow) / FADE


def batch(pixels: Pixels, draw: np.random.Generator, size: int, device: str) -> Tensor:
    """Some of the pictures, (size, 3, H, W), -1..1."""
    chosen = draw.choice(len(pixels), size, replace=size > len(pixels))
    return torch.from_numpy(np.ascontiguousarray(pixels[chosen])).to(device).float() / 127.5 - 1.0


def shrunk(real_NCHW: Tensor, level: int | None, plan: Plan) -> Tensor:
    """The pictures in the size of ``level``."""
    if isinstance(plan, Shape) and level is not None and level < plan.levels:
        real_NCHW = F.avg_pool2d(real_NCHW, 1 << (plan.levels - level))
    return real_NCHW.contiguous(memory_format=torch.channels_last)


def towards(on_real: Tensor, on_made: Tensor, loss: str) -> Tensor:
    """The generator's loss."""
    return F.softplus(on_real - on_made if loss == "pairing" else -on_made).mean()


def against(on_real: Tensor, on_made: Tensor, loss: str) -> Tensor:
    """The discriminator's loss."""
    if loss == "pairing":
        return F.softplus(on_made - on_real).mean()
    return F.softplus(-on_real).mean() + F.softplus(on_made).mean()


def steepness(judge: Discriminator | PlainDiscriminator, x_NCHW: Tensor, **how: Any) -> Tensor:
    """The mean squared length of the discriminator's slope where the pictures are."""
    x = x_NCHW.detach().float().requires_grad_(True)
    (slope,) = torch.autograd.grad(judge(x, **how).sum(), x, create_graph=True)
    return slope.square().sum((1, 2, 3)).mean()


@torch.no_grad()
def sureness(on_real: Tensor, on_made: Tensor) -> float:
    """How surely real pictures are told from painted ones: 1 always, 0 no better than by chance."""
    middle = 0.5 * (on_real.mean() + on_made.mean())
    return float((on_real - middle).sign().mean())
