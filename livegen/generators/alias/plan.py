"""What an alias-free generator is built from, and what its tensors are called. Needs no torch.

Karras et al., https://arxiv.org/abs/2106.12423: figure 4c and appendix C have the formulas.

A model file's tensors, float32 or float16, O I channels out and in, W dimensions of w, K the kernel's side:

- ``mapping.layers.{i}.weight`` (out, in) and ``.bias``, to be multiplied by 0.01 / sqrt(in) and 0.01: weights
  learned at another rate are brought to this one; ``mapping.embed.weight`` (W, classes) and ``.bias`` where
  there are classes, to be multiplied by 1 / sqrt(classes) and 1; ``mapping.average`` (W,) where it is known.
- ``synthesis.input.frequencies`` (I, 2) in cycles per picture, ``.phases`` (I,) in turns, ``.weight`` (I, I),
  ``.affine.weight`` (4, W), ``.affine.bias`` (4,), ``.transform`` (3, 3).
- ``synthesis.layers.{i}.``, the last one giving the colours: ``weight`` (O, I, K, K), ``bias`` (O,),
  ``affine.weight`` (I, W), ``affine.bias`` (I,), ``magnitude`` () the mean square of what comes in,
  ``up`` (taps,) and ``down`` (taps,), or (taps, taps) where it is radial; both only where there is a filter
  (``Layer.up_taps`` and ``down_taps`` above 1).
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...errors import ModelRefused
from ..built import Built, check_number, check_whole
from ..styled.shape import Shape

MOST_LAYERS = 64
LARGEST_SIDE = 1100
"""Pixels of features: 1024 and their margin."""
LARGEST_CHANNELS = 2048
LARGEST_FACTOR = 8
STOPBAND = 2.0**2.1
"""Cycles per picture at which the first filter lets nothing through."""
BEYOND = 2.0**0.3
"""The last one's, times half the picture's side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer: a convolution, the activation between a filter up and a filter down, and a cut."""

    inward: int
    outward: int
    """Channels."""
    before: int
    after: int
    """Pixels of a side that comes in and goes out, with the margins."""
    kernel: int
    """Side of the convolution's kernel, 1 or 3."""
    up: int
    down: int
    """By how much the rate is raised before the activation and lowered after it."""
    up_taps: int
    down_taps: int
    """Lengths of the filters; 1: there is none."""
    radial: bool
    """Whether the filter down is round and not the product of two lines."""
    rate: float
    """Pixels per picture's side between the two filters."""
    last: bool
    """Whether it gives the colours: no demodulation, no activation."""

    @property
    def padding(self) -> tuple[int, int]:
        """Zeros before and after the raised pixels, negative to cut: appendix C.3. The convolution gave
        ``kernel - 1`` pixels more than came in."""
        wanted = (self.after - 1) * self.down + 1 + self.up_taps - 1 + self.down_taps - 1
        total = wanted - (self.before + self.kernel - 1) * self.up
        # Pixels are in the middle of what they cover, so that zeros are put on both of their sides.
        first = (total + self.up) // 2
        return first, total - first


@dataclass(frozen=True, kw_only=True)
class Plan(Built):
    """Every number that an alias-free generator is built from."""

    LISTS = ("channels", "sides", "rates", "cutoffs", "half_widths")

    width: int = 256
    height: int = 256
    """Pixels of the picture, which is square."""
    colours: int = 3
    """1 grey, 3, or 4 with alpha."""
    z: int = 512
    w: int = 512
    mapping: int = 2
    """Layers of the mapping."""
    classes: int = 0
    channels: tuple[int, ...]
    """Of every layer but the one that gives the colours; the input has those of the first."""
    sides: tuple[int, ...]
    """Pixels of a side after each layer, with the margins; the input has that of the first."""
    rates: tuple[float, ...]
    """Pixels per picture's side after each layer."""
    cutoffs: tuple[float, ...]
    half_widths: tuple[float, ...]
    """Of the filters after each layer, cycles per picture."""
    kernel: int = 3
    """3: can be moved (T); 1: can be turned as well (R)."""
    radial: bool = False
    """Whether filters down are round, all but those of the last ``critical`` layers (R)."""
    critical: int = 2
    """Layers at the end whose filters are as sharp as the rate allows."""
    taps: int = 6
    """Length of a filter, times the factor of its rates."""
    between: int = 2
    """How much finer the activation is than what is around it."""
    clamp: float = 256.0
    """Features are cut there; 0: nowhere."""
    scale: float = 0.25
    """What the picture is multiplied by at the end."""

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Pixels of a picture's side at which its layers lie, from the coarsest on."""
        return tuple(sorted({round(rate) for rate in self.rates}))

    def level_of(self, name: str) -> int:
        """The resolution, counted from 0, to which a weight belongs, by its name in a synthesis."""
        index = int(name.split(".")[1]) if name.startswith("layers.") else 0
        return self.resolutions.index(round(self.rates[index]))

    def __post_init__(self) -> None:
        self.check_wholes(LIMITS)
        self._check_lists()
        check_number("clamp", self.clamp, 0.0, 1e6)
        check_number("scale", self.scale, 1e-6, 1e6)
        if self.width != self.height or {*self.sides[-2:]} != {self.width}:
            raise ModelRefused(f"the net's last layer is no picture of {self.width} x {self.height}", hint="only square pictures")
        if self.colours not in (1, 3, 4) or self.kernel not in (1, 3) or not isinstance(self.radial, bool):
            raise ModelRefused(
                f"the net has {self.colours} colours, a kernel of {self.kernel}, radial {str(self.radial)[:40]}",
                hint="1, 3 or 4 colours; a kernel of 1 or 3; radial true or false",
            )
        for layer in self.table:
            if not 1 <= layer.up <= LARGEST_FACTOR or not 1 <= layer.down <= LARGEST_FACTOR:
                raise ModelRefused("the net's rates do not divide each other", hint="powers of two of pixels per side")

    def _check_lists(self) -> None:
        count = len(self.sides)
        if not 3 <= count <= MOST_LAYERS:
            raise ModelRefused(f"the net has {count} layers", hint=f"3 to {MOST_LAYERS}")
        for name in self.LISTS:
            wanted = count - 1 if name == "channels" else count
            if len(getattr(self, name)) != wanted:
                raise ModelRefused(f"the net has {len(getattr(self, name))} {name}", hint=f"{wanted}, as it has {count} sides")
        for each in self.channels:
            check_whole("channels", each, 1, LARGEST_CHANNELS)
        for each in self.sides:
            check_whole("sides", each, 4, LARGEST_SIDE)
        for name in ("rates", "cutoffs", "half_widths"):
            for number in getattr(self, name):
                check_number(name, number, 1e-3, 1e5)

    @cached_property
    def table(self) -> tuple[Layer, ...]:
        """What every layer is, the one that gives the colours last."""
        return tuple(self._layer(index) for index in range(len(self.sides)))

    def _layer(self, index: int) -> Layer:
        before, last = max(0, index - 1), index == len(self.sides) - 1
        rate = max(self.rates[before], self.rates[index]) * (1 if last else self.between)
        up, down = (_ratio(rate, self.rates[each]) for each in (before, index))
        return Layer(
            inward=self.channels[before], outward=self.colours if last else self.channels[index],
            before=self.sides[before], after=self.sides[index], kernel=1 if last else self.kernel, up=up, down=down,
            up_taps=self.taps * up if up > 1 and not last else 1,
            down_taps=self.taps * down if down > 1 and not last else 1,
            radial=self.radial and not self._critical(index), rate=rate, last=last,
        )  # fmt: skip

    def _critical(self, index: int) -> bool:
        return index >= len(self.sides) - 1 - self.critical

    @property
    def layers(self) -> int:
        """How many w a picture takes: one for the input and one per layer."""
        return len(self.sides) + 1

    @property
    def convolutions(self) -> int:
        """How many layers can be bent."""
        return len(self.sides) - 1

    @property
    def noise(self) -> bool:
        """There is none to be fed."""
        return False

    @cached_property
    def latents(self) -> Shape:
        """A shape with the same mapping, for what reads only that."""
        return Shape(z=self.z, w=self.w, mapping=self.mapping, classes=self.classes)

    @classmethod
    def designed(
        cls,
        side: int,
        *,
        channel_base: int = 32768,
        channel_max: int = 512,
        layers: int = 14,
        critical: int = 2,
        cutoff: float = 2.0,
        stopband: float = STOPBAND,
        beyond: float = BEYOND,
        margin: int = 10,
        colours: int = 3,
        **more: Any,
    ) -> "Plan":
        """The plan as the paper designs it (appendix C.2) from a few numbers; ``more`` are fields as they are.

        Raises ModelRefused.
        """
        for name, value, low, high in (
            ("side", side, 16, 1024), ("layers", layers, 2, MOST_LAYERS - 1), ("critical", critical, 0, layers - 1),
            ("channel_base", channel_base, 16, 1 << 20), ("channel_max", channel_max, 1, LARGEST_CHANNELS),
            ("margin", margin, 0, 64),
        ):  # fmt: skip
            check_whole(name, value, low, high)
        for name, number in (("cutoff", cutoff), ("stopband", stopband), ("beyond", beyond)):
            check_number(name, number, 1e-3, 1e5)
        shares = [min(index / (layers - critical), 1.0) for index in range(layers + 1)]
        cutoffs = [cutoff * (side / 2.0 / cutoff) ** share for share in shares]
        stops = [stopband * (side / 2.0 * beyond / stopband) ** share for share in shares]
        rates = [2.0 ** math.ceil(math.log2(min(2.0 * stop, side))) for stop in stops]
        return cls(
            width=side, height=side, colours=colours, critical=critical,
            channels=tuple(round(min(channel_base / 2.0 / each, channel_max)) for each in cutoffs[:-1]),
            sides=(*(int(rate) + 2 * margin for rate in rates[:-2]), side, side),
            rates=tuple(rates), cutoffs=tuple(cutoffs),
            half_widths=tuple(
                max(rate / 2.0, stop) - each for rate, stop, each in zip(rates, stops, cutoffs, strict=True)
            ), **more,
        )  # fmt: skip


LIMITS = (
    ("width", 16, 1024),
    ("height", 16, 1024),
    ("z", 2, 1024),
    ("w", 4, 1024),
    ("mapping", 1, 16),
    ("classes", 0, 1 << 16),
    ("critical", 0, MOST_LAYERS),
    ("taps", 1, 16),
    ("between", 1, 4),
)


def _ratio(high: float, low: float) -> int:
    """How many times ``low`` goes into ``high``; 0 where it does not."""
    times = round(high / low)
    return times if math.isclose(times * low, high, rel_tol=1e-6) else 0
