"""Stills of the image models: the networks as they are, in single precision, many pictures at a time.

Nothing of the stage is in between: no projection on the played directions, no fit to a frame. The same
weights and latents give the same numbers as the network's own mathematics, which is what comparisons want.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..errors import BadValue, ModelRefused
from ..latent import Floats, from_seed
from . import shelf, weights
from .alias.synthesis import Synthesis as AliasSynthesis
from .capacity.synthesis import Synthesis as CapacitySynthesis
from .gan import play, words
from .gan.network import CapacityMaker, WithW
from .gan.rise import fitted
from .gated.network import Gated
from .styled.mapping import one_of
from .styled.synthesis import Synthesis
from .vae import network as vae_network
from .vae import words as vae_words
from .vae.network import Decoder
from .vae.standing import Space

TOGETHER = 8
"""Pictures that are drawn at once."""
CONST, NONE = "const", "none"
MOST = 4096
"""Pictures in one go."""

# N pictures, Z dimensions of z, W of w, L layers, C colours, H height, W width


@dataclass(frozen=True, slots=True, kw_only=True)
class Stills:
    """One model, ready to be drawn."""

    name: str
    digest: str
    size: tuple[int, int]
    """(width, height), pixels."""
    latent: int
    """Dimensions of z."""
    sown: Callable[[int], Floats]
    """The z that a seed names on the stage."""
    middle: Tensor
    """What truncation draws towards: the mean w, or the mean z of nets without w."""
    mapping: Callable[..., Tensor] | None
    """(N, Z), and for nets with classes the share of each, (N, classes) -> (N, W); None for nets without w."""
    paint: Callable[..., Tensor]
    """(N, L, W), or (N, Z) for nets without w -> (N, 3, H, W)."""
    synthesis: Synthesis | AliasSynthesis | CapacitySynthesis | None
    classes: int = 0
    """How many classes the net knows."""
    sown_noise: Callable[[int | None], list[Tensor]] | None = None
    """The noise that a seed names, or none of it, for nets whose noise is not in their file."""

    def of_seeds(self, seeds: list[int]) -> Floats:
        """(N, Z)"""
        return np.stack([self.sown(seed) for seed in seeds])

    @torch.inference_mode()
    def draw(
        self, z_NZ: Floats | None = None, w: Floats | None = None, *, noise: str = CONST, transform: Tensor | None = None, **how: Any
    ) -> Iterator[Floats]:
        """Pictures of z, (N, Z), or of w, (N, W) or (N, L, W): (n, C, H, W) float32 each time, about -1..1,
        not cut. ``noise``: ``const`` as learned, ``none``, or a seed. ``transform``: (3, 3), where an alias-free net's
        canvas is moved to. ``how``: as in ``placed``. Raises BadValue."""
        if transform is not None and not isinstance(self.synthesis, AliasSynthesis):
            raise BadValue(f"{self.name} has no canvas that could be moved", hint="only alias-free nets have one")
        given = self.placed(z_NZ, w, **how)
        fields = self._fields(noise)
        for start in range(0, len(given), TOGETHER):
            part = given[start : start + TOGETHER]
            more = {"noise": fields} if fields else {"transform": transform} if transform is not None else {}
            made = self.paint(part, **more)
            yield made.float().numpy()

    @torch.inference_mode()
    def placed(
        self, z_NZ: Floats | None = None, w: Floats | None = None, *, truncation: float = 1.0,
        cutoff: int | None = None, kind: int | None = None, mix: tuple[int, int] | None = None,
    ) -> Tensor:  # fmt: skip
        """What goes into the net, checked: (N, L, W), or (N, Z) for nets without w.

        ``truncation``: towards the middle, in the first ``cutoff`` layers (None: in all). ``kind``: number of the
        class. ``mix``: (seed, layer): the style of that seed's picture from that layer on. Raises BadValue.
        """
        if kind is not None and not self.classes:
            raise BadValue(f"{self.name} knows no classes", hint="leave --class out")
        if kind is not None and not 0 <= kind < self.classes:
            raise BadValue(f"{self.name} has no class {kind}", hint=f"0 to {self.classes - 1}")
        if self.mapping is None and (cutoff is not None or mix is not None):
            raise BadValue(f"{self.name} has no w", hint="it is a plain net; leave --cutoff and --mix out")
        if w is None:
            if z_NZ is None:
                raise BadValue("no z and no w")
            z = self._checked(z_NZ, "z", ((self.latent,),))
            if self.mapping is None:
                return self.middle + (z - self.middle) * truncation
            given = self._mapped(z, kind)
        elif self.synthesis is None:
            raise BadValue(f"{self.name} has no w", hint="it is a plain net; give z")
        else:
            shape = self.synthesis.shape
            given = self._checked(w, "w", ((shape.w,), (shape.layers, shape.w)))
        assert self.synthesis is not None
        layers = self.synthesis.shape.layers
        ws = given if given.dim() == 3 else given[:, None].expand(-1, layers, -1)
        if mix is not None and self.mapping is not None:
            other = self._mapped(torch.from_numpy(self.of_seeds([mix[0]])), kind)
            ws = torch.where(torch.arange(layers)[:, None] >= mix[1], other, ws)
        tame = torch.arange(layers)[:, None] < (layers if cutoff is None else cutoff)
        return torch.where(tame, self.middle + (ws - self.middle) * truncation, ws)

    def _mapped(self, z_NZ: Tensor, kind: int | None) -> Tensor:
        """(N, W)"""
        assert self.mapping is not None
        if not self.classes:
            return self.mapping(z_NZ)
        return self.mapping(z_NZ, one_of(self.classes, kind or 0, len(z_NZ)))

    def _checked(self, values: Floats, what: str, shapes: tuple[tuple[int, ...], ...]) -> Tensor:
        fits = [shape for shape in shapes if values.shape[1:] == shape]
        if not fits or not 1 <= len(values) <= MOST:
            wanted = " or ".join(f"(N, {', '.join(map(str, shape))})" for shape in shapes)
            raise BadValue(f"{what} has the shape {values.shape}", hint=f"{self.name} wants {wanted}, N from 1 to {MOST}")
        if not np.isfinite(values).all():
            raise BadValue(f"{what} has values that are not finite")
        return torch.from_numpy(np.ascontiguousarray(values, np.float32))

    def _fields(self, noise: str) -> list[Tensor] | None:
        """One field per convolution, or None for those that the net has learned."""
        if noise != CONST and noise != NONE and not noise.isdigit():
            raise BadValue(f"noise is {noise[:40]!r}", hint="const, none or a whole number")
        if self.sown_noise is not None:
            return None if noise == CONST else self.sown_noise(None if noise == NONE else int(noise))
        if self.synthesis is None or not self.synthesis.shape.noise:
            if noise.isdigit():
                raise BadValue(f"{self.name} was made without noise", hint="leave --noise out")
            return None
        if noise == CONST:
            return None
        assert isinstance(self.synthesis, Synthesis)  # the other one has no noise
        sides = self.synthesis.fields()
        if noise == NONE:
            return [torch.zeros(1, 1, *side) for side in sides]
        draw = np.random.default_rng(int(noise))
        return [torch.from_numpy(draw.standard_normal((1, 1, *side), np.float32)) for side in sides]


def opened(name: str) -> Stills:
    """The image model of that name, file or run folder. Raises ModelRefused."""
    path = shelf.find(name)
    family = weights.look(path).family
    if family not in OPENERS:
        raise ModelRefused(f"{path.name} is a {family} model, which paints no stills", hint=f"there are {_known()}")
    return OPENERS[family](name)


def _gan(name: str) -> Stills:
    model = words.configure({"model": name})
    held = weights.read(model.path)[1]
    net: Any = play.loaded(model, held, "cpu")
    styled = isinstance(net, WithW)
    noisy = isinstance(net, CapacityMaker) or (isinstance(net, Gated) and net.plan.noise)
    plan = net.plan
    # A seed names as many numbers as the played space has: the same picture as on the stage.
    own = min(plan.z, plan.w) if styled else plan.z
    return Stills(
        name=model.path.name, digest=model.header.digest, size=(plan.width, plan.height), latent=plan.z,
        sown=lambda seed: fitted(from_seed(seed, own), plan.z),
        middle=torch.from_numpy(held["latent.mean"].astype(np.float32)) if styled else torch.zeros(plan.z),
        mapping=net.mapping if styled else None, paint=net.synthesis if styled else net,
        synthesis=net.synthesis if styled else None, classes=plan.classes if styled else 0,
        sown_noise=(net.synthesis if styled else net).sown if noisy else None,
    )  # fmt: skip


def _vae(name: str) -> Stills:
    model = vae_words.configure({"model": name})
    held = weights.read(model.path)[1]
    decoder: Any = vae_network.loaded(model.plan, held).decoder
    styled, space = isinstance(decoder, Decoder), Space(held)
    mean = torch.from_numpy(space.mean)
    with torch.inference_mode():
        middle = decoder.mapping(mean[None])[0] if styled else mean
    return Stills(
        name=model.path.name, digest=model.header.digest, size=(model.plan.width, model.plan.height),
        latent=len(space.mean), sown=lambda seed: space.up(from_seed(seed, model.rank)), middle=middle,
        mapping=decoder.mapping if styled else None, paint=decoder.synthesis if styled else decoder,
        synthesis=decoder.synthesis if styled else None,
    )  # fmt: skip


def _known() -> str:
    found = []
    for name, path in shelf.names().items():
        try:
            found += [name] if weights.look(path).family in OPENERS else []
        except ModelRefused:
            continue
    return ", ".join(found) or "none that do yet"


OPENERS: dict[str, Callable[[str], Stills]] = {"gan": _gan, "vae": _vae}
"""Family → who opens its models."""
