"""Directions that are read off a net's weights: what they are, what they change, a strip of pictures of each.

Shen and Zhou, Closed-form factorization of latent semantics in GANs, https://arxiv.org/abs/2007.06600.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from ..frame import Pixels
from ..generators.styled.latents import Space
from ..generators.weights import Array
from ..latent import Floats
from ..traits import leading
from .gan_show import REACH, jpeg
from .pictures import contact

CLOSED = 8
"""How many."""
PLACES = 3
"""Other places than the middle at which is looked what they change."""

Paint = Callable[[Floats], Pixels]
"""(N, k) places of the played space -> (N, 3, H, W) uint8."""


def closed_form(affines: Sequence[Any], space: Space) -> Floats:
    """(CLOSED, w): what the styles of all layers amplify most, each as long as w spread along it."""
    scaled = ((each.weight * each.scale).double() for each in affines)
    _, vectors = torch.linalg.eigh(sum(rows.T @ rows for rows in scaled))
    ways = vectors.T.flip(0)[:CLOSED].float().cpu().numpy()
    ways *= np.sign(ways[np.arange(len(ways)), np.abs(ways).argmax(1)])[:, None]
    spread = np.linalg.norm(ways @ (space.sigma[:, None] * space.basis).T, axis=1)
    found: Floats = (ways * spread[:, None]).astype(np.float32)
    return found


def looked_along(paint: Paint, space: Space, ways: Floats, places: int = PLACES) -> tuple[list[str], dict[str, Array]]:
    """The trait that each way changes, empty where there is none, and ``thumb.sefa/1`` … as JPEG bytes.

    ``ways`` (n, w) are turned round, in place, so that a higher value is more of the trait. It is looked for
    at the middle and at ``places`` others.
    """
    at = np.random.default_rng(17).standard_normal((places, len(space.sigma))).astype(np.float32)
    reach = np.array(REACH, np.float32)[:, None]
    names: list[str] = []
    strips: dict[str, Array] = {}
    for index, way in enumerate(ways):
        step = space.down(space.mean + way)
        strip = paint(space.down(space.mean + reach * way))
        ends = [strip[[0, -1]], *(paint(u + reach[[0, -1]] * step) for u in at)]
        name, steps = leading(np.stack([low for low, _ in ends]), np.stack([high for _, high in ends]))
        if steps < 0:
            ways[index], strip = -way, strip[::-1]
        names.append(name)
        strips[f"thumb.sefa/{index + 1}"] = jpeg(contact(strip, len(REACH)), len(REACH))
    return names, strips
