"""The writer: goes on with a telling, letter by letter, as the wishes want it."""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from ...latent import Floats
from ...marks import Token
from .alphabet import Numbers
from .choose import Taste, chance, chosen, cut, entropy, grammar_of, known_of, probabilities, said, whole
from .step import Step
from .telling import GIVEN, STEPS_PER_BIT, Telling, Voice

COOLING = 0.05
"""How much the temperature moves per letter at most."""
AGAIN, NEAR = 24, 600
"""So many letters at the end that stand in the last so many before them are a repetition."""
KICK, LARGEST_KICK, CALM = 0.1, 0.8, 0.02
"""What a repetition adds to the temperature per letter, at most in all, and how fast that goes again."""
READ_AT_ONCE = 160
"""Letters that are read in one frame at most."""
LONGEST_READ = 4000
"""Letters of a feed or a prime: of longer ones the end is read."""
MOST_KEPT = 8
MEMORY = 200
"""Characters of the tail that other weights read before they go on with a text."""
MOST_PENDING = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wishes:
    """What the knobs say."""

    taste: Taste = field(default_factory=Taste)
    morph: float = 0.0
    """From voice a at 0 to voice b at 1."""
    pull: float = 0.0
    """How strongly each letter draws the states back to the mood of their voice."""
    drift: Floats | None = None
    """(layers, parts, H) what is added to the moods."""
    lines: float = 0.0
    """Added to the logit of the line break."""
    boost: str = ""
    ban: str = ""
    by: float = 2.0
    """Added to the logits of the letters in ``boost``."""
    guard: float = 0.5
    """How much of the kick against repetition is followed."""


class Writer:
    """A network that writes. It remembers nothing: everything that changes is in the telling."""

    def __init__(self, step: Step, digest: str = "") -> None:
        self.step, self.digest = step, digest
        self.grammar = grammar_of(step.alphabet)

    # Beginning -----------------------------------------------------------------------------------

    def voice(self, prime: str) -> Voice:
        """The voice that ``prime`` speaks in; an empty one is the net's own cold beginning."""
        numbers = known_of(self.step.alphabet, prime.encode("utf-8", "ignore")[-LONGEST_READ:])
        logits_TV, home, mood = self.step.read_through(self.step.cold(), numbers)
        return Voice(prime, home, mood, home, logits_TV[-1])

    def begin(self, seed: int, a: Voice, b: Voice | None, *, left: int = -1, shown: str = "") -> Telling:
        """A telling at its beginning, ``shown`` on its page."""
        telling = Telling(digest=self.digest, seed=seed, a=a, b=b, left=left)
        if shown:
            telling.add(shown, GIVEN)
        return telling

    def again(self, telling: Telling, a: Voice, b: Voice | None) -> Telling:
        """A text that other weights have written so far, to go on with it: they read its end first."""
        new = telling.copy()
        new.digest, new.a, new.b, new.kept = self.digest, a, b, {}
        self._drop_pending(new)
        new.unread = telling.tail[-MEMORY:].encode()
        return new

    # Reading -------------------------------------------------------------------------------------

    def feed(self, telling: Telling, text: str) -> None:
        """Have the network read ``text`` before it goes on writing, and put it on the page."""
        self._drop_pending(telling)
        telling.add(text, GIVEN)
        telling.unread = (telling.unread + text.encode("utf-8", "ignore"))[-LONGEST_READ:]

    def read(self, telling: Telling) -> bool:
        """Read some of what was fed; whether all of it is read now."""
        if telling.unread:
            end = cut(telling.unread, READ_AT_ONCE)
            piece, telling.unread = telling.unread[:end], telling.unread[end:]
            numbers, known = self.step.alphabet.numbers(piece)
            if known.any():
                telling.a = self._having_read(telling.a, numbers[known])
                telling.b = telling.b and self._having_read(telling.b, numbers[known])
        return not telling.unread

    def _having_read(self, voice: Voice, numbers: Numbers) -> Voice:
        logits_TV, state = self.step.read(voice.state, numbers)
        return replace(voice, state=state, says=logits_TV[-1])

    def keep(self, telling: Telling, name: str) -> None:
        """Remember the states under ``name``; the oldest of more than MOST_KEPT is forgotten."""
        kept = {key: value for key, value in telling.kept.items() if key != name} | {name: (telling.a, telling.b)}
        telling.kept = dict(list(kept.items())[-MOST_KEPT:])

    def recall(self, telling: Telling, name: str) -> None:
        """Stand where ``keep`` was called; the page stays. A name that is not there changes nothing."""
        if name in telling.kept:
            self._drop_pending(telling)
            telling.a, telling.b = telling.kept[name]

    # Writing -------------------------------------------------------------------------------------

    def write(self, telling: Telling, count: int, wishes: Wishes) -> list[Token]:
        """Up to ``count`` characters more: fewer when the telling is to stop, or something is to be read."""
        tokens: list[Token] = []
        if not self.read(telling):
            return tokens
        letters = 0
        while len(tokens) < count and telling.left and letters < count * MOST_PENDING:
            letters += 1
            token = self._letter(telling, wishes)
            if token is not None:
                tokens.append(token)
        return tokens

    def _letter(self, telling: Telling, wishes: Wishes) -> Token | None:
        """Draw one letter and read it; the character that it finished."""
        logits_V = self._says(telling, wishes.morph)
        p_V = probabilities(logits_V)
        allowed = self.grammar.allowed(telling.pending)
        if not allowed.any():
            self._drop_pending(telling)
            allowed = self.grammar.allowed(b"")
        nudged_V = np.where(allowed, logits_V + self._nudges(telling, wishes), np.float32(-np.inf))
        if not np.isfinite(nudged_V).any():
            nudged_V = np.where(allowed, logits_V, np.float32(-np.inf))
        heat = self._heat(telling, wishes)
        number = chosen(nudged_V, replace(wishes.taste, temperature=heat), chance(telling.seed, telling.drawn))
        telling.drawn += 1
        telling.pending += self.step.alphabet.piece(number)
        telling.waiting += 1
        telling.probability *= float(p_V[number])
        telling.entropy += entropy(p_V)
        telling.a = self._moved(telling.a, number, wishes)
        telling.b = telling.b and self._moved(telling.b, number, wishes)
        return self._character(telling) if whole(telling.pending) else None

    def _says(self, telling: Telling, morph: float) -> Floats:
        """The logits of both voices, as a product of their predictions: p ~ a^(1 - morph) b^morph."""
        if telling.b is None or morph <= 0.0:
            return telling.a.says
        if morph >= 1.0:
            return telling.b.says
        share = np.float32(morph)
        mixed: Floats = telling.a.says * (1 - share) + telling.b.says * share
        return mixed

    def _nudges(self, telling: Telling, wishes: Wishes) -> Floats | np.float32:
        if not (wishes.lines or wishes.boost or wishes.ban):
            return np.float32(0.0)
        nudge_V = self.grammar.nudges(telling.pending, wishes.boost, wishes.ban, wishes.by)
        if (number := self.step.alphabet.line_end) is not None:
            nudge_V[number] += wishes.lines
        return nudge_V

    def _heat(self, telling: Telling, wishes: Wishes) -> float:
        """The temperature of this letter: on its way to the wished one, hotter while the text repeats itself."""
        wished, stands = wishes.taste.temperature, telling.temperature
        stands = wished if stands is None else stands + min(COOLING, max(-COOLING, wished - stands))
        telling.temperature = stands
        end = telling.tail[-AGAIN:]
        repeats = len(end) == AGAIN and end in telling.tail[-NEAR:-1]
        telling.kick = min(LARGEST_KICK, telling.kick + KICK) if repeats else max(0.0, telling.kick - CALM)
        return stands + wishes.guard * telling.kick

    def _moved(self, voice: Voice, number: int, wishes: Wishes) -> Voice:
        state = voice.state
        if wishes.pull > 0.0:
            target = voice.mood if wishes.drift is None else voice.mood + wishes.drift
            state = state + np.float32(wishes.pull) * (target - state)
        says, state = self.step.after(state, number)
        return replace(voice, state=state, says=says)

    def _character(self, telling: Telling) -> Token:
        """The pending bytes as a token, which is put on the page."""
        text = said(telling.pending)
        if telling.left > 0:
            telling.left -= 1
        token = Token(
            text=text, index=telling.index, probability=min(1.0, telling.probability),
            entropy=telling.entropy / telling.waiting, done=telling.left == 0,
        )  # fmt: skip
        telling.add(text, surprise_of(token.probability))
        telling.index += 1
        self._drop_pending(telling)
        return token

    @staticmethod
    def _drop_pending(telling: Telling) -> None:
        telling.pending, telling.waiting, telling.probability, telling.entropy = b"", 0, 1.0, 0.0


def surprise_of(probability: float) -> int:
    """Bits that something of this probability costs, as a telling keeps it."""
    bits = -math.log2(max(probability, 1e-9))
    return min(GIVEN - 1, round(bits * STEPS_PER_BIT))


def drift_of(basis: Floats | None, z: Floats) -> Floats | None:
    """What a latent adds to the moods: ``basis`` (k, layers, parts, H) times z (k,); None for nothing."""
    if basis is None or not np.any(z):
        return None
    drift: Floats = np.tensordot(z[: len(basis)], basis[: len(z)], axes=1).astype(np.float32)
    return drift


def mind_of(basis: Floats, telling: Telling, morph: float) -> tuple[float, ...]:
    """Where the state of a telling stands along ``basis`` (k, layers, parts, H), from the mood of its voice: the
    coordinates in which a latent would move it there."""
    a, b = telling.a, telling.b
    off = a.state - a.mood
    if b is not None and morph > 0.0:
        off = off * np.float32(1 - morph) + (b.state - b.mood) * np.float32(morph)
    flat_KN = basis.reshape(len(basis), -1).astype(np.float64)
    along_K = np.linalg.lstsq(flat_KN.T, off.astype(np.float64).ravel(), rcond=None)[0]
    return tuple(round(float(x), 3) for x in np.clip(along_K, -4.0, 4.0))
