"""The browser's ear against the stage's: the same samples, the same numbers; and both against numbers that are written down."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from audio_rig import RATE, tune

from livegen.controls.audio.analysis import Analysis
from livegen.controls.audio.words import ROWS

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "ear_v1.json"
NODE = shutil.which("node")
SCRIPT = """
import fs from 'node:fs';
await import(process.argv[1]);
const bytes = fs.readFileSync(process.argv[2]);
const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const analysis = new LivegenEar.Analysis(Number(process.argv[3]));
const found = [];
for (let i = 0; i < samples.length; i += 512) found.push(...analysis.hear(samples.subarray(i, i + 512)));
console.log(JSON.stringify(found));
"""


def by_node(samples, rate, folder):
    (folder / "samples.f32").write_bytes(samples.tobytes())
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", SCRIPT, str((ROOT / "clients/p5js/livegen.ear.js").as_uri()), str(folder / "samples.f32"), str(rate)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def shortened(readings):
    """A reading every quarter of a second, with three decimals."""
    return [{name: round(values[name], 3) for name in sorted(values)} for _, values in readings[:: RATE // 256 // 4]]


@pytest.mark.skipif(NODE is None, reason="node is not here")
@pytest.mark.parametrize("rate", [48000, 44100])
def test_the_browsers_ear_hears_what_the_stages_hears(tmp_path, rate):
    """Every source, at every look, to a thousandth."""
    samples, _ = tune(3.0)
    ours = [(reading.at, reading.values) for reading in Analysis(rate).hear(samples)]
    theirs = [(each["at"], each["values"]) for each in by_node(samples, rate, tmp_path)]
    assert [at for at, _ in ours] == [at for at, _ in theirs]
    assert {row.name for row in ROWS} == set(theirs[-1][1])
    for (at, a), (_, b) in zip(ours, theirs, strict=True):
        for name, value in a.items():
            assert value == pytest.approx(b[name], abs=1e-3, rel=1e-4), f"{name} at sample {at}"


def test_the_numbers_are_those_that_are_written_down():
    """What a patch was tuned to stays: to change a source is a decision."""
    found = shortened([(reading.at, reading.values) for reading in Analysis(RATE).hear(tune(3.0)[0])])
    golden = json.loads(GOLDEN.read_text())
    assert len(golden) == len(found)
    for before, now in zip(golden, found, strict=True):
        assert before == pytest.approx(now, abs=3e-3, rel=1e-3)
