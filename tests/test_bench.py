"""The benches run by name and print what they found. What they find is nobody's test."""

import importlib
import json

import pytest
from rich.console import Console

from livegen import bench, cli
from livegen.bench.stage import free_port
from livegen.errors import LivegenError


def test_every_scenario_has_its_module_and_says_what_it_measures():
    """A row without code would be a promise nobody keeps."""
    for name in bench.SCENARIOS:
        module = importlib.import_module(f"livegen.bench.{name.replace('-', '_')}")
        assert callable(module.scenario)
        assert module.__doc__


def test_an_unknown_scenario_is_answered_with_those_there_are():
    """The sentence has the way out."""
    with pytest.raises(LivegenError, match="latency"):
        bench.bench(cli.parser().parse_args(["bench", "latnecy"]))


def test_figures_are_printed_as_a_table_or_as_json(capsys, monkeypatch):
    """People look, scripts read."""
    monkeypatch.setattr(
        importlib.import_module("livegen.bench.osc"),
        "scenario",
        lambda seconds: {"a": {"b": 1.23456}, "s": seconds},
    )
    assert 0 == bench.bench(cli.parser().parse_args(["bench", "osc", "--json", "--seconds", "2"]))
    assert {"osc": {"a": {"b": 1.23456}, "s": 2.0}} == json.loads(capsys.readouterr().out)
    console = Console(width=80)
    with console.capture() as captured:
        console.print(bench.sheet({"a": {"b": 1.23456}, "n": 5}))
    assert "a · b" in captured.get() and "1.23" in captured.get()


def test_a_free_port_is_free_on_tcp_and_udp():
    """The stage needs both under one number."""
    assert 1024 < free_port() < 65536
