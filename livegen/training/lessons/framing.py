"""Which frame suits a folder of pictures, and what is to be said about them. Shared by the families of pictures."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..lesson import Remark, Tell, Wish
from ..pictures import Framing, Pictures, Seen, find, load, sizes_of

SIDES = {("cpu", "small"): 64, ("cpu", "medium"): 64, ("gpu", "small"): 128, ("gpu", "medium"): 256}
"""(where, budget) → the longer side, pixels, when nobody chose one."""
SHAPES = ((1, 1), (3, 4), (4, 3), (2, 3), (3, 2), (1, 2), (2, 1))
"""Width to height: what a picture may be when nobody chose a size."""
AGREE = 0.8
"""Share of pictures that must nearly have a shape before it is taken."""
NEARLY = 1.12
SHOWN = 64


def wanted_size(source: Path, wish: Wish) -> tuple[int, int]:
    """(width, height): the wish, or what the pictures themselves suggest. Raises DataRefused."""
    if wish.size is not None:
        return wish.size
    _, paths, _ = find(source)
    side = SIDES["gpu" if wish.device != "cpu" else "cpu", wish.budget]
    return suggested(sizes_of(paths[:: max(1, len(paths) // 400)]), side)


def suggested(sizes: Sequence[tuple[int, int]], side: int) -> tuple[int, int]:
    """A frame with a longer side of ``side`` for pictures of these sizes; never larger than most of them are."""
    if not sizes:
        return side, side
    longest = np.array([max(size) for size in sizes])
    while side > 32 and np.median(longest) < side:
        side //= 2
    aspects = np.array([width / height for width, height in sizes])
    for across, down in SHAPES:
        off = aspects / (across / down)
        if (np.maximum(off, 1 / off) < NEARLY).mean() >= AGREE:
            # Both sides are a small number doubled a few times.
            unit, share = max(8, side // 8), side / max(across, down)
            return round(across * share / unit) * unit, round(down * share / unit) * unit
    return side, side


def read(source: Path, size: tuple[int, int], wish: Wish, cache: Path | None, tell: Tell) -> Pictures:
    """The pictures in that frame. Raises DataRefused."""
    return load(source, Framing(size=size, mode=wish.crop, ground=wish.ground), cache=cache, tell=tell)


def remarks(pictures: Pictures, family: str) -> tuple[Remark, ...]:
    """What the artist should know about these pictures before they are learned."""
    said = [*_about_files(pictures), *_about_shapes(pictures)]
    alike = len({i for pair in pictures.twins for i in pair[1:]})
    if alike > 0.02 * len(pictures):
        names = [pictures.seen[i].entry.name for i in pictures.twins[0]]
        said.append(
            Remark(
                verdict="note",
                said=f"{alike} look nearly like another one ({names[0]} and {names[1]})",
                mend="take copies out: what is there twice is learned twice",
            )
        )
    return (*said, enough(len(pictures) - alike, family))


def enough(count: int, family: str) -> Remark:
    """Whether so many different pictures teach that family anything."""
    pictures = f"{count} different picture{'s' * (count != 1)}"
    if count < 12:
        return Remark(verdict="bad", said=f"{pictures}: too few to learn from", mend="add pictures: a hundred is a good beginning")
    if family == "gan" and count < 100:
        return Remark(verdict="note", said=f"{pictures} are few for a gan: it will repeat them", mend="a vae needs fewer, or begin from another model with --from")
    if family == "gan" and count < 300:
        return Remark(verdict="note", said=f"{pictures}: enough with augmentation", mend="watch the notes on memorisation; --from another model helps")
    if count < 50:
        return Remark(verdict="note", said=f"{pictures} are few: what is played stays close to them", mend="add pictures if you have more")
    return Remark(verdict="good", said=f"{pictures}")


REASONS = {
    "the same file as": "in there twice",
    "it has only": "smaller than 8 pixels",
    "it has": "too large",
    "it is damaged": "damaged",
    "it is no picture": "no pictures inside",
}
"""How a reason begins → what it is called where many are counted."""


def _about_files(pictures: Pictures) -> list[Remark]:
    """What was left out, by reason, with an example of each."""
    examples: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for each in pictures.left_out:
        reason = next((short for begin, short in REASONS.items() if each.why.startswith(begin)), each.why)
        counts[reason] += 1
        examples.setdefault(reason, each.name)
    mends = {"in there twice": "each is learned once"}
    return [
        Remark(verdict="note", said=f"{count} left out, {reason}: {examples[reason]}{' ...' if count > 1 else ''}", mend=mends.get(reason, ""))
        for reason, count in counts.most_common()
    ]


def _about_shapes(pictures: Pictures) -> list[Remark]:
    width, height = pictures.framing.size
    # A frame may be a little larger than what is learned from it.
    small = [each for each in pictures.seen if each.size[0] < 0.8 * width and each.size[1] < 0.8 * height]
    said = []
    if len(small) > 0.2 * len(pictures):
        said.append(
            Remark(
                verdict="note",
                said=f"{len(small)} are smaller than {width} x {height}, such as {small[0].entry.name} ({small[0].size[0]} x {small[0].size[1]})",
                mend="they are enlarged; a smaller --size learns the same sooner",
            )
        )
    lost = np.array([cut_off(each, (width, height)) for each in pictures.seen])
    if pictures.framing.mode == "crop" and (lost > 0.34).mean() > 0.2:
        said.append(
            Remark(
                verdict="note",
                said=f"{int((lost > 0.34).sum())} of them lose more than a third to the frame",
                mend="--crop fit keeps all of each picture, with the --ground around it",
            )
        )
    return said


def cut_off(seen: Seen, frame: tuple[int, int]) -> float:
    """Share of the picture that a centre crop takes away, 0..1."""
    one, two = seen.size[0] / seen.size[1], frame[0] / frame[1]
    return 1 - min(one / two, two / one)


def shown(pictures: Pictures) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Some of them, spread over all."""
    chosen = np.unique(np.linspace(0, len(pictures) - 1, min(SHOWN, len(pictures))).astype(int))
    return np.ascontiguousarray(pictures.pixels[chosen])
