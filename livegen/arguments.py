"""The arguments of the verbs around models: advise, train, import, project, encoder, models, card."""

import argparse
from pathlib import Path


def advise_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", nargs="?", metavar="DATA", help="a folder or file: pictures, text or drawings")
    parser.add_argument("--crop", choices=["crop", "fit", "stretch"], help="how pictures come into the frame")
    parser.add_argument("--family", choices=["gan", "vae", "text", "strokes"], help="advise about this one")
    parser.add_argument("--device", choices=["cpu", "cuda", "mps"], default="", help="where it would be trained")
    parser.add_argument("--quick", action="store_true", help="do not measure how fast this machine trains")


def train_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("family", choices=["gan", "vae", "text", "strokes"], help="what to train")
    parser.add_argument("data", nargs="?", metavar="DATA", help="a folder or file: pictures, text or drawings")
    parser.add_argument("-o", "--out", metavar="RUN", help="a new folder for the run (default runs/NAME-FAMILY)")
    _how_long(parser)
    _what(parser)
    parser.add_argument("--from", dest="origin", metavar="MODEL", help="begin from this model")
    parser.add_argument(
        "--freeze", action="append", metavar="LAYERS", help="keep these as they are, such as discriminator.blocks.0"
    )
    parser.add_argument("--seed", type=int, help="random numbers of the training (default 0)")
    parser.add_argument("--device", choices=["cpu", "cuda", "mps"], default="", help="where to train")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads; tried out when nobody says")
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="train with so many processes, one for each GPU (not yet tried on GPUs)")
    parser.add_argument("--joining", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--anyway", action="store_true", help="train although the data will not do")
    rights_arguments(parser)


def _how_long(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=positive, help="train this long, pauses not counted")
    parser.add_argument("--steps", type=int, help="or so many steps")
    parser.add_argument("--budget", choices=["small", "medium"], help="how large the network is, and how long it is trained")
    parser.add_argument("--resume", action="store_true", help="go on with the run in RUN")


def _what(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", metavar="W[xH]", help="pixels of the pictures, such as 64 or 96x128")
    parser.add_argument("--net", help="which network: styled or mlp; lstm, gru or rnn")
    parser.add_argument("--crop", choices=["crop", "fit", "stretch"], help="how pictures come into the frame")
    parser.add_argument("--ground", metavar="COLOUR", help="behind transparency and around pictures that do not fill the frame")
    parser.add_argument("--flip", action="store_true", help="a mirrored picture is as good as the picture")
    parser.add_argument("--set", action="append", metavar="NAME=VALUE", help="any other setting of the family")


def import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a model file made elsewhere, or the folder of an ml5 model")
    parser.add_argument("-o", "--out", metavar="FILE", help="where to write, .safetensors (default: your models' folder)")
    parser.add_argument("--replace", action="store_true", help="write over a model of that name")
    rights_arguments(parser)


def project_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a GAN: its name, its file or the folder of a run")
    parser.add_argument("image", metavar="IMAGE", help="the picture that is looked for")
    parser.add_argument("--name", help="what it is called in the model (default: like its file)")
    parser.add_argument("-o", "--out", metavar="PICTURE", help="write what was asked for and what was found, .png or .jpg")
    parser.add_argument("--space", choices=["w", "w+"], default="w+", help="one place for all layers, or one each (default)")
    parser.add_argument("--steps", type=int, metavar="N", help="how long (default 400)")
    parser.add_argument("--minutes", type=positive, help="or by the clock")
    parser.add_argument("--crop", choices=["crop", "fit", "stretch"], help="how the picture comes into the frame")
    parser.add_argument(
        "--stage", nargs="?", const="127.0.0.1:9210", metavar="URL", help="show the search on a running stage (default this machine's)"
    )
    parser.add_argument("--token", default="", help="the stage's word, where it wants one")


def encoder_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a GAN: its name, its file or the folder of a run")
    parser.add_argument("--minutes", type=positive, default=10.0, help="how long (default 10); an hour is better")
    parser.add_argument("--steps", type=int, metavar="N", help="or so many steps")


def listen_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sound", type=Path, metavar="SOUND", help="a sound file: .wav, .flac, .ogg or .mp3")
    parser.add_argument("--patch", default="sound", help="the patch that hears it: a file or a shipped one (default sound)")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="a .take to render, or a .csv with every source (default SOUND.take)")
    parser.add_argument("--seed", type=int, help="play with this seed instead of the patch's")


def models_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("where", nargs="*", metavar="MODEL", help="names, files, or folders with runs; all on the shelf when none is given")
    parser.add_argument("--measure", action="store_true", help="measure how fast each one plays here")
    parser.add_argument("--json", action="store_true", help="print what is known as JSON")


def card_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a name from the shelf, a file, or the folder of a run")
    parser.add_argument("--ask", action="store_true", help="answer the questions here")
    parser.add_argument("--json", action="store_true", help="print the card as JSON")
    rights_arguments(parser)


def rights_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose work is in a model: the flags that answer the card's questions."""
    parser.add_argument("--card", type=Path, metavar="FILE", help="answers about data and rights, .toml or .json")
    parser.add_argument("--title", help="what the model is called")
    parser.add_argument("--author", help="who trained it")
    parser.add_argument("--licence", help="terms of the model, such as CC-BY-4.0")
    parser.add_argument("--data-from", metavar="TEXT", help="whose work it learned from")
    parser.add_argument("--data-licence", metavar="TEXT", help="terms of that work")
    parser.add_argument("--consent", metavar="TEXT", help="what its makers agreed to")
    parser.add_argument("--yes", action="store_true", help="ask nothing; open questions stay open")


def positive(text: str) -> float:
    """A number above zero."""
    value = float(text)
    if not 0 < value < 1e7:
        raise argparse.ArgumentTypeError(f"{text} is no length of time")
    return value
