"""The networks of a VAE: an encoder, and the style-modulated generator as its decoder."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...errors import ModelRefused
from ..styled import layers
from ..styled.mapping import Mapping as Mapped
from ..styled.synthesis import Synthesis
from ..weights import Array
from .encoder import Encoder, PlainEncoder
from .plan import MLP, Plan

# N batch, C colours, H height, W width, Z latent


class Decoder(nn.Module):
    """z → picture: a mapping that keeps the length of z, and the synthesis that the GAN has too."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.mapping = Mapped(plan.shape, rate=1.0)
        self.synthesis = Synthesis(plan.shape)

    def forward(self, z_NZ: Tensor, level: int | None = None) -> Tensor:
        """(N, Z) → (N, 3, H, W), about -1..1, float32; smaller when it stops at a ``level``."""
        w = self.mapping(z_NZ)[:, None].expand(-1, self.synthesis.shape.layers, -1)
        picture: Tensor = self.synthesis(w, level=level)
        return picture.float()


class PlainDecoder(nn.Module):
    """z → picture by two hidden layers."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.width, self.height = plan.width, plan.height
        self.body = nn.Sequential(
            nn.Linear(plan.latent, plan.hidden), nn.LeakyReLU(layers.SLOPE),
            nn.Linear(plan.hidden, plan.hidden), nn.LeakyReLU(layers.SLOPE),
            nn.Linear(plan.hidden, 3 * plan.width * plan.height), nn.Tanh(),
        )  # fmt: skip

    def forward(self, z_NZ: Tensor, level: int | None = None) -> Tensor:
        """(N, Z) → (N, 3, H, W) in -1..1, float32; a plain net knows no levels."""
        flat: Tensor = self.body(z_NZ)
        return flat.float().view(-1, 3, self.height, self.width)


class Autoencoder(nn.Module):
    """Both halves."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        size = (plan.width, plan.height)
        self.encoder: nn.Module
        self.decoder: nn.Module
        if plan.net == MLP:
            self.encoder, self.decoder = PlainEncoder(size, plan.latent, plan.hidden), PlainDecoder(plan)
        else:
            self.encoder, self.decoder = Encoder(size, plan.halvings, plan.latent), Decoder(plan)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def tensors(encoder: nn.Module, decoder: nn.Module) -> dict[str, Array]:
    """The weights as they are written into a model file: half precision, which is plenty to play them."""
    found = {f"encoder.{name}": each for name, each in encoder.state_dict().items()}
    found |= {f"decoder.{name}": each for name, each in decoder.state_dict().items()}
    return {name: each.detach().to("cpu", torch.float32).numpy().astype(np.float16) for name, each in found.items()}


def loaded(plan: Plan, held: Mapping[str, Array], device: str = "cpu") -> Autoencoder:
    """The networks with the weights of a model file, ready to play. Raises ModelRefused."""
    with torch.device("meta"):
        network = Autoencoder(plan)
    wanted: dict[str, Any] = dict(network.state_dict())
    state = {name: torch.from_numpy(held[name].astype(np.float32)) for name in wanted if name in held}
    wrong = [name for name in wanted if name not in state or state[name].shape != wanted[name].shape]
    if wrong:
        raise ModelRefused(f"the model's weights do not fit its plan: {wrong[0]}", hint="fetch or train it again")
    network.load_state_dict(state, assign=True)
    return network.requires_grad_(False).eval().to(device)
