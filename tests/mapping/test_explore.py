"""The explorer: nine variations, and what picks make of the next nine."""

import numpy as np
import pytest

from livegen.errors import BadValue
from livegen.latent import from_seed
from livegen.mapping.explore import (
    COUNT,
    DEPTH,
    LONGEST,
    NARROWEST,
    REACH,
    SHUNNED,
    WIDEST,
    WIDTH,
    Explorer,
    avoided,
    scattered,
)

SIZE = 64


@pytest.fixture
def here():
    return from_seed(5, SIZE)


def apart(a, b) -> float:
    """Distance in standard deviations per dimension."""
    return float(np.linalg.norm(a - b) / np.sqrt(len(a)))


def begun(here, seed=1) -> Explorer:
    explorer = Explorer(seed, len(here))
    explorer.more(here)
    return explorer


@pytest.mark.parametrize("size", [1, 2, 8, 512])
def test_nine_are_offered_however_large_the_latent_is(size):
    """All finite, within reach, none of them the present, no two alike."""
    here = from_seed(5, size)
    explorer = begun(here)
    for _ in range(4):
        offers = explorer.now.latents
        assert (COUNT, size) == offers.shape and np.isfinite(offers).all() and np.abs(offers).max() <= REACH
        assert len({each.tobytes() for each in (here, *offers)}) == COUNT + 1
        here = explorer.pick((3,), here)
        explorer.more(here)


def test_the_same_instructions_give_the_same_offers(here):
    """By the seed, so that a take can be played again."""
    one, other, foreign = (begun(here, seed) for seed in (1, 1, 2))
    for explorer in (one, other):
        explorer.more(explorer.pick((7,), here))
    assert np.array_equal(one.now.latents, other.now.latents)
    assert not np.array_equal(begun(here).now.latents, foreign.now.latents)


def test_the_first_lie_near_and_the_last_far(here):
    """While nothing was picked, place by place farther."""
    away = [apart(here, each) for each in begun(here).now.latents]
    assert max(away[:4]) < min(away[-2:])
    assert away[-1] == max(away) > 0.5


def test_variations_stay_where_pictures_lie(here):
    """However long one goes on one way: lengths are those of N(0, 1) numbers, give or take."""
    explorer, lengths = begun(here), []
    for _ in range(20):
        here = explorer.pick((3,), here)
        explorer.more(here)
        lengths.extend(np.linalg.norm(explorer.now.latents, axis=1) / np.sqrt(SIZE))
    assert 0.6 < min(lengths) and max(lengths) <= LONGEST + 1e-4


def test_picks_lead_where_a_wish_points(here):
    """Who wants more of one thing gets much farther than one who picks blindly, and, since steps go on the way
    that picks went, farther than by mutations alone."""
    wishes = [from_seed(seed, SIZE) / np.linalg.norm(from_seed(seed, SIZE)) for seed in range(70, 80)]
    dice = np.random.default_rng(1)

    def after(wish, blind: bool = False, forget: bool = False) -> float:
        at, explorer = here, begun(here)
        for number in range(5):
            best = dice.integers(COUNT) if blind else (explorer.now.latents @ wish).argmax()
            at = explorer.pick((1 + int(best),), at)
            explorer = Explorer(100 + number, SIZE) if forget else explorer
            explorer.more(at)
        return float((at - here) @ wish)

    learned, forgot, blind = (
        np.mean([after(wish, **words) for wish in wishes]) for words in ({}, {"forget": True}, {"blind": True})
    )
    assert blind < 0.3 * learned and forgot < 0.9 * learned


def test_picks_come_nearer_to_a_goal(here):
    """A picture that one has in mind, by picking what is most like it."""
    goal = from_seed(78, SIZE)
    at, explorer = here, begun(here)
    for _ in range(15):
        at = explorer.pick((1 + int(np.linalg.norm(explorer.now.latents - goal, axis=1).argmin()),), at)
        explorer.more(at)
    assert apart(at, goal) < 0.75 * apart(here, goal)


def test_crosses_take_each_component_from_one_of_two(here):
    """From the present and from what was picked before it: what the fourth to the sixth are."""
    explorer = begun(here)
    first = explorer.pick((9,), here)
    second = explorer.pick((8,), first)
    explorer.more(second)
    for cross in explorer.now.latents[3:6]:
        of_first = np.abs(cross - first) < np.abs(cross - second)
        assert 0.25 < of_first.mean() < 0.75


def test_what_was_turned_down_is_offered_less(here):
    """Mutations keep out of the directions of what was seen and not picked, and keep their length."""
    explorer = begun(here)
    turned_down = explorer.now.latents[:8] - here
    explorer.more(explorer.pick((9,), here))
    assert 8 == len(explorer.now.shunned)
    steps = scattered(np.random.default_rng(3), SIZE)
    rows = turned_down / np.linalg.norm(turned_down, axis=1, keepdims=True)
    before, after = (np.abs(each @ rows.T).mean() for each in (steps, avoided(steps, explorer.now.shunned)))
    assert after < 0.5 * before
    assert np.allclose(np.linalg.norm(steps, axis=1), np.linalg.norm(avoided(steps, explorer.now.shunned), axis=1), rtol=1e-4)
    for _ in range(5):
        explorer.more(explorer.now.here)
    assert SHUNNED == len(explorer.now.shunned)


def test_it_looks_closer_the_more_is_picked_and_farther_when_nothing_is(here):
    """Within bounds either way."""
    explorer = begun(here)
    assert WIDTH == explorer.now.width
    widths = []
    for picks in (True, False):
        for _ in range(12):
            if picks:
                here = explorer.pick((2,), here)
            explorer.more(here)
            widths.append(explorer.now.width)
    assert widths[0] < WIDTH and NARROWEST == min(widths)
    assert widths[12] > widths[11] and WIDEST == widths[-1]


def test_a_place_reached_otherwise_begins_a_new_family(here):
    """Who leaves for a cue is offered variations of that, not of what was picked before."""
    explorer = begun(here)
    explorer.pick((5,), here)
    there = from_seed(99, SIZE)
    explorer.more(there)
    assert () == explorer.now.parents
    assert max(apart(there, each) for each in explorer.now.latents[:5]) < 0.6


def test_back_undoes_picks_and_rounds_one_by_one(here):
    """A pick says where it stood before; a round that is undone moves nothing; after it others are offered."""
    explorer = begun(here)
    first = explorer.now.latents
    explorer.pick((4,), here)
    assert "4" == explorer.picked
    explorer.more(explorer.offer((4,)))
    second = explorer.now.latents
    assert (2, "") == (explorer.now.round, explorer.picked)
    assert explorer.back() is None
    assert (1, "4") == (explorer.now.round, explorer.picked)
    assert np.array_equal(here, explorer.back())
    assert (explorer.now.latents is first, "") == (True, explorer.picked)
    explorer.more(here)
    assert not np.array_equal(second, explorer.now.latents)
    explorer.back()
    explorer.back()
    with pytest.raises(BadValue, match="nothing was explored"):
        explorer.back()


def test_what_can_be_taken_back_is_bounded(here):
    explorer = begun(here)
    for _ in range(3 * DEPTH):
        explorer.more(here)
    for _ in range(DEPTH):
        explorer.back()
    with pytest.raises(BadValue):
        explorer.back()


@pytest.mark.parametrize("said", [(), (0,), (10,), ("x",), (float("nan"),), (1e30,)])
def test_a_pick_that_names_nothing_says_so(here, said):
    with pytest.raises(BadValue):
        begun(here).pick(said, here)


def test_before_the_first_round_there_is_nothing_to_pick(here):
    with pytest.raises(BadValue, match="explore/next"):
        Explorer(1, SIZE).pick((1,), here)


def test_the_same_pick_twice_is_listed_once(here):
    explorer = begun(here)
    for said in (2, 7, 2):
        explorer.pick((said,), here)
    assert "2,7" == explorer.picked
