"""A stage needs four things; all else has a quiet default."""

import json

from door_rig import get, open_door


async def test_a_bare_stage_answers_everywhere():
    """Board, hub, clock and apply: the rest is empty, not broken."""
    async with open_door() as rig:
        assert (200, {}) == ((await get(rig.port, "/health"))[0], json.loads((await get(rig.port, "/health"))[2]))
        statuses = [(await get(rig.port, target))[0] for target in ("/", "/x?VALUE", "/docs/osc", "/thumbs/a.jpg", "/frame.jpg")]
        assert [404, 404, 404, 404, 503] == statuses
        assert 0 == rig.door.statistics().faults
