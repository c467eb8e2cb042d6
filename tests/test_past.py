"""The past: scrubbed by OSC on a real stage, the same in a replayed take, and no more of it than there is room for."""

import io
import json
import time

import numpy as np
import pytest
from PIL import Image
from pythonosc.udp_client import SimpleUDPClient
from stage_rig import TINY, RealStage
from take_rig import Played

from livegen.ensemble import Ensemble
from livegen.frame import Frame
from livegen.mapping.tape import CHUNK_BYTES
from livegen.message import Message
from livegen.past import GRACE, HEIGHT, LIMIT, MOST_PICTURES, Past
from livegen.patch import loads
from livegen.replaying import Player, inline
from livegen.wire.take import Heard, read

MAIN = "/livegen/main"
PATCH = TINY.replace("fps = 20", "fps = 30").replace("seconds = 0.2", "seconds = 0")
TWO = """
[generators.main]
kind = "cppn"
latent = 8
size = [64, 32]
[generators.poem]
kind = "talking"
size = [32, 64]
[[cues]]
name = "a"
seed = 1
[[cues]]
name = "b"
seed = 2
"""


class Remembering:
    """An ensemble with a past, ticked by hand."""

    def __init__(self, text=TWO, **options):
        self.ensemble, self.at, self.said = Ensemble(loads(text)), 100.0, []
        self.frames = {}
        self.past = Past(self.ensemble, self.frames.get, self.said.append, **options)
        self.voices = self.ensemble.voices()

    def tick(self, count=1, seconds=1 / 30):
        for _ in range(count):
            self.at += seconds
            self.past.tick()
            self.ensemble.before(self.at)
            snapshot = self.ensemble.board.latch(self.at)
            for voice in self.voices:
                self.ensemble.board.echo(voice.advance(snapshot).echo)

    def tell(self, address, *args):
        self.ensemble.apply(Message(address, args, self.at, "hand"))

    def answer(self):
        """What the thread of its own does with a wish."""
        self.past._answer_all()
        for message in self.said:
            self.ensemble.apply(message)
        said, self.said[:] = list(self.said), []
        self.answered = said[-1].args if said else ()
        return said


def test_the_newest_wish_is_answered_with_a_moment():
    """Positive or negative seconds ago; one message for many wishes, in the name of who wished."""
    show = Remembering()
    show.tick(60)
    for ago in (-0.2, 0.7, -1.0):
        show.tell(f"{MAIN}/past/look", ago)
    show.tick()
    (said,) = show.answer()
    assert (f"{MAIN}/past/stand", "hand") == (said.address, said.origin)
    assert 1.0 == pytest.approx(json.loads(said.args[0])["ago"], abs=0.02)
    show.tick()
    assert 1.0 == pytest.approx(show.ensemble.board.value(f"{MAIN}/past/ago"), abs=0.02)


def test_each_generator_has_its_own_past_and_what_writes_does_not_turn_back():
    """The poem's moment has no phases: a text that is written cannot be unwritten."""
    show = Remembering()
    show.tick(40)
    show.tell("/livegen/poem/past/look", 0.5)
    show.tick()
    (said,) = show.answer()
    assert "/livegen/poem/past/stand" == said.address and "phases" not in json.loads(said.args[0])
    show.tick()
    lookbacks = {name: player.lookback.looking for name, player in show.ensemble.cast.instruments.items()}
    assert {"main": False, "poem": True} == lookbacks


def test_a_fader_that_is_pulled_down_leads_back_to_now():
    """Nought seconds ago is what plays, whatever was asked for in the same breath."""
    show = Remembering()
    show.tick(60)
    show.tell(f"{MAIN}/past/look", 1.0)
    show.tick()
    show.answer()
    show.tick()
    assert show.ensemble.cast.instruments["main"].lookback.looking
    for ago in (0.5, 0.0):
        show.tell(f"{MAIN}/past/look", ago)
    show.tick()
    assert [] == show.answer() and not show.ensemble.cast.instruments["main"].lookback.looking


def looking(show, name="main"):
    return show.ensemble.cast.instruments[name].lookback.looking


def looked(show, origin="ws 1"):
    """``origin`` looks back by a second."""
    show.tick(60)
    show.ensemble.apply(Message(f"{MAIN}/past/look", (1.0,), show.at, origin))
    show.tick()
    show.answer()
    show.tick()
    assert looking(show)


def test_who_is_gone_looks_no_more():
    """By a message in its name; not before it had time to come back."""
    show = Remembering(now=lambda: show.at)
    looked(show)
    show.past.hush("ws 1")
    show.past.hush("ws 2")
    show.past._part(time.monotonic())
    assert [] == show.said
    show.past._part(time.monotonic() + GRACE)
    assert [(f"{MAIN}/past/leave", "ws 1", show.at)] == [(said.address, said.origin, said.at) for said in show.said]
    show.answer()
    show.tick()
    assert not looking(show)
    show.past.hush("ws 1")
    show.past._part(time.monotonic() + GRACE)
    assert [] == show.said


def test_who_left_by_itself_or_is_followed_by_another_ends_nothing():
    """What somebody else looks at meanwhile, with OSC or another page, stays."""
    show = Remembering()
    looked(show)
    looked(show, "osc 10.0.0.7:9000")
    show.past.hush("ws 1")
    show.past._part(time.monotonic() + GRACE)
    assert [] == show.said and looking(show)
    show.ensemble.apply(Message(f"{MAIN}/past/leave", (), show.at, "ws 1"))
    show.tick()
    show.ensemble.apply(Message(f"{MAIN}/past/stand", show.answered, show.at, "take ws 9"))
    show.tick()
    assert looking(show)
    show.past._part(time.monotonic() + GRACE)
    assert [] == show.said


def test_what_only_a_take_looked_at_ends_with_it():
    """What a hand looks at stays."""
    show = Remembering()
    looked(show)
    show.past.forsake("take")
    assert [] == show.said
    show.tell(f"{MAIN}/past/leave")
    show.tick()
    show.ensemble.apply(Message(f"{MAIN}/past/stand", show.answered, show.at, "take ws 9"))
    show.tick()
    show.past.forsake("take")
    assert [(f"{MAIN}/past/leave", "take")] == [(said.address, said.origin) for said in show.said]


def test_who_looks_too_early_is_told_so():
    """Before the first tick has been taken down there is nothing to look at."""
    show = Remembering()
    show.tell(f"{MAIN}/past/look", 1.0)
    show.tick()
    show.past._reels.clear()
    show.answer()
    show.tick()
    assert "nothing of the past" in show.ensemble.notes[-1]


def test_the_tape_stands_still_while_somebody_looks():
    """So that a fader that scrubs finds the same moment at the same place."""
    show = Remembering()
    show.tick(60)
    found = []
    for _ in range(2):
        show.tell(f"{MAIN}/past/look", 1.0)
        show.tick()
        (said,) = show.answer()
        found.append(json.loads(said.args[0]))
        show.tick(30)
    assert found[0]["phases"] == pytest.approx(found[1]["phases"], abs=0.08)  # beats of the song go twice as fast


def test_an_edited_patch_brings_and_takes_instances():
    """A new one is remembered from now on; one that is gone is forgotten."""
    show = Remembering()
    show.tick(30)
    show.ensemble.revised(loads(TWO.replace("generators.poem", "generators.verse"))).then()
    show.voices = show.ensemble.voices()
    show.tick(30)
    assert {"main", "verse"} == set(show.past._reels)
    assert show.past.index("poem") is None and show.past.index("verse")["seconds"] > 0.8
    assert {f"{MAIN}/past/", "/livegen/verse/past/"} == set(show.ensemble.asides)


def test_small_pictures_are_made_of_what_was_shown_and_do_not_pile_up():
    """One for each second that showed something new; ten minutes of them, numbered on; in the picture's own shape."""
    show = Remembering()
    show.tick(2)
    for number in range(MOST_PICTURES + 50):
        pixels = np.full((32, 64, 4), number % 250, np.uint8)
        show.frames[0] = Frame(pixels=pixels, seq=number, at=float(number))
        show.past.glimpse()
        show.past.glimpse()
    index = show.past.index("main")
    numbers = [number for number, _ in index["pictures"]]
    assert numbers == list(range(51, MOST_PICTURES + 51)) and index["first"] == 51
    assert [MOST_PICTURES + 49, MOST_PICTURES + 50] == [
        n for n, _ in show.past.index("main", MOST_PICTURES + 48)["pictures"]
    ]
    assert (
        show.past.jpeg("main", 50) is None
        and show.past.jpeg("main", MOST_PICTURES + 51) is None
        and show.past.jpeg("nobody", 1) is None
    )
    picture = Image.open(io.BytesIO(show.past.jpeg("main", 200)))
    assert (64, 32) == picture.size  # never enlarged
    assert 199 == pytest.approx(np.asarray(picture).mean(), abs=3)
    assert MOST_PICTURES == show.past.statistics().pictures


def test_a_large_picture_becomes_a_small_one():
    """96 pixels high, whatever its shape."""
    show = Remembering()
    show.tick(2)
    for number, (width, height) in enumerate(((1920, 1080), (600, 900), (1200, 300)), 1):
        show.frames[0] = Frame(pixels=np.zeros((height, width, 4), np.uint8), seq=number, at=float(number))
        show.past.glimpse()
        size = Image.open(io.BytesIO(show.past.jpeg("main", number))).size
        assert HEIGHT == (size[1] if width >= height else max(size))


def test_recalled_cues_are_marked():
    """When, and which."""
    show = Remembering()
    show.tick(30)
    show.tell(f"{MAIN}/presets/load", "b")
    show.tick(30)
    marks = show.past.index("main")["cues"]
    assert ["a", "b"] == [name for name, _ in marks]
    assert 1.0 == pytest.approx(marks[1][1] - marks[0][1], abs=0.1)


def test_twenty_minutes_of_a_show_stay_within_bounds():
    """Real instruments on the move, told what they take: memory stops growing, the reach is ten minutes."""
    show, sizes = Remembering(limit=4 << 20), []
    show.tell(f"{MAIN}/tour", 1)
    for _ in range(20):
        show.tick(60 * 5, seconds=0.2)
        sizes.append(show.past.statistics().bytes)
    said = show.past.statistics()
    assert max(sizes) <= 4 << 20 and 600 <= said.seconds < 660
    assert max(sizes[12:]) - min(sizes[12:]) <= 3 * CHUNK_BYTES
    assert said.limit < LIMIT and 0 < said.tick_us < 1000


# A take -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [False, True])
def test_a_take_in_which_somebody_scrubs_replays_to_the_bit(tmp_path, later):
    """Nothing of the past is needed for it; it may begin while the past is looked at."""
    show = Played(tmp_path / "a.take", later=later)
    past = Past(show.ensemble, lambda stream: None, lambda message: show.tell(message.address, *message.args))

    def tick(count):
        for _ in range(count):
            past.tick()
            show.tick()
            past._answer_all()

    tick(30)
    show.tell(f"{MAIN}/presets/load", "two", 0.3)
    tick(30)
    show.tell(f"{MAIN}/past/look", 1.5)
    tick(4)
    if later:
        show.record()
    for ago in (1.4, 1.2, 1.3):
        show.tell(f"{MAIN}/past/look", ago)
        tick(2)
    show.tell(f"{MAIN}/past/keep", "dawn")
    tick(10)
    show.tell(f"{MAIN}/past/play", 0.3)
    tick(30)
    show.tell(f"{MAIN}/past/look", -0.5)
    show.tell(f"{MAIN}/past/play")
    tick(20)
    show.tell(f"{MAIN}/past/look", 0.8, origin="ws 4")
    tick(5)
    past.hush("ws 4")
    past._part(time.monotonic() + GRACE)
    tick(20)
    take = read(show.close())
    heard = [
        event.message.address for each in take.ticks for event in each.events if isinstance(event, Heard)
    ]
    assert heard.count(f"{MAIN}/past/stand") >= 4 and heard.count(f"{MAIN}/past/leave") == 1
    player = Player(take, inline())
    shots = [shot for each in player.play() for shot in each]
    assert len(shots) > 60 and all(shot.same for shot in shots)
    assert "dawn" in player.ensemble.cast.instruments["main"].cues


# On a real stage --------------------------------------------------------------------------------


def grown(stage, path="/past/main.json"):
    return json.loads(stage.get(path)[1])


def picture(stage):
    return np.asarray(Image.open(io.BytesIO(stage.get("/frame.jpg")[1])).convert("RGB")).astype(int)


def apart(a, b):
    return float(np.abs(a - b).mean())


def test_a_real_stage_is_scrubbed_by_osc(tmp_path):
    """Look, keep, leave, look, play on: the picture of then, a cue of it, the picture of now, and on from then."""
    with RealStage(tmp_path, patch=PATCH) as stage:
        osc = SimpleUDPClient("127.0.0.1", stage.port)
        stage.running()
        time.sleep(1.2)
        silk = picture(stage)
        osc.send_message(f"{MAIN}/presets/load", ["ember", 0.0])
        stage.until(lambda: apart(picture(stage), silk) > 8, what="the other cue")
        time.sleep(1.0)
        ember, reach = picture(stage), grown(stage)
        began = time.monotonic()
        osc.send_message(f"{MAIN}/past/look", -1.5)
        stage.until(lambda: apart(picture(stage), silk) < 1, 2, what="the older picture")
        assert time.monotonic() - began < 1.5
        assert 1.5 == pytest.approx(stage.value(f"{MAIN}/past/ago"), abs=0.2)
        assert "ember" == stage.value(f"{MAIN}/presets/current")
        osc.send_message(f"{MAIN}/past/keep", "dawn")
        stage.until(lambda: "dawn" in stage.value(f"{MAIN}/presets/entries").split(","), what="the kept cue")
        osc.send_message(f"{MAIN}/past/leave", 0.0)
        stage.until(lambda: apart(picture(stage), ember) < 1, what="back to now")
        osc.send_message(f"{MAIN}/past/look", 1.8)
        osc.send_message(f"{MAIN}/past/play", 0.2)
        stage.until(lambda: stage.value(f"{MAIN}/params/look") == "silk", what="playing on from then")
        stage.until(
            lambda: apart(picture(stage), silk) < 1 and stage.value(f"{MAIN}/past/ago") == 0,
            what="the older picture plays",
        )
        assert ["silk", "ember"] == [name for name, _ in reach["cues"]][:2]
        number = stage.until(lambda: [n for n, _ in grown(stage)["pictures"]], what="a small picture")[0]
        status, small = stage.get(f"/past/main/{number}.jpg")
        assert 200 == status and (96, 64) == Image.open(io.BytesIO(small)).size
        assert [404, 404, 404, 404] == [
            stage.get(path)[0]
            for path in ("/past/nobody.json", "/past/main/999.jpg", "/past/main/x.jpg", "/past/../etc")
        ]
        said = stage.health()["past"]
        assert said["bytes"] < said["limit"] and said["pictures"] >= 1 and said["tick_us"] < 2000
