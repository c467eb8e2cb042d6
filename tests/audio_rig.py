"""Sounds that are known to the sample: a tune with drums, tones, clicks; and somebody who waits for them."""

import time

import numpy as np

RATE = 48000


def put(onto, at, sound, gain=1.0):
    """Add ``sound`` at second ``at``."""
    start = int(at * RATE)
    sound = sound[: max(0, len(onto) - start)]
    onto[start : start + len(sound)] += gain * sound


def seconds(length):
    return np.arange(int(length * RATE)) / RATE


def kick():
    t = seconds(0.35)
    return np.sin(2 * np.pi * (48 * t + 2 * (1 - np.exp(-t * 35)))) * np.exp(-t * 12)


def hat(draw):
    t = seconds(0.12)
    return np.diff(draw.standard_normal(len(t)), prepend=0) * np.exp(-t * 55)


def note(hz, length=0.4, overtones=5, decay=6.0):
    t = seconds(length)
    whole = sum(np.sin(2 * np.pi * hz * h * t) / h for h in range(1, overtones + 1))
    return whole * np.exp(-t * decay) * np.minimum(1, t / 0.004)


def pad(length, hzs=(220.0, 277.18, 329.63)):
    t = seconds(length)
    return sum(np.sin(2 * np.pi * hz * t) for hz in hzs)


def tune(length=8.0, beat=0.5, seed=1):
    """(samples, seconds at which something begins): a pad, a kick on every beat, a bass note after it, hats."""
    draw = np.random.default_rng(seed)
    samples = 0.04 * pad(length) + 0.0005 * draw.standard_normal(int(length * RATE))
    begins = []
    for number in range(1, int(length / beat)):
        at = number * beat
        put(samples, at, kick(), 0.55)
        put(samples, at + beat / 2, note(55.0 if number % 4 else 65.4), 0.2)
        put(samples, at + beat / 2, hat(draw), 0.08)
        begins += [at, at + beat / 2]
    return (samples / np.abs(samples).max() * 0.8).astype(np.float32), [at for at in begins if at < length - 0.1]


def clicks(length, every, first=0.5):
    """(samples, seconds of the clicks)."""
    samples, at = np.zeros(int(length * RATE), np.float32), np.arange(first, length - 0.05, every)
    for each in at:
        put(samples, each, np.full(48, 0.7, np.float32))
    return samples, [float(each) for each in at]


def found(begins, told, late=0.05):
    """(how many beginnings were told, how many were told that are none, seconds of delay)."""
    left, false, delays = list(begins), 0, []
    for at in told:
        near = [each for each in left if -0.003 <= at - each <= late]
        false += not near
        if near:
            left.remove(near[0])
            delays.append(at - near[0])
    return len(begins) - len(left), false, delays


def until(asked, patience=8.0):
    """Ask until the answer is true."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if answer := asked():
            return answer
        time.sleep(0.01)
    raise AssertionError("waited in vain")
