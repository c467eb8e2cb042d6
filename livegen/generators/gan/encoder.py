"""The encoder of a GAN on torch: a picture becomes the place in the played space that paints what is most like it."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from ...errors import ModelRefused
from ...frame import Pixels
from ...latent import Floats
from ..vae.encoder import Encoder
from ..weights import Array
from .sight import PREFIX, Sight
from .words import Introduced


class Inverse(Encoder):
    """As the encoder of a VAE, without a spread."""

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight.size, sight.halvings, sight.rank, sight.channels)
        self.out = nn.Linear(self.out.in_features, sight.rank)

    def placed(self, x_NCHW: Tensor) -> Tensor:
        """(N, 3, H, W) in -1..1 → (N, k), float32."""
        found: Tensor = self.out(self.features(x_NCHW))
        return found.float()


def tensors(encoder: Inverse) -> dict[str, Array]:
    """The weights as they are written into a model file: half precision, which is plenty to look with."""
    return {PREFIX + name: each.detach().cpu().float().numpy().astype(np.float16) for name, each in encoder.state_dict().items()}


def loaded(sight: Sight, held: Mapping[str, Array], device: str = "cpu") -> Inverse:
    """The encoder with the weights of a model file. Raises ModelRefused."""
    encoder = Inverse(sight)
    wanted = encoder.state_dict()
    state = {name: held.get(PREFIX + name) for name in wanted}
    for name, each in state.items():
        if each is None or each.shape != wanted[name].shape:
            raise ModelRefused(f"the model's encoder has no {name} of shape {tuple(wanted[name].shape)}", hint="fit it again with livegen encoder")
    encoder.load_state_dict({name: torch.from_numpy(each.astype(np.float32)) for name, each in state.items() if each is not None})
    return encoder.to(device).eval().requires_grad_(False)


def looking(encoder: Inverse) -> Callable[[Pixels], Floats]:
    """What an Eye wants: (h, w, 3) uint8 as large as it sees → (k,)."""
    device = encoder.out.weight.device

    @torch.inference_mode()
    def encode(image: Pixels) -> Floats:
        x = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None].to(device)
        found: Floats = encoder.placed(x.float() / 127.5 - 1.0)[0].cpu().numpy()
        return found

    return encode


def seeing(model: Introduced, held: Mapping[str, Array], device: str) -> Callable[[Pixels], Floats] | None:
    """What its encoder in ``held`` makes of pictures, if it has one; it has looked once. Raises ModelRefused."""
    found = model.sight
    if found is None:
        return None
    encode = looking(loaded(found, held, device))
    encode(np.zeros((found.height, found.width, 3), np.uint8))
    return encode
