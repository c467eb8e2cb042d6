"""Keeping the state of a training without a pickle."""

import pytest
import torch

from livegen.errors import ModelRefused
from livegen.training import keeping


def test_a_state_comes_back_as_it_was(tmp_path):
    """An optimiser's state has numbers as keys, lists, plain values and tensors of many types."""
    net = torch.nn.Linear(3, 2)
    adam = torch.optim.Adam(net.parameters())
    net(torch.ones(1, 3)).sum().backward()
    adam.step()
    state = {"adam": adam.state_dict(), "half": torch.ones(2, dtype=torch.bfloat16), "none": None, "list": [1, "a", True]}
    keeping.save(tmp_path / "a.safetensors", state, {"step": 3})
    again, said = keeping.load(tmp_path / "a.safetensors")
    assert ({"step": 3}, None, [1, "a", True]) == (said, again["none"], again["list"])
    assert torch.equal(state["half"], again["half"])
    later = torch.optim.Adam(net.parameters(), lr=9.0)
    later.load_state_dict(again["adam"])
    assert (1e-3, 1.0) == (later.param_groups[0]["lr"], later.state[net.bias]["step"].item())
    assert torch.equal(adam.state[net.bias]["exp_avg"], later.state[net.bias]["exp_avg"])


def test_tensors_that_share_memory_are_kept_apart(tmp_path):
    """Views and tied weights."""
    whole = torch.arange(6.0).reshape(2, 3)
    keeping.save(tmp_path / "a.safetensors", {"whole": whole, "turned": whole.T, "row": whole[1]}, {})
    again, _ = keeping.load(tmp_path / "a.safetensors")
    assert torch.equal(whole.T, again["turned"])


def test_what_was_kept_before_is_still_there(tmp_path):
    """Two generations."""
    for step in (1, 2, 3):
        keeping.save(tmp_path / "a", {"x": torch.tensor(step)}, {"step": step}, before=tmp_path / "b")
    assert [3, 2] == [keeping.load(tmp_path / name)[1]["step"] for name in ("a", "b")]
    assert {"a", "b"} == {path.name for path in tmp_path.iterdir()}


def test_a_damaged_state_is_a_sentence(tmp_path):
    """Cut off, or something else altogether."""
    keeping.save(tmp_path / "a", {"x": torch.ones(99)}, {})
    (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes()[:200])
    (tmp_path / "b").write_bytes(b"something else")
    for name in ("a", "b"):
        with pytest.raises(ModelRefused, match="damaged"):
            keeping.load(tmp_path / name)


def test_non_numbers_are_found_wherever_they_are():
    """Deep in lists and dicts; whole numbers cannot be any."""
    assert keeping.finite({"a": [torch.ones(2), {"b": torch.tensor([1])}], "c": "nan"})
    assert not keeping.finite({"a": [torch.ones(2), {"b": torch.tensor([1.0, float("nan")])}]})
