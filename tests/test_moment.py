"""A moment: everything that a show remembers between two ticks."""

import json

import numpy as np
import pytest
from take_rig import PATCH, Played

from livegen.engine.latching import latched
from livegen.engine.voice import Track
from livegen.ensemble import Ensemble
from livegen.errors import BadPacket
from livegen.moment import moment, resume
from livegen.patch import loads
from livegen.replaying import stand
from livegen.speaking import Speech
from livegen.streams.hub import Hub


def another(show):
    """The same patch, played by nobody yet."""
    ensemble = Ensemble(loads(PATCH, "taken.toml"))
    speech = Speech(Hub(show.clock), prefix=ensemble.prefix, echo=ensemble.board.echo, say=lambda said: None)
    return ensemble, [Track(voice) for voice in ensemble.voices()], speech


def test_who_resumes_a_moment_answers_everything_as_the_show_does(tmp_path):
    """Tick after tick, told the same."""
    show, draw = Played(tmp_path / "a.take", later=True), np.random.default_rng(3)
    show.perform(draw, 50)
    said = json.loads(json.dumps(moment(show.ensemble, show.engine._tracks, show.speech)))
    ensemble, tracks, speech = another(show)
    resume(said, ensemble, tracks, speech)
    show.close()
    for number in range(40):
        show.clock.jump(0.033)
        now = show.clock.now()
        scores = []
        for who, those in ((show.ensemble, show.engine._tracks), (ensemble, tracks)):
            snapshot = latched(who.board, who.before, those, now, pytest.fail)
            scores.append((those[0].score, snapshot))
        (one, here), (two, there) = scores
        np.testing.assert_array_equal(one.latent.values, two.latent.values)
        assert (one.knobs, one.time, one.seed, here.phases) == (two.knobs, two.time, two.seed, there.phases), number


@pytest.mark.parametrize("missing", ["board", "instruments", "router", "tracks"])
def test_half_a_moment_is_refused(tmp_path, missing):
    """In a sentence."""
    show = Played(tmp_path / "a.take", later=True)
    show.perform(np.random.default_rng(1), 5)
    said = moment(show.ensemble, show.engine._tracks, show.speech)
    show.close()
    del said[missing]
    with pytest.raises(BadPacket, match="where it began"):
        stand(said, *another(show))


def test_what_an_older_livegen_did_not_know_begins_as_the_patch_says(tmp_path):
    """A take of last year is not lost because a section or an address has been added since."""
    show = Played(tmp_path / "a.take", later=True)
    show.perform(np.random.default_rng(2), 20)
    said = json.loads(json.dumps(moment(show.ensemble, show.engine._tracks, show.speech)))
    show.close()
    hue = show.ensemble.board.value("/livegen/main/params/hue")
    del said["sections"]["oscillators"], said["instruments"]["main"]["recalls"]
    gone = [address for address in said["board"]["slots"] if address.startswith("/livegen/lfo/")]
    for address in gone:
        del said["board"]["slots"][address]
    ensemble, tracks, speech = another(show)
    stand(said, ensemble, tracks, speech)
    assert gone and all(ensemble.board.value(address) == ensemble.board.params[address].initial for address in gone if ensemble.board.params[address].holds)
    assert hue == ensemble.board.value("/livegen/main/params/hue")
    latched(ensemble.board, ensemble.before, tracks, show.clock.now() + 0.1, pytest.fail)
