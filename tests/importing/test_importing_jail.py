"""The loader: a process of its own that may do little, gives a model file or a sentence, and takes little memory."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import hostile_rig
import numpy as np
import pytest
import sequence_rig
import stylegan_rig as rig
import torch

from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.importing import doors, jail

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's limit on memory, and how it is measured")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "net.pkl"
    path.write_bytes(rig.pickled(rig.stylegan2()))
    return path


def test_it_writes_a_model_file_that_the_stage_reads(file, tmp_path):
    """The same tensors, a digest that fits, no card, and where it all came from."""
    shares = []
    said = jail.bring(file, tmp_path / "out.safetensors", tell=shares.append)
    header, held = weights.read(tmp_path / "out.safetensors")
    found = doors.read(file)
    assert ("gan", None) == (header.family, header.card)
    assert dict(found.origin) == header.statistics["origin"] == said["origin"]
    assert all(np.array_equal(found.tensors[name], held[name]) for name in held)
    assert sorted(found.tensors) == sorted(held)
    assert 1.0 == max(shares)


def test_a_refusal_comes_out_as_its_sentence(tmp_path):
    """What the reader says inside is what the person hears, and nothing is left behind."""
    path = tmp_path / "bad.pkl"
    path.write_bytes(hostile_rig.called("os", "system", f"touch {tmp_path / 'ran'}"))
    with pytest.raises(ModelRefused, match=r"bad\.pkl cannot be brought in: it asks for os\.system"):
        jail.bring(path, tmp_path / "out.safetensors")
    path.write_bytes(hostile_rig.with_part(lambda net: hostile_rig.part(net, "synthesis", "b4")["_parameters"]["const"].data.fill_(float("nan"))))
    with pytest.raises(ModelRefused, match=r"bad\.pkl cannot be brought in: its weights are no numbers"):
        jail.bring(path, tmp_path / "out.safetensors")
    assert ["bad.pkl"] == sorted(each.name for each in tmp_path.iterdir())


def test_what_takes_too_long_is_ended(file, tmp_path):
    """A limit of nothing ends it before it has read."""
    with pytest.raises(ModelRefused, match="took longer than"):
        jail.bring(file, tmp_path / "out.safetensors", seconds=0.01)


TRIES = {
    "another file": "open(sys.argv[1] + '.other', 'w')",
    "a file it may read elsewhere": "open('/etc/hosts' if os.name != 'nt' else 'C:/Windows/win.ini')",
    "a socket": "import socket; socket.socket().connect(('127.0.0.1', 9))",
    "a program": "os.system('echo hi')",
    "new code": "exec('1')",
    "deleting": "os.remove(sys.argv[1])",
}


@pytest.mark.parametrize("name", TRIES)
def test_behind_the_lock_nothing_else_can_be_done(tmp_path, name):
    """Were a reader talked into it all the same: files, network, programs and code are closed."""
    path = tmp_path / "a.pkl"
    path.write_bytes(b"x")
    code = compile_of(TRIES[name])
    child = subprocess.run(
        [sys.executable, "-c", code, str(path)], env={**os.environ, **jail.surroundings()}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ("locked\n", True) == (child.stdout, "PermissionError" in child.stderr), child.stderr
    assert ["a.pkl"] == [each.name for each in tmp_path.iterdir()]


def compile_of(line):
    return (
        "import os, socket, sys\nfrom pathlib import Path\nfrom livegen.importing import jail\n"
        "path = Path(sys.argv[1])\njail.settle()\njail.limit(1)\njail.lock(path, path.with_name('out'))\n"
        f"print('locked', flush=True)\n{line}\n"
    )


@LINUX
def test_memory_stays_within_the_file_and_a_bit(tmp_path):
    """At most 1.2 times the file and 64 MB beside the interpreter, for one of 100 MB."""
    empty, large = tmp_path / "small.pkl", tmp_path / "large.pkl"
    empty.write_bytes(rig.pickled(rig.stylegan2()))
    wide = rig.stylegan2(table=(512, 512, 512, 512, 256, 128, 64), z=64, w=64)
    large.write_bytes(pickle.dumps({"G_ema": wide, "D": rig.Module("D", {"weight": torch.zeros(4_000_000)})}, 4))
    size = large.stat().st_size
    assert 60e6 < size
    assert jail.SHARE * size + jail.ROOM > peak(large, tmp_path) - peak(empty, tmp_path) > 0.5 * size


def peak(path: Path, folder: Path) -> int:
    """Bytes that the loader had in memory at most."""
    # Opened before the lock falls; what the system says of the process's own time with its parent would be the parent's.
    code = (
        "import sys\nstatus = open('/proc/self/status')\nfrom livegen.importing import jail\njail.main()\n"
        "print([line.split()[1] for line in status if line.startswith('VmHWM')][0])"
    )
    order = f'{{"path": "{path}", "out": "{folder / "o.safetensors"}"}}'
    ran = subprocess.run([sys.executable, "-c", code, order], env=jail.surroundings(), capture_output=True, text=True, check=True)
    return int(ran.stdout.splitlines()[-1]) * 1024


@LINUX
def test_a_file_that_asks_for_more_memory_is_refused(tmp_path):
    """The kernel's limit is met by a sentence."""
    code = (
        "import sys\nfrom livegen.importing import jail, doors\njail.ROOM = 4 << 20\n"
        "doors.read = lambda path: bytearray(64 << 20)\njail.main()"
    )
    path = tmp_path / "a.pkl"
    path.write_bytes(b"x" * 100)
    order = f'{{"path": "{path}", "out": "{tmp_path / "o.safetensors"}"}}'
    ran = subprocess.run([sys.executable, "-c", code, order], env=jail.surroundings(), capture_output=True, text=True, check=True)
    assert "more memory than a file of its size may" in ran.stdout


def test_the_other_doors_work_behind_the_lock_too(tmp_path):
    """A folder of ml5, a file of magenta's, one of torch's."""
    folder = sequence_rig.folder_of(tmp_path / "folder", sequence_rig.char_rnn())
    drawing = sequence_rig.gen_json(tmp_path / "cat.gen.json", sequence_rig.sketch_rnn())
    told = [jail.bring(path, tmp_path / f"{i}.safetensors") for i, path in enumerate((folder, drawing))]
    assert ["text", "strokes"] == [said["family"] for said in told]
    assert ["text", "strokes"] == [weights.read(tmp_path / f"{i}.safetensors")[0].family for i in range(2)]
