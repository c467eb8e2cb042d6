"""The hand: state in, state out; rate, pages, and a performer's own line."""

import pickle

import numpy as np
import pytest
from strokes_rig import trained, wish

from livegen.generators import weights
from livegen.generators.strokes import hand
from livegen.generators.strokes.hand import Hand, chance, fed
from livegen.generators.strokes.step import Network
from livegen.marks import DOWN, END, UP

FPS = 30


@pytest.fixture(scope="module")
def drawer():
    header, tensors = weights.read(trained())
    return Hand(Network(tensors, header.config), header.config)


def play(drawer, frames, *, rate=60.0, sheet=None, begin=0, told=None, **more):
    """(sheet, marks) after so many frames at ``rate`` steps a second."""
    marks = []
    for i in range(begin, begin + frames):
        events = (told or {}).get(i, ())
        sheet, said = drawer.advance(sheet, wish(time=i / FPS, rate=rate * i / FPS, told=events, **more))
        marks += said
    return sheet, marks


def drawings(marks):
    """Marks as drawings: lists of (dx, dy, pen)."""
    found = []
    for mark in marks:
        if mark.index == 0:
            found.append([])
        found[-1].append((mark.dx, mark.dy, mark.pen))
    return found


def test_the_same_requests_draw_the_same_lines(drawer):
    """Also when every state went through a pipe, and whatever was drawn with the same hand in between."""
    once, marks = play(drawer, 60)
    play(drawer, 7, seed=9)
    sheet, again = None, []
    for i in range(60):
        sheet, said = drawer.advance(sheet, wish(time=i / FPS, rate=60.0 * i / FPS))
        sheet = pickle.loads(pickle.dumps(sheet))
        again += said
    assert marks == again
    assert [done.key for done in once.page] == [done.key for done in sheet.page]
    assert marks != play(drawer, 60, seed=2)[1]


@pytest.mark.parametrize("rate", [12.0, 60.0, 150.0])
def test_the_rate_is_steps_per_second(drawer, rate):
    """Rests between drawings included, over four seconds."""
    sheet, marks = play(drawer, 4 * FPS + 1, rate=rate, size=0.08)
    rests = hand.REST * len(sheet.page)
    assert 4 * rate == pytest.approx(len(marks) + rests, abs=hand.REST + 2)


def test_the_frame_rate_does_not_change_what_is_drawn(drawer):
    """Steps are the same at 30 and at 7 pictures a second."""
    _, fast = play(drawer, 61, rate=60.0)
    sheet, slow = None, []
    for i in range(15):
        sheet, said = drawer.advance(sheet, wish(time=i / 7, rate=60.0 * i / 7))
        slow += said
    assert fast[: len(slow) - 10] == slow[: len(slow) - 10]


def test_after_a_pause_there_is_no_burst(drawer):
    """What was owed beyond one picture's share is forgotten; a rate that went back draws nothing."""
    sheet, _ = drawer.advance(None, wish(rate=0.0))
    after, marks = drawer.advance(sheet, wish(rate=1e9, time=1.0))
    assert len(marks) <= hand.MOST_PER_FRAME
    _, none = drawer.advance(after, wish(rate=0.0, time=1.1))
    assert () == none


def test_marks_tell_the_whole_drawing(drawer):
    """Every step once, in order, up to the one that ends it: what is on the page is what was said."""
    sheet, marks = play(drawer, 120)
    found = drawings(marks)
    assert len(sheet.page) >= 2
    for done, said in zip(sheet.page, found, strict=False):
        assert np.allclose(done.steps, np.array(said), atol=1e-6)
        assert END == said[-1][2] and all(pen != END for _, _, pen in said[:-1])


def test_a_new_latent_changes_a_drawing_in_progress(drawer):
    """From the step after those that the hand already knew; what is drawn stays."""
    sheet, _ = play(drawer, 4, variety=0.0)
    same, other = (drawer.advance(sheet, wish(z, time=0.5, rate=14.0, variety=0.0))[0] for z in (1, 5))
    known = len(sheet.steps)
    assert np.array_equal(same.steps[:known], other.steps[:known])
    assert not np.array_equal(same.steps[known : known + 2], other.steps[known : known + 2])


def test_variety_gives_every_drawing_a_latent_of_its_own(drawer):
    sheet, _ = drawer.advance(None, wish())
    own = [drawer.latent(hand.replace(sheet, number=n), wish(variety=1.0)) for n in range(3)]
    none = [drawer.latent(hand.replace(sheet, number=n), wish(variety=0.0)) for n in range(3)]
    assert np.array_equal(none[0], none[1]) and np.array_equal(wish().z, none[0])
    assert not np.allclose(own[0], own[1])


def test_letters_come_again(drawer):
    """An alphabet of four signs: no more than four latents in forty, the first of them most often."""
    sheet, _ = drawer.advance(None, wish())
    seen = [drawer.latent(hand.replace(sheet, number=n), wish(variety=1.0, letters=4)).tobytes() for n in range(40)]
    counts = sorted((seen.count(each) for each in set(seen)), reverse=True)
    assert 2 <= len(counts) <= 4 and counts[0] > 10


def test_the_page_moves_up_and_forgets_what_has_left_it(drawer):
    """Minutes of drawing leave a state that does not grow."""
    sizes, sheet = [], None
    for part in range(6):
        sheet, _ = play(drawer, 300, rate=200.0, sheet=sheet, begin=300 * part, size=0.3)
        sizes.append(len(pickle.dumps(sheet)))
    assert sheet.number > 100 and sheet.scroll > 5
    assert max(sizes[3:]) < 1.3 * max(sizes[1:3]) < 200_000
    assert all(done.ends >= sheet.scroll for done in sheet.page)


def test_a_page_too_full_loses_its_uppermost_row(drawer, monkeypatch):
    monkeypatch.setattr(hand, "MOST_DRAWINGS", 5)
    sheet, _ = play(drawer, 200, rate=200.0, size=0.1)
    assert len(sheet.page) <= 6


OTHERS = ((8, 3, 2, 5), (7, 4, 2, 5), (7, 3, 1, 5), (7, 3, 2, 6))
FIXED = 0.7962592881610099
LINE = ("stroke/feed", (-0.4, 0.0, 0, 0.5, 0.0, 0, 0.0, -0.3, 0))


def test_a_performer_s_line_is_gone_on_with(drawer):
    """Fed, the hand waits; told to complete, it draws on from there: the first steps are the performer's."""
    told = {3: (LINE,), 20: (("stroke/complete", ()),)}
    before, early = play(drawer, 4, told=told, patience=0.0)
    waiting, quiet = play(drawer, 16, sheet=before, begin=4, told=told, patience=0.0)
    assert waiting.listening and [] == quiet
    assert np.allclose([[-0.4, 0, DOWN], [0.5, 0, DOWN], [0, -0.3, DOWN]], waiting.steps)
    after, said = play(drawer, 30, sheet=waiting, begin=20, told=told, patience=0.0)
    assert not after.listening and 3 == said[0].index
    assert early == [] or early[-1].index >= 0


def test_without_a_word_it_takes_over_by_itself(drawer):
    """``patience`` seconds after the last line; 0 waits for ever."""
    told = {3: (LINE,)}
    assert [] == play(drawer, 30, told=told, patience=1.0)[1][:0]
    soon, _ = play(drawer, 60, told=told, patience=1.0)
    never, _ = play(drawer, 60, told=told, patience=0.0)
    assert never.listening and not soon.listening


def test_what_is_fed_leads_as_far_as_follow_says(drawer):
    """1 stands at the latent of the performer's line, 0 at the one played."""
    told = {0: (LINE, ("stroke/complete", ()))}
    sheet, _ = play(drawer, 1, told=told)
    assert np.array_equal(wish().z, drawer.latent(sheet, wish(follow=0.0)))
    assert np.array_equal(sheet.own, drawer.latent(sheet, wish(follow=1.0)))
    learned = sheet.steps[:3] * [drawer.scale, drawer.scale, 1]
    assert np.allclose(drawer.network.encode(learned.astype(np.float32)), sheet.own)


def test_feeding_keeps_the_drawing_that_was_under_way(drawer):
    """It stays on the page as far as the pen had come."""
    sheet, marks = play(drawer, 10, rate=30.0)
    after, _ = play(drawer, 1, sheet=sheet, begin=10, told={10: (LINE,)}, rate=30.0)
    assert 1 == len(after.page) and len(marks) == len(after.page[0].steps)


def test_reset_takes_a_clean_sheet_and_next_begins_another_drawing(drawer):
    sheet, _ = play(drawer, 60)
    clean, _ = play(drawer, 1, sheet=sheet, begin=60, told={60: (("stroke/reset", ()),)})
    assert ((), 0.0, sheet.number + 1) == (clean.page, clean.scroll, clean.number)
    further, _ = play(drawer, 1, sheet=sheet, begin=60, told={60: (("stroke/next", ()),)})
    assert sheet.number + 1 == further.number


@pytest.mark.parametrize(
    "args, steps",
    [
        ((), 0), ((1, 2), 0), ((0.1, 0.2, 0), 1), ((0.1, 0.2, 0, 0.3), 1), ((float("nan"), 0, 0), 0), (("a", 0, 0), 0),
        ((0, 0, 2, 1, 1, 0), 1), ((1e30, -1e30, 7), 1), ((0.0, 0.0, 0) * 5000, hand.MOST_FED), ((None, 1, 2), 0),
        ((float("inf"), 0, 0), 0), ((True, 0, 0), 0),
    ],
)  # fmt: skip
def test_what_is_fed_is_bounded_and_finite(args, steps):
    """Nonsense is no line; far is not further than the sheet; nothing follows the end."""
    found = fed(args)
    assert steps == len(found)
    assert np.isfinite(found).all() and np.abs(found[:, :2]).max(initial=0) <= hand.FAR
    assert set(found[:, 2]) <= {DOWN, UP, END}


def test_feeding_without_end_ends_the_drawing(drawer):
    """A drawing has so many steps at most, whoever draws it."""
    told = {i: (("stroke/feed", (0.01, 0.0, 0) * 30),) for i in range(30)}
    sheet, _ = play(drawer, 30, told=told, patience=0.0)
    assert all(len(done.steps) <= drawer.longest for done in sheet.page)
    assert len(sheet.page) >= 1


def test_a_hand_that_never_ends_is_stopped(drawer):
    """However much it is kept from ending."""
    drawing = drawer.drawing(np.zeros(4, np.float32), seed=1, temperature=1.0)
    assert END == drawing[-1, 2] and len(drawing) <= drawer.longest
    _, marks = play(drawer, 400, rate=120.0, stop=-6.0)
    assert max(map(len, drawings(marks))) <= drawer.longest


def test_another_model_begins_a_new_sheet(drawer):
    """A state of a network of another shape is not gone on with; newer weights of the same go on."""
    sheet, _ = play(drawer, 30)
    other = Hand(drawer.network, {"size": 3.5, "longest": 20})
    fresh, _ = other.advance(sheet, wish(time=1.0, rate=60.0))
    assert ((), 0) == (fresh.page, fresh.number)
    newer = Hand(drawer.network, {"size": drawer.scale / 2, "longest": 20})
    assert sheet.page == newer.advance(sheet, wish(time=1.0, rate=60.0))[0].page[: len(sheet.page)]


def test_chance_is_the_same_everywhere():
    """Philox by seed, drawing, stream and step: a number that must never change."""
    assert FIXED == chance(7, 3, 2, 5).random() == chance(7, 3, 2, 5).random()
    assert 5 == len({chance(7, 3, 2, 5).random(), *(chance(*at).random() for at in OTHERS)})


def test_a_decoder_alone_draws_as_well():
    header, tensors = weights.read(trained(latent=0))
    alone = Hand(Network(tensors, header.config), header.config)
    sheet, marks = play(alone, 60, told={5: (LINE, ("stroke/complete", ()))}, latent=1)
    assert len(marks) > 20 and len(sheet.page) >= 1
