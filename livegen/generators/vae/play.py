"""Plays a VAE on torch."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from ...errors import ModelRefused
from ...frame import Pixels
from ...latent import Floats
from .. import weights
from ..base import Info, Picture, Request
from ..eye import Eye
from ..styled.fast import Painter
from ..styled.framing import as_bytes, framed, put
from .network import Autoencoder, Decoder, loaded
from .standing import Space, stand
from .words import Introduced, configure, introduction

DEVICES = ("cpu", "cuda", "mps")


class Vae:
    """Encoder and decoder, ready to paint."""

    def __init__(self, model: Introduced, device: str = "cpu") -> None:
        """Raises ModelRefused when the weights do not fit."""
        self.info: Info = introduction(model)
        self.device = device
        _, held = weights.read(model.path)
        self._net: Autoencoder = loaded(model.plan, held, device)
        self._fit = model.config.fit
        self._space, self._eye = Space(held), Eye(self._encode)
        self._painter: Painter | None = None
        if isinstance(self._net.decoder, Decoder):
            self._painter = Painter(
                self._net.decoder.synthesis, device, digest=model.header.digest, fit=self._fit
            )

    def render(self, request: Request, out: Pixels) -> Picture:
        """Paint ``request`` into ``out``, (H, W, 4) uint8."""
        began = time.perf_counter()
        stands = stand(request, self._space, self._eye, self.info.directions)
        finite = bool(np.isfinite(stands.z).all()) and self._paint(stands.z, out, request.way)
        took = (time.perf_counter() - began) * 1e3
        way = self._painter.used if self._painter is not None else ""
        return Picture(pixels=out, finite=finite, latent=stands.latent, state=stands.state, render_ms=took, way=way)

    def warm_up(self, size: tuple[int, int]) -> None:
        """Encode and paint once into nothing."""
        if self._painter is not None:
            self._painter.warm_up(size)
        self._encode(np.zeros((self._net.plan.height, self._net.plan.width, 3), np.uint8))
        self._paint(self._space.mean, np.empty((size[1], size[0], 4), np.uint8))

    @torch.inference_mode()
    def _paint(self, z: Floats, out: Pixels, way: str = "") -> bool:
        """(Z,) into ``out``; whether all was finite."""
        z_NZ = torch.from_numpy(z)[None].to(self.device)
        if self._painter is None:
            numbers = self._net.decoder(z_NZ)
            put(framed(as_bytes(numbers), (out.shape[1], out.shape[0]), self._fit).cpu(), out)
            return bool(numbers.isfinite().all())
        decoder = self._net.decoder
        assert isinstance(decoder, Decoder)
        ws = decoder.mapping(z_NZ)[0].cpu().expand(self._painter.shape.layers, -1)
        return self._painter.paint(ws, out, way)

    @torch.inference_mode()
    def _encode(self, image: Pixels) -> Floats:
        """(h, w, 3) uint8 → (Z,), the encoder's mean."""
        x = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None].to(self.device)
        mean, _ = self._net.encoder(x.float() / 127.5 - 1.0)
        found: Floats = mean[0].cpu().numpy()
        return found


def build(config: Mapping[str, Any], device: str = "cpu") -> Vae:
    """The VAE under ``config`` on ``device`` (``cpu``, ``cuda``, ``cuda:1``, ``mps``). Raises ModelRefused."""
    if device.split(":")[0] not in DEVICES:
        raise ModelRefused(f"a vae cannot paint on {device[:40]!r}", hint=f"one of {', '.join(DEVICES)}")
    return Vae(configure(config), device)
