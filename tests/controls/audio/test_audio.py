"""What is heard: every source against sounds that are known, and against aubio where that is installed."""

import numpy as np
import pytest
from audio_rig import RATE, clicks, found, note, pad, seconds, tune

from livegen.controls.audio.analysis import Analysis
from livegen.controls.audio.attacks import HOP, tempo
from livegen.controls.audio.gain import Gain
from livegen.controls.audio.pitch import pitch
from livegen.controls.audio.spectrum import WINDOW, Spectrum
from livegen.controls.audio.words import ADDRESSES, EDGES, ROWS


def readings(samples, gain=None):
    return list(Analysis(RATE, gain).hear(np.asarray(samples, np.float32)))


def onsets(samples):
    return [each.at / RATE for each in readings(samples) if each.values["onset"]]


@pytest.fixture(scope="module")
def heard():
    samples, begins = tune()
    return samples, begins, readings(samples)


def test_every_word_is_said_and_no_other(heard):
    """The table of sources is the whole truth."""
    assert {row.name for row in ROWS} == set(heard[2][-1].values)
    assert len(ROWS) == len(ADDRESSES)


def test_everything_but_tones_and_tempo_stays_within_0_and_1(heard):
    for reading in heard[2]:
        raw = {"pitch/hz", "pitch/note", "tempo/bpm"}
        assert all(0.0 <= value <= 1.0 for name, value in reading.values.items() if name not in raw)


def test_silence_stays_silent():
    """Neither nothing nor the hiss of a quiet room is turned up until it plays the show."""
    hiss = 0.0008 * np.random.default_rng(1).standard_normal(RATE * 6)
    for sound in (np.zeros(RATE * 3), hiss):
        late = readings(sound)[-RATE // HOP :]
        assert 0.0 == max(each.values[name] for each in late for name in ("level", "bass", "mid", "treble", "hit", "onset", "bands/3"))


def test_after_a_sound_silence_is_0_again():
    samples = np.concatenate([tune(4.0)[0], np.zeros(RATE)])
    last = readings(samples)[-1].values
    assert [0.0] * 4 == [last[name] for name in ("level", "bass", "mid", "treble")]
    assert last["centroid"] > 0.0  # where it was: a jump to dull in every pause would be one


def test_a_quiet_evening_looks_as_a_loud_one():
    """Automatic gain: 26 dB less, the same loudness once it has been heard for a while."""
    samples, _ = tune(9.0)
    loud, quiet = readings(samples), readings(samples * 0.05)
    half = len(loud) // 2
    for name in ("level", "bass", "mid"):
        a, b = (np.mean([each.values[name] for each in run[half:]]) for run in (loud, quiet))
        assert a == pytest.approx(b, abs=0.22)


def test_a_kick_does_not_pump_the_rest():
    """The reference moves by less than a decibel within a beat."""
    gain, steps = Gain(), []
    for _beat in range(60):
        for hop in range(94):
            gain.follow(0.3 if hop < 18 else 0.1, HOP / RATE)
            steps.append(gain.reference)
    beats = np.array(steps[-94 * 8 :]).reshape(8, 94)
    assert 20 * np.log10(beats.max() / beats.min()) < 1.0
    assert 0.15 < steps[-1] < 0.3


def test_a_fixed_gain_is_a_factor():
    tone = 0.5 * np.sin(2 * np.pi * 440 * seconds(1.0))
    assert readings(tone, 1.0)[-1].values["level"] == pytest.approx((0.5 / np.sqrt(2)) ** 0.6, abs=0.01)
    assert readings(tone / 10, 10.0)[-1].values["level"] == pytest.approx(readings(tone, 1.0)[-1].values["level"], abs=0.01)


@pytest.mark.parametrize("hz", [55.0, 110.0, 261.63, 440.0, 987.77, 2093.0])
def test_a_tone_is_heard_as_its_note(hz):
    samples = 0.3 * note(hz, 1.0, decay=0.5)
    last = readings(samples)[-1].values
    cents = 1200 * np.log2(last["pitch/hz"] / hz)
    assert abs(cents) < 10
    assert last["pitch/note"] == pytest.approx(69 + 12 * np.log2(hz / 440), abs=0.1)
    assert last["pitch/confidence"] > 0.9


def test_noise_has_no_pitch():
    sure = [each.values["pitch/confidence"] for each in readings(0.2 * np.random.default_rng(2).standard_normal(RATE))]
    assert np.mean(np.array(sure[20:]) < 0.6) > 0.95


def test_a_chord_shows_its_notes():
    """A major: a, c sharp and e, above everything else."""
    last = readings(0.1 * pad(1.5))[-1].values
    chroma = [last[f"chroma/{i}"] for i in range(12)]
    assert {9, 1, 4} == set(np.argsort(chroma)[-3:])
    assert max(chroma[i] for i in (0, 3, 6, 7)) < 0.3


@pytest.mark.parametrize("band", range(8))
def test_a_tone_is_in_its_band(band):
    hz = float(np.sqrt(EDGES[band] * EDGES[band + 1]))
    last = readings(0.2 * np.sin(2 * np.pi * hz * seconds(1.0)))[-1].values
    bands = [last[f"bands/{i}"] for i in range(8)]
    assert band == int(np.argmax(bands))


def test_the_bands_hold_all_the_power_there_is():
    """Parseval, through the leaning window: white noise of 0.1 has 0.1 in all, less what is beyond the edges."""
    noise = (0.1 * np.random.default_rng(3).standard_normal(WINDOW * 40)).astype(np.float32)
    spectrum = Spectrum(RATE)
    sums = [float(np.sum(spectrum.bands(spectrum.power(noise[i : i + WINDOW])) ** 2)) for i in range(0, len(noise), WINDOW)]
    share = (EDGES[-1] - EDGES[0]) / (RATE / 2)
    assert np.mean(sums) == pytest.approx(0.01 * share, rel=0.08)


def test_bright_is_above_dull():
    dull, bright = (readings(0.3 * note(200.0, 1.0, overtones, 0.1))[-1].values["centroid"] for overtones in (1, 20))
    assert dull < 0.25 < bright


def test_every_attack_of_a_tune_is_told_and_nothing_else(heard):
    _samples, begins, all_of_it = heard
    told, false, delays = found(begins, [each.at / RATE for each in all_of_it if each.values["onset"]])
    assert (len(begins), 0) == (told, false)
    assert max(delays) < 0.020


def test_vibrato_is_no_attack():
    t = seconds(4.0)
    assert [] == onsets(0.2 * np.sin(2 * np.pi * 440 * t + 6 * np.sin(2 * np.pi * 5 * t)))[1:]


def test_a_click_is_in_the_reading_30_ms_later():
    """Level, hit and treble alike; the reading's own time is the last sample that it has seen."""
    samples, at = clicks(4.0, 0.31)
    every = readings(samples)
    for each in at:
        first = next(r for r in every if r.at / RATE > each and r.values["hit"] > 0.9)
        assert first.at / RATE - each < 0.012
        loud = next(r for r in every if r.at / RATE > each and min(r.values["level"], r.values["treble"]) > 0.3)
        assert loud.at / RATE - each < 0.020


def test_hit_falls_within_half_a_second():
    samples, (at, *_) = clicks(1.5, 5.0)
    hits = {each.at / RATE: each.values["hit"] for each in readings(samples)}
    assert 0.3 < next(value for when, value in hits.items() if when > at + 0.17) < 0.45
    assert next(value for when, value in hits.items() if when > at + 0.5) < 0.06


def test_the_tempo_of_a_tune(heard):
    assert heard[2][-1].values["tempo/bpm"] == pytest.approx(120, abs=1)
    assert readings(tune(7.0, 60 / 97)[0])[-1].values["tempo/bpm"] == pytest.approx(97, abs=1)


def test_a_flux_without_beats_has_no_tempo():
    assert 0.0 == tempo(np.random.default_rng(4).random(1100), HOP / RATE)
    assert 0.0 == tempo(np.zeros(1100), HOP / RATE)


def test_it_does_not_matter_in_what_pieces_samples_come():
    """Live from a device or ahead of time from a file: the same readings to the bit."""
    samples, _ = tune(2.0)
    pieces, analysis, start = [], Analysis(RATE), 0
    draw = np.random.default_rng(5)
    while start < len(samples):
        step = int(draw.integers(1, 900))
        pieces += list(analysis.hear(samples[start : start + step]))
        start += step
    assert readings(samples) == pieces


def test_nothing_repeats_in_silence():
    assert (0.0, 0.0) == pitch(np.zeros(2048, np.float32), RATE)


def test_it_is_never_worse_than_aubio():
    """Attacks against the one kept library for live analysis, on the same samples."""
    aubio = pytest.importorskip("aubio")
    draw = np.random.default_rng(6)
    ours, theirs = [0, 0], [0, 0]
    for seed in range(2):
        samples, begins = tune(5.0, float(draw.uniform(0.4, 0.7)), seed)
        onset = aubio.onset("specflux", 1024, HOP, RATE)
        onset.set_minioi_s(0.06)
        heard = [(i + HOP) / RATE for i in range(0, len(samples) - HOP, HOP) if onset(samples[i : i + HOP])[0]]
        for score, told in ((ours, onsets(samples)), (theirs, heard)):
            hit, false, _ = found(begins, told)
            score[0] += hit
            score[1] += false
    assert ours[0] >= theirs[0] and ours[1] <= theirs[1]


def test_pitch_is_aubios_pitch():
    aubio = pytest.importorskip("aubio")
    oracle = aubio.pitch("yinfast", 2048, 2048, RATE)
    oracle.set_unit("Hz")
    for hz in np.geomspace(60, 2000, 12):
        samples = (0.3 * note(float(hz), 0.2, decay=1.0)).astype(np.float32)[1000:3048]
        oracle(samples)
        theirs = float(oracle(samples)[0])
        assert abs(1200 * np.log2(pitch(samples, RATE)[0] / theirs)) < 15
