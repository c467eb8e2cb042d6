"""The verbs of the ``livegen`` command. Without a verb it plays the hello patch.

Exit codes: 0 all is well, 1 a check found a problem or the show failed, 2 the command line was
wrong, 3 the patch cannot be played, 4 the port is taken, 130 ended from the keyboard.
"""

import argparse
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from . import __version__
from .arguments import (
    advise_arguments,
    card_arguments,
    encoder_arguments,
    import_arguments,
    listen_arguments,
    models_arguments,
    project_arguments,
    train_arguments,
)
from .errors import LivegenError, PatchError, PortTaken

PROBLEM, USAGE, BAD_PATCH, PORT_IN_USE, INTERRUPTED = 1, 2, 3, 4, 130


class Verb(NamedTuple):
    """One verb: where its code is (``module:function``), its sentence, and its arguments."""

    place: str
    says: str
    arguments: Callable[[argparse.ArgumentParser], None]


def patch_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "patch",
        nargs="?",
        default="hello",
        metavar="PATCH",
        help="a .toml file, or the name of a shipped patch",
    )


def run_arguments(parser: argparse.ArgumentParser) -> None:
    patch_argument(parser)
    stage_arguments(parser)


def stage_arguments(parser: argparse.ArgumentParser) -> None:
    """How a stage is opened."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; beyond loopback needs a token"
    )
    parser.add_argument("--port", type=int, default=9210, help="TCP and UDP port (default 9210)")
    parser.add_argument(
        "--token", default="", help="word that clients must know; made up when --host needs one"
    )
    parser.add_argument(
        "--allow-origin", action="append", default=[], metavar="URL", help="a page that may connect"
    )
    parser.add_argument("--no-open", action="store_true", help="do not open the browser")
    parser.add_argument(
        "--device", choices=["cpu", "cuda", "mps"], default="", help="where the generator paints"
    )
    parser.add_argument(
        "--sketches", type=Path, metavar="FOLDER", help="serve the p5.js sketches in FOLDER at /my/<name>/"
    )
    parser.add_argument("--seed", type=int, help="play with this seed instead of the patch's")
    parser.add_argument(
        "--fresh", action="store_true", help="start as the patch is written, forget the last state"
    )
    parser.add_argument(
        "--record", nargs="?", type=Path, const=Path(), metavar="TAKE", help="record the show as a take (default takes/NAME-TIME.take)"
    )
    parser.add_argument("--sound", type=Path, metavar="FILE", help="hear this file instead of what the patch listens to")
    parser.add_argument(
        "--film", nargs="?", type=Path, const=Path(), metavar="FILM", help="film what is shown, .mp4 or .mkv (default films/NAME-TIME.mp4)"
    )
    parser.add_argument("--standby", action="store_true", help="keep a second worker warm (twice the memory)")


def replay_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("take", metavar="TAKE", help="a take that livegen run --record has written")
    parser.add_argument("--loop", action="store_true", help="begin again at its end")
    parser.add_argument("--stand-in", action="store_true", help="play other weights where those of the show are not there")
    stage_arguments(parser)


def monitor_arguments(parser: argparse.ArgumentParser) -> None:
    patch_argument(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=9210, help="UDP port to listen on")
    parser.add_argument("--seconds", type=float, help="stop after this long")


def bench_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", nargs="*", help="which ones; all when none is named")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each part runs")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def export_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", choices=["touchosc", "glsl"], help="a TouchOSC layout, or the generator as a shader"
    )
    patch_argument(parser)
    parser.add_argument("-o", "--out", metavar="FILE", help="where to write; - for standard output")
    parser.add_argument(
        "--target", choices=["p5", "webgl1", "touchdesigner"], default="p5", help="dialect of the shader"
    )
    parser.add_argument("--cue", default="", help="draw this cue instead of the patch's beginning")


def write_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a text model: its name, its file or the folder of a run")
    parser.add_argument("--prime", default="", metavar="TEXT", help="how the text begins")
    parser.add_argument("--length", type=int, default=500, metavar="N", help="characters (default 500)")
    parser.add_argument("--seed", type=int, default=1, help="another number, another text (default 1)")
    parser.add_argument("--temperature", type=float, default=0.8, help="0.2 careful, 1 as learned, above wild")
    parser.add_argument("--top-p", type=float, default=1.0, help="only the likeliest that have this much probability")
    parser.add_argument("--min-p", type=float, default=0.0, help="only what is this likely beside the likeliest")


def measure_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a text model: its name, its file or the folder of a run")
    parser.add_argument("--text", type=Path, required=True, metavar="FILE", help="a text in UTF-8")
    parser.add_argument(
        "--last", type=float, default=1.0, metavar="SHARE", help="only the last share of it, 0.1 for a tenth"
    )


def still_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="an image model: its name, its file or the folder of a run")
    parser.add_argument("-o", "--out", required=True, metavar="FILE", help=".png, or .npy for the net's own numbers")
    parser.add_argument("--seed", type=int, default=1, help="another number, another picture (default 1)")
    parser.add_argument("--sheet", type=int, metavar="N", help="N pictures, of this seed and those after it")
    parser.add_argument("--z", type=Path, metavar="FILE", help=".npy with z, (N, z) or (z)")
    parser.add_argument("--w", type=Path, metavar="FILE", help=".npy with w, (N, w) or one per layer, (N, layers, w)")
    parser.add_argument(
        "--truncation", type=float, default=1.0, metavar="P", help="0 the middle of all pictures, 1 as learned"
    )
    parser.add_argument(
        "--cutoff", type=int, metavar="N", help="truncate the first N layers only"
    )
    parser.add_argument(
        "--noise", default="const", metavar="const|none|SEED", help="for nets made with noise (default const)"
    )
    parser.add_argument("--mix", metavar="SEED:LAYER", help="the style of another picture from that layer on")
    parser.add_argument(
        "--transform", metavar="X,Y,TURNS,ZOOM", help="for alias-free nets: moved by shares of the sides, turned, enlarged"
    )
    parser.add_argument("--class", dest="class_", type=int, metavar="C", help="for nets that learned classes")


def render_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("take", metavar="TAKE", help="a take that livegen run --record has written")
    parser.add_argument("-o", "--out", metavar="FILM", help=".mp4 (H.264), .mov (ProRes), .mkv (FFV1, lossless), or a folder for PNGs")
    parser.add_argument("--size", default="", metavar="HEIGHT|WxH", help="such as 2160; the show's own when nobody says")
    parser.add_argument("--fps", type=float, help="such as 60; the show's own ticks when nobody says")
    parser.add_argument("--stream", default="", metavar="GENERATOR", help="which one, where a show has several (default the first)")
    parser.add_argument("--sound", default="", metavar="FILE", help="the sound of this file goes with it")
    parser.add_argument("--device", choices=["cpu", "cuda", "mps"], default="", help="where the generator paints")
    parser.add_argument("--replace", action="store_true", help="write over a film of that name")
    parser.add_argument("--stand-in", action="store_true", help="play other weights where those of the show are not there")


def nothing(parser: argparse.ArgumentParser) -> None:
    """For verbs without arguments."""


VERBS: dict[str, Verb] = {
    "run": Verb("livegen.app:run", "play a patch", run_arguments),
    "advise": Verb("livegen.advise:advise", "look at data and say what to train from it", advise_arguments),
    "train": Verb("livegen.train:train", "train a model on your own data", train_arguments),
    "import": Verb("livegen.adopt:adopt", "bring in a model that was made elsewhere", import_arguments),
    "project": Verb("livegen.project:project", "look for a picture of yours in a GAN", project_arguments),
    "encoder": Verb("livegen.encoder:fit", "give a GAN an encoder, so that a camera can lead it", encoder_arguments),
    "models": Verb("livegen.models:models", "list the models and what they are", models_arguments),
    "card": Verb("livegen.models:card", "show or write whose work is in a model", card_arguments),
    "write": Verb("livegen.write:write", "have a text model write in the terminal", write_arguments),
    "measure": Verb("livegen.write:measure", "say how many bits a text costs a model", measure_arguments),
    "still": Verb("livegen.still:still", "write pictures of an image model to a file", still_arguments),
    "replay": Verb("livegen.reliving:replay", "play a take live", replay_arguments),
    "render": Verb("livegen.rendering:render", "paint a take again, into a film", render_arguments),
    "listen": Verb("livegen.listening:listen", "work out ahead of time what a sound file does to a show", listen_arguments),
    "check": Verb(
        "livegen.verbs:check", "say whether a patch can be played and what it would do", patch_argument
    ),
    "osc": Verb("livegen.verbs:osc", "print every address of a patch", patch_argument),
    "monitor": Verb("livegen.verbs:monitor", "print every OSC message that arrives", monitor_arguments),
    "doctor": Verb("livegen.verbs:doctor", "look at this machine and say what to type where", nothing),
    "export": Verb("livegen.verbs:export", "write a TouchOSC layout or a shader", export_arguments),
    "bench": Verb("livegen.bench:bench", "measure this machine", bench_arguments),
}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="livegen", description="A live server for generative art.")
    made.add_argument("--version", action="version", version=f"livegen {__version__}")
    verbs = made.add_subparsers(dest="verb", metavar="VERB", title="verbs (run is what happens without one)")
    for name, verb in VERBS.items():
        verb.arguments(verbs.add_parser(name, help=verb.says, description=verb.says.capitalize() + "."))
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; problems are one sentence on standard error and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console or pipe may know only its code page: better a question mark than no show.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    given = list(sys.argv[1:] if argv is None else argv)
    if not given or (given[0] not in VERBS and given[0] not in ("-h", "--help", "--version")):
        if given and not given[0].startswith("-") and not given[0].endswith(".toml"):
            parser().parse_args(given)  # an unknown verb: argparse names those there are
        given = ["run", *given]
    arguments = parser().parse_args(given)
    if arguments.verb != "train":
        # numpy's threads wait for each other at every small product: beside an encoder that makes a text
        # net five times as slow and more. It has to be said before numpy wakes; workers inherit it.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    module, _, function = VERBS[arguments.verb].place.partition(":")
    try:
        return int(getattr(importlib.import_module(module), function)(arguments))
    except PatchError as error:
        return complain(error, BAD_PATCH)
    except PortTaken as error:
        return complain(error, PORT_IN_USE)
    except LivegenError as error:
        return complain(error, PROBLEM)
    except KeyboardInterrupt:
        return INTERRUPTED


def complain(error: Exception, code: int) -> int:
    print(f"livegen: {error}", file=sys.stderr)
    return code
