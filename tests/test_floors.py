"""The house stands: nobody imports from a floor above, nor out of turn on their own."""

import ast
import pathlib
import subprocess
import sys

import pytest

HOUSE = pathlib.Path(__file__).parents[1] / "livegen"
FLOORS = [
    "errors clock message params slot board latent card marks frame places traits",  # words: plain values
    "wire mapping patch namespace",  # grammar: pure functions
    "generators originality training importing",  # models: torch lives here
    "engine",  # time
    "controls streams web",  # doors: sockets and files
    "adopt annex app front wings casting section tempo touching linkfile box maps bringing brought client courier cuelist exchange gliding oscillators incoming testing cli bench monitor doctor touchosc state terminal thumbs verbs ensemble past seeing reports watch opening ending encoder moment project recording reliving rendering replaying taking speaking programme asking replies hearing listening sources exploring advise arguments cards models train watching write still carrying inscribing alive filming footage lab looking __main__",  # roof
]
RANK = {name: floor for floor, names in enumerate(FLOORS) for name in names.split()}
MODELS = {"generators", "originality", "training", "importing"}
STRANGERS = {
    "engine": MODELS - {"generators"},
    "controls": MODELS | {"engine", "streams", "web"},
    "streams": MODELS | {"engine", "controls", "web"},
    "web": MODELS | {"engine", "controls"},
    **{each: {"training", "importing", "adopt", "courier"} for each in ("app", "bringing", "exchange", "incoming")},
}
DOORS_AND_ROOF = {"controls", "streams", "web", *FLOORS[-1].split()}
GUESTS = {"torch": MODELS, "asyncio": DOORS_AND_ROOF, "websockets": DOORS_AND_ROOF}
FILES = sorted(HOUSE.rglob("*.py"))


def room_of(path: pathlib.Path) -> str:
    return path.relative_to(HOUSE).with_suffix("").parts[0]


def imports(path: pathlib.Path):
    """Every name that a file imports, those hidden in functions included."""
    room = path.relative_to(HOUSE.parent).with_suffix("").parts
    package = room[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            stem = ".".join(filter(None, (base, node.module)))
            yield from (f"{stem}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_imports_go_down_only(path):
    """A floor may know the floors below it and its own room, never one above."""
    here = room_of(path)
    if here == "__init__":
        return
    for name in imports(path):
        top, *rest = name.split(".")
        if top == "livegen" and rest and rest[0] != here and rest[0] in RANK:
            roof = RANK[here] == RANK[rest[0]] == len(FLOORS) - 1
            siblings = RANK[here] == RANK[rest[0]] and RANK[here] in (0, 1)
            web_streams = (here, rest[0]) == ("web", "streams")
            # Whoever trains, imports or compares models knows how they are played, not the other way round.
            on_models = here in MODELS - {"generators"} and rest[0] == "generators"
            assert RANK[rest[0]] < RANK[here] or siblings or roof or web_streams or on_models, (
                f"{path.name} reaches up to {name}"
            )
            assert rest[0] not in STRANGERS.get(here, ()), f"{here} does not know {name}"
            if (here, rest[0]) == ("engine", "generators"):
                assert rest[1:2] == ["base"], f"engine sees generators.base only, not {name}"
        if top in GUESTS:
            assert here in GUESTS[top], f"{top} is not welcome in {here}"


def test_every_room_stands_on_a_floor():
    """A new room says which floor it belongs to."""
    assert set() == {room_of(path) for path in FILES} - set(RANK) - {"__init__"}


@pytest.mark.parametrize("module", ["livegen.app", "livegen.cli", "livegen.engine.loop", "livegen.client"])
def test_importing_does_not_wake_torch(module):
    """The server answers before torch could have been loaded."""
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], cwd=HOUSE.parent, check=False).returncode


def lengths():
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf8"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield path, node


def test_files_and_functions_keep_their_budgets():
    """A file of at most 400 lines, a function of at most 60, at most five positional parameters."""
    long_files = [str(p) for p in FILES if len(p.read_text(encoding="utf8").splitlines()) > 400]
    long_functions = [f"{p.name}:{n.name}" for p, n in lengths() if (n.end_lineno or 0) - n.lineno > 60]
    greedy = [
        f"{p.name}:{n.name}"
        for p, n in lengths()
        if len([a for a in n.args.args if a.arg not in ("self", "cls")]) > 5
    ]
    assert ([], [], []) == (long_files, long_functions, greedy)


def test_nobody_is_called_manager():
    """Names are the field's own terms."""
    empty = ("Manager", "Handler", "Processor", "Helper")
    classes = [
        f"{path.name}:{node.name}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith(empty)
    ]
    modules = [str(p) for p in FILES if p.stem in ("utils", "helpers", "common", "misc")]
    assert ([], []) == (classes, modules)
