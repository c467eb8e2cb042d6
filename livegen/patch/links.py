"""Links: routes that were learned by touching, as the text of their file and as lines to read; modulations read alike."""

import json
import re
from collections.abc import Iterable
from typing import Any

from ..mapping import Route

HEAD = """# What was learned by touching: which control moves what. livegen writes this file and reads it again when it is
# edited; these lines can be moved into the patch as they stand.
"""
PLAIN = re.compile(r"/[!#-&*-Z^-~]{1,199}")
"""Addresses that can be written down: no spaces, quotes or brackets."""


def written(links: Iterable[Route]) -> str:
    """The links as a text that ``reading.routes`` takes, without its head."""
    return "\n".join(lines(link) for link in links)


def lines(link: Route) -> str:
    """One link as it stands in a patch."""
    given: list[tuple[str, Any]] = [("from", link.source), ("to", link.to.removeprefix("/livegen/"))]
    given += [("arg", link.arg)] if link.arg is not None else []
    given += [("in", [link.low_in, link.high_in])] if (link.low_in, link.high_in) != (0.0, 1.0) else []
    given += [("out", list(link.out))] if link.out is not None else []
    given += [("invert", True)] if link.invert else []
    given += [("curve", link.curve)] if link.curve != "linear" else []
    given += [("step", True)] if link.step else []
    given += [("takeover", link.takeover)] if link.takeover != "jump" else []
    given += [("send", list(link.send))] if link.send else []
    given += [("depth", link.depth)] if link.depth else []
    given += [("way", link.way)] if link.depth and link.way != "around" else []
    # JSON's texts, numbers and lists are TOML's too.
    said = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in given]
    if link.one_euro is not None:
        said.append(f"smooth = {{ one_euro = {json.dumps(list(link.one_euro))} }}")
    elif link.slew:
        said.append(f"smooth = {{ slew = {json.dumps(link.slew)} }}")
    return "\n".join(("[[modulate]]" if link.depth else "[[routes]]", *said, ""))


def listed(links: Iterable[Route]) -> str:
    """One line for each, for pages and subscribers: ``/midi/1/cc/7 -> /livegen/main/params/hue pickup``."""
    return "\n".join(line(link) for link in links)


def line(link: Route) -> str:
    source = link.source if link.arg is None else f"{link.source}[{link.arg}]"
    words = [link.takeover] if link.takeover != "jump" else []
    words += [json.dumps(list(link.send), ensure_ascii=False)] if link.send else []
    return " ".join((source, "->", link.to, *words))
