"""The whole component, driven by the fakes, against the real web door through real sockets."""

import time

import pytest
from small_stage import HUE, MAIN, SEED, SmallStage, Z
from td_world import World, real_sockets

from livegen.client import BlockingClient
from livegen.wire import oscquery


class Night:
    """A TouchDesigner process whose component talks to a running stage."""

    def __init__(self, stage, year=2025, **pars):
        self.world = real_sockets(World(year))
        self.comp = self.world.build()
        self.comp.par.Port = stage.port
        for name, value in pars.items():
            setattr(self.comp.par, name, value)
        self.world.frame()
        self.comp.par.Active = True

    @property
    def link(self):
        return self.comp.extension.link

    @property
    def picture(self):
        return self.comp.op("frame").picture

    def until(self, true, seconds=30.0):
        """Let frames pass until something is so."""
        end = time.perf_counter() + seconds
        while not true():
            assert time.perf_counter() < end, f"not within {seconds} s; {self.link.state}: {self.link.error}"
            self.world.frame()
            time.sleep(1 / 120)

    def colour(self):
        """The upper half's colour; the picture's last row is its top."""
        return None if self.picture is None else self.picture[-4, 32, :3].astype(int).tolist()


@pytest.fixture(scope="module")
def stage():
    with SmallStage(tree=lambda board: lambda path: oscquery.node(board, path)) as running:
        yield running


@pytest.fixture
def night(stage, request):
    made = Night(stage, **getattr(request, "param", {}))
    yield made
    made.comp.Disconnect()
    made.world.frame()


@pytest.mark.parametrize(
    "night", [{"Codec": "jpeg"}, {"Codec": "raw"}, {"Codec": "jpeg", "year": 2023}, {"Codec": "raw", "year": 2023}], indirect=True
)
def test_a_set_comes_back_as_a_picture(night):
    """What the performer sets is in the Script TOP, upright and in the right colours, and the latency is measured."""
    night.until(lambda: night.link.state == "running")
    night.comp.Set({HUE: 1.0, Z: [2.0], SEED: 9})
    night.until(lambda: night.link.latency_ms > 0)
    assert [255, 192, 9] == pytest.approx(night.colour(), abs=14)
    assert [0, 0, 0] == pytest.approx(night.picture[4, 32, :3].astype(int).tolist(), abs=12)
    assert (48, 64) == night.picture.shape[:2]


def test_pictures_keep_coming(night):
    """The credit goes round: frames are taken and acknowledged again and again."""
    night.until(lambda: night.link.frames >= 40)
    assert night.link.connected


def test_an_unused_output_survives_the_servers_patience(stage):
    """Nobody looks for longer than a stalled viewer is given: paused, not aborted, and back at once."""
    night = Night(stage)
    night.until(lambda: night.link.state == "running")
    night.world.used = False
    end = time.perf_counter() + 6.5
    night.until(lambda: time.perf_counter() > end, 8)
    before = night.link.frames
    night.world.used = True
    night.until(lambda: night.link.frames > before + 3, 2)
    assert "" == night.link.error
    night.comp.Disconnect()


def test_a_trigger_and_a_command_reach_the_board(stage, night):
    """Pulses on the node arrive as what they are."""
    night.until(lambda: night.link.connected)
    before = len(stage.events)
    night.comp.par.Randomize.pulse()
    night.world.frame()
    night.comp.Recall("dusk", 4)
    night.until(lambda: len(stage.events) >= before + 2)
    assert [(f"{MAIN}/randomize", (True,)), (f"{MAIN}/presets/load", ("dusk", 4.0))] == [
        (event.address, event.value) for event in stage.events[before:]
    ]


def test_what_the_stage_refuses_is_shown_on_the_node(night):
    """A wrong address: the server's sentence with its hint, in Last Error."""
    night.until(lambda: night.link.connected)
    night.comp.Set("hu", 0.5)
    night.until(lambda: "did you mean" in night.comp.par.Lasterror.eval())


def test_the_models_parameters_appear_and_play(stage, night):
    """Sync Parameters asks the stage itself; a slider that appeared moves the picture."""
    night.until(lambda: night.link.connected)
    night.comp.par.Syncparameters.pulse()
    night.until(lambda: hasattr(night.comp.par, "Hue"))
    shown = {par.name: (par.style, par.default) for par in night.comp.customPars if par.page.name == "Model"}
    assert {
        "Hue": ("Float", 0.25), "Walkspeed": ("Float", 1.0), "Mirror": ("Toggle", False), "Palette": ("Menu", "ink"),
        "Layers": ("Int", 3),
    } == shown  # fmt: skip
    night.world.frame()
    night.comp.par.Hue, night.comp.par.Palette, night.comp.par.Mirror = 0.9375, "neon", True
    night.until(lambda: stage.board.value(f"{MAIN}/params/mirror") is True)
    assert (0.9375, "neon") == (stage.board.value(HUE), stage.board.value(f"{MAIN}/params/palette"))
    night.until(lambda: night.colour() and night.colour()[0] == pytest.approx(239, abs=12))


@pytest.mark.parametrize("night", [{"Generator": "nobody"}], indirect=True)
def test_a_generator_that_is_not_there_is_named(night):
    """The stage has a main: the node says so, and so does Sync Parameters."""
    night.until(lambda: "main" in night.comp.par.Lasterror.eval())
    night.comp.SyncParameters()
    night.until(lambda: "no parameters" in night.comp.par.Lasterror.eval())


@pytest.mark.parametrize("night", [{"Follow": True}], indirect=True)
def test_others_are_followed(stage, night):
    """Another client's change moves the parameter on the node, and is not sent back."""
    night.until(lambda: night.link.connected)
    night.comp.SyncParameters()
    night.until(lambda: hasattr(night.comp.par, "Hue"))
    with BlockingClient(stage.url) as other:
        other.set({HUE: 0.625})
        night.until(lambda: night.comp.par.Hue.eval() == 0.625)
        other.set({HUE: 0.5})
        night.until(lambda: night.comp.par.Hue.eval() == 0.5)
        assert {HUE: 0.5} == other.get(HUE)


def test_a_restarted_stage_is_found_again():
    """Gone and back on the same port: connecting, then running, and pictures again."""
    with SmallStage() as first:
        night = Night(first)
        night.until(lambda: night.link.state == "running")
        port = first.port
    night.until(lambda: night.link.state == "connecting")
    with SmallStage(port=port):
        before = night.link.frames
        night.until(lambda: night.link.frames > before)
        assert "running" == night.link.state
        night.comp.Disconnect()


def test_a_stage_that_is_not_there_is_tried_again_and_again():
    """Nothing listens: the state says connecting, the waits grow, nothing breaks."""
    with SmallStage() as gone:
        port = gone.port
    night = Night(type("Gone", (), {"port": port}))
    end = time.perf_counter() + 2.5
    night.until(lambda: time.perf_counter() > end)
    assert night.link.state in ("connecting", "error")
    assert 0 == night.link.frames
    night.comp.Disconnect()
    assert "offline" == night.link.state
