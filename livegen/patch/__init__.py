"""The patch: a whole show in one TOML file, as frozen values.

``load`` reads it, ``check`` holds it against the generators it names, ``diff`` says what an edit changed.
"""

from .change import Change, diff
from .checking import check, rows, tuned
from .file import patches
from .reading import load, loads
from .show import Brought, GeneratorSpec, Osc, Outputs, Override, Patch, Safety, Wekinator

__all__ = [
    "Brought",
    "Change",
    "GeneratorSpec",
    "Osc",
    "Outputs",
    "Override",
    "Patch",
    "Safety",
    "Wekinator",
    "check",
    "diff",
    "load",
    "loads",
    "patches",
    "rows",
    "tuned",
]
