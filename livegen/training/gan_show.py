"""What a GAN can do by now: weights ready to be played, contact sheets, named directions, and a watch on it."""

import copy
import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from ..frame import Pixels
from ..generators import weights
from ..generators.capacity.plan import Plan as Capacity
from ..generators.gan.network import CapacityMaker, Maker, PlainMaker, maker
from ..generators.gan.plan import planned
from ..generators.styled.framing import as_bytes
from ..generators.styled.latents import SAMPLES, Space, surveyed, turned
from ..generators.styled.shape import Shape
from ..generators.styled.synthesis import Block
from ..generators.weights import Array
from ..latent import Floats
from ..traits import measured as traits_of
from . import measures
from .pictures import contact
from .run import Run

COUNT = 64
"""Pictures on a contact sheet."""
ASKED = 160
"""Pictures by which directions are named."""
DIRECTIONS = 8
REACH = (-2.5, 0.0, 2.5)
"""Standard deviations at which a thumbnail looks along its direction."""
AT_ONCE, ROOM = 16, 8 << 20
"""Pictures that are painted in one, and bytes that the features of all of them may take."""
LONGEST = 48
"""Pixels of the longer side of one picture in a thumbnail."""
SURE = 0.35
"""Correlation from which on a direction is called by what it changes."""
COPIED, ALIKE = 0.4, 0.4
"""Nearness to the set, and share of its diversity, below which a sentence is due."""


class Watch:
    """Looks for copies and for sameness, and says so once."""

    def __init__(self, pixels: Pixels, wrap: bool) -> None:
        self.wrap = wrap
        self.real = measures.seen(pixels[:: max(1, len(pixels) // 2000)], wrap)
        self.said: set[str] = set()

    def look(self, run: Run, made: Pixels) -> dict[str, float]:
        """Measures of painted pictures; what a person should know is noted."""
        seen = measures.seen(made, self.wrap)
        near = measures.nearest(self.real, seen) if len(self.real) > 1 else 1.0
        wide = measures.diversity(seen) / max(1e-9, measures.diversity(self.real))
        if near < COPIED:
            self._say(
                run, "copies",
                f"the pictures come {near:.0%} as near to the training pictures as those to each other: "
                "it learns them by heart; more pictures help, or stop earlier",
            )  # fmt: skip
        if wide < ALIKE and run.progress > 0.3:
            self._say(
                run, "alike",
                f"the pictures differ {wide:.0%} as much as the training pictures: it paints the same again and "
                "again; begin anew with another --seed, or with more pictures",
            )  # fmt: skip
        return {"nearness": round(near, 4), "diversity": round(wide, 4)}

    def _say(self, run: Run, what: str, sentence: str) -> None:
        if what not in self.said:
            self.said.add(what)
            run.noted(sentence)


def show(
    run: Run, mean: Maker | PlainMaker, judge: nn.Module, watch: Watch, stage: tuple[int | None, float]
) -> None:
    """Publish the averaged weights and a contact sheet. Training's random numbers are not touched.

    ``stage``: (level, fade) that is trained now. What lies beyond it is published as what it is, nothing.
    """
    level, fade = stage
    mean = copy.deepcopy(mean).eval()
    if isinstance(mean, Maker):
        untrained(mean, level, fade)
    painted = paint(mean, gaussian(COUNT, mean.plan.z, 1), level)
    said: dict[str, object] = dict(watch.look(run, painted))
    tensors = halved(mean) | {f"discriminator.{name}": each for name, each in halved(judge).items()}
    if isinstance(mean, Maker):
        small = coarse(mean, level)
        space, shares = survey(mean, small)
        names = directions(mean, space, small)
        said["directions"] = listed(names, shares)
        tensors |= space.tensors() | thumbnails(mean, space, names, small)
    else:
        tensors["thumb.model"] = jpeg(contact(painted[:1], 1), 1)
    run.publish(tensors, statistics=said)
    run.show(painted)


def coarse(mean: Maker | CapacityMaker, level: int | None) -> int:
    """The level that is enough to tell directions apart: a quarter or less of the work of a full picture."""
    found = mean.plan.levels if level is None else level
    while found > 1 and min(mean.plan.start) << (found - 1) >= LONGEST / 2:
        found -= 1
    return found


@torch.no_grad()
def untrained(mean: Maker, level: int | None, fade: float) -> None:
    """Take the colours of levels that were not trained out, and of the one that fades in a part."""
    for depth, block in enumerate(mean.synthesis.blocks):
        assert isinstance(block, Block) and block.colours is not None
        share = fade if depth == mean.plan.levels and level is None else float(level is None or depth <= level)
        for each in (block.colours.weight, block.colours.bias):
            each.mul_(share)


def pictures_of(path: Path, count: int, seed: int) -> Pixels:
    """(count, 3, H, W) uint8 painted by the model at ``path``. Raises ModelRefused."""
    header, held = weights.read(path)
    net = maker(planned(header.config))
    net.load_state_dict({name: torch.from_numpy(held[name].astype(np.float32)) for name in net.state_dict()})
    return paint(net, gaussian(count, net.plan.z, seed), None)


def halved(net: nn.Module) -> dict[str, Array]:
    """Its tensors in half precision, which no eye can tell from single."""
    return {name: each.detach().cpu().numpy().astype(np.float16) for name, each in net.state_dict().items()}


def gaussian(count: int, size: int, seed: int) -> Tensor:
    """(count, size), the same on every machine."""
    return torch.from_numpy(np.random.default_rng(seed).standard_normal((count, size), np.float32))


@torch.no_grad()
def paint(mean: Maker | CapacityMaker | PlainMaker, z_NZ: Tensor, level: int | None) -> Pixels:
    """(N, 3, H, W) uint8."""
    device = next(mean.parameters()).device
    return joined(lambda part: mean(part.to(device), level=level), z_NZ)


@torch.no_grad()
def paint_along(mean: Maker | CapacityMaker, space: Space, u_NK: Floats, level: int | None) -> Pixels:
    """(N, 3, H, W) uint8 at places of the played space."""
    device, layers = next(mean.parameters()).device, mean.plan.layers
    w = torch.from_numpy(space.up(u_NK))
    at_once = max(1, min(AT_ONCE, ROOM // features(mean.plan, level)))
    return joined(lambda part: mean.synthesis(part.to(device)[:, None].expand(-1, layers, -1), level=level), w, at_once)


def features(plan: Shape | Capacity, level: int | None) -> int:
    """Bytes of one picture's features after ``level`` doublings."""
    level = plan.levels if level is None else level
    if isinstance(plan, Capacity):
        return 4 * max(plan.room(each) for each in range(level + 1))
    return 4 * plan.channels(level) * math.prod(side << level for side in plan.start)


def joined(net: Callable[[Tensor], Tensor], x: Tensor, at_once: int = AT_ONCE) -> Pixels:
    found = torch.cat([net(part) for part in x.split(at_once)])  # type: ignore[no-untyped-call]
    if found.shape[1] != 3:
        return as_bytes(found)[:, :3].contiguous().cpu().numpy()
    pixels: Pixels = ((found.float().clamp(-1, 1) + 1) * 127.5).round().byte().cpu().numpy()
    return pixels


@torch.no_grad()
def survey(mean: Maker, level: int | None) -> tuple[Space, Floats]:
    """The space of its w, as many directions as z has, those that show most first, with their shares."""
    device = mean.synthesis.const.device
    w = mean.mapping(gaussian(SAMPLES, mean.plan.z, 7).to(device)).cpu().numpy()
    space, _ = surveyed(w, min(mean.plan.z, mean.plan.w))
    u = gaussian(3 * len(space.sigma), len(space.sigma), 13).numpy()
    return turned(space, u, measures.seen(paint_along(mean, space, u, level)))


def directions(mean: Maker | CapacityMaker, space: Space, level: int | None, asked: int = ASKED) -> list[str]:
    """A name for each of the first directions: what it changes most in ``asked`` pictures, else ``form-2``.

    Directions of ``space`` are turned round, in place, so that a higher value is more of what the name says.
    """
    count = min(DIRECTIONS, len(space.sigma))
    u = np.random.default_rng(11).standard_normal((asked, len(space.sigma))).astype(np.float32)
    traits = {name: of for name, of in traits_of(paint_along(mean, space, u, level)).items() if of.std() > 1e-9}
    related = {
        name: np.array([np.corrcoef(u[:, i], of)[0, 1] for i in range(count)]) for name, of in traits.items()
    }
    names: list[str] = [""] * count
    pairs = sorted(((-abs(r[i]), i, name) for name, r in related.items() for i in range(count)))
    for strength, i, name in pairs:
        if -strength >= SURE and not names[i] and name not in names:
            names[i] = name
            space.basis[i] *= np.sign(related[name][i])
    return [name or f"form-{i + 1}" for i, name in enumerate(names)]


def listed(names: list[str], shares: Floats) -> list[dict[str, object]]:
    """The first directions as a file's header names them."""
    return [{"name": name, "share": float(f"{x:.3g}")} for name, x in zip(names, shares, strict=False)]


def thumbnails(mean: Maker | CapacityMaker, space: Space, names: list[str], level: int | None) -> dict[str, Array]:
    """``thumb.direction/NAME``, a strip of three pictures along each, and ``thumb.model``, as JPEG bytes."""
    u = np.zeros((len(names), len(REACH), len(space.sigma)), np.float32)
    for i in range(len(names)):
        u[i, :, i] = REACH
    strips = paint_along(mean, space, u.reshape(-1, u.shape[2]), level)
    found = {}
    for i, name in enumerate(names):
        strip = strips[i * len(REACH) : (i + 1) * len(REACH)]
        found[f"thumb.direction/{name}"] = jpeg(contact(strip, len(REACH)), len(REACH))
    found["thumb.model"] = jpeg(contact(paint(mean, gaussian(1, mean.plan.z, 1), level), 1), 1)
    return found


def jpeg(picture: Pixels, across: int) -> Array:
    """(h, w, 3) with ``across`` pictures side by side, as bytes in an array."""
    image = Image.fromarray(picture)
    share = LONGEST / max(image.height, image.width // across)
    if share < 1.0:
        image = image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return np.frombuffer(out.getvalue(), np.uint8)
