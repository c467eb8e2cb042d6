"""A finding: one thing that the doctor looked at, and what to do about it."""

from dataclasses import dataclass

GOOD, NOTE, BAD = "good", "note", "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    about: str
    verdict: str
    """``good``, ``note`` (plays, but could be better) or ``bad`` (will not play like this)."""
    said: str
    mend: str = ""
    """What to do about it."""
