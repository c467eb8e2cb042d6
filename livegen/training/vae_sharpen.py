"""The second stage: the encoder stands still, the decoder learns to pass a discriminator.

Half of what it makes are encoded pictures given back, which must stay near the pictures; half comes from
latents drawn in the played space, which must stay, seen from afar, near what the first stage made of them:
the discriminator may add what a blur lacks, not ornaments of its own. The discriminator and its loss are
the GAN's.
"""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..generators.vae.encoder import drawn
from ..generators.vae.network import Autoencoder
from .augment import Augmentation, Symmetry
from .discriminator import Discriminator
from .gan import against, steepness, sureness, towards
from .pyramid import resized, unlikeness
from .vae_space import Space

RATES = (1e-3, 2e-3)
"""Learning rates of decoder and discriminator."""
BETAS = (0.0, 0.99)
PASS, FEATURES, GIVE_BACK, STAY = 0.5, 2.0, 2.0, 4.0
"""Weights of passing, of the discriminator's features, of the picture itself, and of what was drawn seen from afar."""
AFAR = 4
"""How many times smaller that is."""
LAZY = 8
"""Steps from one penalty on the discriminator's slopes to the next."""
GAMMA = 0.5
"""Weight of that penalty at 64 pixels; it grows with the area."""
HALF_LIFE = 2000.0
"""Pictures until the averaged decoder has forgotten half."""
COARSE = 0.3
"""Share of the second stage that is left when the full size begins."""
SETTLE = 0.4
"""Share of the second stage at whose end the learning rates come down."""
CAREFUL = 0.2
"""Probability of each augmentation at first; then it follows what the discriminator learns by heart."""


class Sharpener:
    """A decoder and its critic."""

    def __init__(self, net: Autoencoder, space: Space, *, half: bool = True, sharpness: float = 1.0) -> None:
        """``sharpness`` weighs what the discriminator says, 0: it is not listened to."""
        self.sharpness = sharpness
        self.shape = shape = net.plan.shape
        device = str(next(net.parameters()).device)
        self.encoder, self.decoder, self.space, self.half = net.encoder, net.decoder, space, half
        self.mean = copy.deepcopy(net.decoder).requires_grad_(False)
        """The decoder averaged over time: what is played."""
        self.before = copy.deepcopy(net.decoder).requires_grad_(False)
        """The decoder as the first stage left it."""
        self.judge = Discriminator(shape).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.maker = torch.optim.Adam(self.decoder.parameters(), RATES[0], betas=BETAS)
        self.critic = torch.optim.Adam(self.judge.parameters(), RATES[1], betas=BETAS)
        self.augment = Augmentation(Symmetry(), p=CAREFUL)
        self.steps = 0
        self._origin, self._basis = (torch.from_numpy(each).to(device) for each in (space.mean, space.basis))

    def step(self, real: Tensor, left: float, rate: float = 1.0) -> dict[str, float]:
        """One step of both; ``left``: share of the stage that is still to come, 1..0; ``rate`` multiplies the
        learning rates. What it measured.

        Half the size first, which costs a third; the encoder always sees all of the picture.
        """
        for adam, at in ((self.maker, RATES[0]), (self.critic, RATES[1])):
            for group in adam.param_groups:
                group["lr"] = rate * at * min(1.0, 0.05 + 0.95 * left / SETTLE)
        how = {"level": self.shape.levels - (left > COARSE)}
        known = len(real) // 2
        with torch.no_grad():
            z_NZ = self.latents(real)
            with self.narrow(real):
                blurred = self.before(z_NZ[known:], **how)

        # The decoder learns to pass, and to stay near the pictures.
        self.judge.requires_grad_(True)
        with self.narrow(real):
            made = self.decoder(z_NZ, **how)
            real = resized(real, made).contiguous(memory_format=torch.channels_last)
            shown, tested = self.augment(real), self.augment(made)
            on_real = self.judge(shown, **how)
            self.judge.requires_grad_(False)
            with torch.no_grad():
                wanted = self.judge.features(real[:known], **how)
            near = nearness(self.judge.features(made[:known], **how), wanted)
            passing = towards(on_real.detach(), self.judge(tested, **how), "pairing")
        unlike, strayed = unlikeness(made[:known], real[:known]), apart(made[known:], blurred)
        self.maker.zero_grad(set_to_none=True)
        wish = self.sharpness * (PASS * passing + FEATURES * near) + GIVE_BACK * unlike + STAY * strayed
        wish.backward()  # type: ignore[no-untyped-call]
        self.maker.step()

        # The discriminator learns to tell the same pictures apart.
        self.judge.requires_grad_(True)
        tested, more = tested.detach(), {}
        with self.narrow(real):
            on_made = self.judge(tested, **how)
        worst = against(on_real, on_made, "pairing")
        if self.steps % LAZY == 0:
            steep = steepness(self.judge, shown, **how) + steepness(self.judge, tested, **how)
            worst, more = worst + 0.5 * self.penalty(real) * LAZY * steep, {"slopes": float(steep.detach())}
        self.critic.zero_grad(set_to_none=True)
        worst.backward()  # type: ignore[no-untyped-call]
        self.critic.step()

        self.steps += 1
        self.average(len(real))
        sure = sureness(on_real, on_made)
        self.augment.follow(sure, len(real))
        return {
            "unlike": float(unlike.detach()), "passing": float(passing.detach()), "features": float(near.detach()),
            "strayed": float(strayed.detach()), "critic": float(worst.detach()), "sure": sure,
            "augment": self.augment.p, **more,
        }  # fmt: skip

    def latents(self, real: Tensor) -> Tensor:
        """Half of the batch encoded, half drawn, (N, Z)."""
        known = len(real) // 2
        with self.narrow(real):
            mean, spread = self.encoder(real[:known])
        u_Nk = torch.randn(len(real) - known, self.space.rank, device=real.device)
        return torch.cat((drawn(mean, spread), self._origin + u_Nk @ self._basis.T))

    def penalty(self, real: Tensor) -> float:
        """The weight of slopes, which grows with the area of the pictures."""
        return GAMMA * (min(real.shape[2:]) / 64) ** 2

    @torch.no_grad()
    def average(self, count: int) -> None:
        """Let the decoder that is played follow, ``count`` pictures later."""
        share = 0.5 ** (count / min(HALF_LIFE, 0.1 * self.steps * count))
        for old, new in zip(self.mean.parameters(), self.decoder.parameters(), strict=True):
            old.lerp_(new, 1.0 - share)

    def narrow(self, x: Tensor) -> torch.autocast:
        return torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=self.half)

    def _parts(self) -> Mapping[str, nn.Module | torch.optim.Optimizer]:
        return {"before": self.before, "mean": self.mean, "judge": self.judge, "maker": self.maker, "critic": self.critic}

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to go on; the decoder itself is kept with the net."""
        return {name: each.state_dict() for name, each in self._parts().items()} | {"p": self.augment.p, "steps": self.steps}

    def load_state_dict(self, kept: Mapping[str, Any]) -> None:
        for name, each in self._parts().items():
            each.load_state_dict(kept[name])
        self.augment.p, self.steps = kept["p"], kept["steps"]


def apart(made: Tensor, blurred: Tensor) -> Tensor:
    """Mean absolute difference of two pictures seen from afar."""
    return F.avg_pool2d((made - blurred).float(), AFAR).abs().mean()


def nearness(given: list[Tensor], wanted: list[Tensor]) -> Tensor:
    """Mean difference of features, as a share of how large they are."""
    parts = [(a - b).float().abs().mean() / (b.float().abs().mean() + 1e-6) for a, b in zip(given, wanted, strict=True)]
    return torch.stack(parts).mean()
