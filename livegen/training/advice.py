"""Which family fits, how long it takes here, and what to type: from counts and from a measured speed."""

from dataclasses import dataclass
from pathlib import Path

from .lesson import Lesson, Wish

NEEDS = {"gan": 500_000, "vae": 200_000, "text": 4_000_000, "strokes": 250_000}
"""Family → pictures, characters or drawings that a small network looks at before it is worth showing."""
PASSES = {"gan": 0, "vae": 150, "text": 12, "strokes": 12}
"""Family → how often it looks at each of them at least."""
ENOUGH_FOR_GAN = 300
LONGEST_WAIT = 4 * 60.0
"""Minutes from which on another family is the better advice."""
BUSY = 0.7
"""Cores below which other programs took what was measured."""
LENGTHS = (1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 1440)

TASKS = (
    ("pictures that grow out of one another, from 300 pictures on", "gan", "hours on a CPU, minutes on a GPU; the sharpest"),
    ("morphs from a camera or a drawing into your pictures; small sets", "vae", "half an hour on a CPU; softer, and it sees"),
    ("text in somebody's voice, letter by letter", "text", "half an hour on a CPU for a book"),
    ("lines drawn by hand, and drawings completed", "strokes", "half an hour on a CPU"),
    ("pictures at once, without any data", "cppn", "nothing to train: livegen"),
)
"""(what somebody wants, family, what it costs)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One way to go."""

    family: str
    lesson: Lesson
    per_second: float = 0.0
    """What this machine looks at in a second, in the lesson's units; 0: not measured."""
    cores: float = 1.0
    """Processor cores that it got while it was measured."""

    @property
    def needed(self) -> float:
        """What it should look at, in the lesson's units."""
        return max(NEEDS.get(self.family, 0), PASSES.get(self.family, 0) * self.lesson.whole, 1)

    @property
    def minutes(self) -> float:
        """Minutes here until it is worth showing; 0 when that was not measured."""
        return self.needed / self.per_second / 60 if self.per_second else 0.0

    @property
    def fits(self) -> bool:
        """Whether nothing bad was found."""
        return not any(remark.verdict == "bad" for remark in self.lesson.remarks)


def best(ways: list[Advice]) -> Advice:
    """The one to begin with: what has data enough and does not take all night; a GAN before a VAE if it can."""

    def rank(way: Advice) -> tuple[bool, bool, bool, int]:
        slow = way.minutes > LONGEST_WAIT
        scarce = way.family == "gan" and way.lesson.whole < ENOUGH_FOR_GAN
        return not way.fits, slow, scarce, 0 if way.family == "gan" else 1

    return min(ways, key=rank)


def why(way: Advice, ways: list[Advice]) -> str:
    """Why that one comes first, in a sentence."""
    if len(ways) == 1:
        return ""
    other = next(each for each in ways if each is not way)
    if way.family == "vae" and other.lesson.whole < ENOUGH_FOR_GAN:
        return f"a gan wants {ENOUGH_FOR_GAN} pictures or more; a vae learns from fewer, and morphs what a camera sees"
    if way.family == "vae" and other.minutes > LONGEST_WAIT:
        return "a gan is sharper but takes very long on this machine; a vae is there sooner, and morphs what a camera sees"
    if way.family == "gan":
        return "there are enough pictures for a gan, and it is the sharpest"
    return ""


def busy(ways: list[Advice], device: str) -> str:
    """A warning when the machine had other work while it was measured; empty when it had not."""
    least = min(way.cores for way in ways)
    if least >= BUSY or device != "cpu":
        return ""
    return f"other programs kept this machine busy: this got {least:.0%} of one core. Alone it will be that much faster"


def rounded(minutes: float) -> int:
    """A length of time that a person would choose."""
    return next((each for each in LENGTHS if each >= minutes * 0.85), LENGTHS[-1])


def command(way: Advice, source: Path, wish: Wish, default: float) -> str:
    """The line to type."""
    parts = ["livegen train", way.family, quoted(source)]
    size = way.lesson.config.get("width"), way.lesson.config.get("height")
    if all(isinstance(side, int) for side in size):
        parts.append(f"--size {size[0]}" if size[0] == size[1] else f"--size {size[0]}x{size[1]}")
    if wish.crop != "crop":
        parts.append(f"--crop {wish.crop}")
    return " ".join([*parts, f"--minutes {rounded(way.minutes) if way.minutes else default:g}"])


def quoted(path: Path) -> str:
    """A path as a shell takes it."""
    text = str(path)
    return f'"{text}"' if any(c.isspace() or c in "&;()$'" for c in text) else text
