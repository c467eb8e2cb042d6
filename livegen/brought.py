"""Models that were brought in while a show played: a patch in which they play, and the same again from a take.

A take holds the patch as it was written and, one after the other, who came to play which model; from these the patch
that played is made again, with the very same weights as long as they are still on the shelf.
"""

from collections.abc import Iterable
from dataclasses import replace

from .errors import LivegenError, ModelRefused, PatchError
from .generators import shelf, weights
from .generators.base import describe
from .patch import Brought, Patch, loads
from .patch.recast import fitted, recast


def with_model(patch: Patch, instance: str, family: str, model: str) -> tuple[Patch, tuple[str, ...]]:
    """The patch in which ``instance`` plays ``model``, and what was left out of it. Raises LivegenError."""
    new = recast(patch, instance, family, model)
    try:
        infos = {name: describe(spec.kind, spec.config) for name, spec in new.generators.items()}
    except PatchError:
        raise
    except LivegenError as error:
        raise LivegenError(
            f"{model} cannot be played: {error.args[0]}", hint=error.hint, code=error.code
        ) from None
    came = Brought(instance, family, model, infos[instance].digest)
    return fitted(replace(new, brought=(*patch.brought, came)), instance, infos)


def revived(
    text: str, name: str, brought: Iterable[Brought], stand_in: bool = False
) -> tuple[Patch, list[str]]:
    """The patch in ``text`` after all that was brought into it, and sentences about what stands in.

    ``stand_in``: play another model of the name, or what played before, where the show's own is not there. Raises
    PatchError, and ModelRefused for a model that is not on the shelf.
    """
    if not text:
        raise ModelRefused(
            "the show went on with a model that was brought in, which takes of that time do not hold"
        )
    patch, notes = loads(text, name), list[str]()
    for came in brought:
        model, note = found(came, stand_in)
        notes += [note] if note else []
        if model:
            patch, _ = with_model(patch, came.instance, came.kind, model)
    return patch, notes


def found(came: Brought, stand_in: bool) -> tuple[str, str]:
    """What the model that came is called on the shelf today (empty: nothing plays in its place), and what to say of it.

    Raises ModelRefused when its weights are not there, unless others may stand in.
    """
    digests = {}
    for model, path in shelf.names().items():
        try:
            digests[model] = weights.look(path).digest
        except ModelRefused:
            continue  # whatever else lies there
    own = [model for model, digest in digests.items() if digest == came.digest]
    if own:
        return came.model if came.model in own else own[0], ""
    said = f"the show went on with {came.model} ({came.digest[:8]}) for {came.instance}, which is not on the shelf"
    if not stand_in:
        raise ModelRefused(
            said, hint=f"bring that model back, or give --stand-in to play {alike(came, digests)}"
        )
    return came.model if came.model in digests else "", f"{said}; {alike(came, digests)} stands in"


def alike(came: Brought, digests: Iterable[str]) -> str:
    return "the one of that name" if came.model in digests else "what played before"
