"""What is shown while a generator cannot paint: pure decisions, time handed in."""

from dataclasses import dataclass, replace

AWAY = frozenset({"starting", "died", "hung"})
"""Codes of RenderFailed that mean there is no worker; the supervisor sees to it."""

FRESH, HOLD, FALLBACK = "fresh", "hold", "fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How patient the show is with a generator."""

    hold_s: float = 5.0
    """Seconds that the last good picture is held for a worker that went away."""
    patience_s: float = 0.5
    """Seconds that it is held for a generator that is there but fails every time."""
    failures: int = 3
    """Failures in a row after which such a generator is given up at once."""
    dissolve_s: float = 0.4
    """Seconds over which the fallback's picture and the generator's give way to each other."""
    longest_retry_s: float = 60.0
    """A generator that was given up is tried again after 1, 2, 4 … seconds, at most this."""


@dataclass(frozen=True, slots=True)
class Plight:
    """How one voice has fared with its generator lately."""

    good_at: float | None = None
    """Clock seconds of its last good picture; None before the first."""
    failures: int = 0
    """In a row."""
    failed_at: float = 0.0
    """When the row began."""
    code: str = ""
    """Why the last one failed; empty after a good picture."""
    retries: int = 0
    retry_at: float = 0.0


def painted(plight: Plight, now: float) -> Plight:
    """A good picture came: everything is forgiven."""
    return Plight(good_at=now)


def failed(plight: Plight, now: float, code: str, rules: Rules) -> Plight:
    """No picture came, because of ``code``."""
    if code in AWAY:
        return replace(plight, code=code)
    began = plight.failed_at if plight.failures else now
    after = replace(plight, failures=plight.failures + 1, failed_at=began, code=code)
    if not given_up(after, now, rules):
        return after
    wait = min(rules.longest_retry_s, 2.0**plight.retries)
    return replace(after, retries=plight.retries + 1, retry_at=now + wait)


def given_up(plight: Plight, now: float, rules: Rules) -> bool:
    """Whether the generator fails so steadily that asking it every frame makes no sense."""
    if not plight.failures:
        return False
    return plight.failures >= rules.failures or now - plight.failed_at >= rules.patience_s


def may_ask(plight: Plight, now: float, rules: Rules) -> bool:
    """Whether to ask the generator for a picture at this tick."""
    return plight.code in AWAY or not plight.retries or now >= plight.retry_at


def show(plight: Plight, now: float, rules: Rules) -> str:
    """What to show in a tick without a new picture: ``hold`` or ``fallback``."""
    if plight.good_at is None:
        return FALLBACK
    if plight.code and plight.code not in AWAY:
        return FALLBACK if given_up(plight, now, rules) else HOLD
    return HOLD if now - plight.good_at < rules.hold_s else FALLBACK
