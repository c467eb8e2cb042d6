"""From livegen's OSCQuery tree to rows that a custom parameter page can be built from.

Pure functions: a dict in, named tuples out. Standard library only, Python 3.9 syntax.
"""

import collections
import re

Row = collections.namedtuple("Row", "address name label style size value default low high choices help")
"""One custom parameter.

``style`` is the word after ``Page.append``: Float, Int, Toggle, Menu, Str or Pulse; ``size`` how
many numbers it has; ``value`` a tuple of that many (empty when the server did not say);
``low`` and ``high`` None where there is no range.
"""

Change = collections.namedtuple("Change", "row act")
"""``act`` is ``create``, ``update`` (same style: keep the performer's value) or ``remove``."""

NAME = re.compile(r"[A-Z][a-z0-9]*")
MOST_NUMBERS = 4
"""Longer vectors are played by CHOP, not by sliders."""
WIDEST_INT = 2**31 - 1


def rows(tree, generator, taken=()):
    """The parameters of ``generator`` in an OSCQuery ``tree``, in the order of their addresses.

    ``taken`` are parameter names that the component itself uses.
    """
    names = set(taken)
    found = []
    for node in nodes(tree, "/livegen/%s/params" % generator):
        made = row(node, names)
        if made is not None:
            names.add(made.name)
            found.append(made)
    return found


def nodes(tree, prefix):
    """Every method below ``prefix`` that can be written, except ``/normalized`` aliases."""
    path = tree.get("FULL_PATH", "/")
    inside = path.startswith(prefix + "/") and not path.endswith("/normalized")
    if "TYPE" in tree and inside and tree.get("ACCESS", 3) & 2:
        yield tree
    children = tree.get("CONTENTS")
    for child in children.values() if isinstance(children, dict) else ():
        below = child.get("FULL_PATH", "") + "/"
        if below.startswith(prefix + "/") or (prefix + "/").startswith(below):
            yield from nodes(child, prefix)


def row(node, taken):
    """One OSCQuery method as a Row, or None for what a slider cannot play."""
    tags = str(node.get("TYPE", ""))
    ranges = node.get("RANGE") or [{}]
    choices = tuple(str(x) for x in ranges[0].get("VALS") or ())
    style = style_of(tags, choices)
    if style is None:
        return None
    low, high = ranges[0].get("MIN"), ranges[0].get("MAX")
    address = node["FULL_PATH"]
    return Row(
        address=address, name=par_name(address.rsplit("/", 1)[1], taken),
        label=address.rsplit("/", 1)[1].replace("_", " ").title(), style=style, size=max(1, len(tags)),
        value=tuple(node.get("VALUE") or ()), default=tuple(node.get("DEFAULT_VALUE") or node.get("VALUE") or ()), low=low, high=high, choices=choices,
        help=help_of(node),
    )


def style_of(tags, choices):
    """OSC type tags as a TouchDesigner parameter style, or None."""
    if choices and len(tags) == 1 and all(isinstance(x, str) for x in choices):
        return "Menu" if not set(choices) <= {"True", "False"} else "Toggle"
    if tags in ("", "I", "N"):
        return "Pulse"
    if tags in ("T", "F"):
        return "Toggle"
    if tags == "s":
        return "Str"
    if len(tags) <= MOST_NUMBERS and set(tags) <= set("fd"):
        return "Float"
    if len(tags) <= MOST_NUMBERS and set(tags) <= set("ih"):
        return "Int"
    return None


def help_of(node):
    """The node's sentence, with its unit and its address: what a performer types into OSC Out."""
    said = str(node.get("DESCRIPTION") or "").strip()
    units = [str(unit) for unit in node.get("UNIT") or [] if unit]
    said = "%s (%s)" % (said, units[0]) if units else said
    return ("%s  %s" % (said, node["FULL_PATH"])).strip()


def par_name(word, taken):
    """``word`` as a name that TouchDesigner takes: a capital, then small letters and digits, unused."""
    letters = re.sub(r"[^a-z0-9]", "", word.lower()) or "par"
    name = letters.capitalize() if letters[0].isalpha() else "P" + letters
    if name in taken:
        name = "P" + name.lower()
    count, tried = 2, name
    while tried in taken:
        tried, count = "%sx%d" % (name, count), count + 1
    return tried


def changes(wanted, existing):
    """What to do so that the page shows ``wanted`` rows.

    ``existing`` maps names already on the page to (address, style, size). A parameter whose
    address, style and size are as before is only updated, so a performer's value, expression
    or export stays.
    """
    plan = [
        Change(row, "update" if existing.get(row.name) == (row.address, row.style, row.size) else "create")
        for row in wanted
    ]
    kept = {row.name for row in wanted}
    gone = [name for name in existing if name not in kept]
    return plan + [Change(Row("", name, "", "", 1, (), (), None, None, (), ""), "remove") for name in gone]


def parts(row):
    """The names of the single parameters of a row: TouchDesigner numbers them from 1 when there are several."""
    return [row.name] if row.size == 1 else ["%s%d" % (row.name, i + 1) for i in range(row.size)]
