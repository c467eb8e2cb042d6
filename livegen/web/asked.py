"""A request, taken apart once: everything behind this reads values, not text."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, taken apart."""

    path: str
    """Percent signs decoded, once."""
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""

    def option(self, name: str) -> str:
        """One value of the query, or nothing."""
        return parse_qs(self.query, max_num_fields=32, keep_blank_values=True).get(name, [""])[0]

    @property
    def wants_page(self) -> bool:
        """A browser that opens a page, not a program."""
        return "text/html" in self.headers.get("accept", "")


def asked(target: str, headers: Mapping[str, str]) -> Asked:
    """The request line's target and the headers as one value."""
    path, _, query = target.partition("?")
    return Asked(unquote(path, errors="replace"), query, headers)
