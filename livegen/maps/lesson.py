"""A lesson: the examples of one map, and what has been learned from them. It knows no files and no threads."""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..mapping.learned import Example, Model, Sheet
from ..mapping.learned.advice import about_count, about_inputs, about_pairs, about_targets, contradictions
from ..mapping.learned.examples import Value, complete
from ..mapping.learned.fitting import tables
from ..params import Param

SHOWN = 200
"""Examples that pages are told of, the newest."""
UNDONE = 8


class Lesson:
    """What was shown to one map."""

    def __init__(self, name: str) -> None:
        self.name, self.base = name, ""
        self.path = self.found = Path()
        """Where the examples are kept, and where they were read from."""
        self.read: tuple[int, int] | None = None
        """The stamp of the file that was read; None: none was yet."""
        self.sheet = Sheet()
        self.model: Model | None = None
        self.demo = 0
        self.recording = self.training = False
        self.stale = True
        """Whether there is something that has not been learned yet."""
        self.due = 0.0
        self.cancelled = threading.Event()
        self.version = self.revision = 0
        self.fault = ""
        self._note = self._file = ""
        self._advice: list[str] = []
        self._gone: deque[tuple[Example, ...]] = deque(maxlen=UNDONE)
        self._last: tuple[Mapping[str, float], Mapping[str, Value]] | None = None
        self._spans: dict[str, tuple[float, float]] = {}

    def take(self, sheet: Sheet, said: str) -> None:
        """A file was read."""
        self.sheet, self._file = sheet, said
        self.demo = max((example.demo for example in sheet.examples), default=0)
        self._changed()

    def begin(self, recording: bool = True) -> None:
        """Another demonstration."""
        if not self.recording:
            self.demo = max((example.demo for example in self.sheet.examples), default=0) + 1
            self._last, self._spans = None, {}
        self.recording = recording

    def stirred(self, values: Mapping[str, float], outputs: Mapping[str, Value], share: float) -> bool:
        """Whether something has moved since the last example of this demonstration."""
        for name, value in values.items():
            low, high = self._spans.get(name, (value, value))
            self._spans[name] = (min(low, value), max(high, value))
        if self._last is None:
            return True
        before, looked = self._last
        moved = any(
            abs(value - before[name]) > share * (self._spans[name][1] - self._spans[name][0])
            for name, value in values.items()
            if name in before
        )
        return moved or outputs != looked

    def add(self, example: Example) -> None:
        self._last = (example.inputs, example.outputs)
        self.sheet = replace(self.sheet, examples=(*self.sheet.examples, example))
        self._changed()

    def remove(self, which: Callable[[int, Example], bool]) -> None:
        """Forget examples; ``undo`` brings them back."""
        kept = tuple(each for index, each in enumerate(self.sheet.examples) if not which(index, each))
        if len(kept) < len(self.sheet.examples):
            self._gone.append(self.sheet.examples)
            self.sheet = replace(self.sheet, examples=kept)
            self._changed()

    def undo(self) -> bool:
        """As it was before the last deletion, with what was shown since. Whether there was one."""
        if not self._gone:
            return False
        before = self._gone.pop()
        new = tuple(each for each in self.sheet.examples if not any(each is old for old in before))
        self.sheet = replace(self.sheet, examples=(*before, *new))
        self._changed()
        return True

    def choose(self, inputs: Sequence[str] | None, targets: Sequence[str] | None) -> None:
        self.sheet = replace(
            self.sheet,
            inputs=self.sheet.inputs if inputs is None else tuple(inputs),
            targets=self.sheet.targets if targets is None else tuple(targets),
        )

    def call(self, names: Mapping[str, str]) -> None:
        """What people call inputs and targets."""
        self.sheet = replace(self.sheet, names={**self.sheet.names, **names})

    def learned(self, model: Model, said: Sequence[str]) -> None:
        self.model, self._advice, self._note = model, list(said), ""

    def note(self, said: str) -> None:
        """Why the last thing that was asked could not be done."""
        self._note = said

    def _changed(self) -> None:
        self.version, self.stale = self.version + 1, True

    # What is said ----------------------------------------------------------------------------

    @property
    def sentence(self) -> str:
        """How it stands, in one."""
        count = len(self.sheet.examples)
        if self._note:
            return self._note
        if self.training:
            return f"learning from {count} examples"
        if self.recording:
            return f"taking down what you show: {count} examples"
        if self.model is None or not count:
            few = "show some examples" if not count else f"{count} {'example' if count == 1 else 'examples'}"
            return (
                f"{few}; one more at least" if count == 1 else few if not count else f"{few}, not learned yet"
            )
        return f"{count} examples, not all learned yet" if self.stale else self._advice[0]

    @property
    def advices(self) -> list[str]:
        """What else should be known."""
        return [said for said in (self._file, *self._advice[1:]) if said]

    def advice(
        self, examples: Sequence[Example], inputs: Sequence[str], model: Model, params: Mapping[str, Param]
    ) -> list[str]:
        """What is to be said about examples that were learned from. Any thread."""
        usable = complete(examples, inputs, [one.name for one in model.targets])
        raw, y, targets = tables([examples[i] for i in usable], inputs, model.targets, params)
        widths = [one.width for one in targets]
        pairs = contradictions(raw, y, widths, [i + 1 for i in usable], [examples[i].demo for i in usable])
        return [
            *about_pairs(pairs), *about_count(examples, len(usable)), *about_inputs(raw, inputs),
            *about_targets(y, [(one.name, one.width) for one in targets]),
        ]  # fmt: skip

    def show(self, inputs: Sequence[str], targets: Sequence[str], plays: Model | None) -> dict[str, Any]:
        """Everything, as plain JSON."""
        examples, first = self.sheet.examples, max(0, len(self.sheet.examples) - SHOWN)
        spans = {
            name: [min(x), max(x)]
            for name in inputs
            if (x := [each.inputs[name] for each in examples if name in each.inputs])
        }
        model = self.model or plays
        known = {one.name: index for index, one in enumerate(model.targets)} if model else {}
        return {
            "name": self.name, "base": self.base, "file": str(self.path), "state": self.sentence, "advice": self.advices,
            "stale": self.stale, "count": len(examples), "revision": self.revision,
            "inputs": [{"name": name, "label": self.sheet.names.get(name, ""), "span": spans.get(name)} for name in inputs],
            "targets": [
                {"name": name, "label": self.sheet.names.get(name, ""), **errors_of(model, known.get(name))} for name in targets
            ],
            "model": None if model is None else {
                "kind": model.kind, "count": model.count, "error": model.error, "tried": dict(model.tried),
                "usual": sum(model.usual) / len(model.usual) if model.usual else None,
            },
            "examples": [
                {"number": first + index + 1, "demo": each.demo, "in": dict(each.inputs), "out": {n: brief(x) for n, x in each.outputs.items()}}
                for index, each in enumerate(examples[first:])
            ],
        }  # fmt: skip


def errors_of(model: Model | None, index: int | None) -> dict[str, float | None]:
    if model is None or index is None:
        return {"error": None, "usual": None, "shown": None}
    return {
        name: values[index] if values else None
        for name, values in (("error", model.errors), ("usual", model.usual), ("shown", model.shown))
    }


def brief(value: Value) -> Any:
    """A value for a page: of a long latent its beginning."""
    return (
        list(value[:16]) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
    )
