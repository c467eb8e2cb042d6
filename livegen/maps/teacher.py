"""The teacher: takes down what is shown, keeps it, fits it, and hands the map over.

Everything here is the app's: it looks at the show between two ticks and at files and clocks, and what comes of it
reaches the ensemble as an ordinary message. Sheets are changed on the loop's thread, by messages; they are fitted in a
thread of their own.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from ..board import Write
from ..ensemble import Ensemble
from ..errors import BadValue, LivegenError, TooMany
from ..mapping.learned import Cancelled, Model, fit
from ..mapping.learned.advice import about_errors
from ..mapping.learned.examples import MOST, Example
from ..message import Message
from ..params import number
from .lesson import Lesson
from .section import Maps
from .sheets import Writer, found_at, kept_at, load, stamp
from .standing import stands
from .words import BASE, bases, specs

RATE = 20.0
"""Examples a second that are taken down while a hand moves, at most."""
STIRS = 0.01
"""Of what an input has spanned in the demonstration, by which it must have moved to be taken down again."""
ORIGIN = "teacher"


@cache
def solvers() -> Any:
    """Who solves matrices in this process, looked for once; None where nobody can say."""
    try:
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]
    except ImportError:
        return None
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[object]:
    """Small matrices are solved ten times as fast by one thread as by several that wait for each other."""
    found = solvers()
    if found is None:
        return nullcontext()
    limits: AbstractContextManager[object] = found.limit(limits=1)
    return limits


class Teacher:
    """Everybody's lessons: one per map."""

    def __init__(
        self, ensemble: Ensemble, path: Path, apply: Callable[[Message], None], now: Callable[[], float]
    ) -> None:
        """``path``: of the patch. ``apply``: how a message reaches the ensemble and the take."""
        self._ensemble, self._path, self._apply, self._now = ensemble, path, apply, now
        self._section = next(each for each in ensemble.sections if isinstance(each, Maps))
        self.writer = Writer(self._written)
        self.lessons: dict[str, Lesson] = {}
        self._threads: list[threading.Thread] = []
        self.lock = threading.RLock()
        ensemble.asides[f"{BASE}/"] = self._heed

    # Life ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Read what was kept, and learn from it. Never waits."""
        patch = self._ensemble.patch
        with self.lock:
            old, self.lessons = self.lessons, {}
            for index, (spec, base) in enumerate(zip(specs(patch), bases(patch).values(), strict=True)):
                lesson = old.get(spec.name) or Lesson(spec.name)
                lesson.base = base
                lesson.path = kept_at(self._path, spec.name, index == 0)
                lesson.found = found_at(self._path, spec.name, index == 0)
                self.lessons[spec.name] = lesson
        self._in_a_thread(self._read_all)

    def close(self) -> None:
        """Call off what is being learned, and wait until everything is kept."""
        for lesson in self.lessons.values():
            lesson.cancelled.set()
        for thread in list(self._threads):
            thread.join(2.0)
        self.writer.close()

    @property
    def problem(self) -> str:
        """What went wrong last; empty while all is well."""
        return self.writer.problem or next(
            (lesson.fault for lesson in self.lessons.values() if lesson.fault), ""
        )

    def settle(self, seconds: float = 10.0) -> None:
        """Wait until nothing is read, learned or written any more."""
        for thread in list(self._threads):
            thread.join(seconds)
        self.writer.settle(seconds)

    def _in_a_thread(self, work: Callable[..., None], *args: Any) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, args=args, name="livegen lessons", daemon=True)
        self._threads.append(thread)
        thread.start()

    # Files, in a thread ----------------------------------------------------------------------

    def _read_all(self) -> None:
        for lesson in list(self.lessons.values()):
            if lesson.read is None:
                self._read(lesson)
            elif lesson.model is None or self._chosen(lesson.name) == chosen_by(lesson.model):
                continue  # an edited patch that says nothing else about this map
            if lesson.sheet.examples:
                self._learn(lesson)

    def _chosen(self, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The inputs and the targets of a map, by name."""
        board = self._ensemble.board
        return tuple(self._section.columns(name, board)), tuple(
            each.name for each in self._section.targets(name, board)
        )

    def _read(self, lesson: Lesson) -> None:
        """Take the file as it is, with what it says about inputs and targets where the patch says nothing."""
        read = stamp(lesson.found)
        sheet, said = load(lesson.found)
        with self.lock:
            lesson.take(sheet, said)
            lesson.read = read
        spec = next((spec for spec in specs(self._ensemble.patch) if spec.name == lesson.name), None)
        one = self._section.maps.get(lesson.name)
        if spec is None or one is None:
            return
        first = sheet.examples[0] if sheet.examples else None
        if not one.inputs and (names := sheet.inputs or tuple(first.inputs if first else ())):
            self._say(f"{lesson.base}/inputs", *names)
        if not one.targets and (names := sheet.targets or tuple(first.outputs if first else ())):
            self._say(f"{lesson.base}/targets", *names)
        self._tell(lesson)

    def _written(self, path: Path) -> None:
        with self.lock:
            for lesson in self.lessons.values():
                if lesson.path == path:
                    lesson.found, lesson.read = path, stamp(path)

    # The loop's thread -----------------------------------------------------------------------

    def look(self, now: float) -> None:
        """Once per tick: take down what moves, where it is asked for."""
        for lesson in self.lessons.values():
            if lesson.recording and now >= lesson.due:
                lesson.due = now + 1.0 / RATE
                try:
                    self._take_down(lesson, moved=STIRS)
                except LivegenError as error:
                    self._end(lesson)
                    lesson.note(str(error))
                    self._tell(lesson)

    def _heed(self, write: Write) -> None:
        """What was asked of examples and of learning."""
        path, _, word = write.address.rpartition("/")
        lesson = next((each for each in self.lessons.values() if each.base == path), None)
        act = ACTS.get(word)
        if lesson is None or act is None:
            return
        try:
            lesson.note("")
            with self.lock:
                act(self, lesson, write)
        except LivegenError as error:
            lesson.note(str(error))
        self._tell(lesson)

    def _take_down(self, lesson: Lesson, moved: float = 0.0) -> None:
        """One example of what is now. ``moved``: only if something has, by this share. Raises BadValue or TooMany."""
        board = self._ensemble.board
        names = self._section.columns(lesson.name, board)
        if not names:
            raise BadValue("the map has no inputs yet", hint="choose what is to play it", code="no_inputs")
        values = self._section.values(lesson.name, board)
        if missing := [name for name in names if name not in values]:
            raise BadValue(
                f"{missing[0]} has said nothing yet",
                hint="move it once, or choose other inputs",
                code="unheard",
            )
        targets = self._section._targets(self._section.maps[lesson.name], board)
        if not targets:
            raise BadValue("the map has no targets yet", hint="choose what it is to play", code="no_targets")
        outputs = {one.name: stands(one, board, self._ensemble.cast.instruments) for one in targets}
        if len(lesson.sheet.examples) >= MOST:
            raise TooMany(f"there are {MOST} examples already", hint="delete some first")
        if not moved or lesson.stirred(values, outputs, moved):
            lesson.add(Example(demo=lesson.demo, inputs=values, outputs=outputs))
            self._keep(lesson, names, [one.name for one in targets])

    def _keep(
        self, lesson: Lesson, inputs: list[str] | None = None, targets: list[str] | None = None
    ) -> None:
        lesson.choose(inputs, targets)
        self.writer.offer(lesson.path, lesson.sheet)

    def _on_start(self, lesson: Lesson, write: Write) -> None:
        lesson.begin()
        lesson.due = 0.0

    def _on_stop(self, lesson: Lesson, write: Write) -> None:
        self._end(lesson)

    def _end(self, lesson: Lesson) -> None:
        lesson.recording = False

    def _on_add(self, lesson: Lesson, write: Write) -> None:
        if not lesson.recording:
            lesson.begin(recording=False)
        self._take_down(lesson)

    def _on_train(self, lesson: Lesson, write: Write) -> None:
        if not lesson.training:
            lesson.recording, lesson.training = False, True
            lesson.cancelled.clear()
            self._in_a_thread(self._learn, lesson)

    def _on_cancel(self, lesson: Lesson, write: Write) -> None:
        lesson.cancelled.set()

    def _on_run(self, lesson: Lesson, write: Write) -> None:
        """Who lets a map play that has learned nothing, or less than was shown, wants it to learn first."""
        lesson.recording = False
        if lesson.stale and len(lesson.sheet.examples) > 1:
            self._on_train(lesson, write)

    def _on_switch(self, lesson: Lesson, write: Write) -> None:
        if write.value:
            self._on_run(lesson, write)

    def _on_clear(self, lesson: Lesson, write: Write) -> None:
        lesson.recording = False
        lesson.remove(lambda index, example: True)
        self._keep(lesson)

    def _on_delete(self, lesson: Lesson, write: Write) -> None:
        which = round(number(write.address, write.value[0])) if write.value else len(lesson.sheet.examples)
        if not 1 <= which <= len(lesson.sheet.examples):
            raise BadValue(
                f"there is no example {which}", hint=f"they count from 1 to {len(lesson.sheet.examples)}"
            )
        lesson.remove(lambda index, example: index == which - 1)
        self._keep(lesson)

    def _on_delete_demo(self, lesson: Lesson, write: Write) -> None:
        demos = [example.demo for example in lesson.sheet.examples]
        which = round(number(write.address, write.value[0])) if write.value else max(demos, default=0)
        if which not in demos:
            raise BadValue(
                f"there is no demonstration {which}", hint="look at /maps, or send no number for the last"
            )
        lesson.recording = False
        lesson.remove(lambda index, example: example.demo == which)
        self._keep(lesson)

    def _on_undo(self, lesson: Lesson, write: Write) -> None:
        if not lesson.undo():
            raise BadValue("nothing was deleted", code="nothing")
        self._keep(lesson)

    def _on_names(self, lesson: Lesson, write: Write) -> None:
        board, one = self._ensemble.board, self._section.maps[lesson.name]
        inputs = write.address.endswith("setInputNames")
        names = (
            self._section.columns(lesson.name, board)
            if inputs
            else [each.name for each in self._section._targets(one, board)]
        )
        lesson.call(dict(zip(names, (str(said)[:80] for said in write.value), strict=False)))
        self._keep(lesson)

    def _on_chosen(self, lesson: Lesson, write: Write) -> None:
        lesson.stale = True
        board, one = self._ensemble.board, self._section.maps[lesson.name]
        there = [each.name for each in self._section._targets(one, board)]
        if len(there) < len(one.targets):
            known = {f"/livegen/{name}" for name in there} | set(there)
            gone = next((name for name in one.targets if name not in known), "")
            if gone:
                raise BadValue(
                    f"{gone[:80]} is no target",
                    hint="such as main/params/hue, main/z or main/presets/weights",
                )
        self._keep(lesson, self._section.columns(lesson.name, board), there)

    # Learning, in a thread -------------------------------------------------------------------

    def _learn(self, lesson: Lesson) -> None:
        lesson.training = True
        self._tell(lesson)
        try:
            if (
                lesson.read not in (None, (0, 0))
                and not self.writer.waits(lesson.path)
                and stamp(lesson.found) != lesson.read
            ):
                self._read(lesson)  # somebody has mended it by hand
            model, said = self._fitted(lesson)
            self._say(f"{lesson.base}/model", model.written())
            with self.lock:
                lesson.learned(model, said)
        except Cancelled:
            lesson.note("learning was called off; the map plays as before")
        except LivegenError as error:
            lesson.note(str(error))
        except Exception as error:  # an edge: whatever examples can do, the show goes on
            lesson.fault = f"a map could not be learned: {error!r}"
            lesson.note("this could not be learned")
        finally:
            lesson.training = False
            lesson.cancelled.clear()
            self._tell(lesson)

    def _fitted(self, lesson: Lesson) -> tuple[Model, list[str]]:
        """Raises LivegenError."""
        board = self._ensemble.board
        with self.lock:
            examples, version = lesson.sheet.examples, lesson.version
            inputs, targets = (
                self._section.columns(lesson.name, board),
                self._section.targets(lesson.name, board, self._gaussian),
            )
        kind = str(board.value(f"{lesson.base}/kind"))

        def pause() -> None:
            if lesson.cancelled.is_set():
                raise Cancelled("learning was called off")

        with one_thread():
            model = fit(examples, inputs, targets, board.params, kind=kind, pause=pause)
            said = lesson.advice(examples, inputs, model, board.params)
        with self.lock:
            lesson.stale = lesson.version != version
        return model, [about_errors(model), *said]

    # What is told ----------------------------------------------------------------------------

    def _say(self, address: str, *args: Any) -> None:
        self._apply(Message(address, args, self._now(), ORIGIN))

    def _gaussian(self, address: str) -> bool:
        """Whether a latent has a length to keep."""
        player = self._ensemble.cast.instruments.get(address.split("/")[2])
        return player is None or player.space == "z"

    def _tell(self, lesson: Lesson) -> None:
        """Show how it stands, to everybody who looks."""
        lesson.revision += 1
        error = lesson.model.error if lesson.model is not None else None
        self._ensemble.board.echo({
            f"{lesson.base}/recording": lesson.recording, f"{lesson.base}/training": lesson.training,
            f"{lesson.base}/examples": len(lesson.sheet.examples), f"{lesson.base}/error": -1.0 if error is None else error,
            f"{lesson.base}/state": lesson.sentence, f"{lesson.base}/revision": lesson.revision,
        })  # fmt: skip

    def show(self) -> list[dict[str, Any]]:
        """Everything about every map, for ``/maps``. Any thread."""
        board, found = self._ensemble.board, []
        for name, lesson in list(self.lessons.items()):  # nothing here may make the loop wait
            one = self._section.maps.get(name)
            if one is not None:
                targets = [each.name for each in self._section.targets(name, board)]
                found.append(lesson.show(self._section.columns(name, board), targets, one.player.model))
        return found


def chosen_by(model: Model) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a model was fitted to, as ``Teacher._chosen`` says it."""
    return model.inputs, tuple(each.name for each in model.targets)


ACTS: dict[str, Callable[[Teacher, Lesson, Write], None]] = {
    "startRecording": Teacher._on_start, "stopRecording": Teacher._on_stop, "add": Teacher._on_add, "train": Teacher._on_train,
    "cancelTrain": Teacher._on_cancel, "startRunning": Teacher._on_run, "run": Teacher._on_switch, "deleteAllExamples": Teacher._on_clear,
    "deleteExample": Teacher._on_delete, "deleteDemonstration": Teacher._on_delete_demo, "undo": Teacher._on_undo,
    "setInputNames": Teacher._on_names, "setOutputNames": Teacher._on_names, "inputs": Teacher._on_chosen, "targets": Teacher._on_chosen,
}  # fmt: skip
"""Word → what to do about it."""
