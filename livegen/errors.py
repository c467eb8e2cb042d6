"""What can go wrong, each with a sentence that names who, what, where and the way out."""


class LivegenError(Exception):
    """The root of every error livegen raises on purpose.

    ``code`` is a short stable word for machines (counters, the wire's ``error`` messages);
    ``hint`` is the way out, kept apart so that a page can set it in another colour.
    """

    code = "error"

    def __init__(self, message: str, *, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        said = super().__str__()
        return f"{said}; {self.hint}" if self.hint else said


class UnknownParam(LivegenError):
    """A message names an address that this patch does not have."""

    code = "unmatched"


class BadValue(LivegenError):
    """A value that cannot become what its parameter holds: wrong kind, not finite, too long."""

    code = "bad_value"


class TooMany(LivegenError):
    """A bound was reached: pending triggers, seats, connections."""

    code = "too_many"


class BadPacket(LivegenError):
    """Bytes that are not what they claim to be. ``code`` says which rule they broke."""

    code = "malformed"


class PatchError(LivegenError):
    """A patch file that cannot be played, with the place in the file where it stops making sense.

    ``line`` and ``column`` count from 1; 0 means the whole file.
    """

    code = "patch"

    def __init__(
        self, message: str, *, path: str = "", line: int = 0, column: int = 0, hint: str = ""
    ) -> None:
        place = ":".join(str(part) for part in (path, line or "", column or "") if part)
        super().__init__(f"{place}: {message}" if place else message, hint=hint)
        self.path, self.line, self.column = path, line, column


class DoorMissing(LivegenError):
    """A door that needs an extra which is not installed; the sentence says the install line."""

    code = "door_missing"


class PortTaken(LivegenError):
    """Another program holds the port. livegen never moves to another one by itself."""

    code = "port_taken"


class RenderFailed(LivegenError):
    """The generator did not give a picture: it raised, hung, died or painted non-numbers.

    ``code`` is one of ``raised``, ``hung``, ``died``, ``not_finite``, ``out_of_memory``,
    ``starting``, ``unknown_generator``.
    """

    code = "raised"


class ModelRefused(LivegenError):
    """A model or generator configuration that will not be loaded, with the reason."""

    code = "model_refused"
