"""Plays a GAN on torch."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from ...errors import ModelRefused
from ...frame import Pixels
from .. import weights
from ..alias.plan import Plan as Alias
from ..base import Generator, Picture, Request
from ..capacity.plan import Plan as Capacity
from ..gated.network import Gated
from ..gated.plan import Plan as GatedPlan
from ..styled.bending import asked as bend_asked
from ..styled.blending import Blending
from ..styled.fast import Painter
from ..styled.framing import as_bytes, framed
from ..styled.shape import Shape
from ..styled.shares import asked as blend_asked
from ..styled.synthesis import around
from .alias_play import AliasGan
from .capacity_play import CapacityGan
from .encoder import seeing
from .gated_play import GatedGan
from .network import AliasMaker, CapacityMaker, Maker, PlainMaker, WithW, network
from .noise import fields_of, grain, sparkling, wanted
from .plan import planned
from .standing import Standing
from .words import Introduced, configure, introduction

DEVICES = ("cpu", "cuda", "mps")


class Gan:
    """A styled net, ready to paint."""

    def __init__(self, model: Introduced, device: str = "cpu") -> None:
        """Raises ModelRefused when the weights do not fit."""
        self.info = introduction(model)
        _, held = weights.read(model.path)
        net = loaded(model, held, device)
        assert isinstance(net, Maker)
        self._standing, self._synthesis = Standing(model, held, seeing(model, held, device)), net.synthesis
        self._canvas, self._fit = model.config.canvas, model.config.fit
        there = companion(model, device)
        other = there.synthesis if isinstance(there, Maker) else None
        self._painter = Painter(net.synthesis, device, fit=self._fit, other=other)
        self._blending = None if other is None else Blending(net.synthesis, other, net.synthesis.shape)
        self._learned = [held[name] for name in fields_of(net.plan)] if net.plan.noise else []

    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        stands = self._standing.stand(request)
        ws = stands.ws
        self._blend(request)
        across, down = (float(request.knobs.get(name, 0.0)) % 1.0 for name in ("across", "down"))
        how = self._how(request)
        if not np.isfinite(ws).all():
            finite = False
        elif across or down:
            finite = self._scrolled(ws, (across, down), out, {"way": request.way, **how})
        else:
            finite = self._painter.paint(ws, out, request.way, **how)
        took = (time.perf_counter() - began) * 1e3
        return Picture(
            pixels=out, finite=finite, latent=stands.latent, state=stands.state, render_ms=took, way=self._painter.used
        )

    def warm_up(self, size: tuple[int, int]) -> None:
        """Paint once into nothing."""
        self._painter.warm_up(size)

    def _blend(self, request: Request) -> None:
        """Bring the weights to where the knobs want them."""
        if self._blending is None:
            return
        changed = self._blending.to(blend_asked(request.knobs, self._synthesis.shape))
        if changed:
            self._painter.altered(changed, back=not any(self._blending.shares))

    def _how(self, request: Request) -> dict[str, Any]:
        """What the synthesis is to do beside its usual."""
        how: dict[str, Any] = {} if self._canvas == (1, 1) else {"canvas": self._canvas}
        shape = self._synthesis.shape
        bend = bend_asked(request.knobs, shape.layers - 1)
        if bend is not None:
            how["bend"] = bend
        noise = wanted(request, shape)
        as_built = noise.usual and self._canvas == (1, 1) if shape.noise else noise.idle
        if as_built:
            return how
        sides = self._synthesis.fields(self._canvas)
        fields = sparkling(self._learned, sides, noise) if shape.noise else grain(sides, noise)
        how["noise"] = [torch.from_numpy(each).to(self._painter.device) for each in fields]
        return how

    @torch.inference_mode()
    def _scrolled(self, ws: Any, by: tuple[float, float], out: Pixels, how: dict[str, Any]) -> bool:
        """Paint the endless texture moved by shares of its sides; between pixels too, and without a seam."""
        numbers = self._painter.numbers(ws, **how)
        if not bool(numbers.sum().isfinite()):
            return False
        high, wide = numbers.shape[-2:]
        x, y = by[0] * wide, by[1] * high
        numbers = torch.roll(numbers, (int(y), int(x)), (2, 3))
        # What is left of the way, less than a pixel, is a blend with the neighbour.
        lapped, right, below = around(numbers), x % 1.0, y % 1.0
        numbers = lapped[:, :, 1:-1, 1:-1].lerp(lapped[:, :, 1:-1, :-2], right)
        above = lapped[:, :, :-2, 1:-1].lerp(lapped[:, :, :-2, :-2], right)
        numbers = numbers.lerp(above, below)
        put(numbers, out, self._fit)
        return True


class PlainGan:
    """The first lesson's net, ready to paint."""

    def __init__(self, model: Introduced, device: str = "cpu") -> None:
        """Raises ModelRefused when the weights do not fit."""
        self.info, self._fit, self._device = introduction(model), model.config.fit, device
        net = loaded(model, weights.read(model.path)[1], device)
        assert isinstance(net, PlainMaker)
        self._net = net

    @torch.inference_mode()
    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        z = request.latent.values.astype(np.float32) * np.float32(request.knobs.get("truncation", 1.0))
        numbers = self._net(torch.from_numpy(z)[None].to(self._device))
        finite = bool(numbers.sum().isfinite())
        if finite:
            put(numbers, out, self._fit)
        return Picture(pixels=out, finite=finite, render_ms=(time.perf_counter() - began) * 1e3)

    def warm_up(self, size: tuple[int, int]) -> None:
        """It has nothing to prepare."""


def put(numbers_NCHW: torch.Tensor, out: Pixels, fit: str) -> None:
    """The one picture, -1..1, into ``out``, (H, W, 4) uint8."""
    made = framed(as_bytes(numbers_NCHW), (out.shape[1], out.shape[0]), fit)
    np.copyto(out, made[0].permute(1, 2, 0).cpu().numpy())


def loaded(model: Introduced, held: Mapping[str, Any], device: str) -> WithW | Gated | PlainMaker:
    """The network with its weights. Raises ModelRefused when they are not those of its plan."""
    net = network(model.plan)
    wanted = net.state_dict()
    for name, mine in wanted.items():
        theirs = held.get(name)
        if theirs is None or tuple(theirs.shape) != tuple(mine.shape):
            raise ModelRefused(f"{model.path.name} has no {name} of shape {tuple(mine.shape)}", hint="fetch or train it again")
        wanted[name] = torch.from_numpy(theirs.astype(np.float32))
    net.load_state_dict(wanted)
    return net.to(device).eval().requires_grad_(False)


def companion(model: Introduced, device: str) -> WithW | Gated | PlainMaker | None:
    """The net that can be blended in, if the patch names one. Raises ModelRefused."""
    if model.other is None:
        return None
    path, header = model.other
    return loaded(replace(model, path=path, plan=planned(header.config)), weights.read(path)[1], device)


def build(config: Mapping[str, Any], device: str = "cpu") -> Generator:
    """The GAN under ``config`` on ``device`` (``cpu``, ``cuda``, ``cuda:1``, ``mps``). Raises ModelRefused."""
    if device.split(":")[0] not in DEVICES:
        raise ModelRefused(f"a gan cannot paint on {device[:40]!r}", hint=f"one of {', '.join(DEVICES)}")
    model = configure(config)
    if isinstance(model.plan, Alias | Capacity | GatedPlan):
        held = weights.read(model.path)[1]
        net = loaded(model, held, device)
        if isinstance(net, AliasMaker):
            there = companion(model, device)
            return AliasGan(model, net, held, device, other=there.synthesis if isinstance(there, AliasMaker) else None)
        if isinstance(net, CapacityMaker):
            return CapacityGan(model, net, held, device)
        assert isinstance(net, Gated)
        return GatedGan(model, net, device)
    return Gan(model, device) if isinstance(model.plan, Shape) else PlainGan(model, device)
