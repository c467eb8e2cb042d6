"""CharRNN folders of ml5: the same text as TensorFlow's, and a sentence for what is not one."""

import json
import os
import shutil
import time

import numpy as np
import pytest
from sequence_rig import LETTERS, char_rnn, char_rnn_says, folder_of

from livegen.errors import ModelRefused
from livegen.generators.text.choose import Taste, told
from livegen.generators.text.step import Step
from livegen.importing import ml5

NETS = [{"layers": 1}, {"layers": 2}, {"layers": 3}, {"embed": None}, {"embed": 4, "units": 7}, {"embed": None, "layers": 1}]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder that is read; it is copied before it is broken."""
    return folder_of(tmp_path_factory.mktemp("woolf") / "woolf", char_rnn())


@pytest.mark.parametrize("net", NETS, ids=str)
def test_it_says_what_tensorflow_s_cell_says(tmp_path, net):
    """Logits after forty letters, against BasicLSTMCell written down in double precision; letter by letter too."""
    held = char_rnn(**net)
    found = ml5.read(folder_of(tmp_path, held))
    step = Step(json.loads(json.dumps(found.config)), found.tensors)
    numbers = np.random.default_rng(1).integers(0, len(LETTERS), 40)
    expected = char_rnn_says(held, numbers.tolist())
    said, end = step.read(step.cold(), numbers)
    np.testing.assert_allclose(expected, said, atol=1e-5)
    state = step.cold()
    for number, row in zip(numbers, expected, strict=True):
        logits, state = step.after(state, int(number))
        np.testing.assert_allclose(row, logits, atol=1e-5)
    np.testing.assert_allclose(end, state, atol=1e-5)


def test_letters_have_the_numbers_of_the_vocabulary(whole):
    """Not in the order of their bytes, and no letter is written that a page cannot show."""
    found = ml5.read(whole)
    assert LETTERS == found.config["characters"]
    step = Step(found.config, found.tensors)
    numbers, known = step.alphabet.numbers("té漢?".encode())
    assert [2, 6, 7] == numbers[known].tolist()
    text = told(step, 200, seed=1, taste=Taste(temperature=1.5), prime="té")
    assert 200 == len(text) and set(text) <= set(LETTERS) - {"\x00", "\ufeff"}
    assert {"é", "漢", "🙂"} & set(text)


def test_a_manifest_stands_for_its_folder(whole):
    """Who drops manifest.json means the folder; what it says of itself is the same."""
    by_folder, by_manifest = ml5.read(whole), ml5.read(whole / "manifest.json")
    assert by_folder.origin == by_manifest.origin
    assert ("ml5", "woolf", 64) == (by_folder.origin["format"], by_folder.origin["file"], len(by_folder.origin["sha256"]))
    assert "2 layers of 9 units" in by_folder.notes[0]


@pytest.mark.parametrize(
    "name",
    ["rnnlm/rnnlm/multi_rnn_cell/cell_{}/basic_lstm_cell/{}", "multi_rnn_cell/cell_{}/lstm_cell/{}"],
)
@pytest.mark.parametrize(("kernel", "bias"), [("weights", "biases"), ("kernel", "bias")])
def test_old_and_new_names_are_known(tmp_path, name, kernel, bias):
    """TensorFlow 1.0 and later; what the training kept for itself is not even opened."""
    held, renamed = char_rnn(), {}
    for old, each in held.items():
        if "cell_" in old:
            renamed[name.format(old.split("cell_")[1][0], kernel if old.endswith("kernel") else bias)] = each
        else:
            renamed[old] = each
    folder = folder_of(tmp_path, renamed)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["rnnlm/softmax_w/Adam"] = {"filename": "../../secret", "shape": [1]}
    manifest["beta1_power"] = 7
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert 2 == ml5.read(folder).config["layers"]


def test_three_layers_are_heard_at_the_top(tmp_path):
    """ml5 itself took the second layer's word; whoever brings such a net is told."""
    assert "second layer" in ml5.read(folder_of(tmp_path, char_rnn(layers=3))).notes[-1]


# What is refused ----------------------------------------------------------------------------------

CELL = "rnnlm/multi_rnn_cell/cell_1/basic_lstm_cell/kernel"


def manifest_with(change):
    def do(folder):
        manifest = json.loads((folder / "manifest.json").read_text())
        change(manifest)
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return do


def vocabulary_with(change):
    def do(folder):
        vocabulary = json.loads((folder / "vocab.json").read_text())
        found = change(vocabulary)
        (folder / "vocab.json").write_text(json.dumps(vocabulary if found is None else found))

    return do


def raw(name, data):
    return lambda folder: (folder / name).write_bytes(data)


def floats(name, value):
    def do(folder):
        path = folder / name.replace("/", "_")
        held = np.frombuffer(path.read_bytes(), "<f4").copy()
        held[3] = value
        path.write_bytes(held.tobytes())

    return do


def longer(folder):
    with (folder / CELL.replace("/", "_")).open("ab") as file:
        file.write(b"\0" * 4)


def shaped(*shape):
    return manifest_with(lambda manifest: manifest[CELL].update(shape=list(shape)))


def named(name):
    return manifest_with(lambda manifest: manifest[CELL].update(filename=name))


BROKEN = {
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "no vocabulary": lambda folder: (folder / "vocab.json").unlink(),
    "no weights": lambda folder: (folder / CELL.replace("/", "_")).unlink(),
    "an empty manifest": raw("manifest.json", b""),
    "a manifest that is a list": raw("manifest.json", b"[1]"),
    "a manifest without names": raw("manifest.json", b"{}"),
    "a nested manifest": raw("manifest.json", b"[" * 200_000),
    "a deep manifest": raw("manifest.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "a huge manifest": raw("manifest.json", b" " * (3 << 20)),
    "a manifest of bytes": raw("manifest.json", bytes(range(256))),
    "an endless number": raw("manifest.json", b'{"embedding": ' + b"9" * 100_000 + b"}"),
    "a stranger": manifest_with(lambda m: (m.clear(), m.update({"conv1": {"filename": "a", "shape": [1]}}))),
    "one layer missing": manifest_with(lambda m: m.pop(CELL)),
    "a layer too many": manifest_with(lambda m: m.update({CELL.replace("_1", "_7"): m[CELL]})),
    "the same layer twice": manifest_with(lambda m: m.update({"x/" + CELL: m[CELL]})),
    "no head": manifest_with(lambda m: m.pop("rnnlm/softmax_w")),
    "another cell": manifest_with(lambda m: m.update({"cell_0/gru_cell/gates/kernel": {"filename": "a", "shape": [1]}})),
    "an entry that is a number": manifest_with(lambda m: m.update({CELL: 3})),
    "a file of another folder": named("../woolf/vocab.json"),
    "a file of another folder, for Windows": named("..\\secret"),
    "a drive": named("C:secret"),
    "an absolute name": named("/etc/passwd"),
    "the folder itself": named("."),
    "no file name": named(""),
    "a name that is a number": named(5),
    "a name with a zero": named("a\0b"),
    "an endless name": named("a" * 5000),
    "no shape": shaped(),
    "three sides": shaped(1, 2, 3),
    "a side of zero": shaped(0, 36),
    "a negative side": shaped(-18, 36),
    "a fraction": shaped(18.0, 36),
    "a side that is true": shaped(True, 648),
    "a side of a mile": shaped(10**30, 10**30),
    "a claim of gigabytes": shaped(1 << 20, 1 << 20),
    "more than is there": shaped(19, 36),
    "less than is there": shaped(17, 36),
    "turned around": shaped(36, 18),
    "a kernel that is a vector": shaped(648),
    "a longer file": longer,
    "no number": floats(CELL, np.nan),
    "an infinite number": floats("rnnlm/softmax_b", np.inf),
    "a vocabulary that is a list": vocabulary_with(list),
    "a letter too few": vocabulary_with(lambda v: dict(list(v.items())[:-1])),
    "a letter too many": vocabulary_with(lambda v: v.update({"Z": len(v)})),
    "a number twice": vocabulary_with(lambda v: v.update({"e": 1})),
    "a number too high": vocabulary_with(lambda v: v.update({"e": 99})),
    "a number below": vocabulary_with(lambda v: v.update({"e": -1})),
    "a number that is a word": vocabulary_with(lambda v: v.update({"e": "0"})),
    "a number that is true": vocabulary_with(lambda v: v.update({"e": False})),
    "a word": vocabulary_with(lambda v: {"ee" if key == "e" else key: number for key, number in v.items()}),
    "one letter": vocabulary_with(lambda v: {"a": 0}),
    "nothing that a page shows": vocabulary_with(lambda v: {"\x00": 0, "\x01": 1}),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_folders_get_a_sentence(whole, tmp_path, how):
    """Nothing outside the folder is read, and none of them takes long."""
    folder = tmp_path / "woolf"
    shutil.copytree(whole, folder)
    (tmp_path / "secret").write_bytes(b"\0" * 2592)
    BROKEN[how](folder)
    begin = time.perf_counter()
    with pytest.raises(ModelRefused) as refused:
        ml5.read(folder)
    assert 2.0 > time.perf_counter() - begin
    assert 20 < len(str(refused.value)) < 400 and "Traceback" not in str(refused.value)


def test_a_link_that_leads_out_of_the_folder_is_not_followed(whole, tmp_path):
    """Neither for the weights nor for the vocabulary."""
    secret = tmp_path / "secret"
    for name in (CELL.replace("/", "_"), "vocab.json"):
        folder = tmp_path / name / "woolf"
        shutil.copytree(whole, folder)
        secret.write_bytes((folder / name).read_bytes())
        (folder / name).unlink()
        try:
            (folder / name).symlink_to(secret)
        except OSError:
            pytest.skip("no links here")
        with pytest.raises(ModelRefused, match="leads out"):
            ml5.read(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_the_folder_is_not_waited_for(whole, tmp_path):
    folder = tmp_path / "woolf"
    shutil.copytree(whole, folder)
    (folder / "vocab.json").unlink()
    os.mkfifo(folder / "vocab.json")
    with pytest.raises(ModelRefused):
        ml5.read(folder)


def test_what_is_not_there_gets_a_sentence(tmp_path):
    with pytest.raises(ModelRefused):
        ml5.read(tmp_path / "nothing" / "manifest.json")
