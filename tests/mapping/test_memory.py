"""Where an instrument stood comes back, and nothing else is mistaken for it."""

import json

import pytest
from mapping_rig import SIZE, A, B, Rig

from livegen.errors import BadValue
from livegen.mapping.memory import remembered


@pytest.fixture
def stored():
    return json.loads(json.dumps(Rig([A, B]).instrument.state()))


def test_a_memory_is_plain_json_and_reads_back(stored):
    assert stored == remembered(stored, SIZE).as_dict()


@pytest.mark.parametrize(
    "break_it",
    [
        lambda s: s.pop("z"),
        lambda s: s.update(z=[0.0]),
        lambda s: s.update(z=[float("nan")] * SIZE),
        lambda s: s.update(z="x"),
        lambda s: s.update(aim={"kind": "pair"}),
        lambda s: s.update(aim=None),
        lambda s: s.update(phases={"speed": float("inf")}),
        lambda s: s.update(phases=3),
        lambda s: s.update(saved=[{}]),
        lambda s: s.update(seed="many"),
        lambda s: s.update(deleted=None),
        lambda s: s.update(seed=float("inf")),
    ],
)
def test_a_broken_memory_is_refused_and_changes_nothing(stored, break_it):
    break_it(stored)
    rig = Rig([A, B])
    before = rig.instrument.state()
    with pytest.raises(BadValue, match="start afresh"):
        rig.instrument.restore(stored)
    assert before == rig.instrument.state()
