"""The Model page: livegen's parameters as custom parameters, and which address each of them plays.

Works on a component's public face (``par``, ``customPages``, ``fetch``, ``store``) and keeps no
state of its own in TouchDesigner beside what the .tox saves. Python 3.9 syntax.
"""

import collections
import json
import urllib.parse
import urllib.request

try:
    tree = mod.livegen_tree  # inside TouchDesigner: the DAT beside this one
except NameError:
    import livegen_tree as tree

KEPT = "livegen_rows"
"""Storage key for the rows, so that a saved .tox knows its addresses again."""
PAGE = "Model"
FETCH_SECONDS = 5.0

Kept = collections.namedtuple("Kept", "name address style size")


class ModelPage:
    """The synced parameters of one component."""

    def __init__(self, comp):
        self.comp = comp
        stored = comp.fetch(KEPT, [], search=False)
        self.rows = {row[0]: Kept(*row) for row in stored}
        self._said = {}

    def row_of(self, name):
        """The row that the single parameter ``name`` belongs to, or None."""
        return next((row for row in self.rows.values() if name in tree.parts(row)), None)

    def news(self, name):
        """(address, value) to send because the parameter ``name`` changed, or None when it is not ours
        or holds what livegen itself said last."""
        row = self.row_of(name)
        if row is None or row.style == "Pulse":
            return None
        values = [getattr(self.comp.par, part).eval() for part in tree.parts(row)]
        if row.style == "Toggle":
            values = [bool(value) for value in values]
        value = values[0] if row.size == 1 else values
        if row.address in self._said and same(self._said[row.address], value):
            return None
        self._said.pop(row.address, None)
        return row.address, value

    def follow(self, values):
        """Show what others changed, without its being sent back."""
        known = {row.address: row for row in self.rows.values()}
        for address, value in values.items():
            row = known.get(address)
            if row is not None and row.style != "Pulse":
                self._write(row, list(value) if isinstance(value, (list, tuple)) else [value])

    def sync(self, found, generator):
        """Rebuild the page from an OSCQuery tree; values, expressions and exports of rows that stayed
        are kept. Returns the number of rows; 0 leaves the page as it was."""
        taken = [par.name for par in self.comp.customPars if self.row_of(par.name) is None]
        wanted = tree.rows(found, generator, taken)
        if not wanted:
            return 0
        page = next((page for page in self.comp.customPages if page.name == PAGE), None)
        page = page or self.comp.appendCustomPage(PAGE)
        there = {row.name: (row.address, row.style, row.size) for row in self.rows.values()}
        for row, act in tree.changes(wanted, there):
            if act != "update":
                self._remove(row.name)
            if act != "remove":
                self._shape(page, row, act == "create")
        self.rows = {row.name: Kept(row.name, row.address, row.style, row.size) for row in wanted}
        self.comp.store(KEPT, [tuple(row) for row in self.rows.values()])
        return len(wanted)

    def _remove(self, name):
        for part in tree.parts(self.rows[name]) if name in self.rows else ():
            par = getattr(self.comp.par, part, None)
            if par is not None:
                par.destroy()

    def _shape(self, page, row, fresh):
        if fresh:
            many = {"size": row.size} if row.size > 1 else {}
            getattr(page, "append" + row.style)(row.name, label=row.label, **many)
        for part in tree.parts(row):
            par = getattr(self.comp.par, part)
            if row.style == "Menu":
                par.menuNames = par.menuLabels = list(row.choices)
            if row.style in ("Float", "Int") and row.low is not None and row.high is not None:
                par.min, par.max, par.normMin, par.normMax = row.low, row.high, row.low, row.high
                par.clampMin = par.clampMax = True
            if hasattr(par, "help"):
                par.help = row.help
        if fresh and row.style != "Pulse":
            for part, value in zip(tree.parts(row), row.default):
                getattr(self.comp.par, part).default = value
            if len(row.value) == row.size:
                self._write(row, list(row.value))

    def _write(self, row, values):
        self._said[row.address] = values[0] if row.size == 1 else values
        for part, value in zip(tree.parts(row), values):
            setattr(self.comp.par, part, value)


def same(a, b):
    """Whether two values are equal, but for what a float loses on its way."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, float) or isinstance(b, float):
        return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))
    return a == b


def tree_url(address, port, token):
    """Where the parameter list is, from the WebSocket's address: ``ws://`` and ``wss://`` are understood."""
    scheme = "https" if address.startswith("wss") or port == 443 else "http"
    query = "?" + urllib.parse.urlencode({"token": token}) if token else ""
    return "%s://%s:%d/%s" % (scheme, address.split("://")[-1].split("/")[0], port, query)


def fetch(url, into):
    """Get livegen's OSCQuery tree; puts (tree, "") or (None, sentence) into a queue. Runs on a thread."""
    request = urllib.request.Request(url, headers={"Accept": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=FETCH_SECONDS) as answer:
            into.put((json.loads(answer.read().decode("utf-8")), ""))
    except (OSError, ValueError) as error:
        into.put((None, "the parameter list could not be fetched from %s: %s" % (url.split("?")[0], error)))
