"""The verb ``project``: look for a picture of one's own in a GAN, and keep the place in the model."""

import argparse
import json
import math
import shlex
import time
import urllib.error
import urllib.request
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from .client import BlockingClient, NotConnected, Wishes
from .client.words import at_websocket
from .errors import BadValue, LivegenError, ModelRefused
from .frame import Pixels
from .generators import shelf, weights
from .generators.gan import own, words
from .generators.gan.plan import Flat
from .generators.gan.words import Introduced
from .terminal import plain
from .training import inversion, pictures, sheet
from .training.gan_show import jpeg
from .training.inversion import Found, Now, Settings
from .training.trainer import step_back

MOST_STEPS = 100_000
OFTEN = 0.15
"""Seconds between two places that a stage is shown."""
CELL = 320
"""Pixels of the longer side of a picture on the sheet, about."""
ANSWER = 5.0
"""Seconds that a stage has to say what it plays."""


def project(arguments: argparse.Namespace) -> int:
    """Look for a picture in a model and keep it there. 0 when it is kept."""
    console = Console(stderr=True, highlight=False)
    settings, image = settings_of(arguments), Path(arguments.image).expanduser()
    if not image.is_file():
        raise BadValue(f"there is no picture {image}", hint="give a picture file")
    name = own.called(arguments.name or image.stem)
    model = words.configure({"model": arguments.model})
    own.check(model.header, name)
    out = shelf.kept(model.path)
    if out != model.path and out.exists():
        raise BadValue(f"there is a model {out} already", hint=f"look in that one: livegen project {shlex.quote(str(out))} ...")
    if isinstance(model.plan, Flat):
        raise ModelRefused(f"{model.path.name} is a plain net, in which nothing can be looked for", hint="take one with a w")
    framing = pictures.Framing(size=(model.plan.width, model.plan.height), mode=arguments.crop or "crop")
    asked: Pixels = np.array(pictures.load([image], framing).pixels[0])
    with watched(arguments, model) as stage:
        step_back()
        found = looked_for(model, asked, settings, console, stage)
    row = {"name": name, "space": found.best.space, "error": float(f"{found.best.error:.3g}"), "of": image.name}
    try:
        own.keep(model.path, out, row, found.best.ws, jpeg(found.best.picture.transpose(1, 2, 0), 1))
        if arguments.out:
            sheet.save(laid(asked, found), Path(arguments.out).expanduser())
    except OSError as error:
        raise LivegenError(f"{out} could not be written: {error.strerror or error}", hint="make room or choose another place") from None
    ended(console, arguments, out, name, found)
    return 0


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Raises BadValue."""
    if arguments.steps is not None and not 1 <= arguments.steps <= MOST_STEPS:
        raise BadValue(f"--steps is {arguments.steps}", hint=f"1 to {MOST_STEPS:,}")
    minutes = arguments.minutes or math.inf
    usual = MOST_STEPS if arguments.minutes else Settings().steps
    return Settings(space=arguments.space, steps=arguments.steps or usual, minutes=minutes)


def looked_for(model: Introduced, asked: Pixels, settings: Settings, console: Console, stage: "Stage | None") -> Found:
    """The search, with a bar and, if there is a stage, on it."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("looking at samples", total=1.0)

        def tell(now: Now) -> None:
            shown.update(task, completed=now.done, description=f"in {now.space}, off by {now.loss:.3f}")
            if stage is not None and now.space == inversion.W:
                stage.show(now)

        found = inversion.invert(model, weights.read(model.path)[1], asked, settings, tell)
    if stage is not None:
        stage.put(found.u)
    return found


# The stage that looks on ---------------------------------------------------------------------------


class Stage:
    """A running stage that is shown each place on the way."""

    def __init__(self, client: BlockingClient, address: str) -> None:
        """``address``: of the z that is set."""
        self._client, self._address, self._last = client, address, -math.inf

    def show(self, now: Now) -> None:
        """The place that is tried now, unless one was shown a moment ago."""
        if time.monotonic() - self._last >= OFTEN:
            self.put(now.u)

    def put(self, u_K: Any) -> None:
        """Stand there. A stage that has gone meanwhile ends nothing."""
        self._last = time.monotonic()
        try:
            self._client.set({self._address: [float(x) for x in u_K]})
        except NotConnected:
            self._last = math.inf


class Watched(AbstractContextManager["Stage | None"]):
    """A connection to the stage that plays the model."""

    def __init__(self, url: str, token: str, model: Introduced) -> None:
        """Raises NotConnected, BadValue."""
        instance = instance_of(played(url, token), model)
        self._client = BlockingClient(url, token=token, wishes=Wishes(generators=()))
        self._address = f"/livegen/{instance}/z"

    def __enter__(self) -> Stage:
        return Stage(self._client.__enter__(), self._address)

    def __exit__(self, *why: object) -> None:
        self._client.__exit__(*why)


def watched(arguments: argparse.Namespace, model: Introduced) -> AbstractContextManager[Stage | None]:
    """The stage that ``--stage`` names; none where it was not given. Raises NotConnected, BadValue."""
    return nullcontext(None) if arguments.stage is None else Watched(arguments.stage, arguments.token, model)


def played(url: str, token: str) -> dict[str, Any]:
    """What the stage there plays: instance → its model. Raises NotConnected."""
    place = at_websocket(url).replace("ws", "http", 1).rstrip("/") + "/models"
    request = urllib.request.Request(place, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=ANSWER) as answer:
            found: dict[str, Any] = json.load(answer)
    except (OSError, ValueError) as error:
        why = f"it wants a token ({error.code})" if isinstance(error, urllib.error.HTTPError) else str(error)
        raise NotConnected(f"no stage at {url}: {why}", hint="is livegen running there? --token takes its word") from None
    return found


def instance_of(models: dict[str, Any], model: Introduced) -> str:
    """The instance that plays ``model`` in its w. Raises BadValue."""
    for instance, said in models.items():
        same = said.get("digest") == model.header.digest[:8] or said.get("model") == model.path.stem
        if said.get("generator") == "gan" and same:
            return instance
    raise BadValue(
        f"the stage does not play {model.path.stem}", hint=f'play a patch with kind = "gan" and model = "{model.path.stem}" there'
    )


# What comes of it ----------------------------------------------------------------------------------


def laid(asked: Pixels, found: Found) -> Image.Image:
    """What was asked for and what was found, side by side, with how far each is off."""
    cells = [("asked for", asked), *((f"{each.space}: off by {each.error:.1%}", each.picture) for each in found.places)]
    high, wide = asked.shape[1:]
    size = sheet.fitting((wide, high), round(CELL * wide / max(wide, high)))
    across = size[0] + sheet.GAP
    made = Image.new("RGB", (sheet.GAP + len(cells) * across, size[1] + 2 * sheet.GAP + sheet.LINE), sheet.PAPER)
    draw = ImageDraw.Draw(made)
    for i, (caption, pixels) in enumerate(cells):
        left = sheet.GAP + i * across
        made.paste(sheet.scaled(as_image(pixels), size), (left, sheet.GAP))
        draw.text((left + 4, size[1] + sheet.GAP + 6), caption, fill=sheet.INK, font=sheet.font(13))
    return made


def as_image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))


def ended(console: Console, arguments: argparse.Namespace, out: Path, name: str, found: Found) -> None:
    """How near it came, where it lies and what to type next."""
    for each in found.places:
        console.print(Text.assemble(("✓ ", "green"), f"{each.space}: off by {each.error:.1%} of the whole range"))
    console.print(Text.assemble(("took     ", "dim"), f"{found.steps} steps, {sheet.spoken_time(found.seconds)}"))
    console.print(Text.assemble(("wrote    ", "dim"), plain(f"{name} into {out}", 400)), soft_wrap=True)
    if arguments.out:
        console.print(Text.assemble(("look     ", "dim"), plain(arguments.out, 400)), soft_wrap=True)
    shown = out.stem if shelf.names().get(out.stem) == out else str(out)
    console.print(Text.assemble(("play it  ", "dim"), f"in a patch with model = {json.dumps(shown)}, at once where it plays already:"), soft_wrap=True)
    console.print(Text(f'[[cues]]\nname = "{name}"\nparams = {{ own = "{name}" }}', style="bold"))
    if arguments.stage is None:
        again = f"livegen project {shlex.quote(arguments.model)} {shlex.quote(arguments.image)} --stage"
        console.print(Text.assemble(("watch it ", "dim"), f"on a running stage: {again}"), soft_wrap=True)
