"""What a VAE looks like while it learns: its space, the contact sheet, a thumbnail of every direction."""

import io

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from .. import traits
from ..frame import Pixels
from ..generators.vae.network import Autoencoder, tensors
from ..generators.vae.plan import Plan
from ..generators.weights import Array
from ..latent import Floats
from .pictures import contact
from .run import Run
from .vae_sharpen import Sharpener
from .vae_space import Space, measured

# N pictures, H height, W width, Z latent, k dimensions of the played space

GIVEN, DRAWN = 12, 24
"""Pictures on the sheet that are given back, and latents that were drawn."""
WAY = 6
"""Pictures along each of the first two directions on the sheet."""
REACH = (-2.0, 0.0, 2.0)
"""Standard deviations at which a thumbnail looks along its direction."""
LONGEST = 64
"""Pixels of the longer side of one picture in a thumbnail."""
SMALL = 16
"""Pixels of the longer side of the pictures that directions are measured by."""
MOST = 4096
"""Pictures that directions are measured by."""


def show(run: Run, net: Autoencoder, sharpener: Sharpener | None, pixels: Pixels, flip: bool) -> None:
    """Publish the weights with their space and thumbnails, and put samples on the contact sheet."""
    space = sharpener.space if sharpener is not None else surveyed(net, pixels, flip)
    decoder = sharpener.mean if sharpener is not None else net.decoder
    with torch.no_grad():
        found = {**tensors(net.encoder, decoder), **space.tensors(), **thumbnails(decoder, space)}
        run.show(samples(net.encoder, decoder, space, middles(pixels, net.plan)), "given back, drawn, two directions")
    run.publish(found, statistics={**space.as_dict(), "sharpened": sharpener is not None})


def surveyed(net: Autoencoder, pixels: Pixels, flip: bool) -> Space:
    """The space as it is now, by the training pictures and, if they count too, the mirrored ones."""
    seen = middles(pixels, net.plan)[:: max(1, len(pixels) // MOST)]
    if flip:
        seen = np.concatenate((seen, seen[..., ::-1]))
    return measured(encoded(net.encoder, seen).cpu().numpy(), tiny(seen), traits.measured(seen))


@torch.no_grad()
def encoded(encoder: nn.Module, pixels: Pixels) -> Tensor:
    """The encoder's means of (N, 3, H, W) uint8 pictures, (N, Z)."""
    device = str(next(encoder.parameters()).device)
    return torch.cat([encoder(scaled(pixels[i : i + 64], device))[0] for i in range(0, len(pixels), 64)])


def painted(decoder: nn.Module, space: Space, u_Nk: Tensor) -> Pixels:
    """Pictures at places of the played space, (N, 3, H, W) uint8."""
    z_NZ = torch.from_numpy(space.mean) + u_Nk @ torch.from_numpy(space.basis).T
    return given_back(decoder, z_NZ.to(next(decoder.parameters()).device))


def given_back(decoder: nn.Module, z_NZ: Tensor) -> Pixels:
    x = torch.cat([decoder(part) for part in torch.split(z_NZ, 16)])
    return ((x.clamp(-1, 1) + 1) * 127.5).round().byte().cpu().numpy()


def samples(encoder: nn.Module, decoder: nn.Module, space: Space, pixels: Pixels) -> Pixels:
    """Each picture beside what is made of it, then drawn latents, then the way along the first directions.

    Always the same pictures and the same latents, drawn with numbers of their own.
    """
    chosen = pixels[:: max(1, len(pixels) // GIVEN)][:GIVEN]
    given = given_back(decoder, encoded(encoder, chosen))
    beside = np.stack((chosen, given), 1).reshape(-1, *chosen.shape[1:])
    own = torch.Generator().manual_seed(1)
    drawn = painted(decoder, space, torch.randn(DRAWN, space.rank, generator=own))
    ways = [painted(decoder, space, along(space, i, torch.linspace(-3, 3, WAY))) for i in range(min(2, space.rank))]
    return np.concatenate([beside, drawn, *ways])


def along(space: Space, direction: int, steps: Tensor) -> Tensor:
    """Places on a straight line through the middle, (len(steps), k)."""
    u_Nk = torch.zeros(len(steps), space.rank)
    u_Nk[:, direction] = steps
    return u_Nk


def thumbnails(decoder: nn.Module, space: Space) -> dict[str, Array]:
    """``thumb.model``, and ``thumb.direction/NAME``: each direction at three places side by side, as JPEG bytes."""
    found = {"thumb.model": jpeg(painted(decoder, space, torch.zeros(1, space.rank)))}
    for index, name in enumerate(space.names):
        places = along(space, index, torch.tensor(REACH))
        found[f"thumb.direction/{name}"] = jpeg(painted(decoder, space, places))
    return found


def jpeg(pixels: Pixels) -> Array:
    """(N, 3, H, W) side by side, small, as bytes in an array."""
    image = Image.fromarray(contact(pixels, len(pixels)))
    share = LONGEST / max(pixels.shape[2:])
    if share < 1.0:
        image = image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return np.frombuffer(out.getvalue(), np.uint8)


def middles(pixels: Pixels, plan: Plan) -> Pixels:
    """The middle of each picture, as large as the plan says, (N, 3, H, W)."""
    top, left = (pixels.shape[2] - plan.height) // 2, (pixels.shape[3] - plan.width) // 2
    return pixels[:, :, top : top + plan.height, left : left + plan.width]


def scaled(pixels: Pixels, device: str) -> Tensor:
    """uint8 as -1..1."""
    x = torch.from_numpy(np.ascontiguousarray(pixels)).to(device).float() / 127.5 - 1.0
    return x.contiguous(memory_format=torch.channels_last)


def tiny(pixels: Pixels) -> Floats:
    """(N, 3, H, W) uint8 as a few flat numbers each, 0..1."""
    step = max(1, max(pixels.shape[2:]) // SMALL)
    parts = [
        F.avg_pool2d(torch.from_numpy(np.ascontiguousarray(pixels[i : i + 64])).float() / 255, step).flatten(1)
        for i in range(0, len(pixels), 64)
    ]
    found: Floats = torch.cat(parts).numpy()
    return found
