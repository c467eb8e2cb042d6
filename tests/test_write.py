"""The verbs write and measure."""

import subprocess
import sys

import pytest
from text_rig import CARD, config_of, model_file, tensors_of

from livegen import cli
from livegen.generators import weights
from livegen.generators.text.measure import cost
from livegen.generators.text.step import Step


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return str(model_file(tmp_path_factory.mktemp("models"), "\n abcdefé漢"))


def test_write_prints_a_text(model, capsys):
    """The prime and so many characters; the same seed writes the same."""
    texts = []
    for seed in ("3", "3", "4"):
        assert 0 == cli.main(["write", model, "--prime", "abc", "--length", "50", "--seed", seed, "--temperature", "1"])
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]
    assert texts[0].startswith("abc")
    assert 3 + 50 + 1 == len(texts[0])


def test_measure_prints_what_a_text_costs(model, tmp_path, capsys):
    """To four places what the measure says."""
    config = config_of("\n abcdefé漢")
    path = tmp_path / "text.txt"
    path.write_text("abc é fed 漢\n" * 30, encoding="utf8")
    assert 0 == cli.main(["measure", model, "--text", str(path)])
    said = capsys.readouterr().out
    found = cost(Step(config, tensors_of(config)), path.read_bytes())
    assert said.startswith(f"{found.per_character:.4f} bits per character\n{found.per_byte:.4f} bits per byte\n")
    assert 0 == cli.main(["measure", model, "--text", str(path), "--last", "0.5"])
    assert f"{12 * 15:,} characters" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["write", "MODEL", "--temperature", "0"], ["write", "MODEL", "--length", "0"], ["write", "MODEL", "--top-p", "2"],
        ["write", "nothing like this"], ["measure", "MODEL", "--text", "nothing.txt"],
        ["measure", "MODEL", "--text", "EMPTY"], ["measure", "MODEL", "--text", "EMPTY", "--last", "0"],
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_a_sentence(model, tmp_path, capsys, arguments):
    """One on standard error, and exit code 1."""
    empty = tmp_path / "empty.txt"
    empty.touch()
    words = {"MODEL": model, "EMPTY": str(empty)}
    assert cli.PROBLEM == cli.main([words.get(each, each) for each in arguments])
    assert 1 == len(capsys.readouterr().err.strip().splitlines())


def test_a_model_of_another_family_or_without_a_card_is_not_written_with(tmp_path, capsys):
    """Nobody said whose work is in it, or it is no text."""
    config = config_of("\n abc")
    for family, card in (("text", None), ("gan", CARD)):
        path = tmp_path / f"{family}.safetensors"
        weights.write(path, tensors_of(config), weights.Header(family=family, config=config, card=card))
        assert cli.PROBLEM == cli.main(["write", str(path)])
    assert "livegen card" in capsys.readouterr().err


def test_a_reader_who_has_enough_is_no_error(model):
    """As in ``livegen write … | head -c 20``."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "livegen", "write", model, "--length", "200000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    writer.stdout.read(20)
    writer.stdout.close()
    assert 0 == writer.wait(60)
    assert b"" == writer.stderr.read()
    writer.stderr.close()
