"""Where a router stands is plain JSON, and another router can go on from there to the bit."""

import json

from mapping_rig import MAIN, Rig

from livegen.mapping import Route
from livegen.mapping.standing import stand, stands
from livegen.message import Message

ROUTES = [
    Route(source="/f", to=f"{MAIN}/params/hue", takeover="scale", slew=0.5),
    Route(source="/g", to=f"{MAIN}/params/zoom", one_euro=(1.0, 0.1)),
    Route(source="/e/turn", to=f"{MAIN}/params/count"),
    Route(source="/b", to=f"{MAIN}/randomize"),
]


def test_a_router_goes_on_where_another_stood():
    """In the middle of a slew, with a fader half picked up, turns and presses waiting."""
    one, two = Rig(routes=ROUTES), Rig(routes=ROUTES)
    for at, (address, value) in enumerate([("/f", 0.2), ("/g", 0.7), ("/f", 0.4), ("/e/turn", 3)]):
        one.router.hear(Message(address, value, 10.0 + at / 10, "midi box"))
        for message in one.router.tick(10.0 + at / 10, one.board.value):
            one.board.apply(message)
            two.board.apply(message)
    one.router.hear(Message("/b", 1.0, 10.35, "midi box"))
    one.router.hear(Message("/e/turn", 2, 10.35, "midi box"))
    stand(two.router, json.loads(json.dumps(stands(one.router))))
    for at in (10.4, 10.5, 10.7):
        one.router.hear(Message("/f", at - 9.9, at, "midi box"))
        two.router.hear(Message("/f", at - 9.9, at, "midi box"))
        said = one.router.tick(at, one.board.value)
        assert said and said == two.router.tick(at, two.board.value)
        for message in said:
            one.board.apply(message)
            two.board.apply(message)
