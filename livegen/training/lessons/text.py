"""The lesson of a text network: bytes."""

from pathlib import Path

from .. import text, texts
from ..lesson import Lesson, Remark, Tell, Wish, altered


def lesson(source: Path, wish: Wish, cache: Path | None, tell: Tell) -> Lesson:
    """Raises TextRefused, BadValue."""
    tell(0, 1)
    data = texts.load(source)
    facts = texts.facts(data)
    tell(1, 1)
    settings = altered(text.Settings(net=wish.net or "lstm", budget=wish.budget), wish.more)
    settings = text.checked(settings.suited(len(data.data)))
    return Lesson(
        data=data, settings=settings, config=text.config_of(settings, data), loop=text.train,
        entries=data.entries, left_out=data.left_out, remarks=remarks(data, facts),
        per_step=settings.batch * settings.length, unit="characters", whole=len(data.data),
    )  # fmt: skip


def remarks(data: texts.Text, facts: texts.Facts) -> tuple[Remark, ...]:
    """What the artist should know about the text."""
    good = (
        f"{facts.characters:,} characters, {facts.alphabet} different ones; by frequency alone each costs "
        f"{facts.unigram:.2f} bits, zip needs {facts.packed:.2f}, a trained net less"
    )
    notes = (*facts.advice, *data.recoded)
    return (Remark(verdict="good", said=good), *(Remark(verdict="note", said=each) for each in notes))
