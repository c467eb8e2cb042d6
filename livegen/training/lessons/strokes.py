"""The lesson of a stroke network: drawings."""

from pathlib import Path

from .. import drawings, strokes
from ..lesson import Lesson, Remark, Tell, Wish, altered, entries_of, sentences

FEW = 500
"""Drawings from which on something new comes of them."""
SIZES = {"small": (256, 128), "medium": (512, 256)}
"""Budget → (units that draw, units that read)."""


def lesson(source: Path, wish: Wish, cache: Path | None, tell: Tell) -> Lesson:
    """Raises NoDrawings, BadValue."""
    tell(0, 1)
    data = drawings.load(source)
    tell(1, 1)
    decoder, encoder = SIZES[wish.budget]
    settings = altered(strokes.Settings(decoder=decoder, encoder=encoder), wish.more)
    counted, *rest = data.sentences()
    remarks = [Remark(verdict="good", said=counted), *(Remark(verdict="note", said=said) for said in rest)]
    return Lesson(
        data=data, settings=settings, config=strokes.config_of(settings, data), loop=strokes.train,
        entries=entries_of(data.files, source), left_out=sentences(data.left_out), remarks=tuple(remarks),
        per_step=settings.batch, unit="drawings", whole=len(data.train),
    )  # fmt: skip
