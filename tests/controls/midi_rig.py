"""MIDI ports without a machine: a box is plugged in and pulled out, and speaks real bytes to the door's own callback."""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path


class Cable:
    """An open port."""

    def __init__(self, ports, name, take=None):
        self.ports, self.name, self.take, self.open = ports, name, take, True

    def send(self, data):
        if self.name not in self.ports.plugged:
            raise OSError("the device is gone")
        self.ports.sent.append((self.name, data))

    def close(self):
        self.open = False


class BoxPorts:
    """As ``midi_ports.Ports``: names, and what is open."""

    def __init__(self, *plugged):
        self.plugged, self.sent, self.cables, self.busy = list(plugged), [], [], set()

    def inputs(self):
        return list(self.plugged)

    outputs = inputs

    def listen(self, index, take):
        if self.plugged[index] in self.busy:
            raise OSError("another program has it")
        self.cables.append(Cable(self, self.plugged[index], take))
        return self.cables[-1]

    def speak(self, index):
        return Cable(self, self.plugged[index])

    def play(self, name, *data):
        """Bytes from a box, as the library hands them on."""
        for cable in self.cables:
            if cable.open and cable.name == name:
                cable.take(bytes(data))


@contextmanager
def jack():
    """A JACK server without sound, which carries real virtual MIDI ports; None where there is none."""
    if shutil.which("jackd") is None:
        yield None
        return
    name = "livegen-tests"  # one name: a server that was killed leaves its place taken
    before = os.environ.get("JACK_DEFAULT_SERVER")
    os.environ |= {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    words = ["jackd", "--name", name, "--no-realtime", "-t", "2000", "-d", "dummy", "-r", "48000", "-p", "512"]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 5
            while not list(Path("/dev/shm").glob(f"jack_{name}_*_0")) and server.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            time.sleep(0.3)
            yield name if server.poll() is None else None
        finally:
            server.terminate()
            try:
                server.wait(1)
            except subprocess.TimeoutExpired:  # it waits for its clients, and would leave its memory behind
                server.kill()
                server.wait(5)
                for left in Path("/dev/shm").glob(f"jack_{name}_*"):
                    left.unlink(missing_ok=True)
            if before is None:
                del os.environ["JACK_DEFAULT_SERVER"]
            else:
                os.environ["JACK_DEFAULT_SERVER"] = before
