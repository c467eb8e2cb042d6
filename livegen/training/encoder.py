"""Fits an encoder to a GAN, on pictures that the net itself paints, so that a camera can lead its latent.

Every picture is drawn anew, with the place that it was painted from: truncated, mixed, seen through a bad
lens. The encoder learns the place, and that what the net paints there looks like the picture (as the
encoders of Richardson et al., https://arxiv.org/abs/2008.00951, without other people's networks).
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import ModelRefused
from ..generators.base import best_device
from ..generators.gan import encoder, play
from ..generators.gan.encoder import Inverse
from ..generators.gan.network import AliasMaker, WithW, mixed
from ..generators.gan.plan import Flat
from ..generators.gan.sight import designed
from ..generators.gan.words import Introduced
from ..generators.styled.latents import Space
from ..generators.styled.mapping import one_of
from ..generators.weights import Array
from .inversion import coloured, enough
from .pyramid import unlike

# N pictures, Z z, W w, K dimensions of the played space, L layers, H height, V width

WARM = 0.03
"""Share of the budget until the full learning rate."""
NEAR, FAR = 0.4, 1.2
"""Truncations between which places are drawn."""
MIXED = 0.15
"""Share of the pictures whose fine layers come from another place: they have no place, only a likeness."""
LIKENESS = 3.0
"""How much it counts that the picture painted there looks alike, beside the place itself."""
CLIP = 1.0
"""Length that the gradient is cut to."""
FINE = 2
"""A net is painted at a level that is at least so many times as fine as what the encoder sees."""
POOL, FRESH = 2048, 4
"""Pictures that are kept to be used again, and the share of a batch that is new: one in so many. Painting them
is the dearest part, and another lens makes another picture of them."""
ALIKE = 4
"""One in so many pictures of a batch is painted again where the encoder places it."""
TRIED = 256
"""Pictures by which it is measured in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How it is fitted."""

    minutes: float = 10.0
    steps: int = 10_000_000
    """An end by steps, if it comes first."""
    batch: int = 32
    rate: float = 1.5e-3
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """How far it is."""

    step: int
    done: float
    """Share of the budget, 0..1."""
    place: float
    """Root mean square error of the place, in standard deviations; smoothed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fitted:
    """An encoder, as it goes into the model's file."""

    tensors: Mapping[str, Array]
    statistics: Mapping[str, Any]
    """How it is built, and how good it is: ``place``, the error in standard deviations where guessing has
    ``guessing``; ``first``, the same in the first eight directions; ``likeness``, the mean difference of what is
    painted there from the picture, as a share of the range, where the middle of all pictures has ``middle``."""


class Pairs:
    """Pictures of a net with the places that they were painted from."""

    def __init__(self, net: WithW, space: Space, size: tuple[int, int], seed: int) -> None:
        """``size``: (width, height) that the encoder sees."""
        self.net, self.plan, self.size = net, net.plan, size
        self.device = next(net.parameters()).device
        self.draw = torch.Generator().manual_seed(seed)
        self.mean, self.back, self.sigma, self.basis = (
            torch.from_numpy(each).to(self.device) for each in (space.mean, space.back, space.sigma, space.basis)
        )
        self.level = level_for(net, size)
        self.coarse = enough(net)

    @torch.no_grad()
    def drawn(self, count: int, *, plain: bool = False) -> tuple[Tensor, Tensor, Tensor]:
        """(ws (N, L, W), u (N, K), whether each has a place (N,)). ``plain``: as the net learned, nothing mixed."""
        w_NW = self._w(count)
        if not plain:
            share = NEAR + (FAR - NEAR) * torch.rand(count, 1, generator=self.draw).to(self.device)
            w_NW = self.mean + (w_NW - self.mean) * share
        ws_NLW = w_NW[:, None].expand(-1, self.plan.layers, -1)
        whole = torch.rand(count, generator=self.draw).to(self.device) >= (0.0 if plain else MIXED)
        if not plain:
            ws_NLW = torch.where(whole[:, None, None], ws_NLW, mixed(ws_NLW, self._w(count), 1.0))
        return ws_NLW, (w_NW - self.mean) @ self.back, whole

    def up(self, u_NK: Tensor) -> Tensor:
        """(N, K) -> (N, L, W)"""
        w_NW = self.mean + (u_NK * self.sigma) @ self.basis
        return w_NW[:, None].expand(-1, self.plan.layers, -1)

    def painted(self, ws_NLW: Tensor, level: int | None) -> Tensor:
        """(N, 3, H, V), -1..1."""
        how = {} if level is None else {"level": level}
        return coloured(self.net.synthesis(ws_NLW, **how)).clamp(-1, 1)

    def seen(self, ws_NLW: Tensor) -> Tensor:
        """(N, 3, height, width) as large as the encoder sees."""
        made = torch.cat([self.painted(part, self.level) for part in ws_NLW.split(16)])  # type: ignore[no-untyped-call]
        return F.interpolate(made, (self.size[1], self.size[0]), mode="area")

    def _w(self, count: int) -> Tensor:
        z_NZ = torch.randn(count, self.plan.z, generator=self.draw).to(self.device)
        if not self.plan.classes:
            w: Tensor = self.net.mapping(z_NZ)
            return w
        kinds = torch.randint(self.plan.classes, (count,), generator=self.draw).tolist()
        w = self.net.mapping(z_NZ, torch.cat([one_of(self.plan.classes, kind, 1) for kind in kinds]).to(self.device))
        return w


class Pool:
    """Pairs that are used several times; the oldest make room for new ones."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs, self.count = pairs, 0
        self._kept: list[Tensor] = []

    def drawn(self, count: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(what the encoder sees (N, 3, H, W), u (N, K), whether each has a place (N,), what is painted (N, 3, h, v))."""
        self._add(count if not self.count else max(1, count // FRESH))
        chosen = torch.randint(min(self.count, POOL), (count,), generator=self.pairs.draw).to(self.pairs.device)
        seen, u_NK, whole, painted = (each[chosen].float() for each in self._kept)
        return seen, u_NK, whole, painted

    def _add(self, count: int) -> None:
        ws_NLW, u_NK, whole = self.pairs.drawn(count)
        with torch.no_grad():
            new = [self.pairs.seen(ws_NLW).half(), u_NK, whole, self.pairs.painted(ws_NLW, self.pairs.coarse).half()]
        if not self._kept:
            self._kept = [torch.empty((POOL, *each.shape[1:]), dtype=each.dtype, device=each.device) for each in new]
        at = (self.count + torch.arange(count, device=self.pairs.device)) % POOL
        for kept, each in zip(self._kept, new, strict=True):
            kept[at] = each
        self.count += count


def fit(
    model: Introduced, held: Mapping[str, Array], settings: Settings, tell: Callable[[Now], None] = lambda now: None
) -> Fitted:
    """Fit an encoder to a model. ``held``: the tensors of its file. Raises ModelRefused for a net without w."""
    if isinstance(model.plan, Flat):
        raise ModelRefused(f"{model.path.name} is a plain net, which has no place to look for", hint="take one with a w")
    torch.manual_seed(settings.seed)
    net = play.loaded(model, held, best_device())
    assert isinstance(net, WithW)
    space = Space.from_tensors(held)
    sight = designed((model.plan.width, model.plan.height), len(space.sigma))
    pairs = Pairs(net, space, sight.size, settings.seed)
    inverse = Inverse(sight).to(pairs.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    taught(inverse, pairs, settings, wrapped(model), tell)
    said = sight.as_dict() | measured(inverse.eval(), pairs)
    return Fitted(tensors=encoder.tensors(inverse), statistics=said)


def taught(inverse: Inverse, pairs: Pairs, settings: Settings, wraps: bool, tell: Callable[[Now], None]) -> None:
    """Fit it until the budget is used up."""
    adam = torch.optim.Adam(inverse.parameters(), settings.rate, betas=(0.9, 0.99))
    pool, began, step, error = Pool(pairs), time.monotonic(), 0, 1.0
    while True:
        minutes = (time.monotonic() - began) / 60
        done = max(step / settings.steps, minutes / settings.minutes)
        if done >= 1.0:
            return
        adam.param_groups[0]["lr"] = settings.rate * min(1.0, (done + 1e-3) / WARM) * (0.51 + 0.49 * math.cos(math.pi * done))
        place, alike = losses(inverse, pool, settings.batch, wraps)
        adam.zero_grad(set_to_none=True)
        (place + LIKENESS * alike).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(inverse.parameters(), CLIP)
        adam.step()
        step += 1
        error += max(0.02, 1.0 / step) * (float(place.detach()) - error)
        tell(Now(step=step, done=done, place=math.sqrt(error)))


def losses(inverse: Inverse, pool: Pool, count: int, wraps: bool) -> tuple[Tensor, Tensor]:
    """Of ``count`` pictures: the squared error of their places, and how unlike some of them are painted there."""
    pairs, few = pool.pairs, max(1, count // ALIKE)
    seen, u_NK, whole, wanted = pool.drawn(count)
    found = inverse.placed(lens(seen, pairs.draw, wraps))
    place = ((found - u_NK).square().mean(1) * whole).sum() / whole.sum().clamp_min(1.0)
    return place, unlike(pairs.painted(pairs.up(found[:few]), pairs.coarse), wanted[:few]).mean()


def lens(x_NCHW: Tensor, draw: torch.Generator, wraps: bool) -> Tensor:
    """The pictures as a camera might see them: lighter or darker, tinted, moved, blurred, noisy. A torus may lie anywhere."""
    count, _, high, wide = x_NCHW.shape
    device = x_NCHW.device

    def rand(*shape: int) -> Tensor:
        return torch.rand(count, *shape, generator=draw).to(device)

    x = moved(x_NCHW, rand(4), 0.5 if wraps else 0.06, "wrap" if wraps else "border")
    blurred = F.interpolate(F.avg_pool2d(x, 2), (high, wide), mode="bilinear")
    x = x.lerp(blurred, rand(1, 1, 1) * (rand(1, 1, 1) < 0.5))
    gain = torch.exp2((rand(1, 1, 1) - 0.5) * 0.7 + (rand(3, 1, 1) - 0.5) * 0.25)
    x = (x + 1) * gain - 1 + (rand(1, 1, 1) - 0.5) * 0.2
    x = x + torch.randn(x.shape, generator=draw).to(device) * rand(1, 1, 1) * 0.1
    plain = rand(1, 1, 1) < 0.25
    return torch.where(plain, x_NCHW, x.clamp(-1, 1)).contiguous(memory_format=torch.channels_last)


def moved(x_NCHW: Tensor, by_N4: Tensor, far: float, edge: str) -> Tensor:
    """Moved by up to ``far`` of the sides, a little turned and zoomed. ``edge``: ``wrap``, or ``border``."""
    angle, zoom = (by_N4[:, 2] - 0.5) * 0.15, torch.exp2((by_N4[:, 3] - 0.5) * 0.25)
    cos, sin = angle.cos() / zoom, angle.sin() / zoom
    if edge == "wrap":  # a torus that is turned or zoomed has a seam
        cos, sin = torch.ones_like(cos), torch.zeros_like(sin)
    across, down = ((by_N4[:, i] - 0.5) * 4.0 * far for i in (0, 1))
    rows = torch.stack((torch.stack((cos, -sin, across), 1), torch.stack((sin, cos, down), 1)), 1)
    grid = F.affine_grid(rows, list(x_NCHW.shape), align_corners=False)
    if edge == "wrap":
        grid = (grid + 1.0) % 2.0 - 1.0
    found: Tensor = F.grid_sample(x_NCHW, grid, padding_mode="border", align_corners=False)
    return found


@torch.no_grad()
def measured(inverse: Inverse, pairs: Pairs) -> dict[str, float]:
    """How good it is on pictures that it has not seen, as the net learned to paint them."""
    ws_NLW, u_NK, _ = pairs.drawn(TRIED, plain=True)
    parts = range(0, TRIED, 32)
    found = torch.cat([inverse.placed(pairs.seen(ws_NLW[i : i + 32])) for i in parts])
    error = (found - u_NK).square().mean(0).cpu().numpy()
    spread = u_NK.square().mean(0).cpu().numpy()
    wanted = [pairs.painted(ws_NLW[i : i + 32], pairs.coarse) for i in parts]
    given = [pairs.painted(pairs.up(found[i : i + 32]), pairs.coarse) for i in parts]
    middle = pairs.painted(pairs.up(torch.zeros_like(found[:1])), pairs.coarse)
    apart = [float(torch.cat([(a - b).abs().mean((1, 2, 3)) for a, b in zip(x, wanted, strict=True)]).mean() / 2) for x in (given, [middle] * len(wanted))]
    said = {
        "place": np.sqrt(error.mean()), "guessing": np.sqrt(spread.mean()), "first": np.sqrt(error[:8].mean()),
        "likeness": apart[0], "middle": apart[1],
    }  # fmt: skip
    return {name: float(f"{float(value):.3g}") for name, value in said.items()}


def level_for(net: WithW, size: tuple[int, int]) -> int | None:
    """The level at which pictures are painted to be seen at ``size``; None: whole."""
    if isinstance(net, AliasMaker) or net.plan.architecture != "skip":
        return None
    found = net.plan.levels
    while found > 1 and net.plan.start[1] << (found - 1) >= FINE * size[0]:
        found -= 1
    return found


def wrapped(model: Introduced) -> bool:
    """Whether its pictures are tori."""
    return bool(getattr(model.plan, "wrap", False))
