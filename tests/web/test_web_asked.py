"""A request is taken apart once."""

import pytest

from livegen.web.asked import asked


@pytest.mark.parametrize(
    ("path", "target"),
    [("/", "/"), ("/a b", "/a%20b"), ("/%2e", "/%252e"), ("/livegen/main/z", "/livegen/main/z?VALUE"), ("/\ufffd", "/%ff"), ("", "")],
)
def test_percent_signs_are_decoded_once(path, target):
    """Twice would let a second meaning in."""
    assert path == asked(target, {}).path


def test_options_are_read_from_the_query():
    """Missing ones are empty."""
    wanted = asked("/frame.jpg?stream=main&maxSize=64&stream=other", {})
    assert ("main", "64", "") == (wanted.option("stream"), wanted.option("maxSize"), wanted.option("fps"))
