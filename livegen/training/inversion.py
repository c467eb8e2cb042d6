"""Looks for a picture in a GAN: first the w that paints what comes nearest, then one w for each layer.

Abdal et al., Image2StyleGAN, https://arxiv.org/abs/1904.03189; Karras et al., StyleGAN2, appendix D,
https://arxiv.org/abs/1912.04958. The first search goes in the played space, where pictures lie around
zero with spread one, so each place on the way can be shown on a stage.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..errors import ModelRefused
from ..frame import Pixels
from ..generators.base import best_device
from ..generators.gan import play
from ..generators.gan.encoder import seeing
from ..generators.gan.network import AliasMaker, WithW
from ..generators.gan.plan import Flat
from ..generators.gan.words import Introduced
from ..generators.styled.latents import Space
from ..generators.weights import Array
from ..latent import Floats
from .gan_show import gaussian
from .perceived import Perceived, features_of, installed
from .pyramid import resized, unlike

# N pictures, L layers, W w, K dimensions of the played space, C colours, H height, V width

W, W_PLUS = "w", "w+"
SPACES = (W, W_PLUS)
MOST_SAMPLES, FEWEST_SAMPLES = 512, 24
"""Pictures among which the search begins at the nearest."""
PAINTED = 1 << 21
"""Pixels that are painted for that at most, where there are more than the fewest samples."""
LANES, SMALL = 4, 128 * 128
"""Beginnings that are followed at once at first, and the pixels up to which a picture is small enough for it."""
ALONE = 0.3
"""Share of the first search after which only the best is followed."""
FIRST = 0.5
"""Share of all steps that the first search takes, if a second follows."""
RATE, RATE_PLUS = 0.1, 0.05
"""Learning rates, in standard deviations a step."""
RISE, FALL = 0.05, 0.3
"""Shares of a search in which the rate rises and falls."""
JITTER = 0.1
"""Standard deviations by which places are shaken at first, so that the search leaves small hollows."""
CALM = 0.5
"""Share of the first search after which nothing is shaken."""
REACH = 4.0
"""Standard deviations that the played space goes to either side: what is found in it can be played."""
USUAL, TOGETHER = 0.002, 0.01
"""How much it costs to be far from usual pictures, and how much that layers differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How it is looked for."""

    space: str = W_PLUS
    """``w``: one w for all layers, a place that the model knows. ``w+``: then one for each layer, nearer."""
    steps: int = 400
    minutes: float = math.inf
    """An end by the clock, if it comes first."""
    seed: int = 1
    """Of the samples among which it begins."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Now:
    """How far it is."""

    step: int
    done: float
    """Share of the budget, 0..1."""
    space: str
    loss: float
    """The least that was found."""
    u: Floats
    """(k,) the place in the played space that is tried, no farther out than it can be played."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """Where the picture was found."""

    space: str
    ws: Floats
    """(layers, w)"""
    picture: Pixels
    """(3, H, W) uint8: what the net paints there."""
    error: float
    """Mean difference from what was asked for, as a share of the whole range, 0..1."""
    loss: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """What came of it."""

    u: Floats
    """(k,) the best place of the played space."""
    places: tuple[Place, ...]
    """In w, and in w+ if that was looked for too."""
    steps: int
    seconds: float

    @property
    def best(self) -> Place:
        return min(self.places, key=lambda place: place.loss)


def invert(
    model: Introduced, held: Mapping[str, Array], pixels: Pixels, settings: Settings,
    tell: Callable[[Now], None] = lambda now: None,
) -> Found:  # fmt: skip
    """Look for a picture, (3, H, W) uint8 as large as the net paints. ``held``: the tensors of the model's file;
    ``tell`` hears every step. Raises ModelRefused for a net without w."""
    if isinstance(model.plan, Flat):
        raise ModelRefused(f"{model.path.name} is a plain net, in which nothing can be looked for", hint="take one with a w")
    device = best_device()
    net = play.loaded(model, held, device)
    assert isinstance(net, WithW)
    lpips = installed((model.plan.width, model.plan.height), device)
    seen = Perceived(asked_for(pixels, device), features_of(model.plan, held).to(device), lpips=lpips)
    look = seeing(model, held, device)
    guess = None if look is None or model.sight is None else look(small(pixels, model.sight.size))
    return Search(net, Space.from_tensors(held), seen, settings).run(tell, guess)


class Search:
    """One picture, one net."""

    def __init__(self, net: WithW, space: Space, seen: Perceived, settings: Settings) -> None:
        """``seen`` holds what is asked for, (1, 3, height, width) of the net."""
        self.net, self.seen, self.settings = net, seen, settings
        device = seen.asked.device
        self.mean, self.basis, self.sigma = (torch.from_numpy(each).to(device) for each in (space.mean, space.basis, space.sigma))
        self.space, self.layers = space, net.plan.layers
        self.began = time.monotonic()
        self.step = 0

    def run(self, tell: Callable[[Now], None], guess: Floats | None = None) -> Found:
        """Look for it. ``guess``: (k,) a place to begin at too. ``tell`` hears every step."""
        both = self.settings.space == W_PLUS
        first = FIRST if both else 1.0
        u_K = self.in_w(self.beginnings(guess), first, tell)
        ws_LW = self.up(u_K)[None].expand(self.layers, -1)
        places = [self.place(W, ws_LW)]
        if both:
            places.append(self.place(W_PLUS, self.in_w_plus(u_K, first, tell)))
        seconds = time.monotonic() - self.began
        return Found(u=u_K.cpu().numpy(), places=tuple(places), steps=self.step, seconds=seconds)

    @property
    def done(self) -> float:
        """Share of the budget, 0..1."""
        minutes = (time.monotonic() - self.began) / 60
        return min(1.0, max(self.step / max(1, self.settings.steps), minutes / max(1e-9, self.settings.minutes)))

    def up(self, u_NK: Tensor) -> Tensor:
        """(..., k) -> (..., w)"""
        return self.mean + (u_NK * self.sigma) @ self.basis

    def painted(self, ws_NLW: Tensor, level: int | None = None) -> Tensor:
        """(N, 3, H, V), about -1..1."""
        how = {} if level is None else {"level": level}
        return coloured(self.net.synthesis(ws_NLW, **how))

    @torch.no_grad()
    def beginnings(self, guess: Floats | None) -> Tensor:
        """(lanes, k) the nearest of many samples, and ``guess``."""
        plan, device = self.net.plan, self.mean.device
        level = enough(self.net)
        area = plan.width * plan.height >> (0 if level is None else 2 * (plan.levels - level))  # type: ignore[union-attr]
        count = max(FEWEST_SAMPLES, min(MOST_SAMPLES, PAINTED // area))
        w_NW = self.net.mapping(gaussian(count, plan.z, self.settings.seed).to(device)).cpu().numpy()
        u_NK = torch.from_numpy(self.space.down(w_NW)).to(device).clamp(-REACH, REACH)
        if guess is not None:
            u_NK = torch.cat((torch.from_numpy(guess).to(device)[None], u_NK))
        far = []
        for part in u_NK.split(16):  # type: ignore[no-untyped-call]
            made = self.painted(self.up(part)[:, None].expand(-1, self.layers, -1), level).clamp(-1, 1)
            far.append(unlike(made, resized(self.seen.asked, made).expand(len(made), -1, -1, -1)))
        lanes = LANES if plan.width * plan.height <= SMALL else 1
        return u_NK[torch.cat(far).argsort()[:lanes]]

    def in_w(self, u_NK: Tensor, end: float, tell: Callable[[Now], None]) -> Tensor:
        """(k,) the best place; the search ends at the share ``end`` of the budget."""
        draw = torch.Generator().manual_seed(self.settings.seed)
        best = Best(u_NK[0])
        for chosen, until in ((len(u_NK), ALONE * end), (1, end)):
            u_NK = u_NK[:chosen].clone().requires_grad_(True)
            adam = torch.optim.Adam([u_NK], RATE, betas=(0.9, 0.99))
            far = torch.zeros(len(u_NK))
            while self.done < until:
                share = self.done / end
                shaken = JITTER * max(0.0, 1.0 - share / CALM) ** 2 if self.step else 0.0
                moved = (u_NK + shaken * torch.randn(u_NK.shape, generator=draw).to(u_NK.device)).clamp(-REACH, REACH)
                far = self.seen(self.painted(self.up(moved)[:, None].expand(-1, self.layers, -1)))
                best.look(far, moved)
                far = far + USUAL * u_NK.square().mean(1)
                self.stepped(adam, far.sum(), RATE * rate(share))
                with torch.no_grad():
                    u_NK.clamp_(-REACH, REACH)
                tell(Now(step=self.step, done=self.done, space=W, loss=best.loss, u=best.at.cpu().numpy()))
            u_NK = u_NK.detach()[far.detach().argsort().to(u_NK.device)]
        return best.at

    def in_w_plus(self, u_K: Tensor, begin: float, tell: Callable[[Now], None]) -> Tensor:
        """(layers, w) the best place near ``u``."""
        w_W, unit = self.up(u_K), self.sigma.square().mean().sqrt()
        away_LW = torch.zeros(self.layers, len(w_W), device=w_W.device, requires_grad=True)
        adam = torch.optim.Adam([away_LW], RATE_PLUS, betas=(0.9, 0.99))
        best = Best(away_LW.detach())
        while self.done < 1.0:
            far = self.seen(self.painted((w_W + away_LW * unit)[None]))
            best.look(far, away_LW[None])
            self.stepped(adam, far.sum() + TOGETHER * away_LW.square().mean(), RATE_PLUS * rate((self.done - begin) / (1 - begin)))
            tell(Now(step=self.step, done=self.done, space=W_PLUS, loss=best.loss, u=u_K.cpu().numpy()))
        return w_W + best.at * unit

    def stepped(self, adam: torch.optim.Adam, loss: Tensor, at: float) -> None:
        adam.param_groups[0]["lr"] = at
        adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        self.step += 1

    @torch.no_grad()
    def place(self, space: str, ws_LW: Tensor) -> Place:
        """What is there."""
        made = self.painted(ws_LW[None])
        loss = float(self.seen(made))
        pixels = ((made.clamp(-1, 1) + 1) * 127.5).round()
        asked = ((self.seen.asked + 1) * 127.5).round()
        error = float((pixels - asked).abs().mean() / 255.0)
        return Place(
            space=space, ws=ws_LW.float().cpu().numpy().copy(), picture=pixels[0].byte().cpu().numpy(), error=error, loss=loss
        )


class Best:
    """The nearest of all that was tried."""

    def __init__(self, at: Tensor) -> None:
        self.at, self.loss = at.detach().clone(), math.inf

    @torch.no_grad()
    def look(self, far_N: Tensor, tried_N: Tensor) -> None:
        """``tried``: (N, ...) places, ``far``: how far off each one was."""
        nearest = int(far_N.argmin())
        if float(far_N[nearest]) < self.loss:
            self.at, self.loss = tried_N[nearest].detach().clone(), float(far_N[nearest])


def rate(share: float) -> float:
    """Of the learning rate at ``share`` 0..1 of a search: up a little, down smoothly."""
    down = min(1.0, max(0.0, (1.0 - share) / FALL))
    return min(1.0, 0.1 + share / RISE) * (0.5 - 0.5 * math.cos(math.pi * down)) + 0.01


def enough(net: WithW) -> int | None:
    """The level at which samples are looked through; None: whole."""
    if isinstance(net, AliasMaker) or net.plan.architecture != "skip":
        return None
    found = net.plan.levels
    while found > 1 and min(net.plan.start) << found > 32:
        found -= 1
    return found


def small(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """(3, H, W) uint8 -> (height, width, 3), averaged down to ``size``, (width, height)."""
    x = F.interpolate(torch.from_numpy(np.ascontiguousarray(pixels))[None].float(), (size[1], size[0]), mode="area")
    found: Pixels = x[0].round().byte().permute(1, 2, 0).numpy()
    return found


def coloured(made_NCHW: Tensor) -> Tensor:
    """What a net made, grey or with alpha, as colours, (N, 3, H, W) float32."""
    made = made_NCHW.float()
    return made.expand(-1, 3, -1, -1) if made.shape[1] == 1 else made[:, :3]


def asked_for(pixels: Pixels, device: str | torch.device = "cpu") -> Tensor:
    """(3, H, W) uint8 -> (1, 3, H, W), -1..1."""
    return torch.from_numpy(np.ascontiguousarray(pixels)).to(device)[None].float() / 127.5 - 1.0
