"""Run by itself: bytes through real virtual ports of a running JACK, by the binding that is named. Says what happened."""

import importlib
import sys
import time

from livegen.controls.midi_ports import KINDS, device


def within(seconds, asked):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := asked():
            return found
        time.sleep(0.005)
    raise AssertionError("waited in vain")


def box(library, name):
    """A box with an output and an input of its own: how it sends, what it is sent, and how it is pulled out."""
    shown = []
    if name == "rtmidi":
        out, into = library.MidiOut(library.API_UNIX_JACK, "box"), library.MidiIn(library.API_UNIX_JACK, "box")
        into.set_callback(lambda event, _: shown.append(bytes(event[0])))
        send = out.send_message
    else:
        out, into = library.MidiOut("box", api=library.API_UNIX_JACK), library.MidiIn("box", api=library.API_UNIX_JACK)
        into.callback = lambda message, _: shown.append(bytes(message))
        send = lambda data: out.send_raw(*data)  # noqa: E731
    out.open_virtual_port("out")
    into.open_virtual_port("in")
    return send, shown, out.close_port, into


def main(name):
    library = importlib.import_module(name)
    send, shown, pull, _kept = box(library, name)
    ports, heard = KINDS[name](library, "jack"), []
    index = within(3, lambda: [i for i, each in enumerate(ports.inputs(), 1) if each.startswith("box")])[0] - 1
    listening = ports.listen(index, heard.append)
    within(3, lambda: send([0xB0, 7, 1]) or time.sleep(0.05) or heard)
    time.sleep(0.1)
    times = []
    for value in range(40):
        heard.clear()
        began = time.perf_counter()
        send([0xB0, 7, value])
        while not heard and time.perf_counter() - began < 0.5:
            time.sleep(0.0005)
        if heard:  # on a busy machine this server drops what comes late
            times.append(time.perf_counter() - began)
            assert [bytes((0xB0, 7, value))] == heard
    assert len(times) >= 30
    heard.clear()
    assert b"\xf8" == within(3, lambda: send([0xF8]) or time.sleep(0.05) or heard)[0]
    speaking = ports.speak(next(i for i, each in enumerate(ports.outputs()) if each.startswith("box")))
    assert b"\x90\x3c\x7f" == within(3, lambda: speaking.send(b"\x90\x3c\x7f") or time.sleep(0.05) or shown)[0]
    assert {"box"} == {device(each) for each in (*ports.inputs(), *ports.outputs()) if each.startswith("box")}
    listening.close()
    speaking.close()
    pull()
    within(3, lambda: not any(each.startswith("box") for each in ports.inputs()))
    try:
        ports.listen(999, heard.append)
    except OSError:
        print(f"heard {sorted(times)[len(times) // 2] * 1000:.2f}")


main(sys.argv[1])
