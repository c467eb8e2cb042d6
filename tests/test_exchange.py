"""The exchange: another patch or another model is taken over while the show plays, or refused while it plays on."""

import asyncio
import json
import threading
from contextlib import asynccontextmanager

import numpy as np
import pytest
from faces_rig import faces

from livegen.clock import SystemClock
from livegen.engine.loop import Engine
from livegen.engine.renderer import InlineRenderer, built
from livegen.ensemble import Ensemble
from livegen.errors import LivegenError, PatchError
from livegen.exchange import Exchange, chosen, files_of
from livegen.generators import weights
from livegen.generators.gan import own
from livegen.message import Message
from livegen.patch import Change, loads
from livegen.patch.show import GeneratorSpec

PATCH = """
fps = 60
size = [32, 32]
[generators.hand]
kind = "strokes"
[generators.poem]
kind = "text"
[generators.poem.params]
guard = 0.25
"""


class Played:
    """A show of this process, and what it takes over."""

    def __init__(self, ensemble, engine):
        self.ensemble, self.engine = ensemble, engine
        self.taken = []
        self.exchange = Exchange(ensemble, lambda: self.engine, self.taken.append)

    def kinds(self):
        return {name: spec.kind for name, spec in self.ensemble.patch.generators.items()}


@asynccontextmanager
async def playing(patch=PATCH, device=""):
    ensemble = Ensemble(loads(patch))
    engine = Engine(
        board=ensemble.board, clock=SystemClock(), voices=ensemble.voices(), publish=lambda frame: None, fps=60,
        renderer=InlineRenderer(built(ensemble.cast.specs(), device), device) if device else ensemble.fallback(),
    )  # fmt: skip
    over = threading.Event()
    thread = threading.Thread(target=engine.run, args=(over,))
    thread.start()
    try:
        yield Played(ensemble, engine)
    finally:
        over.set()
        thread.join()


async def test_a_model_is_played_by_whom_it_was_wished_for_and_the_way_back_is_open():
    """What plays it, what to write to keep it, what was left out; then as before, once."""
    async with playing() as show:
        said = await show.exchange.cast("glyphs", "strokes", "poem")
        assert ("poem", ["left out parameters guard"]) == (said["generator"], said["notes"])
        assert '[generators.poem]\nkind = "strokes"\nmodel = "glyphs"' == said["lines"]
        assert ({"hand": "strokes", "poem": "strokes"}, 1) == (show.kinds(), len(show.taken))
        assert "/livegen/poem/stroke/complete" in show.ensemble.board.params
        assert "/livegen/poem/stroke/complete" not in show.taken[0]
        await show.exchange.back()
        assert ({"hand": "strokes", "poem": "text"}, 0.25) == (show.kinds(), show.ensemble.board.value("/livegen/poem/params/guard"))
        with pytest.raises(LivegenError, match="nothing to go back to"):
            await show.exchange.back()


async def test_a_model_that_cannot_be_played_leaves_the_show_as_it_is():
    """The sentence names the model."""
    async with playing() as show:
        with pytest.raises(LivegenError, match=r"glyphs cannot be played: .* strokes model"):
            await show.exchange.cast("glyphs", "text", "poem")
        assert ({"hand": "strokes", "poem": "text"}, []) == (show.kinds(), show.taken)


async def test_an_edited_file_is_taken_over_and_closes_the_way_back(tmp_path):
    """Hot reload: a slip is said and the show goes on, the mended file plays."""
    path, heard = tmp_path / "show.toml", asyncio.Queue()
    path.write_text(PATCH)
    async with playing() as show:
        await show.exchange.cast("glyphs", "strokes", "poem")
        task = asyncio.create_task(show.exchange.follow(path, heard.put_nowait))
        try:
            async with asyncio.timeout(20):
                await asyncio.sleep(0.1)
                path.write_text(PATCH.replace("fps", "fsp"))
                assert isinstance(await heard.get(), PatchError)
                assert 60 == show.engine.fps
                path.write_text(PATCH.replace("60", "30"))
                change = await heard.get()
            assert isinstance(change, Change)
            assert ("poem",) == change.rebuild
            assert 30 == show.engine.fps
            with pytest.raises(LivegenError, match="nothing to go back to"):
                await show.exchange.back()
        finally:
            task.cancel()


async def test_a_model_that_was_written_anew_is_taken_over_at_once(tmp_path):
    """Its new knobs are there and its new weights play; what a hand has set stays."""
    model, path, heard = tmp_path / "faces.safetensors", tmp_path / "show.toml", asyncio.Queue()
    faces(model)
    path.write_text(f'size = [32, 16]\n[generators.main]\nkind = "gan"\nmodel = {json.dumps(str(model))}\n')
    async with playing(path.read_text(), "cpu") as show:
        board = show.ensemble.board
        board.apply(Message("/livegen/main/params/truncation", 0.25, at=0.0, origin="test"))
        before, task = show.ensemble.cast.infos["main"].digest, asyncio.create_task(show.exchange.follow(path, heard.put_nowait, lambda: heard.put_nowait("renewed")))
        try:
            async with asyncio.timeout(20):
                await asyncio.sleep(0.6)
                assert heard.empty()
                own.keep(model, model, {"name": "me"}, np.zeros((6, 12), np.float32), np.zeros(4, np.uint8))
                assert "renewed" == await heard.get()
        finally:
            task.cancel()
        assert before != show.ensemble.cast.infos["main"].digest == weights.look(model).digest
        assert "/livegen/main/params/own" in board.params
        assert 0.25 == board.value("/livegen/main/params/truncation")


def test_only_files_that_play_are_watched(tmp_path):
    """By path, by name, the one that is blended in; another of that name on the artist's shelf counts as well."""
    model, other = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    for each in (model, other):
        faces(each)
    spec = GeneratorSpec(name="main", kind="gan", size=(32, 16), config={"model": str(model), "other": str(other), "fit": "cover"})
    assert [model, other] == files_of(spec)
    assert [] == files_of(GeneratorSpec(name="main", kind="cppn", size=(32, 16), config={"model": "none of that name"}))


async def test_a_stage_that_has_not_begun_says_so():
    """Its doors are open before its engine runs."""
    async with playing() as show:
        show.engine = None
        with pytest.raises(LivegenError, match="not begun"):
            await show.exchange.play(show.ensemble.patch)
        show.engine = Engine


def test_a_model_goes_to_the_first_that_plays_its_kind_unless_one_is_named():
    """Where nobody does, to the first of all."""
    patch = loads(PATCH)
    assert "poem" == chosen(patch, "text", "")
    assert "hand" == chosen(patch, "text", "hand")
    assert "poem" == chosen(patch, "text", "nobody")
    assert "hand" == chosen(patch, "gan", "")
