"""Buttons: a press is a number that goes up, once, per sender; whoever sends no number has pressed."""

from ..message import Message
from ..params import flat, is_bang, number

SENDERS = 64
"""Buttons that are remembered."""


class Buttons:
    """Those that somebody listens to."""

    def __init__(self) -> None:
        self.rose: dict[str, bool] = {}
        """Address and sender → whether it is down."""

    def pressed(self, message: Message) -> bool:
        """Whether that is a press. Raises BadValue for what is no finite number."""
        args = flat(message.args)
        if not args or is_bang(args[-1]) or isinstance(args[-1], str):
            return True
        key, up = f"{message.address} {message.origin}", number(message.address, args[-1]) >= 0.5
        rose = up and not self.rose.get(key, False)
        self.rose[key] = up
        if len(self.rose) > SENDERS:
            del self.rose[next(iter(self.rose))]
        return rose
