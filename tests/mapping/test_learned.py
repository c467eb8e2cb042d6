"""Learned maps: what is fitted, how honest its error is, and what becomes of columns on the way to the board."""

import itertools
import json
import time

import numpy as np
import pytest

from livegen.bench.wekinator import Peer
from livegen.board import Board
from livegen.errors import BadValue
from livegen.mapping.learned import Cancelled, Example, fit, judging, read, targets
from livegen.mapping.learned.advice import about_errors, contradictions
from livegen.mapping.learned.distance import near
from livegen.mapping.learned.examples import MOST, Sheet, complete, written
from livegen.mapping.learned.examples import read as read_lines
from livegen.mapping.learned.lbfgs import least
from livegen.mapping.learned.nearest import shares
from livegen.mapping.learned.player import Player
from livegen.mapping.learned.scale import measured
from livegen.maps.teacher import one_thread
from livegen.params import BOOL, ENUM, INT, VECTOR, Param

MAIN = "/livegen/main"
ROWS = (
    *(Param(address=f"{MAIN}/params/p{i}") for i in range(16)),
    Param(address=f"{MAIN}/params/hz", low=20.0, high=20000.0, curve="exp", default=440.0),
    Param(address=f"{MAIN}/params/count", type=INT, low=1, high=9, default=3),
    Param(address=f"{MAIN}/params/lit", type=BOOL, default=False),
    Param(address=f"{MAIN}/params/look", type=ENUM, choices=("silk", "ink", "ember"), default="silk"),
    Param(address=f"{MAIN}/z", type=VECTOR, size=512, low=-4.0, high=4.0),
    Param(address=f"{MAIN}/presets/weights", type=VECTOR, size=64),
    Param(address=f"{MAIN}/presets/entries", type="string", default="one,two", access=1),
)
BOARD = Board(ROWS)
PARAMS = BOARD.params


@pytest.fixture(autouse=True, scope="module")
def small_matrices():
    """As the stage learns."""
    with one_thread():
        yield


def target(name):
    return targets.target(name, PARAMS, BOARD.aliases)


def smooth_map(seed, count, noise=0.02, sharp=1.0):
    """(inputs, outputs with noise) to learn from, and (inputs, outputs) to be judged by: 8 to 16, bent."""
    chance = np.random.default_rng(seed)
    into, bias, out = (
        chance.normal(size=(8, 12)) * sharp / np.sqrt(8),
        chance.normal(size=12) / 2,
        chance.normal(size=(12, 16)),
    )

    def answer(x):
        return 1 / (1 + np.exp(-2 * np.tanh((x - 0.5) * 3.4 @ into + bias) @ out / np.sqrt(12)))

    x, other = chance.uniform(size=(count, 8)), chance.uniform(size=(300, 8))
    return x, np.clip(answer(x) + noise * chance.normal(size=(count, 16)), 0, 1), other, answer(other)


def examples_of(x, y, demos=None):
    return [
        Example(demo=i + 1 if demos is None else int(demos[i]), inputs={f"/in:{j}": float(v) for j, v in enumerate(x[i])},
                outputs={f"main/params/p{j}": float(v) for j, v in enumerate(y[i])})
        for i in range(len(x))
    ]  # fmt: skip


def learned(x, y, demos=None, **words):
    names = [f"/in:{j}" for j in range(x.shape[1])]
    return fit(
        examples_of(x, y, demos),
        names,
        [target(f"main/params/p{j}") for j in range(y.shape[1])],
        PARAMS,
        **words,
    )


def missed(answers, truth):
    return float(np.sqrt(((answers - truth) ** 2).mean(0)).mean())


def shown(*pairs):
    """Examples of one input and one target each: (input, target's name, value)."""
    return [
        Example(demo=i, inputs={"/a": a}, outputs={name: value})
        for i, (a, name, value) in enumerate(pairs, 1)
    ]


# What is learned -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", judging.WAYS)
@pytest.mark.parametrize("count", [2, 3, 30])
def test_every_way_learns_and_comes_back_to_the_bit(kind, count):
    """Written down, read again, and asked anywhere, it says exactly the same."""
    x, y, other, _ = smooth_map(1, count)
    model = learned(x, y, kind=kind)
    again = read(model.written())
    for place in other[:20]:
        (one, new), (two, new_too) = model(place), again(place)
        assert np.array_equal(one, two) and new == new_too
    assert kind == again.kind and model.errors == again.errors and model.written() == again.written()


def test_the_same_examples_give_the_same_map():
    """To the bit: chance has a seed."""
    x, y, *_ = smooth_map(2, 40)
    assert learned(x, y).written() == learned(x, y).written()


@pytest.mark.parametrize(("seed", "sharp"), list(itertools.product(range(2), (0.6, 1.4))))
def test_thirty_examples_miss_no_more_than_wekinator_misses(seed, sharp):
    """On looks that neither was shown."""
    x, y, other, truth = smooth_map(seed, 30, sharp=sharp)
    assert missed(learned(x, y).answers(other), truth) <= missed(Peer(x, y)(other), truth)


@pytest.mark.parametrize("sharp", (0.6, 1.4))
def test_eighty_examples_miss_no_more_than_wekinator_misses(sharp):
    x, y, other, truth = smooth_map(4, 80, sharp=sharp)
    assert missed(learned(x, y).answers(other), truth) <= missed(Peer(x, y)(other), truth)


@pytest.mark.parametrize(("seed", "count"), list(itertools.product(range(2), (30, 150))))
def test_the_error_that_it_gives_is_true_of_what_it_was_not_shown(seed, count):
    """Within a third of what it misses of a thousand others; the noise of the examples is in it."""
    x, y, other, truth = smooth_map(10 + seed, count)
    model = learned(x, y)
    assert model.error == pytest.approx(np.hypot(missed(model.answers(other), truth), 0.02), rel=0.33)
    assert model.error < float(np.mean(model.usual))


def test_moments_of_one_gesture_do_not_vouch_for_each_other():
    """Six held looks of 30 moments each: by single moments left out there would be nothing to miss."""
    chance = np.random.default_rng(3)
    demos = np.repeat(np.arange(6), 30)
    x = chance.uniform(size=(6, 2))[demos] + 0.01 * chance.normal(size=(180, 2))
    y = chance.uniform(size=(6, 3))[demos]
    honest, fooled = learned(x, y, demos), learned(x, y)
    assert fooled.error < 0.05 < 0.15 < honest.error
    assert max(honest.shown) < 0.03


def test_six_looks_at_six_places_are_played_where_they_were_shown():
    """However far a plane through them would be from each."""
    chance = np.random.default_rng(5)
    x, y = chance.uniform(size=(6, 2)), chance.uniform(size=(6, 4))
    assert np.abs(learned(x, y).answers(x) - y).max() < 0.05


def test_three_hundred_examples_are_learned_well_under_a_second():
    """By the processor's own count, and by each way for itself."""
    x, y, *_ = smooth_map(1, 300)
    began = time.thread_time()
    learned(x, y)
    assert time.thread_time() - began < 0.9


def test_learning_can_be_called_off():
    """Between any two of its parts."""
    x, y, *_ = smooth_map(1, 30)
    asked = itertools.count()

    def pause():
        if next(asked) == 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        learned(x, y, pause=pause)


def test_nearest_neighbours_do_not_jump():
    """One that comes in comes in from nothing, and on an example stands that example."""
    places = np.linspace(0, 1, 12)[:, None] + 0.02 * np.random.default_rng(1).uniform(size=(12, 1))
    way = np.linspace(0, 1, 2001)[:, None]
    looks = np.random.default_rng(2).uniform(size=(12, 1))
    line = shares((way - places.T) ** 2, 3) @ looks
    assert np.abs(np.diff(line[:, 0])).max() < 0.02
    assert np.allclose(shares((places - places.T) ** 2, 3) @ looks, looks, atol=1e-4)


def test_downhill_finds_the_bottom():
    """Of Rosenbrock's valley."""

    def valley(x):
        a, b = x
        return (1 - a) ** 2 + 100 * (b - a * a) ** 2, np.array(
            [-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]
        )

    assert np.allclose(least(valley, np.array([-1.2, 1.0]), 100), 1.0, atol=1e-2)


# What is refused and said -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("examples", "inputs", "names", "said"),
    [
        ([], ["/a"], ["main/params/p0"], "no examples"),
        (shown((0.1, "main/params/p0", 0.2)), ["/a"], ["main/params/p0"], "one example"),
        (shown((0.1, "main/params/p0", 0.2), (0.2, "main/params/p0", 0.3)), [], ["main/params/p0"], "no inputs"),
        (shown((0.1, "main/params/p0", 0.2), (0.2, "main/params/p0", 0.3)), ["/a"], [], "no targets"),
        (shown((0.1, "main/params/p0", 0.2), (0.2, "main/params/p0", 0.3)), ["/b"], ["main/params/p0"], "2 lack an input"),
        (shown((float("nan"), "main/params/p0", 0.2), (0.2, "main/params/p0", 0.3)), ["/a"], ["main/params/p0"], "no number"),
        (shown((0.1, "main/params/look", "silk"), (0.2, "main/params/look", "velvet")), ["/a"], ["main/params/look"], "velvet"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_says_why(examples, inputs, names, said):
    with pytest.raises(BadValue, match=said):
        fit(examples, inputs, [target(name) for name in names], PARAMS)


def test_contradictory_examples_are_named():
    """Different looks at one place, not different looks nearby nor the same look twice."""
    x = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.01], [1.0, 1.0], [0.0, 0.001]])
    y = np.array([[0.1], [0.2], [0.9], [0.9], [0.5], [0.1]])
    assert [(2, 4)] == contradictions(x, y, [1], [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6])


def test_an_input_that_never_moved_counts_for_nothing():
    """And wherever it goes later nothing happens."""
    x, y, *_ = smooth_map(1, 20)
    x[:, 3] = 0.5
    model = learned(x, y)
    moved = x[0].copy()
    moved[3] = 7.0
    assert np.array_equal(model(x[0])[0], model(moved)[0])
    assert np.all(np.isfinite(learned(np.full((4, 2), 0.5), y[:4]).answers(x[:, :2])))


def test_novelty_rises_where_nothing_was_shown():
    """None between the examples, some at their edge, all of it far away."""
    x = np.array([[a, b] for a in (0.2, 0.5, 0.8) for b in (0.2, 0.5, 0.8)])
    scale = measured(x)
    where = near(scale(x), range(9))
    new = [
        where.novelty(scale(np.array([place]))[0])
        for place in ((0.5, 0.5), (0.35, 0.65), (0.9, 0.9), (1.6, 0.5))
    ]
    assert [0.0, 0.0] == new[:2] and 0.1 < new[2] < 1.0 == new[3]


def test_what_is_said_about_errors_is_plain():
    """Too few to tell; no better than guessing; well learned."""
    x, y, *_ = smooth_map(1, 60)
    assert "too few to say" in about_errors(learned(x[:3], y[:3]))
    assert "can only guess" in about_errors(learned(x, np.random.default_rng(1).uniform(size=y.shape)))
    assert "looks that it was not shown within" in about_errors(learned(x, y))


# Targets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("main/params/hz", 440.0), ("main/params/count", 7), ("main/params/lit", True), ("main/params/look", "ember"),
     ("main/z/3", -1.25), ("main/z", tuple(np.linspace(-1, 1, 512)))],
)  # fmt: skip
def test_a_value_becomes_columns_and_comes_back(name, value):
    one = targets.with_names(target(name), [value])
    row = PARAMS[one.address]
    columns = np.array(targets.columns(one, value, row))
    assert one.width == len(columns) and columns.min() >= 0 and columns.max() <= 1
    back = targets.played(one, columns, row, None, ())
    assert back == pytest.approx(value if isinstance(value, tuple) else (value,))


def test_numbers_stay_in_their_range_and_travel_along_their_curve():
    one, row = target("main/params/hz"), PARAMS[f"{MAIN}/params/hz"]
    assert (20000.0,) == targets.played(one, np.array([1.7]), row, None, ())
    assert targets.played(one, np.array([0.5]), row, None, ())[0] == pytest.approx(np.sqrt(20 * 20000))


def test_choices_and_switches_do_not_flicker():
    """Another one is taken only when it clearly leads."""
    look, lit = target("main/params/look"), target("main/params/lit")
    row = PARAMS[look.address]
    assert ("silk",) == targets.played(look, np.array([0.49, 0.51, 0.0]), row, ("silk",), ())
    assert ("ink",) == targets.played(look, np.array([0.4, 0.6, 0.0]), row, ("silk",), ())
    switch = PARAMS[lit.address]
    assert [True, False, True] == [
        targets.played(lit, np.array([0.55]), switch, before, ())[0] for before in (None, (False,), (True,))
    ]


def test_a_latent_between_two_has_their_length():
    """Their average would be three tenths shorter, which is painted grey."""
    chance = np.random.default_rng(1)
    a, b = (tuple(float(x) for x in chance.standard_normal(512)) for _ in range(2))
    model = fit(shown((0.0, "main/z", a), (1.0, "main/z", b)), ["/a"], [target("main/z")], PARAMS)
    player = Player()
    player.learn(model.written(), read(model.written()))
    lengths, found = [], []
    for step in np.linspace(0, 1, 11):
        ((_, value),) = player.advance({"/a": float(step)}, float(step), PARAMS, {})
        found.append(np.array(value))
        lengths.append(np.linalg.norm(value))
    long_a, long_b = np.linalg.norm(a), np.linalg.norm(b)
    assert min(long_a, long_b) * 0.99 < min(lengths) and max(lengths) < max(long_a, long_b) * 1.01
    assert np.allclose(found[0], a, atol=0.02) and np.allclose(found[-1], b, atol=0.02)
    assert len(model.written()) < 60_000


def test_a_blend_of_cues_sums_to_one_and_forgets_cues_that_are_gone():
    one = targets.with_names(target("main/presets/weights"), [{"one": 1.0}, {"two": 0.5, "gone": 0.5}])
    assert ("one", "two", "gone") == one.names
    assert (0.75, 0.25) == pytest.approx(
        targets.played(one, np.array([0.6, 0.2, 0.2]), PARAMS[one.address], None, ("one", "two"))
    )
    assert (1.0, 0.0) == targets.played(
        one, np.array([0.6, -0.2, 0.2]), PARAMS[one.address], None, ("one", "two")
    )
    assert () == targets.played(one, np.array([0.0, 0.0, 1.0]), PARAMS[one.address], None, ("one", "two"))


@pytest.mark.parametrize("name", ["main/params/hu", "main/presets/entries", "elsewhere", "main/z/from"])
def test_what_cannot_be_played_is_no_target(name):
    with pytest.raises(BadValue, match="target"):
        target(name)


# A player --------------------------------------------------------------------------------------


def played_by(text, **words):
    player = Player()
    player.learn(text, read(text))
    return player


def test_a_player_speaks_only_when_something_moved_and_never_over_a_hand():
    x, y, *_ = smooth_map(1, 20)
    model = learned(x, y)
    player = played_by(model.written())
    values = dict(zip(model.inputs, x[0].tolist(), strict=True))
    assert [] == player.advance(dict.fromkeys(model.inputs), 0.0, PARAMS, {})
    assert 16 == len(player.advance(values, 0.1, PARAMS, {}))
    assert [] == player.advance(values, 0.2, PARAMS, {})
    player.free = {"main/params/p3"}
    said = player.advance({**values, "/in:0": 0.99}, 0.3, PARAMS, {})
    assert "main/params/p3" not in {one.name for one, _ in said} and len(said) > 10
    player.again()
    assert 16 == len(player.advance(values, 0.4, PARAMS, {}))


def test_smoothing_steadies_and_arrives():
    """A tremble of a still hand moves less than a third of what it would; a hand that went somewhere is there soon."""
    x = np.linspace(0, 1, 10)[:, None]
    text = learned(x, x).written()
    rough, calm = played_by(text), played_by(text)
    for step in range(30):
        for player, cutoff in ((rough, 0.0), (calm, 1.0)):
            player.advance({"/in:0": 0.5}, step / 30, PARAMS, {}, cutoff)
    ((_, spike),) = rough.advance({"/in:0": 0.52}, 1.0, PARAMS, {})
    ((_, damped),) = calm.advance({"/in:0": 0.52}, 1.0, PARAMS, {}, 1.0)
    assert abs(damped[0] - 0.5) < 0.33 * abs(spike[0] - 0.5)
    for step in range(60):
        calm.advance({"/in:0": 0.52}, 1.0 + step / 30, PARAMS, {}, 1.0)
    assert calm.last["main/params/p0"] == pytest.approx(spike, abs=2e-3)


def test_a_hand_that_runs_away_breaks_nothing():
    """However large the number: everything stays a number in its range."""
    x, y, *_ = smooth_map(1, 20)
    for kind in judging.WAYS:
        player = played_by(learned(x, y, kind=kind).written())
        for value in (1e12, -1e12, 1e300):
            said = player.advance({"/in:0": value}, 0.0, PARAMS, {})
            assert all(0.0 <= number <= 1.0 for _, (number,) in said)
        assert 1.0 == player.novelty


# Text ------------------------------------------------------------------------------------------


def test_examples_are_text_that_comes_back():
    """With everything that a target can hold."""
    outputs = {
        "main/params/hz": 440.0,
        "main/params/lit": True,
        "main/params/look": "ink",
        "main/z": (0.1, -0.5),
        "main/presets/weights": {"one": 0.5},
    }
    sheet = Sheet(
        inputs=("/a",),
        targets=tuple(outputs),
        names={"/a": "left hand"},
        examples=(Example(demo=2, inputs={"/a": 0.1}, outputs=outputs),),
    )
    lines = written(sheet).splitlines()
    assert 2 == len(lines) and sheet == read_lines(lines)


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "3", '{"demo": 1, "in": {"/a": NaN}, "out": {"x": 1}}', '{"demo": 1, "in": {"/a": "x"}, "out": {"x": 1}}',
     '{"demo": 1, "in": {}, "out": {"x": 1}}', '{"demo": "b", "in": {"/a": 1}, "out": {"x": 1}}', '{"in": [1], "out": {"x": 1}}',
     '{"demo": 1, "in": {"/a": 1e999}, "out": {"x": 1}}', "[" * 5000, '{"inputs": 3, "targets": []}', '{"in": {"/a": 1}, "out": {"x": null}}'],
)  # fmt: skip
def test_a_broken_line_is_skipped_and_counted(line):
    """The lines around it stay."""
    good = '{"demo": 1, "in": {"/a": 0.5}, "out": {"main/params/p0": 1}}'
    sheet = read_lines([good, line, "", "# a remark", good])
    assert 2 == len(sheet.examples) and 1 == sheet.skipped


def test_huge_files_are_bounded():
    """And what is beyond the bound is counted."""
    good = '{"demo": 1, "in": {"/a": 0.5}, "out": {"main/params/p0": 1}}'
    sheet = read_lines([good] * (MOST + 7))
    assert MOST == len(sheet.examples) and 7 == sheet.beyond
    assert [0, 2] == complete([*shown((0.1, "b", 1.0), (0.1, "c", 1.0), (0.2, "b", 2.0))], ["/a"], ["b"])


def mangled(text):
    said = json.loads(text)
    yield "not json at all"
    yield json.dumps({**said, "format": 99})
    yield json.dumps({**said, "kind": "oracle"})
    yield json.dumps({**said, "scale": {"mean": [0.0], "per": [1.0]}})
    yield json.dumps({**said, "middle": [None] * len(said["middle"])})
    yield json.dumps({**said, "inputs": []})
    yield json.dumps({**said, "targets": [{**said["targets"][0], "address": "/etc/passwd"}]})
    yield json.dumps({**said, "fit": {}})
    yield text.replace(str(said["middle"][0]), "Infinity")
    for key in said:
        yield json.dumps({name: value for name, value in said.items() if name != key})


@pytest.mark.parametrize("kind", judging.WAYS)
def test_a_model_that_is_none_is_refused(kind):
    """It comes over the network too."""
    x, y, *_ = smooth_map(1, 6)
    for text in mangled(learned(x, y, kind=kind).written()):
        with pytest.raises(BadValue, match="no learned map"):
            read(text)
