"""Which patch, which key, which addresses."""

import ipaddress

import pytest

from livegen import opening
from livegen.errors import PatchError


def test_a_shipped_patch_is_found_by_its_name_and_a_file_by_its_path(tmp_path):
    """hello is hello wherever one stands; the artist's own file is a path."""
    assert "hello.toml" == opening.find("hello").name
    mine = tmp_path / "mine.toml"
    mine.write_text("fps = 30")
    assert mine == opening.find(str(mine))


def test_a_slip_in_a_patch_s_name_is_answered_with_the_nearest():
    """The sentence has the way out."""
    with pytest.raises(PatchError, match="did you mean hello"):
        opening.find("helo")


@pytest.mark.parametrize("name", ["../hello", "/etc/passwd", "hello/../hello", "con", "\x00", ""])
def test_names_are_looked_up_and_never_joined(name):
    """Only what was scanned is a shipped patch; anything else must be a file that is there."""
    try:
        found = opening.find(name)
    except (PatchError, ValueError):
        return
    assert str(found) == name


def test_a_feedback_target_is_an_address_and_a_port():
    """Written as host:port; anything else is told."""
    assert ("127.0.0.1", 9211) == opening.target("127.0.0.1:9211")
    for wrong in ("127.0.0.1", "127.0.0.1:", ":9", "nowhere.invalid:9"):
        with pytest.raises(PatchError, match=r"osc\.feedback"):
            opening.target(wrong)


def test_this_machine_s_addresses_are_for_others_to_type():
    """Loopback means every machine to itself, so it is not among them."""
    for address in opening.addresses():
        assert not ipaddress.ip_address(address).is_loopback
    assert "127.0.0.1" == opening.reachable_at("localhost")
    assert "10.0.0.7" == opening.reachable_at("10.0.0.7")
    assert ipaddress.ip_address(opening.reachable_at("0.0.0.0"))
