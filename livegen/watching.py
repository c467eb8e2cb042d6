"""What a training looks like in the terminal: a bar with the time left, the measures, the newest note."""

import time
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from .terminal import plain
from .training.lesson import Lesson
from .training.run import Run
from .training.sheet import SAMPLES, spoken_time

PLAY = "play.toml"
"""The patch in the folder of a run that plays it."""
LINE_EVERY = 30.0
"""Seconds between two lines where the output is no terminal."""
FRESH = 0.2
"""Seconds between two looks of the bar."""
CALM = 0.95
"""How slowly the measures shown follow those said."""


class Reading:
    """A bar while files are read."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            TextColumn("reading"), BarColumn(), TextColumn("{task.completed} of {task.total}"),
            console=console, transient=True, disable=not console.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task("reading", total=None)

    def tell(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=total)

    def __enter__(self) -> "Reading":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


class Left(ProgressColumn):
    """The time left, as a person says it."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def render(self, task: Task) -> Text:
        return Text(f"{left(self._run)} left" if left(self._run) else "", style="cyan")


def left(run: Run) -> str:
    """How long a run still takes at its pace; empty while nobody can know."""
    if run.progress <= 0.0 or run.seconds < 1.0:
        return ""
    return spoken_time(run.seconds * (1 - run.progress) / run.progress)


class Watching:
    """Follows one run. Where the output is no terminal it says a line twice a minute."""

    def __init__(self, console: Console, run: Run, lesson: Lesson) -> None:
        self._console, self._run, self._lesson = console, run, lesson
        self._means: dict[str, float] = {}
        self._drawn = 0.0
        self._lined = time.perf_counter()
        self._bar = Progress(
            TextColumn("[bold]{task.percentage:>3.0f} %"), BarColumn(bar_width=24), Left(run), TextColumn("{task.description}"),
            console=console, disable=not console.is_terminal, refresh_per_second=5,
        )  # fmt: skip
        self._task: TaskID = self._bar.add_task("", total=1.0)

    def told(self, run: Run, numbers: Mapping[str, float]) -> None:
        """After each step."""
        for name, value in numbers.items():
            self._means[name] = CALM * self._means.get(name, value) + (1 - CALM) * value
        now = time.perf_counter()
        if now - self._drawn >= FRESH:
            self._drawn = now
            self._bar.update(self._task, completed=run.progress, description=self.measures())
        if self._bar.disable and now - self._lined >= LINE_EVERY:
            self._lined = now
            self._console.print(Text(f"{100 * run.progress:3.0f} %  {left(run)} left  {self.measures()}"), soft_wrap=True)

    def measures(self) -> str:
        """The step and the newest measures in a line."""
        shown = [f"{name.replace('_', ' ')} {value:.3g}" for name, value in list(self._means.items())[:5]]
        return f"step {self._run.step:,}  " + "  ".join(shown)

    def note(self, sentence: str) -> None:
        """A sentence that stays."""
        self._console.print(Text(f"{spoken_time(self._run.seconds):>7}  {plain(sentence, 500)}", style="yellow"), soft_wrap=True)

    def __enter__(self) -> "Watching":
        run, lesson = self._run, self._lesson
        whole = f"{lesson.whole:,} {lesson.unit}, on {run.device}"
        self._console.print(Text.assemble(("training ", "bold"), f"{run.family}: {whole}, into {run.folder}"), soft_wrap=True)
        self._console.print(Text(f"look at what it can do by now: {run.folder / SAMPLES}", style="dim"), soft_wrap=True)
        self._console.print(Text(f"play it while it learns: livegen run {run.folder / PLAY}", style="dim"), soft_wrap=True)
        self._console.print(Text("Ctrl-C ends after the step and keeps everything", style="dim"), soft_wrap=True)
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if kind is None:
            self._bar.update(self._task, completed=self._run.progress, description=self.measures())
        self._bar.stop()
