"""The machine's MIDI ports, by whichever of two bindings to RtMidi is installed.

python-rtmidi has wheels up to CPython 3.12, rtmidi2 also for newer ones: the extra installs the one that fits.
"""

import contextlib
import importlib
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from ..errors import DoorMissing

INSTALL = "pip install 'livegen[midi]'"
CLIENT = "livegen"
STRANGE = ("midi through", "rtmidi", "livegen", "wavetable", "vmpk output")
"""Parts of the names of ports that would only talk to themselves, or to livegen."""
ALSA = "/dev/snd/seq"
TAIL = re.compile(r"(?: \d+:\d+| \d+)$")
"""What ALSA and Windows put behind a name, and change with every plug."""
JACK_TWIN = re.compile(r"-\d\d$")
"""What JACK puts behind the name of a client whose name another one has."""
Take = Callable[[bytes], None]


class Port(Protocol):
    """An open port."""

    def send(self, data: bytes) -> None:
        """Send one message; for outputs. Raises OSError when the port is gone."""
        ...

    def close(self) -> None: ...


class Ports(Protocol):
    """The ports of this machine, as they are now."""

    def inputs(self) -> Sequence[str]: ...

    def outputs(self) -> Sequence[str]: ...

    def listen(self, index: int, take: Take) -> Port:
        """Open the ``index``-th input; ``take`` is called with the bytes of each message, on a thread of the
        library's. Raises OSError."""
        ...

    def speak(self, index: int) -> Port:
        """Open the ``index``-th output. Raises OSError."""
        ...


def native(api: str = "") -> Ports:
    """This machine's ports. Raises DoorMissing without a binding, and OSError where there is no MIDI at all."""
    if not api and sys.platform.startswith("linux") and not os.path.exists(ALSA):
        raise OSError("this machine has no MIDI: there is no /dev/snd/seq (sudo modprobe snd-seq)")
    for name, kind in KINDS.items():
        try:
            library = importlib.import_module(name)
        except ImportError:
            continue
        if api and kind is Rtmidi2:
            # Its wheel brings a JACK of its own, which ends the process where the server is another version.
            raise DoorMissing("MIDI by JACK needs the other binding: pip install python-rtmidi")
        try:
            ports: Ports = kind(library, api)
        except Exception as error:  # each binding has kinds of its own
            raise OSError(f"this machine has no MIDI: {str(error).strip()[:200]}") from None
        return ports
    raise DoorMissing(f"MIDI needs an extra: {INSTALL}")


def device(name: str) -> str:
    """A port's name as addresses have it: ``nanokontrol2`` for ``nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0``."""
    bare = TAIL.sub("", name.strip())
    first = JACK_TWIN.sub("", bare.split(":")[0]) if ":" in bare else bare
    plain = re.sub(r"[^a-z0-9]+", "-", first.lower()).strip("-")[:32]
    return plain if plain[:1].isalpha() else f"midi-{plain}".strip("-")


def strange(name: str) -> bool:
    """Whether a port is no instrument."""
    return any(word in name.lower() for word in STRANGE)


class PythonRtmidi:
    """By ``python-rtmidi``."""

    def __init__(self, library: Any, api: str) -> None:
        self._library = library
        self._api = library.API_UNIX_JACK if api == "jack" else library.API_UNSPECIFIED
        # Kept open for looking: a client for every look would be one for the system to carry each second.
        self._in, self._out = library.MidiIn(self._api, CLIENT), library.MidiOut(self._api, CLIENT)

    def inputs(self) -> Sequence[str]:
        return [str(name) for name in self._in.get_ports()]

    def outputs(self) -> Sequence[str]:
        return [str(name) for name in self._out.get_ports()]

    def listen(self, index: int, take: Take) -> Port:
        with _as_oserror():
            port = self._library.MidiIn(self._api, CLIENT)
            port.ignore_types(sysex=True, timing=False, active_sense=True)
            port.set_callback(lambda event, _: take(bytes(event[0])))
            port.open_port(index, CLIENT)
            return _Opened(port, port.close_port)

    def speak(self, index: int) -> Port:
        with _as_oserror():
            port = self._library.MidiOut(self._api, CLIENT)
            port.open_port(index, CLIENT)
            return _Opened(port, port.close_port, lambda data: port.send_message(list(data)))


class Rtmidi2:
    """By ``rtmidi2``."""

    def __init__(self, library: Any, api: str) -> None:
        self._library = library
        self._api = library.API_UNIX_JACK if api == "jack" else library.API_UNSPECIFIED
        self._in, self._out = library.MidiIn(CLIENT, api=self._api), library.MidiOut(CLIENT, api=self._api)

    def inputs(self) -> Sequence[str]:
        return [str(name) for name in self._in.ports]

    def outputs(self) -> Sequence[str]:
        return [str(name) for name in self._out.ports]

    def listen(self, index: int, take: Take) -> Port:
        with _as_oserror():
            port = self._library.MidiIn(CLIENT, api=self._api)
            port.ignore_types(True, False, True)
            port.callback = lambda message, _: take(bytes(message))
            port.open_port(index)

            def close() -> None:
                port.callback = None
                port.close_port()

            return _Opened(port, close)

    def speak(self, index: int) -> Port:
        with _as_oserror():
            port = self._library.MidiOut(CLIENT, api=self._api)
            port.open_port(index)
            return _Opened(port, port.close_port, lambda data: port.send_raw(*data))


class _Opened:
    def __init__(
        self, port: Any, close: Callable[[], None], send: Callable[[bytes], None] | None = None
    ) -> None:
        self._port, self._close, self._send = port, close, send

    def send(self, data: bytes) -> None:
        with _as_oserror():
            if self._send is not None:
                self._send(data)

    def close(self) -> None:
        with contextlib.suppress(Exception):  # a cable that was pulled: there is nothing left to close
            self._close()


@contextlib.contextmanager
def _as_oserror() -> Any:
    """Whatever a binding raises, as what the system raises."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # each binding has its own kinds
        raise OSError(str(error).strip()[:200] or "the port does not answer") from None


KINDS: Mapping[str, type[PythonRtmidi] | type[Rtmidi2]] = MappingProxyType(
    {"rtmidi": PythonRtmidi, "rtmidi2": Rtmidi2}
)
"""Module → who speaks to it, the better one first."""
