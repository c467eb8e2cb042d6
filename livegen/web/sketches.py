"""The p5.js pages that the stage serves: the client file, the sketches, and p5 itself where it is found."""

from pathlib import Path

from .. import places
from ..errors import LivegenError

CLIENT = ("p5.livegen.js", "p5.livegen.mjs", "p5.livegen.d.ts", "livegen.js", "livegen.d.ts", "livegen.ear.js", "livegen.body.js")
BUILDS = {
    "p5-1.min.js": "p5v1/lib/p5.min.js",
    "p5-1.license.txt": "p5v1/license.txt",
    "p5-2.min.js": "p5v2/lib/p5.min.js",
    "p5-2.license.txt": "p5v2/license.txt",
}
"""Name in the wheel and in the page's address → place in the client's node_modules."""
SERVED = frozenset({".html", ".js", ".css", ".jpg", ".svg", ".glsl"})


def sketch_files() -> dict[str, Path]:
    """URL path → file, for everything under ``/p5/`` and the client file beside it.

    Where p5 is not at hand, ``/p5/`` is a page that says the one command, and so does every sketch.
    """
    home = places.shipped("clients/p5js")
    pages = home / "sketches"
    files = {f"/{name}": home / name for name in CLIENT if (home / name).is_file()}
    for path in sorted(pages.rglob("*")):
        if path.suffix in SERVED and path.is_file():
            files["/p5/" + path.relative_to(pages).as_posix()] = path
    builds = p5_builds()
    files |= {f"/p5/lib/{name}": path for name, path in builds.items()}
    if not complete(builds):
        files["/p5/index.html"] = pages / "missing.html"
        files |= {f"/p5/lib/{name}": pages / "missing.js" for name in BUILDS if name.endswith(".js")}
    return files


def own_sketches(folder: Path) -> dict[str, Path]:
    """URL path → file or folder for an artist's own sketches: each folder in ``folder`` that holds a
    ``sketch.js`` is a page at ``/my/<name>/``. A page of its own (``index.html``) wins over the usual one.

    Raises LivegenError when there is no sketch in ``folder``.
    """
    page = places.shipped("clients/p5js") / "sketches" / "hello" / "index.html"
    homes = [path.parent for path in sorted(folder.glob("*/sketch.js"))]
    if not homes:
        raise LivegenError(
            f"there is no sketch in {folder}", hint="put each in a folder of its own: my-sketch/sketch.js"
        )
    files: dict[str, Path] = {}
    for home in homes:
        if (home / "index.html").is_file():
            files[f"/my/{home.name}/"] = home
        else:
            files |= {f"/my/{home.name}/index.html": page, f"/my/{home.name}/": home}
    return files


def p5_builds() -> dict[str, Path]:
    """Name → file of the p5 builds and licences that are at hand: in the wheel, else beside the client."""
    found: dict[str, Path] = {}
    modules = places.shipped("clients/p5js") / "node_modules"
    for name, inside in BUILDS.items():
        for path in (places.HOUSE / "shipped" / "p5" / name, modules / inside):
            if path.is_file():
                found[name] = path
                break
    return found


def complete(builds: dict[str, Path]) -> bool:
    """Whether both major versions of p5 are there."""
    return all(name in builds for name in BUILDS if name.endswith(".js"))


def missing_p5() -> str:
    """The one command that brings p5 to the stage, or nothing when it is there."""
    return "" if complete(p5_builds()) else f'npm ci --prefix "{places.shipped("clients/p5js")}"'
