"""What one could play with here: microphones and interfaces, MIDI controllers."""

from collections.abc import Sequence

from ..controls.audio.device import devices
from ..controls.midi_ports import device, native, strange
from ..errors import DoorMissing
from .finding import GOOD, NOTE, Finding


def of_sound(found: Sequence[str]) -> Finding:
    """What the show could listen to."""
    if not found:
        return Finding("sound", NOTE, "no input here", "plug in a microphone or an interface to play by sound; files are heard without one")
    return Finding("sound", GOOD, f"hears by {', '.join(found[:8])}")


def of_midi(inputs: Sequence[str], outputs: Sequence[str], why: str) -> Finding:
    """The MIDI ports, or why there are none."""
    if why:
        mend = why.rsplit(": ", 1)[-1] if "pip install" in why else ""
        return Finding("midi", NOTE, "no ports here: the studio can use the browser's" if mend else why, mend)
    if not inputs:
        return Finding("midi", NOTE, "no controller is plugged in", "plug one in, also while the show plays")
    said = f"hears {', '.join(inputs)}"
    return Finding("midi", GOOD, said + (f"; lamps and motor faders of {', '.join(outputs)} follow" if outputs else ""))


def look_at_sound() -> Finding:
    """Ask PortAudio what there is."""
    try:
        return of_sound(devices())
    except DoorMissing as missing:
        said, _, mend = str(missing).partition(": ")
        return Finding("sound", NOTE, said, mend)


def look_at_midi() -> Finding:
    """Ask for the ports, as the stage does."""
    try:
        ports = native()
        inputs, outputs = ([name for name in names if not strange(name)] for names in (ports.inputs(), ports.outputs()))
    except (DoorMissing, OSError) as error:
        return of_midi((), (), str(error))
    heard = {device(name) for name in inputs}
    return of_midi(inputs, [name for name in outputs if device(name) in heard], "")
